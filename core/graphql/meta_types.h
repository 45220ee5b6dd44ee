// The types of introspection, as data. Private to the module.
#pragma once

#include <cstdint>

namespace rockpool::graphql {

// The order of the types of introspection behind all others.
enum class MetaType : std::uint8_t {
  schema,
  type,
  type_kind,
  field,
  input_value,
  enum_value,
  directive,
  place
};

// The tags of their fields, in the order of the table in meta_types.cpp.
enum class MetaField : std::uint32_t {
  schema_description,
  schema_types,
  schema_query,
  schema_mutation,
  schema_subscription,
  schema_directives,
  type_kind,
  type_name,
  type_description,
  type_specified_by,
  type_fields,
  type_interfaces,
  type_possible,
  type_values,
  type_inputs,
  type_of,
  type_is_one_of,
  field_name,
  field_description,
  field_arguments,
  field_type,
  field_is_deprecated,
  field_deprecation,
  input_name,
  input_description,
  input_type,
  input_default,
  input_is_deprecated,
  input_deprecation,
  value_name,
  value_description,
  value_is_deprecated,
  value_deprecation,
  directive_name,
  directive_description,
  directive_is_repeatable,
  directive_places,
  directive_arguments,
  the_schema,
  a_type,
  type_name_of_object,
};

}  // namespace rockpool::graphql
