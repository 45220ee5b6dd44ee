// Records as models see them: each field as text for answers and as bytes that sort, in its newest version
// and in the one that is published.
//
//   data                                 the newest version
//   meta.datocms.published               the published one, an object as the data is
//   meta.datocms.publishedAt, .firstPublishedAt    milliseconds
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialects/datocms/models.h"
#include "core/model/record.h"

namespace rockpool::dialects::datocms {

// What can be asked of a record: its fields by their place in the model, and behind them these.
enum class Beside : std::uint8_t { id, status, created, updated, published, first_published };
inline constexpr std::size_t besides = 6;
using Subject = std::size_t;
inline Subject subject_of(const Model& model, Beside beside) {
  return model.fields.size() + static_cast<std::size_t>(beside);
}

enum class View : std::uint8_t { published, newest };
inline constexpr std::size_t views = 2;

struct Row {
  // A record in one view of it.
  struct Version {
    std::vector<std::string> texts;  // JSON of each field; empty: null
    std::vector<std::string> keys;   // of each subject, in their order as bytes; empty: null
    bool is_valid = true;            // nothing is missing that is required
  };

  std::string id;
  std::uint64_t num = 0;
  model::Version version = 0;
  std::string_view status;  // of the newest version: `draft`, `updated` or `published`
  std::array<std::shared_ptr<const Version>, views> versions;  // null: not to be seen there

  const Version* in(View view) const { return versions[static_cast<std::size_t>(view)].get(); }
};

// What a record has beside its fields, as subjects are asked for it.
struct Stamps {
  std::uint64_t num = 0;
  std::string_view status;
  std::int64_t created_ms = 0, updated_ms = 0;
  std::optional<std::int64_t> published_ms, first_published_ms;
};
Row::Version read_version(const Model& model, const model::Value& data, const Stamps& stamps);

// Of a record that exists. The model is the one that it was read by as long as the row lives.
Row read_row(const Model& model, const model::Record& record);

// May a field of that type hold it? Null is fine everywhere.
bool fits(FieldType type, const model::Value& value);

// The part of a record's meta that is ours, as it is after the newest version was published or withdrawn.
std::string published_meta(const model::Record& record, base::Instant now);
std::string withdrawn_meta(const model::Record& record);

// ---- keys: the same bytes for the same value, in the order of values. None begins another one, and none
// goes on with the byte ff where another ends.
std::string text_key(std::string_view text);
// Of several texts, by their keys behind each other; of none it is empty.
std::string list_key(std::string keys);
std::string number_key(std::string_view digits);  // JSON
std::string count_key(std::uint64_t number);
std::string time_key(std::int64_t ms);
std::int64_t time_of(std::string_view key);
// JSON of the time that the key stands for; of an empty one nothing.
std::string shown_time(const std::string& key);

// 2015-03-14, or a time as ISO 8601 writes it, in UTC when it has no zone.
std::optional<std::int64_t> read_time(std::string_view text);

}  // namespace rockpool::dialects::datocms
