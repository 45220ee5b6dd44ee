// text/event-stream, both ends (HTML standard, section 9.2 "Server-sent events"), without a socket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rockpool::wire {

// What stands before the one line of an event's data, and after it: so data that many get is never copied.
// Neither `id` nor `type` may hold a line break, nor may the data. Empty: not said.
std::string sse_head(std::string_view id, std::string_view type = "");
inline constexpr std::string_view sse_tail = "\n\n";
// A comment, for nobody but proxies that end silent connections.
inline constexpr std::string_view sse_comment = ":\n\n";

// Takes a stream apart, in whatever pieces it comes:
//
//   while (reader.read(bytes)) use(reader.data(), reader.id());
//   if (reader.failed()) …
class SseReader {
 public:
  // An event longer than `bytes_max` fails the stream.
  explicit SseReader(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Takes from the front of `bytes`. True: an event is complete. False: all is taken, give more.
  bool read(std::string_view& bytes);
  bool failed() const { return failed_; }

  // Of the last event; until the next read.
  std::string_view data() const { return std::string_view(data_).substr(0, data_.size() - 1); }
  std::string_view type() const { return type_; }  // empty: not said, which means "message"
  std::string_view id() const { return id_; }      // the last one said, by whatever event
  // How long to wait before a reconnect, as the stream advises; 0: not said.
  std::int64_t retry_ms() const { return retry_ms_; }

 private:
  bool take_line();
  void take_field(std::string_view name, std::string_view value);

  std::size_t bytes_max_;
  std::string line_;
  std::string data_;  // each line with a line feed
  std::string type_;
  std::string id_;
  std::int64_t retry_ms_ = 0;
  bool begun_ = false;  // a byte order mark is overlooked before
  bool after_cr_ = false;
  bool complete_ = false;
  bool failed_ = false;
};

}  // namespace rockpool::wire
