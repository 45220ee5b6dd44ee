#include "core/dialects/rested/bodies.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialects/rested/names.h"
#include "core/model/names.h"

namespace rockpool::dialects::rested {
namespace {

using model::Value;

constexpr std::size_t project_name_least = 5;
constexpr std::size_t project_name_most = 254;
constexpr std::size_t description_bytes_max = 4096;
constexpr std::size_t origins_most = 100;
constexpr std::uint64_t token_seconds_most = 10ull * 365 * 24 * 3600;

std::size_t letters_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool is_plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool is_origin(std::string_view text) {
  const std::size_t mark = text.find("://");
  return mark != std::string_view::npos && mark > 0 && text.size() > mark + 3 && is_plain(text) &&
         text.find_first_of("/?#@ ", mark + 3) == std::string_view::npos;
}

// The first thing that is wrong is the one that is said.
class Body {
 public:
  explicit Body(const Value& value) : value_(value) {
    if (!value.is_object()) wrong("the body must be a JSON object");
  }

  void wrong(std::string sentence) {
    if (!wrong_) wrong_ = std::move(sentence);
  }
  const Value* find(std::string_view name) {
    known_.push_back(name);
    return model::member(value_, name);
  }
  void text(std::string_view name, std::string& into) {
    const Value* found = find(name);
    if (found == nullptr) return;
    const auto* held = found->get_ptr<const std::string*>();
    held == nullptr ? wrong(std::string(name) + " must be a text") : void(into = *held);
  }
  void flag(std::string_view name, bool& into) {
    const Value* found = find(name);
    if (found == nullptr) return;
    const auto* held = found->get_ptr<const bool*>();
    held == nullptr ? wrong(std::string(name) + " must be true or false") : void(into = *held);
  }
  // Of what nobody asked for.
  std::optional<std::string> finish() {
    for (const auto& [name, value] : value_.members()) {
      const bool is_known = std::find(known_.begin(), known_.end(), name) != known_.end();
      if (!is_known) wrong("the member \"" + name + "\" is not known; leave it out");
    }
    return wrong_;
  }

 private:
  const Value& value_;
  std::vector<std::string_view> known_;
  std::optional<std::string> wrong_;
};

void read_origins(Body& body, std::vector<std::string>& origins) {
  const Value* found = body.find("allowedOrigins");
  if (found == nullptr) return;
  origins.clear();
  const auto add = [&](std::string_view text) {
    text = trimmed(text);
    if (text.empty()) return;
    if (!is_origin(text))
      return body.wrong("allowedOrigins: \"" + std::string(text) +
                        "\" is no origin; write it as https://app.example, without a path");
    origins.emplace_back(text);
  };
  if (const auto* text = found->get_ptr<const std::string*>()) {
    for (const std::string_view one : base::split(*text, ',')) add(one);
  } else if (found->is_array()) {
    for (const Value& one : found->elements()) {
      const auto* text_of_one = one.get_ptr<const std::string*>();
      text_of_one == nullptr ? body.wrong("allowedOrigins must be texts") : add(*text_of_one);
    }
  } else if (!found->is_null()) {
    body.wrong("allowedOrigins must be a text with commas between the origins");
  }
  if (origins.size() > origins_most) body.wrong("allowedOrigins: at most 100 of them");
}

}  // namespace

std::optional<std::string> read_project_body(const Value& value, bool is_new, Project& project,
                                             WantedKeys& keys) {
  Body body(value);
  body.text("name", project.name);
  const std::size_t letters = letters_in(project.name);
  if (letters < project_name_least || letters > project_name_most || !is_plain(project.name))
    body.wrong("name must be a text of 5 to 254 characters");
  read_origins(body, project.origins);
  body.flag("disallowNoOrigin", project.needs_origin);
  if (body.find("masterKey") != nullptr) {
    bool wanted = false;
    body.flag("masterKey", wanted);
    keys.master = wanted;
  }
  if (!is_new) body.flag("apiKey", keys.api);
  if (const Value* found = body.find("accessTokenTtl")) {
    const auto seconds = model::as_count(*found);
    if (!seconds || *seconds == 0 || *seconds > token_seconds_most)
      body.wrong("accessTokenTtl must be a number of seconds, from 1 to 315360000");
    else
      project.token_seconds = static_cast<std::int64_t>(*seconds);
  }
  return body.finish();
}

std::optional<std::string> read_endpoint_body(const Value& value, bool is_new, Endpoint& endpoint,
                                              std::optional<std::string>& collection) {
  Body body(value);
  body.text("name", endpoint.name);
  if (!is_endpoint_name(endpoint.name))
    body.wrong(
        "name must be 5 to 254 lower-case letters, digits, - and /, without - or / at an end and without --");
  body.text("description", endpoint.description);
  if (endpoint.description.size() > description_bytes_max) body.wrong("description: at most 4096 bytes");
  const bool was_authentication = endpoint.authentication;
  body.flag("authentication", endpoint.authentication);
  if (!is_new && endpoint.authentication != was_authentication)
    body.wrong("authentication is decided when an endpoint is made; make another one");
  body.flag("secure", endpoint.secure);
  body.flag("readByOthers", endpoint.read_by_others);
  body.flag("updateByOthers", endpoint.update_by_others);
  body.flag("deleteByOthers", endpoint.delete_by_others);
  if (is_new && body.find("collection") != nullptr) {
    collection.emplace();
    body.text("collection", *collection);
    if (const auto fine = model::check_collection(*collection); !fine.ok())
      body.wrong("collection: " + fine.error().message);
  }
  return body.finish();
}

}  // namespace rockpool::dialects::rested
