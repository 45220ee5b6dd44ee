#include <algorithm>

#include "core/graphql/error.h"
#include "core/graphql/schema_builder.h"

namespace rockpool::graphql {
namespace {

base::Error wrong(std::initializer_list<std::string_view> parts) {
  return {.code = base::Code::invalid, .message = join(parts), .path = ""};
}

bool is_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
  });
}

class Checker {
 public:
  explicit Checker(const Schema& schema) : schema_(schema) {}

  base::Status run();

 private:
  base::Status name(std::string_view name, std::string_view of);
  base::Status type(const Type& type);
  base::Status fields(const Type& type);
  base::Status inputs(const std::vector<Input>& inputs, std::string_view of);
  base::Status interfaces(const Type& type);
  base::Status implements(const Type& type, const Type& interface);
  base::Status implements(const Type& type, const Field& has, const Field& wanted, const Type& interface);
  base::Status members(const Type& type);
  base::Status values(const Type& type);
  base::Status circles();

  const Schema& schema_;
};

base::Status Checker::name(std::string_view name, std::string_view of) {
  if (!is_name(name)) return wrong({"\"", name, "\" cannot be a name, in ", of});
  if (name.starts_with("__"))
    return wrong({"\"", name, "\" begins with \"__\", which introspection has, in ", of});
  return base::done();
}

base::Status Checker::inputs(const std::vector<Input>& inputs, std::string_view of) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Input& input = inputs[i];
    if (auto fine = name(input.name, of); !fine) return fine;
    if (!schema_.type(input.type.named).is_input())
      return wrong({"The type of ", of, ".", input.name, " must be an input type"});
    if (input.must_be_given() && input.deprecation)
      return wrong({of, ".", input.name, " is required and cannot be deprecated"});
    for (std::size_t k = 0; k < i; ++k) {
      if (inputs[k].name == input.name) return wrong({of, " has \"", input.name, "\" more than once"});
    }
  }
  return base::done();
}

base::Status Checker::fields(const Type& type) {
  if (type.fields.empty()) return wrong({"Type ", type.name, " must define one or more fields"});
  for (const Field& field : type.fields) {
    if (auto fine = name(field.name, type.name); !fine) return fine;
    if (schema_.type(field.type.named).kind == TypeKind::input)
      return wrong({"The type of ", type.name, ".", field.name, " must be an output type"});
    if (auto fine = inputs(field.arguments, join({type.name, ".", field.name})); !fine) return fine;
  }
  return base::done();
}

base::Status Checker::implements(const Type& type, const Field& has, const Field& wanted,
                                 const Type& interface) {
  const std::string place = join({interface.name, ".", wanted.name});
  if (!schema_.is_subtype(has.type, wanted.type)) {
    return wrong({"Interface field ", place, " expects type ", schema_.name_of(wanted.type), " but ",
                  type.name, " gives ", schema_.name_of(has.type)});
  }
  const auto find = [](const std::vector<Input>& inputs, std::string_view name) {
    return std::find_if(inputs.begin(), inputs.end(),
                        [name](const Input& input) { return input.name == name; });
  };
  for (const Input& argument : wanted.arguments) {
    const auto own = find(has.arguments, argument.name);
    if (own == has.arguments.end() || own->type != argument.type)
      return wrong(
          {"Argument ", argument.name, " of interface field ", place, " is not that of ", type.name});
  }
  for (const Input& argument : has.arguments) {
    const bool known = find(wanted.arguments, argument.name) != wanted.arguments.end();
    if (!known && argument.must_be_given())
      return wrong({"Argument ", argument.name, " of ", type.name, " is required, but not by ", place});
  }
  return base::done();
}

base::Status Checker::implements(const Type& type, const Type& interface) {
  for (const TypeIndex above : interface.interfaces) {
    if (std::find(type.interfaces.begin(), type.interfaces.end(), above) == type.interfaces.end())
      return wrong(
          {type.name, " must implement ", schema_.type(above).name, " as ", interface.name, " does"});
  }
  for (const Field& wanted : interface.fields) {
    const Field* has = type.field(wanted.name);
    if (has == nullptr)
      return wrong({"Interface field ", interface.name, ".", wanted.name, " is not provided by ", type.name});
    if (auto fine = implements(type, *has, wanted, interface); !fine) return fine;
  }
  return base::done();
}

