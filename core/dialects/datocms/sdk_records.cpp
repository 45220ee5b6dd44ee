#include "core/dialects/datocms/sdk_records.h"

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/object_text.h"
#include "core/dialects/datocms/items.h"

namespace rockpool::dialects::datocms {
namespace {

using dialect::ObjectText;

constexpr std::size_t piece_records = 500;
constexpr std::size_t piece_bytes = 512 << 10;

// Elements of a list, until it is as long as one message may be.
class Elements {
 public:
  void add(std::string_view element) {
    if (count_++ > 0) text_ += ',';
    text_ += element;
  }
  bool are_full() const { return count_ >= piece_records || text_.size() >= piece_bytes; }
  bool empty() const { return count_ == 0; }
  std::string text() const { return '[' + text_ + ']'; }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

std::string data_text(const Content& content, const Model& model, const Row::Version& version,
                      std::string_view status) {
  std::string text;
  ObjectText data(text);
  for (std::size_t i = 0; i < model.fields.size(); ++i) {
    const Field& field = model.fields[i];
    const std::string& held = version.texts[i];
    if (!field.model.empty())
      data.raw(field.key, shown_link(content, field, held));
    else
      data.raw(field.key, held.empty() ? "null" : held);
  }
  const auto time = [&](Beside beside) {
    const std::string shown = shown_time(version.keys[subject_of(model, beside)]);
    return shown.empty() ? "null" : shown;
  };
  data.text("_status", status)
      .raw("_publishedAt", time(Beside::published))
      .raw("_firstPublishedAt", time(Beside::first_published))
      .flag("_isValid", version.is_valid)
      .end();
  return text;
}

}  // namespace

std::string record_text(const Content& content, std::size_t place, const Row& row,
                        const Row::Version& version) {
  const Model& model = content.models()[place];
  const bool is_newest = &version == row.in(View::newest);
  const std::string id = base::decimal(row.num);
  std::string text;
  ObjectText record(text);
  record.text("id", id);
  if (row.id != id) record.text("name", row.id);
  record.count("version", row.version)
      .integer("createdAt", time_of(version.keys[subject_of(model, Beside::created)]))
      .integer("updatedAt", time_of(version.keys[subject_of(model, Beside::updated)]))
      .raw("data", data_text(content, model, version, is_newest ? row.status : "published"))
      .end();
  return text;
}

RecordsPiece records_piece(const Followed& followed, std::uint64_t after, std::uint64_t seq) {
  const Content& content = followed.environment.content;
  const Shelf& shelf = content.shelf(followed.model);
  RecordsPiece piece{.last = after};
  Elements records;
  const Row* row = shelf.next(after);
  for (; row != nullptr && !records.are_full(); row = shelf.next(row->num)) {
    piece.last = row->num;
    if (const Row::Version* version = followed.sight.of(*row))
      records.add(record_text(content, followed.model, *row, *version));
  }
  piece.is_done = row == nullptr;
  ObjectText object(piece.text);
  object.text("type", "records")
      .text("model", shelf.model().key)
      .raw("records", records.text())
      .text("cursor", followed.library.cursor_at(seq));
  if (after == 0) object.flag("begin", true);
  if (piece.is_done) object.flag("done", true);
  object.end();
  return piece;
}

ChangesPiece changes_piece(const Followed& followed, const Feed& feed, const Known& known, Feed::Place at) {
  const Content& content = followed.environment.content;
  const Shelf& shelf = content.shelf(followed.model);
  Elements changes;
  auto touched = feed.next(followed.model, at);
  for (; touched && !changes.are_full(); touched = feed.next(followed.model, touched->place + 1)) {
    const Row* row = shelf.find(touched->num);
    const Row::Version* version = row == nullptr ? nullptr : followed.sight.of(*row);
    if (version == nullptr && !feed.was_seen(*touched, known.from, followed.sight)) continue;
    std::string text;
    ObjectText change(text);
    change.text("id", base::decimal(touched->num));
    if (version != nullptr)
      change.raw("record", record_text(content, followed.model, *row, *version));
    else
      change.count("version", touched->version);
    change.end();
    changes.add(text);
  }
  // Of a record that was touched twice nothing was told at the first time, if that is for a later piece.
  const std::uint64_t seq = touched ? known.seq : followed.library.seq();
  std::string text;
  ObjectText(text)
      .text("type", "changes")
      .text("model", shelf.model().key)
      .raw("changes", changes.text())
      .text("cursor", followed.library.cursor_at(seq))
      .end();
  return {.text = dialect::share(std::move(text)),
          .next = touched ? touched->place : feed.end(),
          .is_empty = changes.empty()};
}

}  // namespace rockpool::dialects::datocms
