// Header values with parameters: `form-data; name="a"; filename="b.txt"`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace rockpool::wire {

// The part before the first semicolon is in lower case, as the names are. The values stand without quotes.
struct Parametrized {
  std::string value;
  std::vector<std::pair<std::string, std::string>> parameters;

  const std::string* find(std::string_view name) const;
};

// Nothing when it is badly formed, or a parameter stands there twice. In quotes a backslash is one, unless
// it stands before a quote or another backslash: names of files may be paths of Windows.
std::optional<Parametrized> read_parametrized(std::string_view text);

// `type/subtype` with parameters, all of visible ASCII, at most 255 bytes.
bool is_media_type(std::string_view text);

// What `filename*=` says (RFC 8187). `invalid` when it is badly formed or of another charset than UTF-8.
base::Result<std::string> read_extended(std::string_view text);

// `attachment` or `inline` with the name, whatever characters are in it.
std::string content_disposition(std::string_view kind, std::string_view file_name);

}  // namespace rockpool::wire
