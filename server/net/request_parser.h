// HTTP requests out of bytes, with every doubt about where one ends refused. Beast parses; this class adds
// what it leaves to its caller. Knows no socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/wire/http.h"
#include "server/net/limit.h"

namespace rockpool::net {

inline constexpr std::size_t request_line_bytes_max = 8 << 10;
inline constexpr std::size_t head_bytes_max = 16 << 10;
inline constexpr std::size_t header_fields_max = 100;
inline constexpr std::size_t chunk_extras_bytes_max = 4 << 10;

// Why a request is refused. The connection ends after the answer.
struct Fault {
  int status = 400;
  std::string text;
  std::optional<Limit> limit = {};  // that was met
};

class RequestParser {
 public:
  enum class Progress : std::uint8_t { more, done, failed };

  RequestParser();
  ~RequestParser();

  void feed(std::string_view bytes);

  // Completes the head out of what was fed. Once done: head() and the facts below hold until next().
  Progress read_head();
  const wire::RequestHead& head() const;
  bool keep_alive() const;
  bool has_body() const;
  bool is_http_1_1() const;
  // The client waits for 100 Continue before it sends the body.
  bool waits_for_continue() const;

  // How long the body is, where the head says so.
  std::optional<std::uint64_t> body_length() const;

  // Completes the body; more than `bytes_max` is a fault, at once where the length was declared.
  Progress read_body(std::uint64_t bytes_max);
  // As much of it as has come and was not taken yet.
  std::string take_body();

  const Fault& fault() const;
  bool has_bytes() const;  // something was fed that is not yet used

  // The request is answered; the following one begins with what is left. Its body must have been read.
  void next();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rockpool::net
