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

std::string name_of(const Spec& spec, const std::vector<query::Order>& by) {
  std::string name;
  for (const query::Order& one : by) {
    for (const std::string& step : spec.paths[one.path]) name.append(step) += '\0';
    name.append(one.desc ? "d" : "a").append(one.nocase ? "n" : "c");
  }
  return name;
}

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

std::string Index::Order::key(const model::Record& record) {
  std::string key;
  judge.fits(record.key.id, document.of(record));
  judge.append_key(key);
  return key;
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
  for (auto& [name, order] : orders_) order.ranked.insert(order.key(record), slot);
  if (signatures_) sign(slot, record);
}

void Index::replace(const model::Record& before, const model::Record& now) {
  const Slot slot = slots_by_id_.at(now.key.id);
  records_[slot] = &now;
  ++changes_;
  for (auto& [name, order] : orders_) {
    const std::string was = order.key(before);
    std::string is = order.key(now);
    if (was == is) continue;
    order.ranked.erase(was);
    order.ranked.insert(std::move(is), slot);
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
  for (auto& [name, order] : orders_) order.ranked.erase(order.key(before));
  if (signatures_) signatures_->clear(slot);
}

// ---- the indexes ------------------------------------------------------------------------------------------

Index::Order& Index::order(const Spec& spec, const std::vector<query::Order>& by) {
  std::string name = name_of(spec, by);
  const auto held =
      std::find_if(orders_.begin(), orders_.end(), [&](const auto& one) { return one.first == name; });
  if (held != orders_.end()) {
    orders_.splice(orders_.begin(), orders_, held);
    return held->second;
  }
  Spec own;
  own.order = by;
  for (query::Order& one : own.order) {
    own.paths.push_back(spec.paths[one.path]);
    one.path = own.paths.size() - 1;
  }
  if (orders_.size() >= orders_max) orders_.pop_back();
  orders_.emplace_front(std::move(name), Order(own));
  Order& order = orders_.front().second;
  std::vector<Ranked::Entry> entries;
  entries.reserve(slots_by_id_.size());
  for (Slot slot = 0; slot < records_.size(); ++slot)
    if (records_[slot] != nullptr) entries.push_back({order.key(*records_[slot]), slot});
  order.ranked.fill(std::move(entries));
  return order;
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
  const Ranked& ranked = order(spec, {{.path = test.path}}).ranked;
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
      else if (has_range(condition) && spec.paths[condition.path] != std::vector<std::string>{"id"})
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

// Those of the candidates that fit, as far as the page needs them to be in order.
Found Index::page_of(const Question& question, query::Judge& judge, Document& document, const Slots& slots) {
  std::vector<std::pair<std::string, const model::Record*>> fitting;
  for (const Slot slot : slots) {
    const model::Record& record = *records_[slot];
    if (question.shows && !question.shows(record)) continue;
    if (!judge.fits(record.key.id, document.of(record))) continue;
    std::string key;
    judge.append_key(key);
    fitting.emplace_back(std::move(key), &record);
  }
  Found found{.page = {}, .count = fitting.size(), .looked = slots.size()};
  const std::size_t begin = std::min(question.offset, fitting.size());
  const std::size_t end = begin + std::min(question.records_max, fitting.size() - begin);
  std::partial_sort(fitting.begin(), fitting.begin() + static_cast<std::ptrdiff_t>(end), fitting.end());
  for (std::size_t at = begin; at < end; ++at) found.page.push_back(fitting[at].second);
  return found;
}

Found Index::ask(const Question& question) {
  changes_ = 0;
  const Spec& spec = *question.spec;
  const bool takes_all = spec.where.kind == Condition::Kind::all && spec.where.parts.empty();
  query::Judge judge(spec);
  Document document(spec.paths);
  if (!takes_all)
    if (const auto slots = candidates(spec, spec.where)) return page_of(question, judge, document, *slots);

  const Ranked& ranked = order(spec, spec.order).ranked;
  Found found;
  if (takes_all && !question.shows) {
    found.count = ranked.size();
    const std::size_t begin = std::min(question.offset, found.count);
    ranked.walk(begin, begin + std::min(question.records_max, found.count - begin), [&](Slot slot) {
      found.page.push_back(records_[slot]);
      return true;
    });
    found.looked = found.page.size();
    return found;
  }
  ranked.walk(0, ranked.size(), [&](Slot slot) {
    const model::Record& record = *records_[slot];
    ++found.looked;
    if (question.shows && !question.shows(record)) return true;
    if (!takes_all && !judge.fits(record.key.id, document.of(record))) return true;
    if (found.count++ >= question.offset && found.page.size() < question.records_max)
      found.page.push_back(&record);
    return true;
  });
  return found;
}

}  // namespace rockpool::index
