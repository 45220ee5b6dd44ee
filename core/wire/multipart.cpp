#include "core/wire/multipart.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/wire/disposition.h"
#include "core/wire/letters.h"

namespace rockpool::wire {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t padding_bytes_max = 64;  // behind a boundary
constexpr std::size_t boundary_bytes_max = 70;

bool is_blank(std::string_view text) { return trimmed(text).empty(); }

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

// RFC 2046 section 5.1.1.
bool is_boundary(std::string_view text) {
  constexpr std::string_view others = "'()+_,-./:=? ";
  return !text.empty() && text.size() <= boundary_bytes_max && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alphanumeric(c) || others.find(c) != std::string_view::npos; });
}

// Browsers write a quote in a name so (the HTML standard, "multipart/form-data").
std::string with_quotes(std::string text) {
  constexpr std::string_view escaped = "%22";
  for (std::size_t at = text.find(escaped); at != text.npos; at = text.find(escaped, at + 1)) {
    text.replace(at, escaped.size(), "\"");
  }
  return text;
}

// How many bytes at the end of `text` may be the beginning of `delimiter`.
std::size_t overlap(std::string_view text, std::string_view delimiter) {
  std::size_t size = std::min(text.size(), delimiter.size() - 1);
  while (size > 0 && text.substr(text.size() - size) != delimiter.substr(0, size)) --size;
  return size;
}

}  // namespace

bool is_form_data(std::string_view content_type) {
  const auto read = read_parametrized(content_type.substr(0, content_type.find(';')));
  return read && read->value == "multipart/form-data";
}

base::Result<std::string> boundary_of(std::string_view content_type) {
  const auto wrong = [](std::string reason) {
    return base::Error{base::Code::invalid, std::move(reason), ""};
  };
  if (!is_form_data(content_type)) return wrong("Content-Type must be multipart/form-data");
  const auto read = read_parametrized(content_type);
  if (!read) return wrong("Content-Type is badly formed");
  const std::string* boundary = read->find("boundary");
  if (boundary == nullptr) return wrong("Content-Type has no boundary");
  if (!is_boundary(*boundary)) return wrong("the boundary must be 1 to 70 letters, digits or '()+_,-./:=?");
  return *boundary;
}

std::string_view last_of_path(std::string_view file_name) {
  const std::size_t slash = file_name.find_last_of("/\\");
  return slash == std::string_view::npos ? file_name : file_name.substr(slash + 1);
}

// The first boundary has no line before it, whose end would belong to it: we put one there.
MultipartReader::MultipartReader(std::string_view boundary)
    : delimiter_(std::string("\r\n--").append(boundary)), in_(line_end) {}

void MultipartReader::feed(std::string_view bytes) {
  in_.erase(0, used_);
  used_ = 0;
  data_ = {};
  in_.append(bytes);
}

MultipartReader::Event MultipartReader::next() {
  switch (state_) {
    case State::before: return begin();
    case State::line: return read_line();
    case State::head: return read_head();
    case State::body: return read_body();
    case State::after: return read_rest();
    case State::failed: break;
  }
  return Event::failed;
}

MultipartReader::Event MultipartReader::fail(std::string reason) {
  state_ = State::failed;
  error_ = std::move(reason);
  in_.clear();
  used_ = 0;
  return Event::failed;
}

bool MultipartReader::refuse(std::string reason) {
  fail(std::move(reason));
  return false;
}

MultipartReader::Event MultipartReader::begin() {
  if (!skipped_ && rest().starts_with("\r\n\r\n")) {
    skipped_ = true;
    used_ += line_end.size();
  }
  const std::string_view text = rest();
  const std::size_t size = std::min(text.size(), delimiter_.size());
  const bool may_skip = !skipped_ && std::string_view("\r\n\r\n").starts_with(text);
  if (text.substr(0, size) != std::string_view(delimiter_).substr(0, size)) {
    if (may_skip) return Event::more;
    return fail("the body does not begin with the boundary that Content-Type names");
  }
  if (size < delimiter_.size()) return Event::more;
  used_ += size;
  state_ = State::line;
  return read_line();
}

// What follows a boundary: the end, or spaces and a line's end.
MultipartReader::Event MultipartReader::read_line() {
  const std::string_view text = rest();
  if (text.starts_with("--")) {
    used_ += 2;
    state_ = State::after;
    return Event::end;
  }
  if (text == "-" || text.empty()) return Event::more;
  const std::size_t end = text.substr(0, padding_bytes_max + line_end.size()).find(line_end);
  if (end == std::string_view::npos) {
    const bool may_come = text.size() < padding_bytes_max + line_end.size();
    const std::string_view padding = text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
    if (may_come && is_blank(padding)) return Event::more;
  }
  if (end == std::string_view::npos || !is_blank(text.substr(0, end))) {
    return fail("a boundary is followed by something else than a line's end");
  }
  if (++parts_ > parts_max) return fail("the body has more than 1000 parts");
  used_ += end + line_end.size();
  state_ = State::head;
  return read_head();
}

