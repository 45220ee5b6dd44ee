#include "core/dialects/datocms/models.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "core/dialect/config_reader.h"

namespace rockpool::dialects::datocms {
namespace {

using base::Error;
using model::Value;

struct TypeRow {
  std::string_view name;
  std::string_view neutral;  // what every dialect has to keep to; empty: nothing
};
constexpr std::array<TypeRow, field_types> types = {{{"string", "text"},
                                                     {"text", "text"},
                                                     {"slug", "text"},
                                                     {"integer", "integer"},
                                                     {"float", "number"},
                                                     {"boolean", "boolean"},
                                                     {"date", "date"},
                                                     {"date_time", "date"},
                                                     {"json", ""},
                                                     {"link", "text"},
                                                     {"links", "texts"},
                                                     {"color", ""},
                                                     {"geo", ""}}};

constexpr std::size_t key_bytes_max = 64;
constexpr std::size_t models_max = 500;
constexpr std::size_t fields_max = 500;

std::optional<FieldType> type_of(std::string_view name) {
  for (std::size_t i = 0; i < types.size(); ++i)
    if (types[i].name == name) return static_cast<FieldType>(i);
  return std::nullopt;
}

bool is_link(FieldType type) { return type == FieldType::link || type == FieldType::links; }

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
char large(char c) { return is_lower(c) ? static_cast<char>(c - 32) : c; }

// Small letters, digits and single underscores, a letter first: so that no two become the same in camel case.
bool is_key(std::string_view key) {
  if (key.empty() || key.size() > key_bytes_max || !is_lower(key.front()) || key.back() == '_') return false;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const char c = key[i];
    if (c == '_' ? !is_lower(key[i + 1]) : !is_lower(c) && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

class Reader : public dialect::ConfigReader {
 public:
  using ConfigReader::ConfigReader;

  Model model(std::string_view key, const Value& value) {
    Model model{.key = std::string(key)};
    if (!is_key(key)) wrong("", "a model's name is small letters, digits and _, at most 64 of them");
    if (!value.is_object()) wrong("", "give an object");
    for (const auto& [name, held] : value.members()) {
      if (name == "fields")
        fields(model, held);
      else if (name == "plural")
        model.plural = text(name, held);
      else if (name == "singleInstance")
        model.is_single = flag(name, held);
      else if (name == "autoPublish")
        model.publishes = flag(name, held);
      else
        wrong(name, "is not known; there are fields, plural, singleInstance and autoPublish");
    }
    if (!model.plural.empty() && !is_key(model.plural)) wrong("plural", "is written as the model's name is");
    model.name = camel(key);
    model.all = "all" + (model.plural.empty() ? plural(camel(key, true)) : camel(model.plural, true));
    model.type = camel(key, true) + "Record";
    return model;
  }

 private:
  void fields(Model& model, const Value& value) {
    if (!value.is_object()) wrong("fields", "give an object with a member for each field");
    if (value.size() > fields_max) wrong("fields", "are more than 500");
    for (const auto& [key, held] : value.members()) model.fields.push_back(field(key, held));
  }
  Field field(const std::string& key, const Value& value) {
    const std::string at = "fields." + key;
    Field field{.key = key, .name = camel(key)};
    if (!is_key(key) || key == "id") wrong(at, "a field's name is small letters, digits and _, and not id");
    if (value.is_string()) {
      take_type(field, at, *value.get_ptr<const std::string*>());
    } else {
      if (!value.is_object()) wrong(at, "give a type, or an object with one");
      take_type(field, at, model::text_member(value, "type") ? *model::text_member(value, "type") : "");
      for (const auto& [name, held] : value.members()) {
        if (name == "model")
          field.model = text(at + ".model", held);
        else if (name == "required")
          field.required = flag(at + ".required", held);
        else if (name != "type")
          wrong(at + "." + name, "is not known; there are type, model and required");
      }
    }
    if (is_link(field.type) == field.model.empty())
      wrong(at, is_link(field.type) ? "give the model that it leads to" : "only links lead to a model");
    return field;
  }
  void take_type(Field& field, const std::string& at, std::string_view name) {
    const auto type = type_of(name);
    if (!type)
      wrong(at,
            "has no type that is known; there are string, text, slug, integer, float, boolean, date, "
            "date_time, json, color, geo, link and links");
    field.type = type.value_or(FieldType::string);
  }
};

}  // namespace

std::string_view name_of(FieldType type) { return types[static_cast<std::size_t>(type)].name; }

const Field* Model::find(std::string_view field_key) const {
  for (const Field& field : fields)
    if (field.key == field_key) return &field;
  return nullptr;
}

std::string Model::filter_type() const { return camel(key, true) + "ModelFilter"; }
std::string Model::order_type() const { return camel(key, true) + "ModelOrderBy"; }

base::Result<Model> read_model(std::string_view key, const Value& value) {
  Reader reader("models." + std::string(key));
  Model model = reader.model(key, value);
  if (reader.error()) return *reader.error();
  return model;
}

base::Result<Models> read_models(const Value& value) {
  const auto refuse = [](std::string_view what) {
    return Error{.code = base::Code::usage, .message = "models: " + std::string(what)};
  };
  if (!value.is_object()) return refuse("give an object with a member for each model");
  if (value.size() > models_max) return refuse("are more than 500");
  Models models;
  for (const auto& [key, held] : value.members()) {
    auto model = read_model(key, held);
    if (!model) return model.error();
    models.push_back(std::move(*model));
  }
  if (auto error = check(models)) return *error;
  return models;
}

Value written(const Model& model) {
  Value fields = Value::object();
  for (const Field& field : model.fields) {
    Value one = Value::object();
    one["type"] = name_of(field.type);
    if (!field.model.empty()) one["model"] = field.model;
    if (field.required) one["required"] = true;
    fields[field.key] = std::move(one);
  }
  Value made = Value::object();
  made["fields"] = std::move(fields);
  if (!model.plural.empty()) made["plural"] = model.plural;
  if (model.is_single) made["singleInstance"] = true;
  if (model.publishes) made["autoPublish"] = true;
  return made;
}

std::optional<Error> check(const Models& models) {
  std::map<std::string, std::string> names;  // of the query type, with the model they come from
  for (const Model& model : models) {
    for (const std::string& name : {model.name, model.is_single ? std::string() : model.all}) {
      const auto [held, is_new] = names.emplace(name, model.key);
      if (is_new || name.empty()) continue;
      return Error{.code = base::Code::usage,
                   .message = "models." + model.key + ": its query " + name + " is that of " + held->second +
                              " already; give another plural"};
    }
    for (const Field& field : model.fields) {
      const auto leads = [&](const Model& other) { return other.key == field.model; };
      if (field.model.empty() || std::any_of(models.begin(), models.end(), leads)) continue;
      return Error{
          .code = base::Code::usage,
          .message = "models." + model.key + ".fields." + field.key + ": there is no model " + field.model};
    }
  }
  return std::nullopt;
}

Value neutral_fields(const Model& model) {
  Value fields = Value::array();
  for (const Field& field : model.fields) {
    const std::string_view type = types[static_cast<std::size_t>(field.type)].neutral;
    if (type.empty()) continue;
    Value one = Value::object();
    one["key"] = field.key;
    one["type"] = type;
    fields.push_back(std::move(one));
  }
  return fields;
}

std::string camel(std::string_view key, bool begins_large) {
  std::string name;
  bool is_next_large = begins_large;
  for (const char c : key) {
    if (c != '_') name += is_next_large ? large(c) : c;
    is_next_large = c == '_';
  }
  return name;
}

std::string plural(std::string_view name) {
  const auto ends = [&](std::string_view end) { return name.ends_with(end); };
  std::string made(name);
  const bool is_vowel_before =
      name.size() > 1 && std::string_view("aeiou").find(name[name.size() - 2]) != std::string_view::npos;
  if (ends("y") && !is_vowel_before) return made.replace(made.size() - 1, 1, "ies");
  if (ends("s") || ends("x") || ends("z") || ends("ch") || ends("sh")) return made + "es";
  return made + 's';
}

}  // namespace rockpool::dialects::datocms
