#include "core/graphql/introspect.h"

#include "core/graphql/meta_types.h"

namespace rockpool::graphql {
namespace {

// handle := where:u2 owner:u24 member:u20 part:u16, or of a type: required:u8 lists:u4 named:u24
enum class Where : std::uint8_t { argument, input_field, directive };

struct Member {
  Where where = Where::argument;
  std::uint32_t owner = 0;
  std::uint32_t member = 0;
  std::uint32_t part = 0;

  Handle handle() const {
    return Handle{static_cast<std::uint8_t>(where)} << 60 | Handle{owner} << 36 | Handle{member} << 16 | part;
  }
  static Member of(Handle handle) {
    return {static_cast<Where>(handle >> 60), static_cast<std::uint32_t>(handle >> 36 & 0xff'ffff),
            static_cast<std::uint32_t>(handle >> 16 & 0xf'ffff), static_cast<std::uint32_t>(handle & 0xffff)};
  }
};

Handle handle_of(const TypeUse& use) {
  return use.required << 28 | Handle{use.lists} << 24 | Handle{use.named};
}

TypeUse use_of_handle(Handle handle) {
  return {static_cast<TypeIndex>(handle & 0xff'ffff), static_cast<std::uint8_t>(handle >> 24 & 0xf),
          handle >> 28};
}

// Answers one question.
class Introspection {
 public:
  Introspection(const Schema& schema, const Question& question, Answer& into)
      : schema_(schema), question_(question), into_(into) {}

  void run();

 private:
  void text(std::string_view text);
  void optional_text(const std::string& text);
  void truth(bool holds) { into_.leaf(holds ? "true" : "false"); }
  void object(MetaType type, Handle handle) {
    into_.object(schema_.meta(static_cast<std::size_t>(type)), handle);
  }
  void type(const TypeUse& use) { object(MetaType::type, handle_of(use)); }
  void types(const std::vector<TypeIndex>& types);
  bool is_shown(const std::optional<std::string>& deprecation) const;
  void deprecation(const std::optional<std::string>& reason, bool wanted_reason);

  void about_schema(MetaField field);
  void about_type(MetaField field);
  void about_named_type(MetaField field, const TypeUse& use);
  void kind(const TypeUse& use);
  void fields(const Type& type, TypeIndex index);
  void values(const Type& type, TypeIndex index);
  void inputs(const std::vector<Input>& inputs, Member first);
  void about_field(MetaField field);
  void about_input(MetaField field);
  const Input& input(const Member& member) const;
  void about_value(MetaField field);
  void about_directive(MetaField field);
  void places(std::uint32_t places);
  void find_type();

  const Schema& schema_;
  const Question& question_;
  Answer& into_;
};

void Introspection::text(std::string_view text) {
  std::string quoted;
  model::append_quoted(quoted, text);
  into_.leaf(quoted);
}

void Introspection::optional_text(const std::string& content) {
  if (content.empty()) {
    into_.null();
  } else {
    text(content);
  }
}

void Introspection::types(const std::vector<TypeIndex>& types) {
  into_.begin_list();
  for (const TypeIndex index : types) type({.named = index});
  into_.end_list();
}

bool Introspection::is_shown(const std::optional<std::string>& deprecation) const {
  return !deprecation || model::bool_member(question_.arguments, "includeDeprecated").value_or(false);
}

void Introspection::deprecation(const std::optional<std::string>& reason, bool wanted_reason) {
  if (!wanted_reason) return truth(reason.has_value());
  if (reason) {
    text(*reason);
  } else {
    into_.null();
  }
}

void Introspection::about_schema(MetaField field) {
  switch (field) {
    case MetaField::schema_types:
      into_.begin_list();
      for (TypeIndex index = 0; index < schema_.types().size(); ++index) type({.named = index});
      return into_.end_list();
    case MetaField::schema_query: return type({.named = schema_.query()});
    case MetaField::schema_directives:
      into_.begin_list();
      for (std::size_t i = 0; i < schema_.directives().size(); ++i) object(MetaType::directive, i);
      return into_.end_list();
    default: return into_.null();
  }
}

void Introspection::kind(const TypeUse& use) {
  constexpr std::string_view kinds[] = {"\"SCALAR\"", "\"OBJECT\"", "\"INTERFACE\"",
                                        "\"UNION\"",  "\"ENUM\"",   "\"INPUT_OBJECT\""};
  if (use.is_required()) return into_.leaf("\"NON_NULL\"");
  if (use.is_list()) return into_.leaf("\"LIST\"");
  into_.leaf(kinds[static_cast<std::size_t>(schema_.type(use.named).kind)]);
}

void Introspection::fields(const Type& type, TypeIndex index) {
  into_.begin_list();
  for (std::uint32_t i = 0; i < type.fields.size(); ++i) {
    if (is_shown(type.fields[i].deprecation))
      object(MetaType::field, Member{.owner = index, .member = i}.handle());
  }
  into_.end_list();
}

void Introspection::values(const Type& type, TypeIndex index) {
  into_.begin_list();
  for (std::uint32_t i = 0; i < type.values.size(); ++i) {
    if (is_shown(type.values[i].deprecation))
      object(MetaType::enum_value, Member{.owner = index, .member = i}.handle());
  }
  into_.end_list();
}

void Introspection::inputs(const std::vector<Input>& inputs, Member first) {
  into_.begin_list();
  for (std::uint32_t i = 0; i < inputs.size(); ++i) {
    first.part = i;
    if (is_shown(inputs[i].deprecation)) object(MetaType::input_value, first.handle());
  }
  into_.end_list();
}

void Introspection::about_type(MetaField field) {
  const TypeUse use = use_of_handle(question_.handle);
  if (field == MetaField::type_kind) return kind(use);
  if (!use.is_required() && !use.is_list()) return about_named_type(field, use);
  if (field != MetaField::type_of) return into_.null();
  type(use.is_required() ? use.optional() : use.item());
}

void Introspection::about_named_type(MetaField field, const TypeUse& use) {
  const Type& named = schema_.type(use.named);
  const bool has_fields = named.kind == TypeKind::object || named.kind == TypeKind::interface;
  switch (field) {
    case MetaField::type_name: return text(named.name);
    case MetaField::type_description: return optional_text(named.description);
    case MetaField::type_specified_by: return optional_text(named.specified_by.value_or(""));
    case MetaField::type_fields:
      if (has_fields) return fields(named, use.named);
      break;
    case MetaField::type_interfaces:
      if (has_fields) return types(named.interfaces);
      break;
    case MetaField::type_possible:
      if (named.is_composite() && named.kind != TypeKind::object) return types(named.possible);
      break;
    case MetaField::type_values:
      if (named.kind == TypeKind::enumeration) return values(named, use.named);
      break;
    case MetaField::type_inputs:
      if (named.kind == TypeKind::input)
        return inputs(named.inputs, {.where = Where::input_field, .owner = use.named});
      break;
    // Of the edition of 2025, which tools ask for; there are none.
    case MetaField::type_is_one_of:
      if (named.kind == TypeKind::input) return truth(false);
      break;
    default: break;
  }
  into_.null();
}

void Introspection::about_field(MetaField field) {
  const Member member = Member::of(question_.handle);
  const Field& one = schema_.type(member.owner).fields[member.member];
  switch (field) {
    case MetaField::field_name: return text(one.name);
    case MetaField::field_description: return optional_text(one.description);
    case MetaField::field_arguments: return inputs(one.arguments, member);
    case MetaField::field_type: return type(one.type);
    default: return deprecation(one.deprecation, field == MetaField::field_deprecation);
  }
}

const Input& Introspection::input(const Member& member) const {
  if (member.where == Where::directive) return schema_.directives()[member.owner].arguments[member.part];
  const Type& owner = schema_.type(member.owner);
  if (member.where == Where::input_field) return owner.inputs[member.part];
  return owner.fields[member.member].arguments[member.part];
}

void Introspection::about_input(MetaField field) {
  const Input& one = input(Member::of(question_.handle));
  switch (field) {
    case MetaField::input_name: return text(one.name);
    case MetaField::input_description: return optional_text(one.description);
    case MetaField::input_type: return type(one.type);
    case MetaField::input_default: return optional_text(one.default_text.value_or(""));
    default: return deprecation(one.deprecation, field == MetaField::input_deprecation);
  }
}

void Introspection::about_value(MetaField field) {
  const Member member = Member::of(question_.handle);
  const EnumValue& one = schema_.type(member.owner).values[member.member];
  if (field == MetaField::value_name) return text(one.name);
  if (field == MetaField::value_description) return optional_text(one.description);
  deprecation(one.deprecation, field == MetaField::value_deprecation);
}

void Introspection::places(std::uint32_t places) {
  const std::vector<EnumValue>& names =
      schema_.type(schema_.meta(static_cast<std::size_t>(MetaType::place))).values;
  into_.begin_list();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if ((places >> i & 1) != 0) text(names[i].name);
  }
  into_.end_list();
}

void Introspection::about_directive(MetaField field) {
  const auto index = static_cast<std::uint32_t>(question_.handle);
  const Directive& one = schema_.directives()[index];
  switch (field) {
    case MetaField::directive_name: return text(one.name);
    case MetaField::directive_description: return optional_text(one.description);
    case MetaField::directive_places: return places(one.places);
    case MetaField::directive_arguments:
      return inputs(one.arguments, {.where = Where::directive, .owner = index});
    default: return truth(false);
  }
}

void Introspection::find_type() {
  const std::string* name = model::text_member(question_.arguments, "name");
  const TypeIndex found = name == nullptr ? no_type : schema_.find(*name);
  if (found == no_type) return into_.null();
  type({.named = found});
}

void Introspection::run() {
  const auto field = static_cast<MetaField>(question_.field.tag);
  if (field <= MetaField::schema_directives) return about_schema(field);
  if (field <= MetaField::type_is_one_of) return about_type(field);
  if (field <= MetaField::field_deprecation) return about_field(field);
  if (field <= MetaField::input_deprecation) return about_input(field);
  if (field <= MetaField::value_deprecation) return about_value(field);
  if (field <= MetaField::directive_arguments) return about_directive(field);
  if (field == MetaField::the_schema) return object(MetaType::schema, 0);
  find_type();
}

}  // namespace

void introspect(const Schema& schema, const Question& question, Answer& into) {
  Introspection(schema, question, into).run();
}

}  // namespace rockpool::graphql
