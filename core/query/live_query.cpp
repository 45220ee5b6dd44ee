#include "core/query/live_query.h"

#include <algorithm>
#include <utility>

namespace rockpool::query {
namespace {

constexpr std::size_t none = ~std::size_t{0};

// Marks with `mark` what is at the places of the longest rising part of `sequence`, whose elements, all
// different, are places: those rows stay where they are.
void mark_longest_rising(const std::vector<std::size_t>& sequence, std::string& marks, char mark) {
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
  for (std::size_t i = ends.empty() ? none : ends.back(); i != none; i = previous[i])
    marks[sequence[i]] = mark;
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

const LiveQuery::Row& LiveQuery::add_row(std::string_view id) {
  if (const auto back = gone_.find(id); back != gone_.end()) {
    const Row& row = *rows_.insert(gone_.extract(back)).position;
    row.key = key_;
    row.id_begin = key_id_begin_;
    return row;
  }
  return *rows_.insert(Row{key_, key_id_begin_}).first;
}

void LiveQuery::touch(const Row& row) {
  if (row.touched) return;
  row.touched = true;
  touched_.push_back(&row);
}

void LiveQuery::fill(const Enumerate& each) {
  remember_window();
  for (const Row* row : *was_) touch(*row);
  head_.clear();
  gone_.merge(rows_);
  each([this](std::string_view id, std::string_view json) {
    const bool fits = !json.empty() && judge_.fits(id, json);
    const bool anchors = names_anchor(id, json);
    if (fits || anchors) read_key(id);
    if (anchors) anchor_ = key_;
    if (fits) add_row(id);
  });
  rebuild();
}

void LiveQuery::changed(std::string_view id, std::string_view json) {
  begin_change();
  const bool fits = !json.empty() && judge_.fits(id, json);
  const bool anchors = names_anchor(id, json);
  if (fits || anchors) read_key(id);
  if (anchors && anchor_ != key_) move_anchor();

  const auto found = rows_.find(id);
  const std::size_t old_size = size();
  const auto before = found == rows_.end() ? std::nullopt : index_of(found->key);
  if (!fits && found == rows_.end()) return;
  if (found != rows_.end()) touch(*found);
  if (fits && found != rows_.end() && found->key == key_) return report(before, before, old_size, *found);

  if (found != rows_.end()) drop(*found);
  const Row* row = found != rows_.end() ? &*found : nullptr;
  if (!fits) {
    gone_.insert(rows_.extract(found));
  } else if (row != nullptr) {
    row->key = key_;
    row->id_begin = key_id_begin_;
    store(*row);
  } else {
    row = &add_row(id);
    touch(*row);
    store(*row);
  }
  top_up();
  report(before, fits ? index_of(key_) : std::nullopt, old_size, *row);
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
  for (std::size_t i = old_size; i < size(); ++i) note(Step::Kind::enter, i, head_[i]);
}

// ---- the differences

void LiveQuery::begin_change() {
  if (!steps_.empty()) remember_window();
}

// From here on steps are no longer noted one by one. The window as it was at the last drain is the one of now
// with the steps since then undone.
void LiveQuery::remember_window() {
  if (was_) return;
  Head window(head_.begin(), head_.begin() + static_cast<std::ptrdiff_t>(size()));
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    const auto place = window.begin() + static_cast<std::ptrdiff_t>(step->index);
    if (step->kind == Step::Kind::enter) window.erase(place);
    if (step->kind == Step::Kind::leave) window.insert(place, step->row);
  }
  steps_.clear();
  was_ = std::move(window);
}

void LiveQuery::note(Step::Kind kind, std::size_t index, const Row* row, bool moved) {
  if (!was_) steps_.push_back({.kind = kind, .index = index, .row = row, .moved = moved});
}

// `before` and `after`: the row's index in the head, `old_size` of the window before.
void LiveQuery::report(std::optional<std::size_t> before, std::optional<std::size_t> after,
                       std::size_t old_size, const Row& row) {
  const bool left = before && *before < old_size;
  const bool entered = after && *after < size();
  const bool full = size() == old_size;
  if (left && entered && *before == *after) return note(Step::Kind::change, *after, &row);
  if (left) note(Step::Kind::leave, *before, &row, entered);
  if (left && !entered && full) note(Step::Kind::enter, old_size - 1, head_[old_size - 1]);
  if (entered && !left && full) note(Step::Kind::leave, old_size - 1, head_[old_size]);
  if (entered) note(Step::Kind::enter, *after, &row, left);
}

std::vector<Step> LiveQuery::drain() {
  if (was_) difference();
  std::vector<Step> steps;
  steps.reserve(steps_.size());
  for (const Noted& step : steps_) {
    steps.push_back(
        {.kind = step.kind, .index = step.index, .id = std::string(step.row->id()), .moved = step.moved});
  }
  for (const Row* row : touched_) row->touched = false;
  touched_.clear();
  steps_.clear();
  was_.reset();
  gone_.clear();
  return steps;
}

// Works on places and not on ids: it looks at every row of both windows.
void LiveQuery::difference() {
  const Head was = *std::exchange(was_, std::nullopt);
  for (const Row* row : was) row->place = none;
  for (std::size_t i = 0; i < size(); ++i) head_[i]->place = i;
  std::vector<std::size_t> survivors;  // index now, in the order of then
  for (const Row* row : was) {
    if (row->place != none) survivors.push_back(row->place);
  }
  std::string state(size(), 'n');  // of each row now: new, moved, or stays
  for (const std::size_t place : survivors) state[place] = 'm';
  mark_longest_rising(survivors, state, 's');

  for (std::size_t i = was.size(); i-- > 0;) {
    const bool moved = was[i]->place != none;
    if (!moved || state[was[i]->place] == 'm') note(Step::Kind::leave, i, was[i], moved);
  }
  for (std::size_t i = 0; i < size(); ++i) {
    if (state[i] != 's') {
      note(Step::Kind::enter, i, head_[i], state[i] == 'm');
    } else if (head_[i]->touched) {
      note(Step::Kind::change, i, head_[i]);
    }
  }
}

}  // namespace rockpool::query