base::Status Checker::interfaces(const Type& type) {
  for (auto at = type.interfaces.begin(); at != type.interfaces.end(); ++at) {
    const Type& interface = schema_.type(*at);
    if (interface.kind != TypeKind::interface)
      return wrong({type.name, " must only implement interfaces, it cannot implement ", interface.name});
    if (&interface == &type) return wrong({type.name, " cannot implement itself"});
    if (std::find(type.interfaces.begin(), at, *at) != at)
      return wrong({type.name, " can only implement ", interface.name, " once"});
    if (auto fine = implements(type, interface); !fine) return fine;
  }
  return base::done();
}

base::Status Checker::members(const Type& type) {
  if (type.possible.empty()) return wrong({"Union type ", type.name, " must define one or more members"});
  for (std::size_t i = 0; i < type.possible.size(); ++i) {
    const Type& member = schema_.type(type.possible[i]);
    if (member.kind != TypeKind::object)
      return wrong({"Union type ", type.name, " can only include objects, it cannot include ", member.name});
    if (i > 0 && type.possible[i] == type.possible[i - 1])
      return wrong({"Union type ", type.name, " can only include ", member.name, " once"});
  }
  return base::done();
}

base::Status Checker::values(const Type& type) {
  if (type.values.empty()) return wrong({"Enum type ", type.name, " must define one or more values"});
  for (const EnumValue& value : type.values) {
    if (auto fine = name(value.name, type.name); !fine) return fine;
    if (value.name == "true" || value.name == "false" || value.name == "null")
      return wrong({"Enum values cannot be named ", value.name});
  }
  return base::done();
}

base::Status Checker::type(const Type& type) {
  if (auto fine = name(type.name, "the schema"); !fine) return fine;
  switch (type.kind) {
    case TypeKind::scalar: return base::done();
    case TypeKind::object:
    case TypeKind::interface:
      if (auto fine = fields(type); !fine) return fine;
      return interfaces(type);
    case TypeKind::union_of: return members(type);
    case TypeKind::enumeration: return values(type);
    case TypeKind::input:
      if (type.inputs.empty()) return wrong({"Input type ", type.name, " must define one or more fields"});
      return inputs(type.inputs, type.name);
  }
  return base::done();
}

// No input object may have to be given inside of itself. Those that lead to nobody are taken out until there
// are none; what is left leads back to itself.
base::Status Checker::circles() {
  const std::size_t count = schema_.types().size();
  std::vector<std::size_t> needs(count, 0);
  std::vector<std::vector<TypeIndex>> needed_by(count);
  std::vector<TypeIndex> free;
  for (TypeIndex index = 0; index < count; ++index) {
    for (const Input& input : schema_.type(index).inputs) {
      if (input.type.is_list() || !input.type.is_required()) continue;
      if (schema_.type(input.type.named).kind != TypeKind::input) continue;
      ++needs[index];
      needed_by[input.type.named].push_back(index);
    }
    if (needs[index] == 0) free.push_back(index);
  }
  for (std::size_t i = 0; i < free.size(); ++i) {
    for (const TypeIndex other : needed_by[free[i]]) {
      if (--needs[other] == 0) free.push_back(other);
    }
  }
  for (TypeIndex index = 0; index < count; ++index) {
    if (needs[index] != 0)
      return wrong({"Input type ", schema_.type(index).name, " can never be given: it requires itself"});
  }
  return base::done();
}

base::Status Checker::run() {
  const TypeIndex query = schema_.query();
  if (query == no_type) return wrong({"There is no type for queries"});
  if (schema_.type(query).kind != TypeKind::object) return wrong({"The type of queries must be an object"});
  for (const Type& each : schema_.types()) {
    if (schema_.is_meta(schema_.index_of(each))) continue;
    if (auto fine = type(each); !fine) return fine;
  }
  return circles();
}

}  // namespace

base::Status check(const Schema& schema) { return Checker(schema).run(); }

}  // namespace rockpool::graphql
