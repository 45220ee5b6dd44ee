#include "core/model/record.h"

#include "core/base/text.h"

namespace rockpool::model {

std::string write_cursor(const Cursor& cursor) {
  return base::hex(cursor.epoch, 16) + '.' + base::hex(cursor.space, 8) + '.' + base::decimal(cursor.seq) +
         '.' + base::hex(cursor.chain, 8);
}

std::optional<Cursor> read_cursor(std::string_view text) {
  const std::vector<std::string_view> parts = base::split(text, '.');
  if (parts.size() != 4 || parts[0].size() != 16 || parts[1].size() != 8 || parts[3].size() != 8)
    return std::nullopt;
  const auto epoch = base::read_hex(parts[0]);
  const auto space = base::read_hex(parts[1]);
  const auto seq = base::read_decimal(parts[2]);
  const auto chain = base::read_hex(parts[3]);
  if (!epoch || !space || !seq || !chain) return std::nullopt;
  return Cursor{.epoch = *epoch,
                .space = static_cast<std::uint32_t>(*space),
                .seq = *seq,
                .chain = static_cast<std::uint32_t>(*chain)};
}

}  // namespace rockpool::model
