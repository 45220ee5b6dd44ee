#include "core/query/live_query.h"

#include <algorithm>
#include <map>

namespace rockpool::query {
namespace {

// Which elements of `sequence`, all different, form its longest rising part: those rows stay where they are.
std::vector<bool> longest_rising(const std::vector<std::size_t>& sequence) {
  constexpr std::size_t none = ~std::size_t{0};
  std::vector<std::size_t> ends;  // ends[k]: where the lowest-ending rising part of k + 1 elements ends
  std::vector<std::size_t> previous(sequence.size(), none);
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    const auto place =
        std::lower_bound(ends.begin(), ends.end(), sequence[i],
                         [&](std::size_t end, std::size_t value) { return sequence[end] < value; });
    if (place != ends.begin()) previous[i] = *(place - 1);
    if (place == ends.end()) {
      ends.push_back(i);
    } else {
      *place = i;
    }
  }
  std::vector<bool> rising(sequence.size(), false);
  for (std::size_t i = ends.empty() ? none : ends.back(); i != none; i = previous[i]) rising[i] = true;
  return rising;
}

}  // namespace

LiveQuery::LiveQuery(Spec spec) : judge_(std::move(spec)) {
  limit_ = std::min(this->spec().limit.value_or(unlimited), unlimited);
  // Without an order the key is the id, so that the place of the anchor is known without its record.
  if (this->spec().order.empty()) anchor_ = this->spec().after;
}

std::size_t LiveQuery::size() const { return std::min(limit_, head_.size()); }

// ---- the rows

void LiveQuery::read_key(std::string_view id) {
  key_.clear();
  judge_.append_key(key_);
  key_id_begin_ = key_.size() - id.size();
}

bool LiveQuery::names_anchor(std::string_view id, std::string_view json) const {
  return !json.empty() && !spec().order.empty() && id == spec().after;
}

bool LiveQuery::is_reachable(const std::string& key) const {
  return spec().after.empty() || (anchor_ && *anchor_ < key);
}

std::optional<std::size_t> LiveQuery::index_of(const std::string& key) const {
  const auto place = std::lower_bound(head_.begin(), head_.end(), key,
                                      [](const Row* row, const std::string& k) { return row->key < k; });
  if (place == head_.end() || (*place)->key != key) return std::nullopt;
  return static_cast<std::size_t>(place - head_.begin());
}

void LiveQuery::fill(const Enumerate& each) {
  remember_window();
  for (const std::string& id : *was_) touched_.insert(id);
  head_.clear();
  rows_.clear();
  each([this](std::string_view id, std::string_view json) {
    const bool fits = !json.empty() && judge_.fits(id, json);
    const bool anchors = names_anchor(id, json);
    if (fits || anchors) read_key(id);
    if (anchors) anchor_ = key_;
    if (fits) rows_.insert(Row{key_, key_id_begin_});
  });
  rebuild();
}

void LiveQuery::changed(std::string_view id, std::string_view json) {
  begin_change();
  if (was_) touched_.emplace(id);
  const bool fits = !json.empty() && judge_.fits(id, json);
  const bool anchors = names_anchor(id, json);
  if (fits || anchors) read_key(id);
  if (anchors && anchor_ != key_) move_anchor();

  const auto found = rows_.find(id);
  const std::size_t old_size = size();
  const auto before = found == rows_.end() ? std::nullopt : index_of(found->key);
  if (fits && found != rows_.end() && found->key == key_) return report(before, before, old_size, id);

  decltype(rows_)::node_type gone;
  if (found != rows_.end()) drop(*found);
  if (fits && found != rows_.end()) {
    found->key = key_;
    found->id_begin = key_id_begin_;
    store(*found);
  } else if (fits) {
    store(*rows_.insert(Row{key_, key_id_begin_}).first);
  } else if (found != rows_.end()) {
    gone = rows_.extract(found);
  }
  top_up();
  report(before, fits ? index_of(key_) : std::nullopt, old_size, id);
  trim();
}

void LiveQuery::move_anchor() {
  remember_window();
  anchor_ = key_;
  rebuild();
}

// Counts a row that is in `rows_` already, and gives it its place, unless that is in the tail.
void LiveQuery::store(const Row& row) {
  if (!is_reachable(row.key)) {
    ++behind_;
    return;
  }
  const bool no_tail = head_.size() + 1 == reachable();
  const auto place =
      std::lower_bound(head_.begin(), head_.end(), row.key,
                       [](const Row* other, const std::string& key) { return other->key < key; });
  if (place != head_.end() || no_tail) head_.insert(place, &row);
}

void LiveQuery::drop(const Row& row) {
  if (!is_reachable(row.key)) {
    --behind_;
  } else if (const auto index = index_of(row.key)) {
    head_.erase(head_.begin() + static_cast<std::ptrdiff_t>(*index));
  }
}

