#include "core/dialects/datocms/requests.h"

#include <vector>

#include "core/base/text.h"
#include "core/dialect/heads.h"
#include "core/model/value.h"

namespace rockpool::dialects::datocms {
namespace {

using Kind = Place::Kind;

Place item_place(const std::vector<std::string_view>& steps) {
  Place place;
  if (steps.size() < 2 || steps[1] != "items" || steps.size() > 4) return place;
  if (steps.size() == 2) return {.kind = Kind::items};
  place.id = steps[2];
  if (steps.size() == 3) place.kind = Kind::item;
  if (steps.size() == 4 && steps[3] == "publish") place.kind = Kind::publish;
  if (steps.size() == 4 && steps[3] == "unpublish") place.kind = Kind::unpublish;
  return place;
}

// Absent is no, `true` is yes, and anything else is a mistake.
std::optional<bool> read_flag(const wire::RequestHead& head, std::string_view name) {
  const std::string* value = wire::find_header(head.headers, name);
  if (value == nullptr) return false;
  if (*value != "true") return std::nullopt;
  return true;
}

}  // namespace

Place place_of(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (!path.starts_with('/')) return {};
  const auto steps = base::split(path.substr(1), '/');
  if (steps.front() == "cma") return item_place(steps);
  if (steps.front() == "rockpool" && steps.size() == 1) return {.kind = Kind::socket};
  Place place;
  if (steps.front() != "graphql" && steps.front() != "listen") return place;
  const Kind kind = steps.front() == "graphql" ? Kind::query : Kind::listen;
  std::size_t at = 1;
  if (kind == Kind::listen && steps.size() == 3 && steps[1] == "channels")
    return {.kind = Kind::channel, .id = std::string(steps[2])};
  if (steps.size() > at + 1 && steps[at] == "environments") {
    place.environment = steps[at + 1].empty() ? "/" : steps[at + 1];  // which is no name
    at += 2;
  }
  if (steps.size() > at && steps[at] == "preview") {
    place.is_preview = true;
    ++at;
  }
  if (steps.size() == at) place.kind = kind;
  return place;
}

std::string_view methods_of(Kind kind) {
  switch (kind) {
    case Kind::channel:
    case Kind::socket: return "GET";
    case Kind::item: return "GET, PUT, DELETE";
    case Kind::publish:
    case Kind::unpublish: return "PUT";
    default: return "POST";
  }
}

std::variant<Scope, Fault> read_scope(const wire::RequestHead& head, const Place& place) {
  const auto drafts = read_flag(head, "X-Include-Drafts");
  if (!drafts) return Fault::drafts_header;
  const auto valid_only = read_flag(head, "X-Exclude-Invalid");
  if (!valid_only) return Fault::valid_header;
  const bool is_newest = *drafts || place.is_preview;
  Scope scope{.sight = {.view = is_newest ? View::newest : View::published, .valid_only = *valid_only}};
  scope.environment =
      place.environment.empty() ? dialect::header_of(head, "X-Environment") : place.environment;
  return scope;
}

base::Result<Query> read_query(std::string_view body) {
  const auto wrong = [](std::string what) {
    return base::Error{.code = base::Code::invalid, .message = std::move(what)};
  };
  const auto value = model::read(body);
  if (!value) return wrong("the body cannot be read as JSON: " + value.error().message);
  auto query = query_of(*value);
  if (!query) return wrong("send a JSON object with the query as its member query");
  return std::move(*query);
}

std::optional<Query> query_of(const model::Value& value) {
  const std::string* text = model::text_member(value, "query");
  if (text == nullptr || text->empty()) return std::nullopt;
  Query query{.text = *text};
  const model::Value* variables = model::member(value, "variables");
  if (variables != nullptr && !variables->is_null()) query.variables = model::write(*variables);
  if (const std::string* operation = model::text_member(value, "operationName")) query.operation = *operation;
  return query;
}

std::string uuid_of(std::string random) {
  constexpr std::size_t version_at = 12, variant_at = 16;
  constexpr std::string_view variants = "89ab";
  const auto nibble = base::read_hex(std::string_view(random).substr(variant_at, 1)).value_or(0);
  random[version_at] = '4';
  random[variant_at] = variants[nibble % variants.size()];
  for (const std::size_t dash : {20u, 16u, 12u, 8u}) random.insert(dash, 1, '-');
  return random;
}

}  // namespace rockpool::dialects::datocms
