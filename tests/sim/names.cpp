#include "tests/sim/names.h"

#include "core/base/text.h"
#include "core/dialects/rested/names.h"

namespace rockpool::sim {
namespace {

constexpr std::size_t id_digits = 32;
constexpr std::string_view counted_mark = "c0", own_mark = "0a", free_mark = "f0", made_mark = "fa";
constexpr std::uint64_t makers_ids = 1000;

std::string marked(std::string_view mark, std::uint64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(mark) + std::string(id_digits - mark.size() - digits.size(), '0') + digits;
}

bool has_mark(std::string_view mark, const model::Key& key) {
  return key.id.size() == id_digits && key.id.starts_with(mark);
}

}  // namespace

std::string free_id(std::uint64_t number) {
  return number % 4 == 3 ? "free" + std::to_string(number) : marked(free_mark, number);
}
std::string free_id_of(std::size_t maker, std::uint64_t number) {
  return marked(made_mark, (maker + 1) * makers_ids + number);
}
std::optional<std::size_t> maker_of(const model::Key& stored) {
  if (!has_mark(made_mark, stored)) return std::nullopt;
  const auto number =
      base::read_decimal(stored.id.substr(stored.id.find_first_not_of('0', made_mark.size())));
  return static_cast<std::size_t>(number.value_or(makers_ids) / makers_ids - 1);
}
std::string counted_id(std::uint64_t number) { return marked(counted_mark, number); }
std::string own_id(std::uint64_t number) { return marked(own_mark, number); }
bool is_counted(const model::Key& stored) { return has_mark(counted_mark, stored); }
bool is_own(const model::Key& stored) { return has_mark(own_mark, stored); }

bool is_made_by(Dialect dialect, const std::string& id) {
  return dialect != Dialect::rested || dialects::rested::is_unique_id(id);
}

std::string remote_id(Dialect dialect, const model::Record& record) {
  if (shows_numbers(dialect)) return base::decimal(record.num);
  return dialect == Dialect::rested ? dialects::rested::unique_id_of(record) : record.key.id;
}

model::Key stored_key(Dialect dialect, const Lineage& lineage, const model::Key& shown) {
  std::optional<std::uint64_t> num;
  if (shows_numbers(dialect)) num = base::read_decimal(shown.id);
  if (dialect == Dialect::rested) num = dialects::rested::num_in(shown.id);
  const auto known = num ? lineage.by_num.find(*num) : lineage.by_num.end();
  return known == lineage.by_num.end() ? shown : known->second;
}

}  // namespace rockpool::sim
