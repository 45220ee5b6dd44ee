#include "server/files/intake.h"

#include "core/base/text.h"

namespace rockpool::files {
namespace {

Refusal refused(int status, std::string reason, std::optional<net::Limit> limit = {}) {
  return {.answer = {.status = status, .reason = std::move(reason)}, .limit = limit};
}

std::string in_units(std::uint64_t bytes) {
  constexpr std::uint64_t mebi = 1 << 20;
  return bytes % mebi == 0 ? base::decimal(bytes / mebi) + " MiB" : base::decimal(bytes) + " bytes";
}

}  // namespace

Refusal refusal_of(const base::Error& error) {
  switch (error.code) {
    case base::Code::invalid: return refused(400, error.message);
    case base::Code::too_large: return refused(413, error.message, net::Limit::file);
    case base::Code::quota: return refused(507, error.message, net::Limit::file_space);
    default: return refused(500, error.message);
  }
}

Intake::Intake(Store& store, dialect::ReadFiles wants, std::string_view boundary)
    : store_(store), wants_(std::move(wants)), reader_(boundary) {}

std::optional<Refusal> Intake::take(std::string_view bytes) {
  using Event = wire::MultipartReader::Event;
  reader_.feed(bytes);
  for (Event event = reader_.next(); event != Event::more; event = reader_.next()) {
    if (auto refusal = step(event)) return refuse(std::move(*refusal));
  }
  return std::nullopt;
}

std::optional<Refusal> Intake::step(wire::MultipartReader::Event event) {
  using Event = wire::MultipartReader::Event;
  switch (event) {
    case Event::part: return begin_part();
    case Event::data: return add(reader_.data());
    case Event::part_end: return end_part();
    case Event::failed: return refused(400, reader_.error());
    case Event::end:
    case Event::more: break;
  }
  return std::nullopt;
}

std::optional<Refusal> Intake::begin_part() {
  const wire::Part& part = reader_.part();
  in_file_ = part.name == wants_.files_name;
  if (!in_file_) {
    if (part.file_name) {
      return refused(400, "the file in the part `" + part.name + "` must be in a part named `" +
                              wants_.files_name + "`");
    }
    if (uploaded_.fields.size() >= fields_max) {
      return refused(413, "there are more than 100 parts besides files", net::Limit::file);
    }
    uploaded_.fields.emplace_back(part.name, std::string());
    return std::nullopt;
  }
  if (!part.file_name) {
    return refused(400, "the part `" + part.name + "` has no filename; it must be a file");
  }
  if (drafts_.size() >= wants_.files_max) {
    return refused(413,
                   "there are more files than the " + base::decimal(std::uint64_t{wants_.files_max}) +
                       " that may be in one request",
                   net::Limit::file);
  }
  auto draft = store_.begin();
  if (!draft) return refusal_of(draft.error());
  uploaded_.files.push_back({.id = (*draft)->id(),
                             .name = std::string(wire::last_of_path(*part.file_name)),
                             .mime_type = part.content_type,
                             .bytes = 0});
  drafts_.push_back(std::move(*draft));
  return std::nullopt;
}

std::optional<Refusal> Intake::add(std::string_view data) {
  if (!in_file_) {
    fields_bytes_ += data.size();
    if (fields_bytes_ > fields_bytes_max) {
      return refused(413, "the parts besides files are over 64 KiB", net::Limit::file);
    }
    uploaded_.fields.back().second += data;
    return std::nullopt;
  }
  Store::Draft& draft = *drafts_.back();
  if (data.size() > wants_.file_bytes_max - draft.bytes()) {
    return refused(413, "a file is over " + in_units(wants_.file_bytes_max), net::Limit::file);
  }
  const auto written = draft.write(data);
  return written ? std::nullopt : std::optional(refusal_of(written.error()));
}

// A form sends a part without name and content where no file was chosen.
std::optional<Refusal> Intake::end_part() {
  if (!in_file_) {
    const std::string& text = uploaded_.fields.back().second;
    if (base::is_utf8(text)) return std::nullopt;
    return refused(400, "the part `" + uploaded_.fields.back().first + "` is not UTF-8");
  }
  dialect::StoredFile& file = uploaded_.files.back();
  file.bytes = drafts_.back()->bytes();
  if (file.name.empty() && file.bytes == 0) {
    drafts_.pop_back();
    uploaded_.files.pop_back();
  } else if (file.name.empty()) {
    file.name = wants_.files_name;
  }
  return std::nullopt;
}

Refusal Intake::refuse(Refusal refusal) {
  drafts_.clear();
  uploaded_ = {};
  return refusal;
}

Outcome Intake::finish() {
  if (!reader_.is_whole()) return refuse(refused(400, "the body ends before its last boundary"));
  if (drafts_.empty()) {
    return refuse(refused(400, "there is no file; send it in a part named `" + wants_.files_name + "`"));
  }
  base::Status kept = base::done();
  for (const auto& draft : drafts_) {
    if (kept) kept = draft->keep();
  }
  if (kept) kept = store_.sync();
  drafts_.clear();
  if (kept) return uploaded_;
  discard();
  return refuse(refusal_of(kept.error()));
}

void Intake::discard() {
  for (const dialect::StoredFile& file : uploaded_.files) store_.drop(file.id);
}

}  // namespace rockpool::files
