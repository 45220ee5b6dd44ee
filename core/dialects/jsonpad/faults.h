// What requests are refused with: the contract's table of errors.
#pragma once

#include <string>
#include <string_view>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::jsonpad {

enum class Fault : std::uint8_t {
  denied,             // 1000
  wrong_token,        // 1001
  unknown_path,       // 1002
  method,             // 1003
  media_type,         // 1004
  too_often,          // 1005
  parameter,          // 1006
  not_now,            // 1007
  not_json,           // 3000
  too_large,          // 3001
  no_list_to_add_to,  // 3002
  no_list_of_items,   // 3003
  no_item,            // 3005
  other_version,      // 3006
  list_name,          // 4000
  list_taken,         // 4001
  no_list,            // 4002
  list_options,       // 4003
  event_name,         // 7000
  no_list_to_watch,   // 7001
  no_item_to_watch,   // 7002
  since,              // 7003
};

// `detail` takes the place of the usual message, unless the contract fixes it. `validation_errors` is a JSON
// array or empty.
dialect::Respond refuse(dialect::CarrierId carrier, Fault fault, std::string_view detail = {},
                        std::string_view validation_errors = {});
// A JSON body, not to be kept by anybody on its way.
dialect::Respond answer(dialect::CarrierId carrier, int status, dialect::Shared body);
// What the edge found, for Dialect::refuse.
dialect::Respond refuse_at_edge(const wire::RequestHead& head, int status, std::string_view sentence);
// What became of a write or a question, as far as it is the request's fault or the server's trouble.
dialect::Respond refuse(dialect::CarrierId carrier, const base::Error& error);

}  // namespace rockpool::dialects::jsonpad
