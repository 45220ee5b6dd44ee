#include "core/dialects/datocms/types.h"

#include <array>
#include <string>
#include <utility>

#include "core/dialects/datocms/filters.h"
#include "core/graphql/schema_builder.h"

namespace rockpool::dialects::datocms {
namespace {

using graphql::FieldSpec;
using graphql::InputSpec;
using graphql::ScalarKind;
using graphql::SchemaBuilder;
using graphql::TypeIndex;

constexpr std::string_view usual_order = "[_updatedAt_DESC]";
constexpr std::string_view usual_first = "20";

struct SubjectRow {
  std::string_view filter;  // the type of its tests
  std::string_view operand;
};
constexpr std::array<SubjectRow, subject_types> subject_rows = {{{"StringFilter", "String"},
                                                                 {"TextFilter", "String"},
                                                                 {"SlugFilter", "String"},
                                                                 {"IntegerFilter", "IntType"},
                                                                 {"FloatFilter", "FloatType"},
                                                                 {"BooleanFilter", "BooleanType"},
                                                                 {"DateFilter", "Date"},
                                                                 {"DateTimeFilter", "DateTime"},
                                                                 {"JsonFilter", "JsonField"},
                                                                 {"LinkFilter", "ItemId"},
                                                                 {"LinksFilter", "ItemId"},
                                                                 {"ItemIdFilter", "ItemId"},
                                                                 {"StatusFilter", "ItemStatus"},
                                                                 {"RecordTimeFilter", "DateTime"}}};

const SubjectRow& row_of(SubjectType type) { return subject_rows[static_cast<std::size_t>(type)]; }

bool has_order(SubjectType type) {
  return type != SubjectType::text && type != SubjectType::json && type != SubjectType::link &&
         type != SubjectType::links;
}

struct BesideRow {
  std::string_view name, type, description;
  RecordTag tag;
};
constexpr std::array<BesideRow, 11> beside_rows = {
    {{"id", "ItemId!", "The number of the record", RecordTag::id},
     {"_createdAt", "DateTime!", "When it was made", RecordTag::created},
     {"_updatedAt", "DateTime!", "When it was last changed", RecordTag::updated},
     {"_publishedAt", "DateTime", "When it was last published", RecordTag::published},
     {"_firstPublishedAt", "DateTime", "When it was first published", RecordTag::first_published},
     {"_publicationScheduledAt", "DateTime", "Always null", RecordTag::publication_scheduled},
     {"_unpublishingScheduledAt", "DateTime", "Always null", RecordTag::unpublishing_scheduled},
     {"_status", "ItemStatus!", "Whether it is published as it is", RecordTag::status},
     {"_isValid", "BooleanType!", "Nothing is missing that is required", RecordTag::is_valid},
     {"_modelApiKey", "String!", "The name of its model", RecordTag::model_key},
     {"_editingUrl", "String", "Always null", RecordTag::editing_url}}};

std::string type_of(const Field& field, const Models& models) {
  switch (field.type) {
    case FieldType::integer: return "IntType";
    case FieldType::real: return "FloatType";
    case FieldType::boolean: return "BooleanType";
    case FieldType::date: return "Date";
    case FieldType::date_time: return "DateTime";
    case FieldType::json:
    case FieldType::color:
    case FieldType::geo: return "JsonField";
    case FieldType::link:
    case FieldType::links: break;
    default: return "String";
  }
  for (const Model& model : models)
    if (model.key == field.model)
      return field.type == FieldType::link ? model.type : '[' + model.type + "!]!";
  return "String";
}

class Maker {
 public:
  explicit Maker(const Models& models) : models_(models) {}

  base::Result<Types> make() {
    const TypeIndex query = builder_.object("Query", "What can be asked for");
    scalars();
    builder_.query("Query");
    const TypeIndex record = builder_.interface("RecordInterface", "What all records have");
    add_besides(record);
    types_.metadata = builder_.object("CollectionMetadata", "What a collection comes to");
    add(types_.metadata, {.name = "count", .type = "IntType!"});
    for (std::size_t type = 0; type < subject_types; ++type) filter(static_cast<SubjectType>(type));
    for (std::size_t place = 0; place < models_.size(); ++place)
      model(query, static_cast<std::uint32_t>(place));
    // A schema has one query at least.
    if (models_.empty()) add(query, {.name = "_site", .type = "String", .description = "Always null"});
    auto schema = builder_.finish();
    if (!schema) return schema.error();
    types_.schema = std::move(*schema);
    return std::move(types_);
  }

 private:
  void add(TypeIndex type, FieldSpec field) { builder_.field(type, std::move(field)); }
  void add_input(TypeIndex type, InputSpec field) { builder_.input_field(type, std::move(field)); }

