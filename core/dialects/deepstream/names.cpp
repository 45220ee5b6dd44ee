#include "core/dialects/deepstream/names.h"

#include "core/model/names.h"

namespace rockpool::dialects::deepstream {
namespace {

std::string escape(std::string_view collection) {
  std::string text;
  for (const char c : collection) {
    if (c == '%' || c == '/') {
      text += c == '%' ? "%25" : "%2F";
    } else {
      text += c;
    }
  }
  return text;
}

std::optional<std::string> unescape(std::string_view text) {
  std::string collection;
  while (!text.empty()) {
    const bool is_escape = text.front() == '%';
    if (is_escape && !text.starts_with("%25") && !text.starts_with("%2F")) return std::nullopt;
    collection += !is_escape ? text.front() : text[2] == '5' ? '%' : '/';
    text.remove_prefix(is_escape ? 3 : 1);
  }
  return collection;
}

}  // namespace

model::Key key_of(std::string_view name) {
  const std::size_t slash = name.find('/');
  if (slash != std::string_view::npos && slash + 1 < name.size()) {
    auto collection = unescape(name.substr(0, slash));
    if (collection && *collection != own_collection && model::check_collection(*collection)) {
      return {*std::move(collection), std::string(name.substr(slash + 1))};
    }
  }
  return {std::string(own_collection), std::string(name)};
}

std::string whole_name_of(std::string_view collection) {
  return collection == own_collection ? "" : escape(collection) + '/';
}

std::string collection_in(std::string_view whole_name) {
  if (!whole_name.ends_with('/')) return "";
  model::Key key = key_of(std::string(whole_name) + 'x');
  return key.id == "x" ? std::move(key.collection) : "";
}

std::optional<std::string> name_of(const model::Key& key) {
  std::string name = key.collection == own_collection ? key.id : escape(key.collection) + '/' + key.id;
  if (key_of(name) != key) return std::nullopt;
  return name;
}

}  // namespace rockpool::dialects::deepstream
