// multipart/form-data (RFC 7578) as it comes in, in pieces of any size.
//
//   --boundary CRLF headers CRLF CRLF data CRLF --boundary … CRLF --boundary--
//
// Where the parts are is found exactly; everything that could be read in two ways is refused. No more is held
// than the head of a part and what was fed last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rockpool::wire {

struct Part {
  std::string name;
  std::optional<std::string> file_name;  // UTF-8 as it was sent, a path perhaps
  std::string content_type;              // empty: none is said
};

// Of a Content-Type that is `multipart/form-data`; `invalid` says what is wrong with it.
base::Result<std::string> boundary_of(std::string_view content_type);
bool is_form_data(std::string_view content_type);

// The name of the file alone, of a path of any system.
std::string_view last_of_path(std::string_view file_name);

class MultipartReader {
 public:
  static constexpr std::size_t part_head_bytes_max = 8 << 10;
  static constexpr std::size_t part_fields_max = 16;
  static constexpr std::size_t parts_max = 1000;
  static constexpr std::size_t file_name_bytes_max = 1024;
  static constexpr std::size_t name_bytes_max = 256;

  explicit MultipartReader(std::string_view boundary);

  void feed(std::string_view bytes);

  enum class Event : std::uint8_t {
    more,      // nothing until more is fed
    part,      // part() begins
    data,      // data() belongs to it, until the next call
    part_end,  // it is whole
    end,       // that was the last part
    failed     // error() says why, for good
  };
  Event next();

  const Part& part() const { return part_; }
  std::string_view data() const { return data_; }
  const std::string& error() const { return error_; }
  // The last boundary has been seen.
  bool is_whole() const { return state_ == State::after; }

 private:
  enum class State : std::uint8_t { before, line, head, body, after, failed };

  Event begin();
  Event read_line();
  Event read_head();
  Event read_body();
  Event read_rest();
  bool read_fields(std::string_view head);
  bool read_field(std::string_view name, std::string_view value);
  bool read_disposition(std::string_view value);
  Event fail(std::string reason);
  bool refuse(std::string reason);  // the same, and false
  std::string_view rest() const { return std::string_view(in_).substr(used_); }

  std::string delimiter_;  // CRLF, two dashes, boundary
  std::string in_;
  std::size_t used_ = 0;  // of `in_`
  std::size_t parts_ = 0;
  State state_ = State::before;
  bool skipped_ = false;  // an empty line before the first boundary
  bool fresh_ = false;    // nothing of the part's data was looked at
  Part part_;
  std::string_view data_;
  std::string error_;
};

}  // namespace rockpool::wire