  void scalars() {
    builder_.scalar("BooleanType", ScalarKind::boolean);
    builder_.scalar("IntType", ScalarKind::whole);
    builder_.scalar("FloatType", ScalarKind::real);
    builder_.scalar("ItemId", ScalarKind::id);
    builder_.scalar("Date", ScalarKind::date);
    builder_.scalar("DateTime", ScalarKind::date_time);
    builder_.scalar("JsonField", ScalarKind::json);
    const TypeIndex locale = builder_.enumeration("SiteLocale");
    builder_.value(locale, {.name = "en"});
    const TypeIndex status = builder_.enumeration("ItemStatus");
    builder_.value(status, {.name = "draft", .description = "It was never published"});
    builder_.value(status, {.name = "updated", .description = "It was changed since it was published"});
    builder_.value(status, {.name = "published", .description = "It is published as it is"});
    const TypeIndex matches =
        builder_.input("StringMatchesFilter", "A pattern, looked for anywhere in a text");
    add_input(matches, {.name = "pattern", .type = "String!"});
    add_input(matches, {.name = "caseSensitive", .type = "BooleanType", .default_text = "false"});
    add_input(matches, {.name = "regexp", .type = "BooleanType", .default_text = "true"});
  }

  void add_besides(TypeIndex type) {
    for (const BesideRow& row : beside_rows)
      add(type, {.name = std::string(row.name),
                 .type = std::string(row.type),
                 .description = std::string(row.description),
                 .tag = static_cast<std::uint32_t>(row.tag)});
  }

  void filter(SubjectType type) {
    const SubjectRow& row = row_of(type);
    const TypeIndex input = builder_.input(std::string(row.filter));
    for (std::size_t i = 0; i < filter_tests; ++i) {
      const auto test = static_cast<FilterTest>(i);
      if (!has_test(type, test)) continue;
      std::string operand(row.operand);
      const bool takes_many =
          test == FilterTest::in || test == FilterTest::not_in || type == SubjectType::links;
      if (test == FilterTest::exists || test == FilterTest::is_blank || test == FilterTest::is_present)
        operand = "BooleanType";
      else if (test == FilterTest::matches || test == FilterTest::not_matches)
        operand = "StringMatchesFilter";
      else if (takes_many)
        operand = '[' + operand + ']';
      add_input(input, {.name = std::string(name_of(test)), .type = std::move(operand)});
    }
  }

  void model(TypeIndex query, std::uint32_t place) {
    const Model& model = models_[place];
    const TypeIndex record = builder_.object(model.type, "A record of the model " + model.key, place);
    types_.records.push_back(record);
    builder_.implement(record, "RecordInterface");
    add_besides(record);
    for (std::uint32_t i = 0; i < model.fields.size(); ++i)
      add(record, {.name = model.fields[i].name, .type = type_of(model.fields[i], models_), .tag = i});
    queries(query, model, place * asks);
    if (model.is_single) return;
    const TypeIndex filters = builder_.input(model.filter_type());
    const TypeIndex orders = builder_.enumeration(model.order_type());
    for (const SubjectName& subject : subjects_of(model)) {
      add_input(filters, {.name = subject.name, .type = std::string(row_of(subject.type).filter)});
      if (!has_order(subject.type)) continue;
      builder_.value(orders, {.name = subject.name + "_ASC"});
      builder_.value(orders, {.name = subject.name + "_DESC"});
    }
    for (const char* joined : {"AND", "OR"})
      add_input(filters, {.name = joined, .type = '[' + model.filter_type() + ']'});
  }

  void queries(TypeIndex query, const Model& model, std::uint32_t tag) {
    const std::vector<InputSpec> locales = {{.name = "locale", .type = "SiteLocale"},
                                            {.name = "fallbackLocales", .type = "[SiteLocale!]"}};
    const InputSpec filter = {.name = "filter", .type = model.filter_type()};
    const InputSpec order = {
        .name = "orderBy", .type = '[' + model.order_type() + ']', .default_text = std::string(usual_order)};
    const auto with = [&](std::vector<InputSpec> arguments, std::initializer_list<InputSpec> more) {
      arguments.insert(arguments.end(), more.begin(), more.end());
      return arguments;
    };
    const auto tag_of = [&](Ask ask) { return tag + static_cast<std::uint32_t>(ask); };
    if (model.is_single) {
      add(query, {.name = model.name, .type = model.type, .arguments = locales, .tag = tag_of(Ask::one)});
      return;
    }
    add(query, {.name = model.name,
                .type = model.type,
                .arguments = with(locales, {filter, order}),
                .tag = tag_of(Ask::one)});
    const InputSpec skip = {.name = "skip", .type = "IntType"};
    const InputSpec first = {.name = "first", .type = "IntType", .default_text = std::string(usual_first)};
    add(query, {.name = model.all,
                .type = '[' + model.type + "!]!",
                .arguments = with(locales, {skip, first, filter, order}),
                .tag = tag_of(Ask::all)});
    add(query, {.name = '_' + model.all + "Meta",
                .type = "CollectionMetadata!",
                .arguments = with({locales.front()}, {filter}),
                .tag = tag_of(Ask::meta)});
  }

  const Models& models_;
  SchemaBuilder builder_;
  Types types_;
};

}  // namespace

base::Result<Types> make_types(const Models& models) { return Maker(models).make(); }

}  // namespace rockpool::dialects::datocms
