// Reads one object of the configuration and knows which of its members were asked for: what was not is a
// mistake of the writer's and refused by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/value.h"

namespace rockpool::config {

// The first mistake found. Shared by all sections of one file.
class Mistakes {
 public:
  void add(std::string path, std::string_view what);
  bool any() const { return first_.has_value(); }
  const base::Error& first() const { return *first_; }

 private:
  std::optional<base::Error> first_;
};

// Member functions give nothing for an absent member, and nothing plus a mistake for one of another type.
class Section {
 public:
  // `value` outlives the section. Something that is no object counts as empty, with a mistake.
  Section(const model::Value& value, std::string path, Mistakes& mistakes);

  std::optional<std::string> text(std::string_view key);
  std::optional<std::uint64_t> count(std::string_view key, std::uint64_t min, std::uint64_t max);
  std::optional<bool> boolean(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  // One text counts as a list of one.
  std::vector<std::string> text_or_texts(std::string_view key);
  std::optional<Section> section(std::string_view key);
  // Elements of a list of objects.
  std::vector<Section> sections(std::string_view key);
  bool has(std::string_view key);
  // Of any type; null when it is absent.
  const model::Value* any(std::string_view key) { return member(key); }

  // Names of all members, for sections whose keys are the user's own.
  std::vector<std::string> keys() const;
  // The key exists in the language, but this version cannot do what it asks.
  void unavailable(std::string_view key, std::string_view why);
  void mistake(std::string_view key, std::string_view what);
  // Refuses members nobody asked for.
  void finish();

  std::string path_of(std::string_view key) const;

 private:
  const model::Value* member(std::string_view key);

  const model::Value* value_;
  std::string path_;
  Mistakes* mistakes_;
  std::vector<std::string> known_;
};

// The known name a person most probably meant, empty when none is near.
std::string nearest(std::string_view name, const std::vector<std::string>& known);

}  // namespace rockpool::config
