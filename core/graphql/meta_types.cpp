#include "core/graphql/meta_types.h"

#include "core/base/text.h"
#include "core/graphql/schema_builder.h"

namespace rockpool::graphql {
namespace {

// name "|" (field ["?"] ":" type)*, where "?" says that the field takes includeDeprecated; an enumeration has
// "=" behind its name.
constexpr std::string_view rows[] = {
    "__Schema|description:String|types:[__Type!]!|queryType:__Type!|mutationType:__Type|"
    "subscriptionType:__Type|directives:[__Directive!]!",
    "__Type|kind:__TypeKind!|name:String|description:String|specifiedByURL:String|fields?:[__Field!]|"
    "interfaces:[__Type!]|possibleTypes:[__Type!]|enumValues?:[__EnumValue!]|inputFields?:[__InputValue!]|"
    "ofType:__Type|isOneOf:Boolean",
    "__TypeKind=|SCALAR|OBJECT|INTERFACE|UNION|ENUM|INPUT_OBJECT|LIST|NON_NULL",
    "__Field|name:String!|description:String|args?:[__InputValue!]!|type:__Type!|isDeprecated:Boolean!|"
    "deprecationReason:String",
    "__InputValue|name:String!|description:String|type:__Type!|defaultValue:String|isDeprecated:Boolean!|"
    "deprecationReason:String",
    "__EnumValue|name:String!|description:String|isDeprecated:Boolean!|deprecationReason:String",
    "__Directive|name:String!|description:String|isRepeatable:Boolean!|locations:[__DirectiveLocation!]!|"
    "args?:[__InputValue!]!",
    "__DirectiveLocation=|QUERY|MUTATION|SUBSCRIPTION|FIELD|FRAGMENT_DEFINITION|FRAGMENT_SPREAD|"
    "INLINE_FRAGMENT|VARIABLE_DEFINITION|SCHEMA|SCALAR|OBJECT|FIELD_DEFINITION|ARGUMENT_DEFINITION|INTERFACE|"
    "UNION|ENUM|ENUM_VALUE|INPUT_OBJECT|INPUT_FIELD_DEFINITION",
};

}  // namespace

void SchemaBuilder::add_meta_type(std::string_view row, std::uint32_t& tag) {
  TypeIndex type = no_type;
  for (const std::string_view part : base::split(row, '|')) {
    if (type == no_type) {
      const bool is_enumeration = part.ends_with('=');
      type = is_enumeration ? enumeration(std::string(part.substr(0, part.size() - 1)))
                            : object(std::string(part));
      continue;
    }
    if (drafts_[type].type.kind == TypeKind::enumeration) {
      value(type, {.name = std::string(part)});
      continue;
    }
    const std::size_t colon = part.find(':');
    const bool takes = part[colon - 1] == '?';
    FieldSpec spec = {.name = std::string(part.substr(0, colon - (takes ? 1 : 0))),
                      .type = std::string(part.substr(colon + 1)),
                      .tag = tag++};
    if (takes)
      spec.arguments.push_back({.name = "includeDeprecated", .type = "Boolean", .default_text = "false"});
    field(type, std::move(spec));
  }
}

void SchemaBuilder::add_meta_types() {
  std::uint32_t tag = 0;
  for (const std::string_view row : rows) add_meta_type(row, tag);
}

}  // namespace rockpool::graphql
