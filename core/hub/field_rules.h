// The fields of collections (core/schema/fields.h), read once for all that is said of them.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "core/model/record.h"
#include "core/schema/fields.h"

namespace rockpool::hub {

class FieldRules {
 public:
  // `collection` is its record in `$collections`, or null. Null: it has no fields.
  const schema::Fields* of(const std::string& space, const model::Record* collection) {
    if (collection == nullptr) return nullptr;
    const auto place = held_.try_emplace({space, collection->key.id}).first;
    Held& held = place->second;
    // Not by its version: what a batch says of it may never come to be.
    if (held.collection != collection->data)
      held = {.collection = collection->data, .fields = schema::Fields::read(collection->data)};
    return held.fields.empty() ? nullptr : &held.fields;
  }

 private:
  struct Held {
    std::string collection;  // data of the record
    schema::Fields fields;
  };
  std::map<std::pair<std::string, std::string>, Held> held_;  // by space and collection
};

}  // namespace rockpool::hub
