#include "server/verbs/duration.h"

#include "core/base/text.h"

namespace rockpool::verbs {

std::optional<base::Duration> read_duration(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto count = base::read_decimal(text.substr(0, text.size() - 1));
  if (!count || *count > 1'000'000'000) return std::nullopt;
  const auto amount = static_cast<std::int64_t>(*count);
  switch (text.back()) {
    case 's': return base::seconds(amount);
    case 'm': return base::seconds(amount * 60);
    case 'h': return base::seconds(amount * 3600);
    case 'd': return base::seconds(amount * 24 * 3600);
    default: return std::nullopt;
  }
}

}  // namespace rockpool::verbs
