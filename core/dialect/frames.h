// Small things that dialects with JSON frames share.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/dialect/dialect.h"

namespace rockpool::dialect {

inline Shared share(std::string bytes) { return std::make_shared<const std::string>(std::move(bytes)); }

// Messages as one JSON array: Dialect::join of those whose frames are one message or an array of them.
std::string join_json(const std::vector<Shared>& messages);

// What the gateway withdraws presence by when a carrier is gone: a session puts it before each member it
// speaks for, so that no connection can speak for another's.
std::string member_prefix(CarrierId carrier);

// More answers to the same ticket follow.
bool stays_open(const model::Reply& reply);

// One line of text for people.
Respond text_response(CarrierId carrier, int status, std::string_view text);

}  // namespace rockpool::dialect
