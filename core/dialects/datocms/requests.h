// A request as the rest of the dialect looks at it: where it goes, and what its headers ask for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/dialects/datocms/content.h"
#include "core/dialects/datocms/faults.h"

namespace rockpool::dialects::datocms {

struct Place {
  enum class Kind : std::uint8_t { unknown, query, listen, channel, socket, items, item, publish, unpublish };
  Kind kind = Kind::unknown;
  std::string environment;  // empty: it is not in the path
  bool is_preview = false;
  std::string id;  // of a channel or a record

  bool is_listening() const { return kind == Kind::listen || kind == Kind::channel; }
};

// Below the mount, with or without a slash at the end.
Place place_of(std::string_view path);
// As `Allow` says them.
std::string_view methods_of(Place::Kind kind);

// Which records are asked for, and in which environment (empty: the first one).
struct Scope {
  Sight sight;
  std::string environment;
};
std::variant<Scope, Fault> read_scope(const wire::RequestHead& head, const Place& place);

// {"query": "...", "variables"?: {...}, "operationName"?: "..."}
struct Query {
  std::string text;
  std::string variables;  // JSON, or nothing
  std::optional<std::string> operation;
};
// The error says what is wrong with the body.
base::Result<Query> read_query(std::string_view body);
// Nothing: it is no object with a query.
std::optional<Query> query_of(const model::Value& value);

// 32 hex digits, random -> a UUID of version 4.
std::string uuid_of(std::string random);

}  // namespace rockpool::dialects::datocms
