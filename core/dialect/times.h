// Times as HTTP and JSON write them, in UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/instant.h"

namespace rockpool::dialect {

std::string iso_seconds(base::Instant at, std::string_view zone);  // 2015-03-14T23:08:15 and the zone
std::string iso_milliseconds(base::Instant at);                    // 2015-03-14T23:08:15.000Z
std::string http_date(base::Instant at);                           // Sat, 14 Mar 2015 23:08:15 GMT
// Of the form above alone.
// 2015-03-14T23:08:15, a fraction or none, and Z or an offset.
std::optional<base::Instant> read_iso(std::string_view text);
std::optional<base::Instant> read_http_date(std::string_view text);

}  // namespace rockpool::dialect
