// Puts a schema together. Types are named before or after they are used; finish() looks at the whole.
#pragma once

#include "core/graphql/schema.h"

namespace rockpool::graphql {

// `type` as GraphQL writes it: "[Post!]!". `default_text` likewise: "[_updatedAt_DESC]".
struct InputSpec {
  std::string name;
  std::string type;
  std::string description;
  std::optional<std::string> default_text;
  std::optional<std::string> deprecation;
};

struct FieldSpec {
  std::string name;
  std::string type;
  std::string description;
  std::vector<InputSpec> arguments;
  std::optional<std::string> deprecation;
  std::uint32_t tag = 0;
};

// String, Boolean, Int, Float and ID are there without being asked for, and so are the types of introspection
// and the directives of the language.
class SchemaBuilder {
 public:
  SchemaBuilder();

  TypeIndex scalar(std::string name, ScalarKind kind, std::string description = {},
                   std::optional<std::string> specified_by = {});
  TypeIndex object(std::string name, std::string description = {}, std::uint32_t tag = 0);
  TypeIndex interface(std::string name, std::string description = {});
  TypeIndex union_of(std::string name, std::string description = {});
  TypeIndex enumeration(std::string name, std::string description = {});
  TypeIndex input(std::string name, std::string description = {}, std::uint32_t tag = 0);

  void field(TypeIndex of, FieldSpec field) { drafts_[of].fields.push_back(std::move(field)); }
  void input_field(TypeIndex of, InputSpec field) { drafts_[of].inputs.push_back(std::move(field)); }
  void value(TypeIndex of, EnumValue value) { drafts_[of].type.values.push_back(std::move(value)); }
  void implement(TypeIndex type, std::string interface) { refer(type, std::move(interface)); }
  void member(TypeIndex union_of, std::string object) { refer(union_of, std::move(object)); }
  void query(std::string name) { query_ = std::move(name); }

  // `invalid`, with what is wrong, when it is no schema that GraphQL allows. The builder is empty afterwards.
  base::Result<SchemaPointer> finish();

 private:
  struct Draft {
    Type type;
    std::vector<FieldSpec> fields;
    std::vector<InputSpec> inputs;
    std::vector<std::string> others;  // interfaces of a type, members of a union
  };

  TypeIndex add(TypeKind kind, std::string name, std::string description);
  void refer(TypeIndex type, std::string name) { drafts_[type].others.push_back(std::move(name)); }
  void add_meta_types();
  void add_meta_type(std::string_view row, std::uint32_t& tag);
  base::Status resolve(Draft& draft, Type& type);
  base::Status resolve(const std::string& text, std::string_view place, TypeUse& into);
  base::Status resolve(std::vector<InputSpec>& specs, std::string_view place, std::vector<Input>& into);
  void add_meta_fields();
  base::Status add_directives();
  base::Status coerce_defaults(std::vector<Input>& inputs, std::string_view place, bool& changed);
  base::Status coerce_all_defaults();
  void find_possible();

  std::vector<Draft> drafts_;
  std::string query_ = "Query";
  std::unique_ptr<Schema> schema_;
};

// What graphql-js's validateSchema would refuse. Private to the module.
base::Status check(const Schema& schema);

}  // namespace rockpool::graphql
