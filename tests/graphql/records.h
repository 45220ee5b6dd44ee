// A source over records in memory, some of which have to be brought first.
//
// The records are one JSON object: type names to objects of fields by id. A field's value stands for itself,
// but for {"$ref": id}, which is a record, and {"$error": message}.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/graphql/execute.h"

namespace rockpool::graphql {

class Records final : public Source {
 public:
  Records(const Schema& schema, const model::Value& records);

  void answer(const Question& question, Answer& into) override;
  // Everything that was missing is here from now on.
  void bring();
  // All have to be brought again.
  void forget() { here_.clear(); }

 private:
  struct Record {
    TypeIndex type;
    const model::Value* fields;
  };
  void answer(const Field& field, const model::Value& value, Answer& into);
  void answer_reference(const std::string& id, Answer& into);
  void answer_posts(const Question& question, const model::Value& posts, Answer& into);

  const Schema& schema_;
  std::vector<Record> records_;  // the query first
  std::map<std::string, Handle> ids_;
  std::set<Handle> here_;
  std::set<Handle> wanted_;
};

}  // namespace rockpool::graphql
