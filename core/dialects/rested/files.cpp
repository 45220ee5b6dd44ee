#include "core/dialects/rested/files.h"

#include <algorithm>
#include <array>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/dialect/file_meta.h"
#include "core/wire/disposition.h"
#include "core/wire/range.h"

namespace rockpool::dialects::rested {
namespace {

using model::Value;

constexpr std::string_view any_type = "application/octet-stream";

// What a browser shows without running anything in it. The rest is offered to be kept.
bool is_passive(std::string_view type) {
  constexpr std::array<std::string_view, 8> passive = {"image/png",  "image/jpeg", "image/gif",  "image/webp",
                                                       "image/avif", "image/bmp",  "text/plain", "text/csv"};
  type = type.substr(0, type.find(';'));
  return type.starts_with("audio/") || type.starts_with("video/") ||
         std::find(passive.begin(), passive.end(), type) != passive.end();
}

// Fields of the same name make a list.
void add_fields(Value& metadata, const dialect::Uploaded& upload) {
  std::vector<std::string_view> seen;
  for (const auto& [name, text] : upload.fields) {
    if (std::find(seen.begin(), seen.end(), name) == seen.end()) {
      seen.push_back(name);
      metadata[name] = text;
      continue;
    }
    Value& held = metadata[name];
    if (!held.is_array()) {
      Value list = Value::array();
      list.push_back(std::move(held));
      held = std::move(list);
    }
    held.push_back(text);
  }
}

// The id itself is nobody's business.
std::string tag_of_file(const dialect::FileMeta& file) {
  return '"' + base::hex(base::hash64(file.id), 16) + '"';
}

// Other protocols may have written anything into the record.
std::string text_of(const model::Record& record, std::string_view name) {
  const auto data = model::read(record.data);
  const std::string* text = data ? model::text_member(*data, name) : nullptr;
  return text == nullptr ? std::string() : *text;
}

std::string type_of_file(const model::Record& record) {
  const std::string type = text_of(record, "mimeType");
  return wire::is_media_type(type) ? type : std::string(any_type);
}

// Of the answer to everything that has to do with a file's bytes.
wire::ResponseHead file_head(const Request& request, int status, const dialect::FileMeta& file) {
  wire::ResponseHead head = answer(0, request, status, {}, {}).head;
  // It may be kept, as long as it is asked for first whether it still is the same.
  std::erase_if(head.headers, [](const auto& header) { return header.first == "Cache-Control"; });
  head.headers.emplace_back("Cache-Control", "private, no-cache");
  head.headers.emplace_back("ETag", tag_of_file(file));
  return head;
}

// Only whoever wants it by parts gets a part.
wire::Range range_of(const Request& request, const dialect::FileMeta& file) {
  const bool is_asked = is_set(request.query, "stream") && request.method == "GET" && !request.range.empty();
  const bool is_same = request.if_range.empty() || request.if_range == tag_of_file(file);
  return is_asked && is_same ? wire::read_range(request.range, file.bytes) : wire::Range{};
}

}  // namespace

base::Result<std::string> file_data(const dialect::StoredFile& file, const dialect::Uploaded& upload,
                                    std::string_view before) {
  const auto was = model::read(before);
  const Value* kept = was ? model::member(*was, "metadata") : nullptr;
  Value metadata = kept != nullptr && kept->is_object() ? *kept : Value::object();
  add_fields(metadata, upload);
  Value data = Value::object();
  data["name"] = file.name;
  data["size"] = file.bytes;
  data["mimeType"] = file.mime_type.empty() ? std::string(any_type) : file.mime_type;
  data["metadata"] = std::move(metadata);
  if (const auto fine = model::fits(data); !fine) return fine.error();
  return model::write(data);
}

std::string file_meta(std::string_view meta, const dialect::StoredFile& file) {
  return dialect::with_file(meta, dialect::FileMeta{.id = file.id, .bytes = file.bytes});
}

base::Result<model::Group> file_records(const dialect::Uploaded& upload, const std::string& collection,
                                        const Beside& beside, base::Prng& prng) {
  Beside same = beside;
  same.upload = new_unique_id(prng);
  const std::string meta = write_beside("", same);
  model::Group group;
  for (const dialect::StoredFile& file : upload.files) {
    auto data = file_data(file, upload);
    if (!data) return data.error();
    model::Mutation put{
        .key = {collection, new_unique_id(prng)}, .op = model::Op::put, .data = std::move(*data), .base = 0};
    put.meta = file_meta(meta, file);
    group.push_back(std::move(put));
  }
  return group;
}

dialect::ServerStep file_answer(CarrierId carrier, const Request& request, const model::Record& record) {
  const auto file = dialect::file_of(record.meta);
  if (!file) return refuse(carrier, request, {400, "the record has no file"});
  if (!request.if_none_match.empty() && wire::names_tag(request.if_none_match, tag_of_file(*file), true)) {
    return dialect::Respond{.carrier = carrier, .head = file_head(request, 304, *file), .body = {}};
  }
  const wire::Range range = range_of(request, *file);
  if (range.kind == wire::Range::Kind::outside) {
    auto respond = refuse(carrier, request, {416, "the range is behind the end of the file"});
    respond.head.headers.emplace_back("Content-Range", wire::content_range(range, file->bytes));
    return respond;
  }
  const bool is_part = range.kind == wire::Range::Kind::part;
  const std::string type = type_of_file(record);
  wire::ResponseHead head = file_head(request, is_part ? 206 : 200, *file);
  head.headers.emplace_back("Content-Type", type);
  head.headers.emplace_back(
      "Content-Disposition",
      wire::content_disposition(is_passive(type) ? "inline" : "attachment", text_of(record, "name")));
  head.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox");
  head.headers.emplace_back("Accept-Ranges", is_set(request.query, "stream") ? "bytes" : "none");
  if (is_part) head.headers.emplace_back("Content-Range", wire::content_range(range, file->bytes));
  return dialect::RespondFile{.carrier = carrier,
                              .head = std::move(head),
                              .file = file->id,
                              .offset = range.offset,
                              .bytes = is_part ? range.bytes : file->bytes};
}

dialect::DropFiles drop_of(const dialect::Uploaded& upload) {
  dialect::DropFiles drop;
  for (const dialect::StoredFile& file : upload.files) drop.files.push_back(file.id);
  return drop;
}

dialect::DropFiles drop_of(const dialect::ServerDialect::Notices& notices) {
  dialect::DropFiles drop;
  for (const auto& [topic, notice] : notices) {
    const auto* changed = std::get_if<model::Changed>(&notice);
    if (changed == nullptr) continue;
    for (std::size_t i = 0; i < changed->hints.size(); ++i) {
      const model::Change& change = changed->changes[i];
      const auto& before = changed->hints[i].before;
      if (before == nullptr || change.left) continue;
      const auto had = dialect::file_of(before->meta);
      const auto has = change.record.exists() ? dialect::file_of(change.record.meta) : std::nullopt;
      if (had && (!has || has->id != had->id)) drop.files.push_back(had->id);
    }
  }
  return drop;
}

}  // namespace rockpool::dialects::rested
