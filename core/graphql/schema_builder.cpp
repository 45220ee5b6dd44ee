#include "core/graphql/schema_builder.h"

#include "core/base/sort.h"
#include "core/graphql/meta_types.h"
#include "core/graphql/parse.h"
#include "core/graphql/print.h"
#include "core/graphql/values.h"

namespace rockpool::graphql {
namespace {

base::Error wrong(std::initializer_list<std::string_view> parts) {
  return {.code = base::Code::invalid, .message = join(parts), .path = ""};
}

constexpr std::uint32_t bits(std::initializer_list<Place> places) {
  std::uint32_t made = 0;
  for (const Place place : places) made |= std::uint32_t{1} << static_cast<unsigned>(place);
  return made;
}

struct DirectiveRow {
  std::string_view name;
  std::string_view description;
  std::uint32_t places;
  std::string_view argument;
  std::string_view type;
  std::string_view default_text;
};

constexpr std::uint32_t selections = bits({Place::field, Place::spread, Place::inline_fragment});
constexpr DirectiveRow directive_rows[] = {
    {"include", "Takes this in only when the argument is true.", selections, "if", "Boolean!", ""},
    {"skip", "Leaves this out when the argument is true.", selections, "if", "Boolean!", ""},
    {"deprecated", "Marks what should no longer be used.",
     bits({Place::field_definition, Place::argument_definition, Place::input_field, Place::enum_value}),
     "reason", "String", "\"No longer supported\""},
    {"specifiedBy", "Names the address at which a scalar is specified.", bits({Place::scalar}), "url",
     "String!", ""},
};

}  // namespace

SchemaBuilder::SchemaBuilder() {
  scalar("String", ScalarKind::text);
  scalar("Boolean", ScalarKind::boolean);
  scalar("Int", ScalarKind::integer);
  scalar("Float", ScalarKind::real);
  scalar("ID", ScalarKind::id);
}

TypeIndex SchemaBuilder::add(TypeKind kind, std::string name, std::string description) {
  Draft& draft = drafts_.emplace_back();
  draft.type.kind = kind;
  draft.type.name = std::move(name);
  draft.type.description = std::move(description);
  return static_cast<TypeIndex>(drafts_.size() - 1);
}

TypeIndex SchemaBuilder::scalar(std::string name, ScalarKind kind, std::string description,
                                std::optional<std::string> specified_by) {
  const TypeIndex type = add(TypeKind::scalar, std::move(name), std::move(description));
  drafts_[type].type.scalar = kind;
  drafts_[type].type.specified_by = std::move(specified_by);
  return type;
}

TypeIndex SchemaBuilder::object(std::string name, std::string description, std::uint32_t tag) {
  const TypeIndex type = add(TypeKind::object, std::move(name), std::move(description));
  drafts_[type].type.tag = tag;
  return type;
}

TypeIndex SchemaBuilder::interface(std::string name, std::string description) {
  return add(TypeKind::interface, std::move(name), std::move(description));
}

TypeIndex SchemaBuilder::union_of(std::string name, std::string description) {
  return add(TypeKind::union_of, std::move(name), std::move(description));
}

TypeIndex SchemaBuilder::enumeration(std::string name, std::string description) {
  return add(TypeKind::enumeration, std::move(name), std::move(description));
}

TypeIndex SchemaBuilder::input(std::string name, std::string description, std::uint32_t tag) {
  const TypeIndex type = add(TypeKind::input, std::move(name), std::move(description));
  drafts_[type].type.tag = tag;
  return type;
}

base::Status SchemaBuilder::resolve(const std::string& text, std::string_view place, TypeUse& into) {
  Document document;
  if (const auto error = parse_type(text, document))
    return wrong({"The type of ", place, " is written as \"", text, "\": ", error->message});
  into = use_of(*schema_, document, 0);
  if (!into.known()) return wrong({"The type of ", place, " is \"", text, "\", of which nothing is known"});
  constexpr unsigned lists_max = 7;  // what a handle of introspection has room for
  if (into.lists > lists_max) return wrong({"The type of ", place, " has too many lists in each other"});
  return base::done();
}

base::Status SchemaBuilder::resolve(std::vector<InputSpec>& specs, std::string_view place,
                                    std::vector<Input>& into) {
  for (InputSpec& spec : specs) {
    Input& input = into.emplace_back();
    const std::string here = join({place, spec.name});
    if (auto fine = resolve(spec.type, here, input.type); !fine) return fine;
    input.name = std::move(spec.name);
    input.description = std::move(spec.description);
    input.default_text = std::move(spec.default_text);
    input.deprecation = std::move(spec.deprecation);
  }
  return base::done();
}

base::Status SchemaBuilder::resolve(Draft& draft, Type& type) {
  for (FieldSpec& spec : draft.fields) {
    Field& field = type.fields.emplace_back();
    const std::string here = join({type.name, ".", spec.name});
    if (auto fine = resolve(spec.type, here, field.type); !fine) return fine;
    if (auto fine = resolve(spec.arguments, join({here, "#"}), field.arguments); !fine) return fine;
    field.name = std::move(spec.name);
    field.description = std::move(spec.description);
    field.deprecation = std::move(spec.deprecation);
    field.tag = spec.tag;
  }
  if (auto fine = resolve(draft.inputs, join({type.name, "."}), type.inputs); !fine) return fine;
  for (const std::string& name : draft.others) {
    const TypeIndex other = schema_->find(name);
    if (other == no_type) return wrong({type.name, " names \"", name, "\", of which nothing is known"});
    (type.kind == TypeKind::union_of ? type.possible : type.interfaces).push_back(other);
  }
  for (const Field& field : type.fields)
    type.names.add(field.name, static_cast<std::uint32_t>(&field - type.fields.data()));
  for (const Input& input : type.inputs)
    type.names.add(input.name, static_cast<std::uint32_t>(&input - type.inputs.data()));
  for (const EnumValue& value : type.values)
    type.names.add(value.name, static_cast<std::uint32_t>(&value - type.values.data()));
  if (const auto twice = type.names.finish())
    return wrong({type.name, " has \"", *twice, "\" more than once"});
  return base::done();
}

base::Status SchemaBuilder::add_directives() {
  for (const DirectiveRow& row : directive_rows) {
    Directive& directive = schema_->directives_.emplace_back();
    directive.name = row.name;
    directive.description = row.description;
    directive.places = row.places;
    std::vector<InputSpec> arguments(1);
    arguments[0].name = row.argument;
    arguments[0].type = row.type;
    if (!row.default_text.empty()) arguments[0].default_text = row.default_text;
    if (auto fine = resolve(arguments, "@", directive.arguments); !fine) return fine;
  }
  return base::done();
}

void SchemaBuilder::find_possible() {
  for (TypeIndex index = 0; index < schema_->types_.size(); ++index) {
    const Type& type = schema_->types_[index];
    if (type.kind != TypeKind::object) continue;
    for (const TypeIndex interface : type.interfaces) schema_->types_[interface].possible.push_back(index);
  }
  const auto less = [](TypeIndex one, TypeIndex other) { return one < other; };
  for (Type& type : schema_->types_) base::sort(type.possible, less);
}

base::Status SchemaBuilder::coerce_defaults(std::vector<Input>& inputs, std::string_view place,
                                            bool& changed) {
  for (Input& input : inputs) {
    if (!input.default_text) continue;
    Document document;
    if (const auto error = parse_value(*input.default_text, document))
      return wrong({"The default of ", place, ".", input.name, " cannot be read: ", error->message});
    std::optional<model::Value> value = from_literal(*schema_, document, 0, input.type, {});
    if (!value) return wrong({"The default of ", place, ".", input.name, " does not fit its type"});
    changed = changed || input.default_value != *value;
    input.default_value = std::move(*value);
    input.default_text->clear();
    append_value(*input.default_text, document, 0);
  }
  return base::done();
}

// Those of input objects first, until they no longer change: defaults are filled up with other defaults.
base::Status SchemaBuilder::coerce_all_defaults() {
  constexpr int rounds_max = 16;
  bool changed = true;
  for (int round = 0; changed; ++round) {
    if (round == rounds_max) return wrong({"The defaults of input types are made of each other"});
    changed = false;
    for (Type& type : schema_->types_) {
      if (auto fine = coerce_defaults(type.inputs, type.name, changed); !fine) return fine;
    }
  }
  for (Type& type : schema_->types_) {
    for (Field& field : type.fields) {
      if (auto fine = coerce_defaults(field.arguments, type.name, changed); !fine) return fine;
    }
  }
  for (Directive& directive : schema_->directives_) {
    if (auto fine = coerce_defaults(directive.arguments, directive.name, changed); !fine) return fine;
  }
  return base::done();
}

void SchemaBuilder::add_meta_fields() {
  const auto add_field = [this](std::string_view name, TypeUse type, MetaField tag) -> Field& {
    Field& field = schema_->meta_fields_.emplace_back();
    field.name = name;
    field.type = type;
    field.tag = static_cast<std::uint32_t>(tag);
    return field;
  };
  const auto meta = [this](MetaType type) { return TypeUse{schema_->meta(static_cast<std::size_t>(type))}; };
  const TypeUse text = TypeUse{schema_->find("String")}.as_required();
  add_field("__typename", text, MetaField::type_name_of_object);
  add_field("__schema", meta(MetaType::schema).as_required(), MetaField::the_schema);
  Input& name = add_field("__type", meta(MetaType::type), MetaField::a_type).arguments.emplace_back();
  name.name = "name";
  name.type = text;
}

base::Result<SchemaPointer> SchemaBuilder::finish() {
  const auto own = static_cast<TypeIndex>(drafts_.size());
  add_meta_types();
  std::vector<Draft> drafts = std::move(drafts_);
  drafts_.clear();
  schema_.reset(new Schema());
  Schema& schema = *schema_;
  schema.meta_ = own;
  for (Draft& draft : drafts) schema.types_.push_back(std::move(draft.type));
  for (const Type& type : schema.types_) schema.names_.add(type.name, schema.index_of(type));
  if (const auto twice = schema.names_.finish())
    return wrong({"There is more than one type \"", *twice, "\""});
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    if (auto fine = resolve(drafts[i], schema.types_[i]); !fine) return fine.error();
  }
  schema.query_ = schema.find(query_);
  add_meta_fields();
  if (auto fine = add_directives(); !fine) return fine.error();
  find_possible();
  if (auto fine = check(schema); !fine) return fine.error();
  if (auto fine = coerce_all_defaults(); !fine) return fine.error();
  return SchemaPointer(std::move(schema_));
}

}  // namespace rockpool::graphql