MultipartReader::Event MultipartReader::read_head() {
  constexpr std::string_view head_end = "\r\n\r\n";
  const std::string_view text = rest().substr(0, part_head_bytes_max + head_end.size());
  if (text.starts_with(line_end)) return fail("a part has no Content-Disposition");
  const std::size_t end = text.find(head_end);
  if (end == std::string_view::npos) {
    if (text.size() < part_head_bytes_max + head_end.size()) return Event::more;
    return fail("the head of a part is over 8 KiB");
  }
  part_ = {};
  if (!read_fields(text.substr(0, end))) return Event::failed;
  // The line's end before the data may be that of the delimiter: then there is none.
  used_ += end + line_end.size();
  fresh_ = true;
  state_ = State::body;
  return Event::part;
}

bool MultipartReader::read_fields(std::string_view head) {
  std::size_t fields = 0;
  bool is_named = false;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find(line_end));
    head.remove_prefix(std::min(head.size(), line.size() + line_end.size()));
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (++fields > part_fields_max) return refuse("a part has more than 16 header fields");
    if (colon == line.npos || name.empty() || name.find_first_of(" \t") != name.npos ||
        line.find_first_of(std::string_view("\r\n\0", 3)) != line.npos) {
      return refuse("a header field of a part is badly formed");
    }
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (is_same_name(name, "Content-Disposition")) {
      if (std::exchange(is_named, true)) return refuse("a part has two Content-Dispositions");
      if (!read_disposition(value)) return false;
    } else if (!read_field(name, value)) {
      return false;
    }
  }
  return is_named || refuse("a part has no Content-Disposition");
}

bool MultipartReader::read_field(std::string_view name, std::string_view value) {
  if (is_same_name(name, "Content-Type")) {
    if (!part_.content_type.empty()) return refuse("a part has two Content-Types");
    if (!is_media_type(value)) return refuse("the Content-Type of a part is badly formed");
    if (lower(value).starts_with("multipart/")) return refuse("a part may not be multipart itself");
    part_.content_type = value;
  } else if (is_same_name(name, "Content-Transfer-Encoding")) {
    const std::string how = lower(value);
    if (how != "binary" && how != "8bit" && how != "7bit") {
      return refuse("parts must not be encoded; leave Content-Transfer-Encoding out");
    }
  }
  return true;
}

bool MultipartReader::read_disposition(std::string_view value) {
  const auto read = read_parametrized(value);
  if (!read) return refuse("the Content-Disposition of a part is badly formed");
  if (read->value != "form-data") return refuse("the Content-Disposition of a part must be form-data");
  const std::string* name = read->find("name");
  if (name == nullptr || name->empty()) return refuse("a part has no name");
  part_.name = with_quotes(*name);
  if (part_.name.size() > name_bytes_max || !base::is_utf8(part_.name) || has_control(part_.name)) {
    return refuse("the name of a part must be 1 to 256 bytes of UTF-8 without control characters");
  }
  if (const std::string* file = read->find("filename")) part_.file_name = with_quotes(*file);
  if (const std::string* file = read->find("filename*")) {
    auto said = read_extended(*file);
    if (!said) return refuse(said.error().message);
    part_.file_name = std::move(*said);
  }
  if (!part_.file_name) return true;
  const std::string& file = *part_.file_name;
  if (file.size() <= file_name_bytes_max && base::is_utf8(file) && !has_control(file)) return true;
  return refuse("the name of a file must be at most 1024 bytes of UTF-8 without control characters");
}

MultipartReader::Event MultipartReader::read_body() {
  if (fresh_) {
    const std::string_view text = rest();
    const bool may_be_empty =
        text.size() < delimiter_.size() && std::string_view(delimiter_).starts_with(text);
    if (may_be_empty) return Event::more;
    fresh_ = false;
    if (!text.starts_with(delimiter_)) used_ += line_end.size();
  }
  const std::string_view text = rest();
  const std::size_t end = text.find(delimiter_);
  if (end == 0) {
    used_ += delimiter_.size();
    state_ = State::line;
    return Event::part_end;
  }
  const std::size_t size = end == std::string_view::npos ? text.size() - overlap(text, delimiter_) : end;
  if (size == 0) return Event::more;
  data_ = text.substr(0, size);
  used_ += size;
  return Event::data;
}

MultipartReader::Event MultipartReader::read_rest() {
  const std::string_view text = rest();
  if (text.find_first_not_of(" \t\r\n") != std::string_view::npos) {
    return fail("something follows the last boundary");
  }
  used_ = in_.size();
  return Event::more;
}

}  // namespace rockpool::wire
