#include "core/graphql/schema.h"

#include <algorithm>

#include "core/base/sort.h"

namespace rockpool::graphql {

TypeUse TypeUse::item() const {
  const std::uint64_t bits = required & ~(std::uint64_t{1} << lists);
  return {named, static_cast<std::uint8_t>(lists - 1), bits};
}

std::optional<std::string_view> Names::finish() {
  base::sort(sorted_, [](const auto& one, const auto& other) { return one < other; });
  for (std::size_t i = 1; i < sorted_.size(); ++i) {
    if (sorted_[i].first == sorted_[i - 1].first) return sorted_[i].first;
  }
  return std::nullopt;
}

std::uint32_t Names::find(std::string_view name) const {
  const auto found = std::lower_bound(sorted_.begin(), sorted_.end(), std::pair(name, std::uint32_t{0}));
  return found != sorted_.end() && found->first == name ? found->second : no_type;
}

const Field* Type::field(std::string_view wanted) const {
  const std::uint32_t index = names.find(wanted);
  return index < fields.size() ? &fields[index] : nullptr;
}

const Input* Type::input(std::string_view wanted) const {
  const std::uint32_t index = names.find(wanted);
  return index < inputs.size() ? &inputs[index] : nullptr;
}

const EnumValue* Type::value(std::string_view wanted) const {
  const std::uint32_t index = names.find(wanted);
  return index < values.size() ? &values[index] : nullptr;
}

TypeIndex Schema::find(std::string_view name) const { return names_.find(name); }

const Directive* Schema::directive(std::string_view name) const {
  const auto found = std::find_if(directives_.begin(), directives_.end(),
                                  [name](const Directive& directive) { return directive.name == name; });
  return found == directives_.end() ? nullptr : &*found;
}

const Field* Schema::field(TypeIndex of, std::string_view name) const {
  const Type& type = types_[of];
  if (name.starts_with("__")) {
    for (const Field& field : meta_fields_) {
      const bool here = &field == &meta_fields_[0] ? type.is_composite() : of == query_;
      if (here && field.name == name) return &field;
    }
  }
  return type.kind == TypeKind::object || type.kind == TypeKind::interface ? type.field(name) : nullptr;
}

bool Schema::is_possible(TypeIndex abstract, TypeIndex object) const {
  const std::vector<TypeIndex>& possible = types_[abstract].possible;
  return std::binary_search(possible.begin(), possible.end(), object);
}

bool Schema::overlap(TypeIndex one, TypeIndex other) const {
  if (one == other) return true;
  const bool one_is_object = types_[one].kind == TypeKind::object;
  if (types_[other].kind == TypeKind::object) return !one_is_object && is_possible(one, other);
  if (one_is_object) return is_possible(other, one);
  const std::vector<TypeIndex>& possible = types_[one].possible;
  return std::any_of(possible.begin(), possible.end(),
                     [this, other](TypeIndex object) { return is_possible(other, object); });
}

// Is every value of `use` one of `of` too?
bool Schema::is_subtype(const TypeUse& use, const TypeUse& of) const {
  if (use.lists != of.lists) return false;
  if ((of.required & ~use.required) != 0) return false;
  if (use.named == of.named) return true;
  const Type& narrow = types_[use.named];
  const Type& wide = types_[of.named];
  if (wide.kind == TypeKind::union_of) return is_possible(of.named, use.named);
  return wide.kind == TypeKind::interface &&
         std::find(narrow.interfaces.begin(), narrow.interfaces.end(), of.named) != narrow.interfaces.end();
}

std::string Schema::name_of(const TypeUse& use) const {
  std::string name = types_[use.named].name;
  for (unsigned level = 0;; ++level) {
    if ((use.required >> level & 1) != 0) name += '!';
    if (level == use.lists) return name;
    name.insert(name.begin(), '[');
    name += ']';
  }
}

}  // namespace rockpool::graphql
