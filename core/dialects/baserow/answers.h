// What is answered.
#pragma once

#include <string>

#include "core/dialect/dialect.h"
#include "core/dialects/baserow/faults.h"

namespace rockpool::dialects::baserow {

// JSON; an empty body: without any.
dialect::Respond answer(dialect::CarrierId carrier, int status, std::string body);
// 200 with the body, 204 without one.
dialect::Respond answer(dialect::CarrierId carrier, std::string body);
dialect::Respond refuse(dialect::CarrierId carrier, const Fault& fault);
// For Dialect::refuse.
dialect::Respond refuse_at_edge(const wire::RequestHead& head, int status, std::string_view sentence);

}  // namespace rockpool::dialects::baserow