void LiveQuery::rebuild() {
  head_.clear();
  behind_ = static_cast<std::size_t>(
      std::count_if(rows_.begin(), rows_.end(), [this](const Row& row) { return !is_reachable(row.key); }));
  top_up();
}

// The head always covers the window, as far as there are rows.
void LiveQuery::top_up() {
  if (head_.size() >= std::min(limit_, reachable())) return;
  const auto precedes = [](const Row* a, const Row* b) { return a->key < b->key; };
  Head tail;
  tail.reserve(reachable() - head_.size());
  for (const Row& row : rows_) {
    const bool in_head = !head_.empty() && row.key <= head_.back()->key;
    if (!in_head && is_reachable(row.key)) tail.push_back(&row);
  }
  const auto wanted = static_cast<std::ptrdiff_t>(std::min(tail.size(), head_size_wanted() - head_.size()));
  std::partial_sort(tail.begin(), tail.begin() + wanted, tail.end(), precedes);
  head_.insert(head_.end(), tail.begin(), tail.begin() + wanted);
}

void LiveQuery::trim() {
  if (head_.size() > 2 * head_size_wanted()) head_.resize(head_size_wanted());
}

void LiveQuery::more(std::size_t rows) {
  begin_change();
  const std::size_t old_size = size();
  limit_ += std::min(rows, unlimited - limit_);
  top_up();
  for (std::size_t i = old_size; i < size(); ++i) note(Step::Kind::enter, i, id_at(i));
}

// ---- the differences

void LiveQuery::begin_change() {
  if (!steps_.empty()) remember_window();
}

// From here on steps are no longer noted one by one. The window as it was at the last drain is the one of now
// with the steps since then undone.
void LiveQuery::remember_window() {
  if (was_) return;
  std::vector<std::string> window;
  window.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) window.emplace_back(id_at(i));
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    const auto place = window.begin() + static_cast<std::ptrdiff_t>(step->index);
    if (step->kind == Step::Kind::enter) window.erase(place);
    if (step->kind == Step::Kind::leave) window.insert(place, step->id);
    touched_.insert(std::move(step->id));
  }
  steps_.clear();
  was_ = std::move(window);
}

void LiveQuery::note(Step::Kind kind, std::size_t index, std::string_view id, bool moved) {
  if (!was_) steps_.push_back({.kind = kind, .index = index, .id = std::string(id), .moved = moved});
}

// `before` and `after`: the row's index in the head, `old_size` of the window before.
void LiveQuery::report(std::optional<std::size_t> before, std::optional<std::size_t> after,
                       std::size_t old_size, std::string_view id) {
  const bool left = before && *before < old_size;
  const bool entered = after && *after < size();
  const bool full = size() == old_size;
  if (left && entered && *before == *after) return note(Step::Kind::change, *after, id);
  if (left) note(Step::Kind::leave, *before, id, entered);
  if (left && !entered && full) note(Step::Kind::enter, old_size - 1, id_at(old_size - 1));
  if (entered && !left && full) note(Step::Kind::leave, old_size - 1, id_at(old_size));
  if (entered) note(Step::Kind::enter, *after, id, left);
}

std::vector<Step> LiveQuery::drain() {
  std::vector<Step> steps = was_ ? difference() : std::move(steps_);
  steps_.clear();
  was_.reset();
  touched_.clear();
  return steps;
}

std::vector<Step> LiveQuery::difference() const {
  std::map<std::string_view, std::size_t> now;
  for (std::size_t i = 0; i < size(); ++i) now.emplace(id_at(i), i);
  std::vector<std::size_t> survivors;  // index now, in the order of then
  for (const std::string& id : *was_) {
    if (const auto found = now.find(id); found != now.end()) survivors.push_back(found->second);
  }
  const std::vector<bool> rising = longest_rising(survivors);
  std::vector<char> state(size(), 'n');  // of each row now: new, moved, or stays
  for (std::size_t i = 0; i < survivors.size(); ++i) state[survivors[i]] = rising[i] ? 's' : 'm';

  std::vector<Step> steps;
  for (std::size_t i = was_->size(); i-- > 0;) {
    const auto found = now.find((*was_)[i]);
    const bool moved = found != now.end();
    if (moved && state[found->second] == 's') continue;
    steps.push_back({.kind = Step::Kind::leave, .index = i, .id = (*was_)[i], .moved = moved});
  }
  for (std::size_t i = 0; i < size(); ++i) {
    std::string id(id_at(i));
    if (state[i] != 's') {
      steps.push_back({.kind = Step::Kind::enter, .index = i, .id = std::move(id), .moved = state[i] == 'm'});
    } else if (touched_.contains(id)) {
      steps.push_back({.kind = Step::Kind::change, .index = i, .id = std::move(id), .moved = false});
    }
  }
  return steps;
}

}  // namespace rockpool::query
