// What Beast's parser leaves to its caller: the rules without which a request could be understood in two
// ways. Each gives the reason for refusing, or nothing.
#pragma once

#include <optional>
#include <string_view>

#include "core/wire/http.h"
#include "server/net/request_parser.h"

namespace rockpool::net {

bool is_method_letter(char c);

// The raw text of a head, or of as much of it as is there: sizes, bare line feeds, folded lines.
std::optional<Fault> check_head_text(std::string_view text);

// Fields that decide where the message ends and whom it is for. `version` is 10 or 11.
std::optional<Fault> check_request(const wire::RequestHead& head, unsigned version);

// Fills path and query. Takes the absolute form as well.
std::optional<Fault> split_target(std::string_view target, wire::RequestHead& head);

// Sets `upgrade` when a WebSocket is asked for in the one right way.
std::optional<Fault> check_upgrade(wire::RequestHead& head);

// Does a comma-separated list hold `token`, compared without case?
bool list_holds(std::string_view list, std::string_view token);
bool same_text(std::string_view a, std::string_view b);

}  // namespace rockpool::net
