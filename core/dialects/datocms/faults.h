// What is answered when something cannot be done: an error of DatoCMS's own codes, in its form.
#pragma once

#include <string_view>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::datocms {

enum class Fault : std::uint8_t {
  denied,     // no token, or one that is not known
  forbidden,  // the token may not do that
  unknown_environment,
  not_json,
  drafts_header,
  valid_header,
  too_often,  // said with what `X-RateLimit-Reset` says
  too_many,   // channels; a client that listens tries again
  too_large,
  unknown_path,
  method,
  not_found,  // a record
  invalid_field,
  unavailable,  // for a passing reason
  outdated,     // the newest version is another one than was named
};

// `detail` says more than the usual sentence, where there is more to say.
dialect::Respond refuse(dialect::CarrierId carrier, Fault fault, std::string_view detail = {});
dialect::Respond refuse(dialect::CarrierId carrier, const base::Error& error);
dialect::Respond refuse_at_edge(const wire::RequestHead& head, int status, std::string_view sentence);

// What a fault says. `is_passing`: later it may be otherwise.
struct Words {
  std::string_view code, message;
  bool is_passing = false;
};
Words words_of(Fault fault);

// Clients compare the type with this text.
inline constexpr std::string_view json_type = "application/json";
dialect::Respond answer(dialect::CarrierId carrier, int status, dialect::Shared body);

}  // namespace rockpool::dialects::datocms
