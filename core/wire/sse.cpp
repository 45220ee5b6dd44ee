#include "core/wire/sse.h"

#include <algorithm>
#include <utility>

namespace rockpool::wire {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
// A number above this is no advice.
constexpr std::size_t retry_digits_max = 9;

}  // namespace

std::string sse_head(std::string_view id, std::string_view type) {
  std::string out;
  if (!id.empty()) out.append("id: ").append(id).append("\n");
  if (!type.empty()) out.append("event: ").append(type).append("\n");
  return out += "data: ";
}

bool SseReader::read(std::string_view& bytes) {
  if (std::exchange(complete_, false)) {
    data_.clear();
    type_.clear();
  }
  while (!bytes.empty() && !failed_) {
    if (std::exchange(after_cr_, false) && bytes[0] == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = bytes.find_first_of("\r\n");
    line_.append(bytes.substr(0, end));
    failed_ = line_.size() + data_.size() > bytes_max_;
    if (failed_ || end == std::string_view::npos) break;
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    if (take_line()) return true;
  }
  bytes = {};
  return false;
}

// True: the line ends an event.
bool SseReader::take_line() {
  std::string_view line = line_;
  if (!std::exchange(begun_, true) && line.starts_with(byte_order_mark)) {
    line.remove_prefix(byte_order_mark.size());
  }
  if (line.empty()) {
    // An event without data is none; what it said of its id stays said.
    complete_ = !data_.empty();
    if (!complete_) type_.clear();
  } else if (line[0] != ':') {
    const std::size_t colon = std::min(line.find(':'), line.size());
    std::string_view value = line.substr(std::min(colon + 1, line.size()));
    if (value.starts_with(' ')) value.remove_prefix(1);
    take_field(line.substr(0, colon), value);
  }
  line_.clear();
  return complete_;
}

void SseReader::take_field(std::string_view name, std::string_view value) {
  if (name == "data") {
    data_.append(value) += '\n';
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) id_ = value;
  } else if (name == "event") {
    type_ = value;
  } else if (name == "retry" && !value.empty() && value.size() <= retry_digits_max &&
             value.find_first_not_of("0123456789") == std::string_view::npos) {
    retry_ms_ = 0;
    for (const char digit : value) retry_ms_ = retry_ms_ * 10 + (digit - '0');
  }
}

}  // namespace rockpool::wire
