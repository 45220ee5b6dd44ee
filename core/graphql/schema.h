// What may be asked for: types, their fields, and what these take. Made by a SchemaBuilder, then never
// changed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/value.h"

namespace rockpool::graphql {

using TypeIndex = std::uint32_t;
inline constexpr TypeIndex no_type = 0xffff'ffff;

enum class TypeKind : std::uint8_t { scalar, object, interface, union_of, enumeration, input };

// Which JSON values a scalar takes and gives. `integer` is GraphQL's Int of 32 bits, `whole` any integer that
// JavaScript holds exactly, `real` takes both, `id` texts and integers, `json` everything.
enum class ScalarKind : std::uint8_t { text, boolean, integer, whole, real, id, date, date_time, json };

// A type as it is used: in how many lists, and what of it may not be null. Bit 0 of `required` is the named
// type, bit n the n-th list around it.
struct TypeUse {
  TypeIndex named = no_type;
  std::uint8_t lists = 0;
  std::uint64_t required = 0;

  bool known() const { return named != no_type; }
  bool is_list() const { return lists > 0; }
  bool is_required() const { return (required >> lists & 1) != 0; }
  TypeUse item() const;
  TypeUse optional() const { return {named, lists, required & ~(std::uint64_t{1} << lists)}; }
  TypeUse as_required() const { return {named, lists, required | std::uint64_t{1} << lists}; }
  bool operator==(const TypeUse&) const = default;
};

// An argument, or a field of an input object.
struct Input {
  std::string name;
  std::string description;
  std::optional<std::string> deprecation;
  TypeUse type;
  std::optional<std::string> default_text;  // as GraphQL writes it
  model::Value default_value;               // coerced

  bool must_be_given() const { return type.is_required() && !default_text; }
};

struct Field {
  std::string name;
  std::string description;
  std::optional<std::string> deprecation;
  TypeUse type;
  std::vector<Input> arguments;
  std::uint32_t tag = 0;  // the builder's own mark, for the source that answers the field
};

struct EnumValue {
  std::string name;
  std::string description;
  std::optional<std::string> deprecation;
};

// Finds a name among things that do not move.
class Names {
 public:
  void add(std::string_view name, std::uint32_t index) { sorted_.emplace_back(name, index); }
  // Sorts; the name that is there twice, if there is one.
  std::optional<std::string_view> finish();
  // Past every index when there is none.
  std::uint32_t find(std::string_view name) const;

 private:
  std::vector<std::pair<std::string_view, std::uint32_t>> sorted_;
};

struct Type {
  TypeKind kind = TypeKind::object;
  ScalarKind scalar = ScalarKind::text;
  std::string name;
  std::string description;
  std::optional<std::string> specified_by;  // the address of a scalar's specification
  std::vector<Field> fields;                // of objects and interfaces
  std::vector<TypeIndex> interfaces;        // of objects and interfaces, in their order
  std::vector<TypeIndex> possible;          // the objects of a union or an interface, in their order
  std::vector<EnumValue> values;            // of enumerations
  std::vector<Input> inputs;                // of input objects
  Names names;                              // of fields, values or inputs
  std::uint32_t tag = 0;

  bool is_composite() const { return kind >= TypeKind::object && kind <= TypeKind::union_of; }
  bool is_leaf() const { return kind == TypeKind::scalar || kind == TypeKind::enumeration; }
  bool is_input() const { return is_leaf() || kind == TypeKind::input; }
  const Field* field(std::string_view wanted) const;
  const Input* input(std::string_view wanted) const;
  const EnumValue* value(std::string_view wanted) const;
};

// Where a directive may stand. The values of __DirectiveLocation, in their order.
enum class Place : std::uint8_t {
  query,
  mutation,
  subscription,
  field,
  fragment,
  spread,
  inline_fragment,
  variable,
  schema,
  scalar,
  object,
  field_definition,
  argument_definition,
  interface,
  union_of,
  enumeration,
  enum_value,
  input_object,
  input_field,
};

struct Directive {
  std::string name;
  std::string description;
  std::uint32_t places = 0;  // bit n is the n-th Place
  std::vector<Input> arguments;

  bool may_stand(Place place) const { return (places >> static_cast<unsigned>(place) & 1) != 0; }
};

class Schema {
 public:
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

  const std::vector<Type>& types() const { return types_; }
  const Type& type(TypeIndex index) const { return types_[index]; }
  TypeIndex find(std::string_view name) const;
  TypeIndex index_of(const Type& type) const { return static_cast<TypeIndex>(&type - types_.data()); }
  TypeIndex query() const { return query_; }
  const std::vector<Directive>& directives() const { return directives_; }
  const Directive* directive(std::string_view name) const;
  // The field of an object, interface or union, __typename, __schema and __type included.
  const Field* field(TypeIndex of, std::string_view name) const;
  const Field& typename_field() const { return meta_fields_[0]; }
  // Of introspection: __Schema, __Type and so on.
  bool is_meta(TypeIndex index) const { return index >= meta_; }
  TypeIndex meta(std::size_t which) const { return meta_ + static_cast<TypeIndex>(which); }
  // Can an object of `object` stand where `abstract` is?
  bool is_possible(TypeIndex abstract, TypeIndex object) const;
  bool overlap(TypeIndex one, TypeIndex other) const;
  bool is_subtype(const TypeUse& use, const TypeUse& of) const;
  std::string name_of(const TypeUse& use) const;

 private:
  friend class SchemaBuilder;
  Schema() = default;

  std::vector<Type> types_;  // those of introspection last
  Names names_;
  TypeIndex query_ = no_type;
  TypeIndex meta_ = 0;
  std::vector<Field> meta_fields_;  // __typename, __schema, __type
  std::vector<Directive> directives_;
};

using SchemaPointer = std::shared_ptr<const Schema>;

}  // namespace rockpool::graphql
