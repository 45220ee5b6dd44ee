#include "core/index/index.h"

#include <algorithm>
#include <numeric>

#include "core/model/value.h"

namespace rockpool::index {
namespace {

using query::Condition;
using query::Operand;
using query::Operator;
using query::Spec;
using query::Type;

bool is_id(const std::vector<std::string>& path) { return path.size() == 1 && path.front() == "id"; }

// What sorts as values do in an index of one field: everything equal to the operand begins with it.
std::string prefix_of(const Operand& operand) {
  std::string prefix(1, static_cast<char>(operand.type));
  if (operand.type == Type::number) operand.number.append_key(prefix);
  if (operand.type >= Type::text) query::append_text_key(prefix, operand.text);
  return prefix;
}

// The first key behind all that begin so.
std::string behind(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

// From the first key to below the second.
std::pair<std::string, std::string> range_of(Operator test, const Operand& operand) {
  const std::string prefix = prefix_of(operand);
  const std::string type(1, prefix.front());
  switch (test) {
    case Operator::gt: return {behind(prefix), behind(type)};
    case Operator::gte: return {prefix, behind(type)};
    case Operator::lt: return {type, prefix};
    case Operator::lte: return {type, behind(prefix)};
    default: return {prefix, behind(prefix)};
  }
}

bool has_range(const Condition& test) {
  switch (test.test) {
    case Operator::eq:
    case Operator::in: return true;
    case Operator::gt:
    case Operator::gte:
    case Operator::lt:
    case Operator::lte: return test.operands[0].type == Type::number || test.operands[0].type == Type::text;
    default: return false;
  }
}

}  // namespace

bool Index::Order::read_key(const model::Record& record, std::string& key) {
  key.clear();
  if (!judge.fits(record.key.id, document.of(record))) return false;
  judge.append_key(key);
  return true;
}

// ---- changes ----------------------------------------------------------------------------------------------

void Index::add(const model::Record& record) {
  Slot slot = static_cast<Slot>(records_.size());
  if (free_.empty()) {
    records_.push_back(&record);
  } else {
    slot = free_.back();
    free_.pop_back();
    records_[slot] = &record;
  }
  slots_by_id_.emplace(record.key.id, slot);
  ++changes_;
  std::string key;
  for (auto& [name, order] : orders_)
    if (order.read_key(record, key)) order.ranked.insert(key, slot);
  if (signatures_) sign(slot, record);
}

void Index::replace(const model::Record& before, const model::Record& now) {
  const Slot slot = slots_by_id_.at(now.key.id);
  records_[slot] = &now;
  ++changes_;
  std::string was, is;
  for (auto& [name, order] : orders_) {
    const bool fitted = order.read_key(before, was);
    const bool fits = order.read_key(now, is);
    if (fitted == fits && was == is) continue;
    if (fitted) order.ranked.erase(was);
    if (fits) order.ranked.insert(is, slot);
  }
  if (!signatures_ || before.data == now.data) return;
  signatures_->clear(slot);
  sign(slot, now);
}

void Index::remove(const model::Record& before) {
  const auto held = slots_by_id_.find(before.key.id);
  const Slot slot = held->second;
  slots_by_id_.erase(held);
  records_[slot] = nullptr;
  free_.push_back(slot);
  ++changes_;
  std::string key;
  for (auto& [name, order] : orders_)
    if (order.read_key(before, key)) order.ranked.erase(key);
  if (signatures_) signatures_->clear(slot);
}

// ---- the indexes ------------------------------------------------------------------------------------------

Index::Order* Index::find(std::string_view name) {
  const auto held =
      std::find_if(orders_.begin(), orders_.end(), [&](const auto& one) { return one.first == name; });
  if (held == orders_.end()) return nullptr;
  orders_.splice(orders_.begin(), orders_, held);
  return &held->second;
}

Index::Order& Index::keep(std::string name, Order order) {
  if (orders_.size() >= orders_max) orders_.pop_back();
  orders_.emplace_front(std::move(name), std::move(order));
  return orders_.front().second;
}

// All records, by one field.
Index::Order& Index::field(const Spec& spec, std::size_t path) {
  std::string name;
  for (const std::string& step : spec.paths[path]) name.append(step) += '\0';
  if (Order* held = find(name)) return *held;
  Spec by;
  by.paths = {spec.paths[path]};
  by.order = {{.path = 0}};
  Order order(by);
  std::vector<Ranked::Entry> entries;
  entries.reserve(slots_by_id_.size());
  for (Slot slot = 0; slot < records_.size(); ++slot) {
    if (records_[slot] == nullptr) continue;
    order.read_key(*records_[slot], entries.emplace_back().key);
    entries.back().slot = slot;
  }
  order.ranked.fill(std::move(entries));
  return keep(std::move(name), std::move(order));
}

void Index::sign(Slot slot, const model::Record& record) {
  texts_.each(record.data, [&](std::string_view folded) { signatures_->add(slot, folded); });
}

Signatures& Index::signatures() {
  if (!signatures_) {
    signatures_ = std::make_unique<Signatures>();
    for (Slot slot = 0; slot < records_.size(); ++slot)
      if (records_[slot] != nullptr) sign(slot, *records_[slot]);
  }
  return *signatures_;
}

// ---- questions --------------------------------------------------------------------------------------------

std::optional<Index::Slots> Index::in_range(const Spec& spec, const Condition& test) {
  const Ranked& ranked = field(spec, test.path).ranked;
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  std::size_t count = 0;
  for (const Operand& operand : test.operands) {
    const auto [from, to] = range_of(test.test, operand);
    ranges.emplace_back(ranked.rank(from), ranked.rank(to));
    count += ranges.back().second - ranges.back().first;
  }
  if (is_most(count)) return std::nullopt;
  Slots slots;
  slots.reserve(count);
  for (const auto& [begin, end] : ranges) {
    ranked.walk(begin, end, [&](Slot slot) {
      slots.push_back(slot);
      return true;
    });
  }
  // Two operands may be equal.
  if (ranges.size() > 1) {
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  }
  return slots;
}

std::optional<Index::Slots> Index::candidates(const Spec& spec, const Condition& condition) {
  std::optional<Slots> found;
  switch (condition.kind) {
    case Condition::Kind::test: {
      // Members as they are in the data have all their texts in the signatures.
      const std::string& root = spec.paths[condition.path].front();
      if (condition.test == Operator::text && (root == "data" || root == "text"))
        found = signatures().find(condition.operands[0].text);
      else if (has_range(condition) && !is_id(spec.paths[condition.path]))
        found = in_range(spec, condition);
      break;
    }
    case Condition::Kind::all:
      for (const Condition& part : condition.parts) {
        auto fewer = candidates(spec, part);
        if (fewer && (!found || fewer->size() < found->size())) found = std::move(fewer);
      }
      break;
    case Condition::Kind::any:
      found.emplace();
      for (const Condition& part : condition.parts) {
        const auto more = candidates(spec, part);
        if (!more) return std::nullopt;
        found->insert(found->end(), more->begin(), more->end());
      }
      std::sort(found->begin(), found->end());
      found->erase(std::unique(found->begin(), found->end()), found->end());
      break;
    case Condition::Kind::none: break;
  }
  if (found && is_most(found->size())) return std::nullopt;
  return found;
}

Found Index::page_of(const Question& question, const Ranked& ranked) const {
  Found found{.page = {}, .count = ranked.size()};
  const std::size_t begin = std::min(question.offset, ranked.size());
  ranked.walk(begin, begin + std::min(question.records_max, ranked.size() - begin), [&](Slot slot) {
    found.page.push_back(records_[slot]);
    return true;
  });
  found.looked = found.page.size();
  return found;
}

// What lies next to a bound, in the order of the field that it is of: no more than that is looked at.
std::optional<Found> Index::look_at_end(const Question& question) {
  const Spec& spec = *question.spec;
  const bool is_one = spec.where.kind == Condition::Kind::all && spec.where.parts.size() == 1;
  const Condition& test = is_one ? spec.where.parts.front() : spec.where;
  const std::size_t wanted = question.offset + question.records_max;
  if (test.kind != Condition::Kind::test || !has_range(test) || test.operands.size() != 1)
    return std::nullopt;
  if (question.shows || wanted == 0 || wanted > few || spec.order.empty()) return std::nullopt;
  const query::Order& by = spec.order.front();
  if (by.path != test.path || by.nocase || is_id(spec.paths[by.path])) return std::nullopt;
  Order& all = field(spec, test.path);
  const auto [from, to] = range_of(test.test, test.operands.front());
  const std::size_t begin = all.ranked.rank(from), end = all.ranked.rank(to);
  Order order(spec);
  std::vector<Ranked::Entry> near;
  std::string key, last;
  const auto take = [&](Slot slot) {
    // Others of the same value may come before those that are here already.
    const model::Record& record = *records_[slot];
    all.read_key(record, key);
    key.resize(key.size() - record.key.id.size());
    if (near.size() >= wanted && key != last) return false;
    last = key;
    order.read_key(record, near.emplace_back().key);
    near.back().slot = slot;
    return near.size() < end - begin;
  };
  if (begin < end && by.desc) all.ranked.walk_back(end, take);
  if (begin < end && !by.desc) all.ranked.walk(begin, end, take);
  const std::size_t looked = near.size();
  order.ranked.fill(std::move(near));
  Found found = page_of(question, order.ranked);
  found.count = end - begin;
  found.looked = looked;
  return found;
}

// At all that may fit. Those that do are kept in their order if there were many to look at.
Found Index::look(const Question& question) {
  if (auto found = look_at_end(question)) return std::move(*found);
  const Spec& spec = *question.spec;
  auto slots = candidates(spec, spec.where);
  if (!slots) {
    slots.emplace(records_.size());
    std::iota(slots->begin(), slots->end(), Slot{0});
    std::erase_if(*slots, [&](Slot slot) { return records_[slot] == nullptr; });
  }
  Order order(spec);
  std::vector<Ranked::Entry> fitting;
  std::string key;
  for (const Slot slot : *slots) {
    const model::Record& record = *records_[slot];
    if (question.shows && !question.shows(record)) continue;
    if (order.read_key(record, key)) fitting.push_back({key, slot});
  }
  order.ranked.fill(std::move(fitting));
  Found found = page_of(question, order.ranked);
  found.looked = slots->size();
  if (!question.shows && found.looked > few) keep(std::string(question.text), std::move(order));
  return found;
}

Found Index::ask(const Question& question) {
  changes_ = 0;
  if (!question.shows)
    if (const Order* held = find(question.text)) return page_of(question, held->ranked);
  return look(question);
}

}  // namespace rockpool::index
