#include "server/config/section.h"

#include <algorithm>

#include "core/base/text.h"

namespace rockpool::config {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Single edits between two words without regard to case (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

void Mistakes::add(std::string path, std::string_view what) {
  if (first_) return;
  first_ = base::Error{base::Code::usage, path + ": " + std::string(what), path};
}

Section::Section(const model::Value& value, std::string path, Mistakes& mistakes)
    : value_(&value), path_(std::move(path)), mistakes_(&mistakes) {
  if (!value.is_object()) mistakes.add(path_.empty() ? "the file" : path_, "must be an object, { … }");
}

std::string Section::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

const model::Value* Section::member(std::string_view key) {
  known_.emplace_back(key);
  return model::member(*value_, key);
}

bool Section::has(std::string_view key) { return member(key) != nullptr; }

std::optional<std::string> Section::text(std::string_view key) {
  const model::Value* found = member(key);
  if (found == nullptr) return std::nullopt;
  if (const std::string* held = found->get_ptr<const std::string*>()) return *held;
  mistake(key, "must be text");
  return std::nullopt;
}

std::optional<std::uint64_t> Section::count(std::string_view key, std::uint64_t min, std::uint64_t max) {
  const model::Value* found = member(key);
  if (found == nullptr) return std::nullopt;
  const auto number = model::as_count(*found);
  if (number && *number >= min && *number <= max) return number;
  mistake(key, "must be a whole number from " + base::decimal(min) + " to " + base::decimal(max));
  return std::nullopt;
}

std::optional<bool> Section::boolean(std::string_view key) {
  const model::Value* found = member(key);
  if (found == nullptr) return std::nullopt;
  if (const bool* held = found->get_ptr<const bool*>()) return *held;
  mistake(key, "must be true or false");
  return std::nullopt;
}

std::vector<std::string> Section::texts(std::string_view key) {
  std::vector<std::string> all;
  const model::Value* found = member(key);
  if (found == nullptr) return all;
  if (!found->is_array()) mistake(key, "must be a list of texts");
  for (const model::Value& item : *found) {
    if (const std::string* held = item.get_ptr<const std::string*>()) {
      all.push_back(*held);
    } else {
      mistake(key, "must be a list of texts");
    }
  }
  return all;
}

std::vector<std::string> Section::text_or_texts(std::string_view key) {
  const model::Value* found = member(key);
  if (found == nullptr || !found->is_string()) return texts(key);
  return {*found->get_ptr<const std::string*>()};
}

std::optional<Section> Section::section(std::string_view key) {
  const model::Value* found = member(key);
  if (found == nullptr) return std::nullopt;
  return Section(*found, path_of(key), *mistakes_);
}

std::vector<Section> Section::sections(std::string_view key) {
  std::vector<Section> all;
  const model::Value* found = member(key);
  if (found == nullptr) return all;
  if (!found->is_array()) mistake(key, "must be a list of objects");
  for (const model::Value& item : *found) {
    all.emplace_back(item, path_of(key) + "[" + base::decimal(std::uint64_t{all.size()}) + "]", *mistakes_);
  }
  return all;
}

std::vector<std::string> Section::keys() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : value_->members()) names.push_back(name);
  return names;
}

void Section::unavailable(std::string_view key, std::string_view why) {
  if (has(key)) {
    mistake(key, "not available in this version" + std::string(why.empty() ? "" : "; ") + std::string(why));
  }
}

void Section::mistake(std::string_view key, std::string_view what) { mistakes_->add(path_of(key), what); }

void Section::finish() {
  for (const std::string& key : keys()) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    const std::string meant = nearest(key, known_);
    mistake(key, "unknown key" + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  }
}

std::string nearest(std::string_view name, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t edits = distance(name, candidate);
    if (edits < best_distance) {
      best_distance = edits;
      best = candidate;
    }
  }
  return best;
}

}  // namespace rockpool::config
