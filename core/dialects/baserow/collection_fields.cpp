#include "core/dialects/baserow/collection_fields.h"

#include <set>

#include "core/base/text.h"
#include "core/dialects/baserow/columns.h"

namespace rockpool::dialects::baserow {
namespace {

using model::Value;

// The books as they will be.
class Coming {
 public:
  Coming(const Books& books, const std::map<std::string, std::string>& written)
      : books_(books), written_(written) {}

  template <typename T>
  Pointer<T> find(Id id) const {
    const auto written = written_.find(record_id(T::kind, id));
    if (written == written_.end()) return books_.find<T>(id);
    const auto data = model::read(written->second);
    return data ? std::make_shared<const T>(read_thing<T>(id, *data)) : nullptr;
  }
  // Ids of those of that kind that are written.
  std::vector<Id> written(Kind kind) const {
    std::vector<Id> ids;
    const std::string begin = std::string(name_of(kind)) + '/';
    for (auto one = written_.lower_bound(begin); one != written_.end() && one->first.starts_with(begin);
         ++one)
      if (const auto id = base::read_decimal(std::string_view(one->first).substr(begin.size())))
        ids.push_back(*id);
    return ids;
  }
  template <typename T>
  std::vector<Pointer<T>> below(Kind parent, Id id) const {
    std::set<Id> ids;
    for (const auto& one : books_.below<T>(parent, id)) ids.insert(one->id);
    for (const Id one : written(T::kind)) ids.insert(one);
    std::vector<Pointer<T>> found;
    for (const Id one : ids)
      if (auto thing = find<T>(one); thing && !is_trashed(*thing) && thing->parents().front().second == id)
        found.push_back(std::move(thing));
    return found;
  }
  // Those that are changed by themselves or in what is in them.
  std::set<Id> tables() const {
    std::set<Id> tables, fields;
    for (const Id id : written(Kind::table)) tables.insert(id);
    for (const Id id : written(Kind::field)) fields.insert(id);
    for (const Id id : written(Kind::option)) {
      const Pointer<Option> option = find<Option>(id), before = books_.find<Option>(id);
      if (option || before) fields.insert((option ? option : before)->field);
    }
    for (const Id id : fields)
      if (const Pointer<Field> field = find<Field>(id)) tables.insert(field->table);
    return tables;
  }

 private:
  const Books& books_;
  const std::map<std::string, std::string>& written_;
};

std::string_view neutral_type(FieldType type) {
  switch (type) {
    case FieldType::number: return "number";
    case FieldType::boolean: return "boolean";
    case FieldType::date: return "date";
    case FieldType::single_select: return "option";
    case FieldType::multiple_select: return "options";
    default: return "text";
  }
}

Value neutral_field(const Coming& coming, const Field& field) {
  const FieldType type = field_type_of(field.type);
  Value made = Value::object();
  made["key"] = field.key;
  made["type"] = neutral_type(type);
  Value options = Value::object();
  if (type == FieldType::number && !read_terms(field.options).may_be_negative) options["min"] = 0;
  if (has_options(type)) {
    Value ids = Value::array();
    for (const auto& option : coming.below<Option>(Kind::field, field.id)) ids.push_back(option->id);
    options["ids"] = std::move(ids);
  }
  if (!options.empty()) made["options"] = std::move(options);
  return made;
}

}  // namespace

std::vector<model::Mutation> collection_fields(const Books& books,
                                               const std::map<std::string, std::string>& written) {
  const Coming coming(books, written);
  std::vector<model::Mutation> mutations;
  for (const Id id : coming.tables()) {
    const Pointer<Table> table = coming.find<Table>(id), before = books.find<Table>(id);
    // What is in the trash demands nothing; it is there to be taken away.
    if (!table || (is_trashed(*table) && (!before || is_trashed(*before)))) continue;
    const Pointer<Application> application = books.find<Application>(table->application);
    if (!application) continue;
    Value fields = Value::array();
    if (!is_trashed(*table))
      for (const auto& field : coming.below<Field>(Kind::table, id))
        if (!is_read_only(field_type_of(field->type))) fields.push_back(neutral_field(coming, *field));
    std::string facet;
    dialect::ObjectText(facet).count("table", id).end();
    if (auto mutation =
            books.facets().put(table->collection, base::decimal(application->group), facet, fields))
      mutations.push_back(std::move(*mutation));
  }
  return mutations;
}

}  // namespace rockpool::dialects::baserow
