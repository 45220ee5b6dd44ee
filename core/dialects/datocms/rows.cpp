#include "core/dialects/datocms/rows.h"

#include <cmath>
#include <utility>

#include "core/base/text.h"
#include "core/dialect/times.h"
#include "core/query/query.h"
#include "core/query/scan.h"

namespace rockpool::dialects::datocms {
namespace {

using model::Value;

constexpr std::string_view own_member = "datocms";
constexpr std::size_t date_bytes = 10;  // 2015-03-14

// A field's value in an answer and as a key; both empty: null, as what does not fit its type is.
struct Cell {
  std::string text, key;
};

// As far as JavaScript has whole numbers.
bool is_whole(const Value& value) {
  return value.is_number() && std::trunc(value.as_real()) == value.as_real() &&
         std::abs(value.as_real()) < 9007199254740992.0;
}

// Numbers that no double holds are texts in records.
Cell number_cell(const Value& value, bool whole) {
  if (const auto* text = value.get_ptr<const std::string*>()) {
    const auto number = model::read(*text);
    if (!number || !number->is_number()) return {};
    return number_cell(*number, whole);
  }
  if (!value.is_number() || (whole && !is_whole(value))) return {};
  const std::string digits = model::canonical(value);
  return {.text = digits, .key = number_key(digits)};
}

Cell time_cell(const std::string* text, bool has_time) {
  const auto ms = text == nullptr ? std::nullopt : read_time(*text);
  if (!ms) return {};
  if (has_time) {
    // With a zone it is shown as it was written.
    const bool is_whole = text->size() > date_bytes && (*text)[date_bytes] == 'T' && dialect::read_iso(*text);
    const std::string key = time_key(*ms);
    return {.text = is_whole ? model::write(*text) : shown_time(key), .key = key};
  }
  const std::string day = text->substr(0, date_bytes);
  return {.text = model::write(day), .key = text_key(day)};
}

Cell links_cell(const Value& value) {
  std::string key;
  for (const Value& one : value) {
    const auto* id = one.get_ptr<const std::string*>();
    if (id == nullptr) return {};
    key += text_key(*id);
  }
  return {.text = model::write(value), .key = list_key(std::move(key))};
}

Cell cell_of(FieldType type, const Value& value) {
  const auto* text = value.get_ptr<const std::string*>();
  const auto* flag = value.get_ptr<const bool*>();
  switch (type) {
    case FieldType::integer:
    case FieldType::real: return number_cell(value, type == FieldType::integer);
    case FieldType::boolean:
      if (flag == nullptr) return {};
      return {.text = *flag ? "true" : "false", .key = *flag ? "2" : "1"};
    case FieldType::date:
    case FieldType::date_time: return time_cell(text, type == FieldType::date_time);
    case FieldType::json:
    case FieldType::color:
    case FieldType::geo:
      if (value.is_null()) return {};
      return {.text = model::write(value), .key = "1"};
    case FieldType::links:
      if (value.is_array()) return links_cell(value);
      return {};
    default:
      if (text == nullptr) return {};
      return {.text = model::write(value), .key = text_key(*text)};
  }
}

struct Publication {
  Value data;
  std::optional<std::int64_t> at, first_at;
};

// Nothing: it was never published.
Publication publication_of(const Value& meta) {
  Publication made;
  const Value* own = model::member(meta, own_member);
  if (own == nullptr) return made;
  if (const Value* data = model::member(*own, "published")) made.data = *data;
  made.at = model::count_member(*own, "publishedAt");
  made.first_at = model::count_member(*own, "firstPublishedAt");
  return made;
}

Value read_or_empty(std::string_view text) {
  auto value = model::read(text.empty() ? "{}" : text);
  return value && value->is_object() ? std::move(*value) : Value::object();
}

bool is_day(const std::string& text) {
  const auto midnight = dialect::read_iso(text + "T00:00:00Z");
  return midnight && dialect::iso_seconds(*midnight, "").starts_with(text);
}

// Of 2015-03-14T23:08:15.
bool is_hour(std::string_view text) { return text.substr(11, 2) < "24" && text[14] < '6' && text[17] < '6'; }

std::string with_own(const model::Record& record, Value own) {
  Value meta = read_or_empty(record.meta);
  meta[own_member] = std::move(own);
  return model::write(meta);
}

}  // namespace

Row::Version read_version(const Model& model, const Value& data, const Stamps& stamps) {
  Row::Version version;
  version.keys.reserve(model.fields.size() + besides);
  for (const Field& field : model.fields) {
    const Value* value = model::member(data, field.key);
    Cell cell = cell_of(field.type, value == nullptr ? Value() : *value);
    const bool is_missing = cell.key.empty() || cell.text == "\"\"";
    version.is_valid = version.is_valid && !(field.required && is_missing);
    version.texts.push_back(std::move(cell.text));
    version.keys.push_back(std::move(cell.key));
  }
  const auto time = [](std::optional<std::int64_t> ms) { return ms ? time_key(*ms) : std::string(); };
  version.keys.push_back(count_key(stamps.num));
  version.keys.push_back(text_key(stamps.status));
  version.keys.push_back(time(stamps.created_ms));
  version.keys.push_back(time(stamps.updated_ms));
  version.keys.push_back(time(stamps.published_ms));
  version.keys.push_back(time(stamps.first_published_ms));
  return version;
}

Row read_row(const Model& model, const model::Record& record) {
  auto data = model::read(record.data);
  const Value newest = data ? std::move(*data) : Value();
  Publication publication = publication_of(read_or_empty(record.meta));
  // What other dialects write is published as it is, if the model says so.
  const bool is_same = model.publishes || model::same(newest, publication.data);
  Row row{.id = record.key.id, .num = record.num, .version = record.version};
  const bool is_published = model.publishes || publication.data.is_object();
  row.status = !is_published ? "draft" : is_same ? "published" : "updated";
  if (model.publishes) publication.at = record.updated.ms;
  if (model.publishes && !publication.first_at) publication.first_at = record.created.ms;

  Stamps stamps{
      .num = record.num, .created_ms = record.created.ms, .first_published_ms = publication.first_at};
  if (is_published) stamps.published_ms = publication.at;
  const auto put = [&](View view, const Value& content, std::string_view status) {
    stamps.status = status;
    // What is published is as old as its publication, however often the draft was edited since.
    stamps.updated_ms =
        view == View::published ? publication.at.value_or(record.updated.ms) : record.updated.ms;
    row.versions[static_cast<std::size_t>(view)] =
        std::make_shared<const Row::Version>(read_version(model, content, stamps));
  };
  put(View::newest, newest, row.status);
  if (is_published) put(View::published, is_same ? newest : publication.data, "published");
  return row;
}

bool fits(FieldType type, const Value& value) {
  return value.is_null() || !cell_of(type, value).text.empty();
}

std::string published_meta(const model::Record& record, base::Instant now) {
  const Publication before = publication_of(read_or_empty(record.meta));
  Value own = Value::object();
  own["published"] = read_or_empty(record.data);
  own["publishedAt"] = now.ms;
  own["firstPublishedAt"] = before.first_at.value_or(now.ms);
  return with_own(record, std::move(own));
}

std::string withdrawn_meta(const model::Record& record) {
  const Publication before = publication_of(read_or_empty(record.meta));
  Value own = Value::object();
  if (before.first_at) own["firstPublishedAt"] = *before.first_at;
  return with_own(record, std::move(own));
}

// ---- keys -------------------------------------------------------------------------------------------------

std::string text_key(std::string_view text) {
  std::string key;
  query::append_text_key(key, text);
  return key;
}

std::string list_key(std::string keys) {
  constexpr std::string_view end("\0\x02", 2);
  return keys.empty() ? keys : keys.append(end);
}

std::string number_key(std::string_view digits) {
  std::string key;
  query::Number::of(digits).append_key(key);
  return key;
}

std::string count_key(std::uint64_t number) {
  std::string key;
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(number >> shift & 0xff);
  return key;
}

std::string time_key(std::int64_t ms) { return count_key(static_cast<std::uint64_t>(ms) ^ 1ull << 63); }

std::int64_t time_of(std::string_view key) {
  std::uint64_t bits = 0;
  for (const char byte : key) bits = bits << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(bits ^ 1ull << 63);
}

std::string shown_time(const std::string& key) {
  if (key.empty()) return {};
  return '"' + dialect::iso_milliseconds(base::Instant{time_of(key)}) + '"';
}

std::optional<std::int64_t> read_time(std::string_view text) {
  constexpr std::size_t minutes_bytes = 16;  // 2015-03-14T23:08
  constexpr std::size_t seconds_bytes = 19;
  std::string whole(text);
  if (whole.size() == date_bytes) whole += "T00:00:00Z";
  if (whole.size() > date_bytes && whole[date_bytes] == ' ') whole[date_bytes] = 'T';
  const bool has_seconds = whole.size() > minutes_bytes && whole[minutes_bytes] == ':';
  if (whole.size() >= minutes_bytes && !has_seconds) whole.insert(minutes_bytes, ":00");
  const std::size_t zone = whole.find_first_not_of("0123456789.", seconds_bytes);
  if (whole.size() >= seconds_bytes && zone == std::string::npos) whole += 'Z';
  const auto at = dialect::read_iso(whole);
  if (!at || !is_day(whole.substr(0, date_bytes)) || !is_hour(whole)) return std::nullopt;
  return at->ms;
}

}  // namespace rockpool::dialects::datocms
