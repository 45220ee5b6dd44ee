#include "server/net/request_parser.h"

#include <algorithm>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http.hpp>

#include "core/base/text.h"
#include "server/net/request_checks.h"

namespace rockpool::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

constexpr std::size_t usual_fields = 16;

wire::RequestHead neutral_head(const http::request_header<>& message) {
  wire::RequestHead head;
  head.method = std::string(message.method_string());
  head.headers.reserve(usual_fields);
  for (const auto& field : message) {
    head.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  return head;
}

std::size_t fields_bytes(const http::request_header<>& message) {
  std::size_t bytes = 0;
  for (const auto& field : message) {
    bytes += field.name_string().size() + field.value().size() + std::string_view(": \r\n").size();
  }
  return bytes;
}

// As http::string_body, but for the memory that a declared length asks for: a body may be taken in pieces.
struct PiecesBody {
  using value_type = std::string;
  class reader {
   public:
    template <bool IsRequest, class Fields>
    reader(http::header<IsRequest, Fields>&, value_type& body) : body_(body) {}
    void init(const boost::optional<std::uint64_t>& length, error_code& problem) {
      problem = {};
      if (length) body_.reserve(static_cast<std::size_t>(std::min(*length, reserved_bytes_max)));
    }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, error_code& problem) {
      problem = {};
      const std::size_t before = body_.size();
      for (auto it = boost::asio::buffer_sequence_begin(buffers);
           it != boost::asio::buffer_sequence_end(buffers); ++it) {
        const boost::asio::const_buffer piece(*it);
        body_.append(static_cast<const char*>(piece.data()), piece.size());
      }
      return body_.size() - before;
    }
    void finish(error_code& problem) { problem = {}; }

   private:
    static constexpr std::uint64_t reserved_bytes_max = 16 << 10;
    value_type& body_;
  };
};

}  // namespace

class RequestParser::Impl {
 public:
  Impl() { restart(); }

  void feed(std::string_view bytes) { in_.append(bytes); }

  Progress read_head() {
    if (auto fault = find_head()) return fail(std::move(*fault));
    if (head_bytes_ == 0) return Progress::more;
    error_code problem;
    parser_->put(boost::asio::buffer(in_.data(), head_bytes_), problem);
    in_.erase(0, head_bytes_);
    if (problem == http::error::bad_version) return fail({505, "only HTTP/1.0 and HTTP/1.1 are spoken here"});
    if (problem || !parser_->is_header_done()) {
      return fail({400, "not an HTTP request: " + problem.message()});
    }
    head_ = neutral_head(parser_->get());
    head_fields_bytes_ = fields_bytes(parser_->get());
    if (auto fault = check_head()) return fail(std::move(*fault));
    return Progress::done;
  }

  Progress read_body(std::uint64_t bytes_max) {
    const auto declared = parser_->content_length();
    if (declared && *declared > bytes_max) return fail(too_large());
    parser_->body_limit(bytes_max);
    parser_->eager(true);
    while (!parser_->is_done()) {
      if (may_be_cut_last_chunk()) return Progress::more;
      error_code problem;
      const std::size_t used = parser_->put(boost::asio::buffer(in_), problem);
      in_.erase(0, used);
      if (problem == http::error::need_more) {
        // What stays unused is the beginning of a chunk's head or of the trailers.
        if (in_.size() > chunk_extras_bytes_max) {
          return fail({400, "chunk extensions and trailers are over 4 KiB", Limit::chunk_extras});
        }
        return Progress::more;
      }
      if (problem == http::error::body_limit) return fail(too_large());
      if (chunk_extras_ > chunk_extras_bytes_max) {
        return fail({400, "chunk extensions and trailers are over 4 KiB", Limit::chunk_extras});
      }
      if (problem) return fail({400, "the body is broken: " + problem.message()});
      if (in_.empty() && !parser_->is_done()) return Progress::more;
    }
    // Trailers stand with the fields of the head then.
    if (fields_bytes(parser_->get()) - head_fields_bytes_ + chunk_extras_ > chunk_extras_bytes_max) {
      return fail({400, "chunk extensions and trailers are over 4 KiB", Limit::chunk_extras});
    }
    return Progress::done;
  }

