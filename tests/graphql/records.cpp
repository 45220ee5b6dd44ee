#include "tests/graphql/records.h"

namespace rockpool::graphql {

Records::Records(const Schema& schema, const model::Value& records) : schema_(schema) {
  records_.push_back({schema.query(), model::member(records, "Query")});
  for (const model::Value::Item& type : records.members()) {
    if (type.name == "Query") continue;
    for (const model::Value::Item& record : type.value.members()) {
      ids_[record.name] = records_.size();
      records_.push_back({schema.find(type.name), &record.value});
    }
  }
}

void Records::bring() {
  here_.merge(wanted_);
  wanted_.clear();
}

void Records::answer_reference(const std::string& id, Answer& into) {
  const auto found = ids_.find(id);
  if (found == ids_.end()) return into.null();
  const Handle handle = found->second;
  if (here_.contains(handle)) return into.object(records_[handle].type, handle);
  wanted_.insert(handle);
  into.missing();
}

void Records::answer(const Field& field, const model::Value& value, Answer& into) {
  if (const std::string* error = model::text_member(value, "$error")) return into.fail(*error);
  if (schema_.type(field.type.named).is_leaf()) return into.leaf(model::write(value));
  if (const std::string* id = model::text_member(value, "$ref")) return answer_reference(*id, into);
  if (!value.is_array()) return into.null();
  into.begin_list();
  for (const model::Value& element : value) answer(field, element, into);
  into.end_list();
}

void Records::answer_posts(const Question& question, const model::Value& posts, Answer& into) {
  const auto number = [&](std::string_view name) {
    const model::Value* given = model::member(question.arguments, name);
    return given == nullptr || given->is_null() ? 0.0 : given->as_real();
  };
  const double first = number("first");
  const double skip = number("skip");
  if (first < 0 || first > 500 || skip < 0) return into.fail("a window that does not exist");
  into.begin_list();
  for (std::size_t i = 0; i < posts.size(); ++i) {
    const auto at = static_cast<double>(i);
    if (at >= skip && at < skip + first) answer(question.field, posts.elements()[i], into);
  }
  into.end_list();
}

void Records::answer(const Question& question, Answer& into) {
  const std::string& name = question.field.name;
  const model::Value& arguments = question.arguments;
  if (name == "echo") return into.leaf(model::write(arguments));
  if (name == "node") return answer_reference(*model::text_member(arguments, "id"), into);
  if (name == "_allBlogPostsMeta") return into.object(schema_.find("CollectionMetadata"), 0);
  if (name == "count") return into.leaf("3");
  const model::Value* value = model::member(*records_[question.handle].fields, name);
  if (value == nullptr) return into.null();
  if (name == "allBlogPosts") return answer_posts(question, *value, into);
  answer(question.field, *value, into);
}

}  // namespace rockpool::graphql
