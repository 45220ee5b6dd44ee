#include "core/dialects/baserow/plan.h"

#include "core/dialects/baserow/collection_fields.h"

namespace rockpool::dialects::baserow {

Id Plan::next_id(Kind kind) {
  Id& last = given_.try_emplace(kind, books_.last_id(kind)).first->second;
  std::string data;
  dialect::ObjectText(data).count("last", ++last).end();
  write(counter_record(kind), std::move(data));
  return last;
}

void Plan::put_email(std::string_view email, Id user) {
  std::string data;
  dialect::ObjectText(data).count("user", user).end();
  write(email_record(email), std::move(data));
}

model::Group Plan::take() {
  model::Group group;
  for (const auto& [record, data] : written_)
    group.push_back({.key = {std::string(own_collection), record},
                     .op = data.empty() ? model::Op::remove : model::Op::put,
                     .data = data,
                     .base = books_.version(record)});
  for (model::Mutation& along : collection_fields(books_, written_)) group.push_back(std::move(along));
  for (model::Mutation& other : others_) group.push_back(std::move(other));
  return group;
}

}  // namespace rockpool::dialects::baserow