  void restart() {
    parser_.emplace();
    parser_->header_limit(head_bytes_max + 1);
    parser_->body_limit(boost::none);
    on_chunk_ = [this](std::uint64_t, boost::beast::string_view extensions, error_code& problem) {
      chunk_extras_ += extensions.size();
      if (chunk_extras_ > chunk_extras_bytes_max) problem = http::error::bad_chunk_extension;
    };
    parser_->on_chunk_header(on_chunk_);
    head_bytes_ = scanned_ = chunk_extras_ = 0;
    head_ = {};
  }

  Progress fail(Fault fault) {
    fault_ = std::move(fault);
    return Progress::failed;
  }

  // Beast, asked again about a last chunk of which it has seen the first line, takes it for granted that the
  // whole of it is there, five bytes at least. So many are always still to come.
  bool may_be_cut_last_chunk() const {
    constexpr std::string_view shortest = "0\r\n\r\n";
    return parser_->chunked() && in_.starts_with('0') && in_.size() < shortest.size();
  }

  Fault too_large() const { return {413, "the body is too large", Limit::body}; }

  // Where the head ends, once it is there.
  std::optional<Fault> find_head() {
    // RFC 9112 section 2.2: an empty line before the request is to be overlooked.
    while (in_.starts_with("\r\n")) in_.erase(0, 2);
    if (in_.empty() || in_ == "\r") return std::nullopt;
    if (!is_method_letter(in_[0])) return Fault{400, "not an HTTP request; this port has no TLS"};
    const std::size_t end = in_.find("\r\n\r\n", scanned_ < 3 ? 0 : scanned_ - 3);
    scanned_ = in_.size();
    if (end != std::string::npos) head_bytes_ = end + 4;
    return check_head_text(std::string_view(in_).substr(0, head_bytes_ == 0 ? in_.size() : head_bytes_));
  }

  std::optional<Fault> check_head() {
    const auto& message = parser_->get();
    if (auto fault = check_request(head_, message.version())) return fault;
    if (auto fault = split_target(std::string_view(message.target()), head_)) return fault;
    return check_upgrade(head_);
  }

  using Parser = http::request_parser<PiecesBody>;
  std::optional<Parser> parser_;
  std::function<void(std::uint64_t, boost::beast::string_view, error_code&)> on_chunk_;
  std::string in_;
  std::size_t head_bytes_ = 0;
  std::size_t scanned_ = 0;
  std::size_t chunk_extras_ = 0;
  std::size_t head_fields_bytes_ = 0;
  wire::RequestHead head_;
  Fault fault_;
};

RequestParser::RequestParser() : impl_(std::make_unique<Impl>()) {}
RequestParser::~RequestParser() = default;

void RequestParser::feed(std::string_view bytes) { impl_->feed(bytes); }
RequestParser::Progress RequestParser::read_head() { return impl_->read_head(); }
const wire::RequestHead& RequestParser::head() const { return impl_->head_; }
bool RequestParser::keep_alive() const { return impl_->parser_->keep_alive(); }

bool RequestParser::has_body() const {
  return impl_->parser_->chunked() || impl_->parser_->content_length().value_or(0) > 0;
}

bool RequestParser::is_http_1_1() const { return impl_->parser_->get().version() == 11; }

bool RequestParser::waits_for_continue() const {
  const std::string* expect = wire::find_header(impl_->head_.headers, "Expect");
  return expect != nullptr && is_http_1_1();
}

std::optional<std::uint64_t> RequestParser::body_length() const {
  const auto length = impl_->parser_->content_length();
  return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}

RequestParser::Progress RequestParser::read_body(std::uint64_t bytes_max) {
  return impl_->read_body(bytes_max);
}
std::string RequestParser::take_body() { return std::exchange(impl_->parser_->get().body(), {}); }
const Fault& RequestParser::fault() const { return impl_->fault_; }
bool RequestParser::has_bytes() const { return !impl_->in_.empty(); }
void RequestParser::next() { impl_->restart(); }

}  // namespace rockpool::net
