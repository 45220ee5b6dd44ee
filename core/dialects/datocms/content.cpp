#include "core/dialects/datocms/content.h"

#include <algorithm>

#include "core/base/text.h"

namespace rockpool::dialects::datocms {
namespace {

const Row::Version* version_of(const Sight& sight, const Row* row) {
  return row == nullptr ? nullptr : sight.of(*row);
}

bool differ(const Row::Version& before, const Row::Version& now, const Mask& subjects) {
  if (before.is_valid != now.is_valid) return true;
  for (Subject subject = 0; subject < subjects.size(); ++subject) {
    if (!subjects[subject]) continue;
    if (before.keys[subject] != now.keys[subject]) return true;
    // Different JSON, and times that differ in their zone, have the same key.
    if (subject < now.texts.size() && before.texts[subject] != now.texts[subject]) return true;
  }
  return false;
}

// What may be taken to find out whether a write touches it; past it the write does.
constexpr std::uint64_t pattern_work = 1'000'000;
constexpr std::uint64_t tests_max = 10'000;

bool is_touched(const Look& look, const Row* before, const Row* now) {
  const Row::Version* was = version_of(look.sight, before);
  const Row::Version* is = version_of(look.sight, now);
  // Without the record as it was it may be less to look at.
  if (look.is_cut && was != nullptr) return true;
  if (look.filter != nullptr) {
    Work work{.left = pattern_work, .tests = tests_max};
    if (was != nullptr && !look.filter->fits(*was, work)) was = nullptr;
    if (is != nullptr && !look.filter->fits(*is, work)) is = nullptr;
    if (work.ran_out) return true;
  }
  if (look.counts) return (was == nullptr) != (is == nullptr);
  if (was == nullptr && is == nullptr) return false;
  if (was != nullptr && is != nullptr && !differ(*was, *is, look.subjects)) return false;
  const auto is_behind = [&](const Row* row, const Row::Version* version) {
    return version == nullptr || place_of(*row, *version, look.orders) > look.last;
  };
  return !look.is_full || !is_behind(before, was) || !is_behind(now, is);
}

}  // namespace

Content::Content(Models models, Called called) : models_(std::move(models)), called_(called) {
  for (const Model& model : models_) {
    places_.emplace(model.key, shelves_.size());
    shelves_.push_back(std::make_unique<Shelf>(model));
  }
}

const Shelf* Content::find(std::string_view model_key) const {
  const auto held = places_.find(model_key);
  return held == places_.end() ? nullptr : shelves_[held->second].get();
}

std::pair<const Shelf*, const Row*> Content::find(std::uint64_t num) const {
  for (const auto& shelf : shelves_)
    if (const Row* row = shelf->find(num)) return {shelf.get(), row};
  return {nullptr, nullptr};
}

std::optional<std::uint64_t> Content::number_of(std::size_t model, std::string_view shown) const {
  if (called_ == Called::by_number) return base::read_decimal(shown);
  const Row* row = shelves_[model]->find_named(shown);
  return row == nullptr ? std::nullopt : std::optional(row->num);
}

const Row* Content::linked(std::size_t model, std::string_view link) const {
  const Shelf& shelf = *shelves_[model];
  return called_ == Called::by_number ? shelf.find_id(link) : shelf.find_named(link);
}

std::string Content::shown_id(const Row& row) const {
  return called_ == Called::by_number || row.num < own_first ? base::decimal(row.num) : row.id;
}

std::vector<std::pair<const Shelf*, const Row*>> Content::find_named(std::string_view name) const {
  std::vector<std::pair<const Shelf*, const Row*>> found;
  for (const auto& shelf : shelves_)
    if (const Row* row = shelf->find_named(name)) found.emplace_back(shelf.get(), row);
  return found;
}

bool Reads::are_touched(std::size_t model, const Row* before, const Row* now) const {
  const auto of_look = [&](const Look& look) { return look.model == model && is_touched(look, before, now); };
  if (std::any_of(looks.begin(), looks.end(), of_look)) return true;
  const bool comes_or_goes = before == nullptr || now == nullptr;
  if (comes_or_goes && sought.contains({model, (before != nullptr ? before : now)->num})) return true;
  const auto link = links.find({model, before != nullptr ? before->id : now->id});
  if (link == links.end()) return false;
  const Row::Version* was = version_of(sight, before);
  const Row::Version* is = version_of(sight, now);
  if ((was == nullptr) != (is == nullptr)) return true;
  return was != nullptr && differ(*was, *is, link->second);
}

}  // namespace rockpool::dialects::datocms
