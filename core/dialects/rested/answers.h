// What is answered, and how refusals are worded.
#pragma once

#include <string>
#include <string_view>

#include "core/dialect/dialect.h"
#include "core/dialects/rested/requests.h"

namespace rockpool::dialects::rested {

// Why a request is refused: over REST a status with a sentence, and a WebSocket is closed with the reason.
struct Refusal {
  int status = 400;
  std::string sentence;
  std::string_view reason = {};
  std::int64_t retry_after_ms = 0;
  bool shows_nothing = false;   // to pages of this origin
  std::string_view allow = {};  // the methods there are, where they are not those of records
};

// The contract's reasons of close 4000,
inline constexpr std::string_view not_valid = "Endpoint or API Key not valid.";
inline constexpr std::string_view wrong_origin = "Origin not allowed.";
inline constexpr std::string_view no_token = "No Access token or invalid.";
// and of close 1000.
inline constexpr std::string_view token_expired = "Access token expired.";
inline constexpr std::string_view options_changed = "Options of the endpoint are changed.";

// Pages may read it whose origin the request has; without one it is not said. An empty `type`: without a
// body.
dialect::Respond answer(dialect::CarrierId carrier, const Request& request, int status, std::string body,
                        std::string_view type = "application/json");
dialect::Respond refuse(dialect::CarrierId carrier, const Request& request, const Refusal& refusal);
// What the edge found, for Dialect::refuse. The page's origin was judged before anything was read.
dialect::Respond refuse_at_edge(const wire::RequestHead& head, int status, std::string_view sentence);
dialect::Respond preflight(dialect::CarrierId carrier, const Request& request);
// What the hub said.
Refusal refusal_of(const base::Error& error);

}  // namespace rockpool::dialects::rested
