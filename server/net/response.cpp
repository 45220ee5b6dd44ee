#include "server/net/response.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"

namespace rockpool::net {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 30> reasons = {{
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
}};

// Of every answer: no guessing at types, and no address, which may hold a token, for other sites.
constexpr std::string_view protection = "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n";

// With a short body behind it, so that no more memory is asked for.
constexpr std::size_t usual_head_bytes = 512;

bool is_clean(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

// Status line and the fields that are given.
std::string begin_head(const wire::ResponseHead& head) {
  std::string text;
  text.reserve(usual_head_bytes);
  text.append("HTTP/1.1 ").append(base::decimal(std::int64_t{head.status})).append(" ");
  text.append(reason_of(head.status)).append("\r\n");
  for (const auto& [name, value] : head.headers) {
    if (is_clean(name) && is_clean(value)) text.append(name).append(": ").append(value).append("\r\n");
  }
  return text;
}

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

std::string_view reason_of(int status) {
  const auto found =
      std::find_if(reasons.begin(), reasons.end(), [&](const auto& r) { return r.first == status; });
  return found == reasons.end() ? "Status" : found->second;
}

Response text_response(int status, std::string_view text) {
  return {{status, {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}}},
          std::make_shared<const std::string>(std::string(text) + "\n")};
}

Response json_response(int status, std::string body) {
  return {{status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}},
          std::make_shared<const std::string>(std::move(body))};
}

std::string write_head(const Response& response, const Framing& framing) {
  std::string text = begin_head(response.head);
  if (has_body(response.head.status)) {
    const std::uint64_t length = response.body == nullptr ? 0 : response.body->size();
    text.append("Content-Length: ").append(base::decimal(response.length.value_or(length))).append("\r\n");
  }
  text += protection;
  text += framing.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return text;
}

std::string write_upgrade_head(const wire::ResponseHead& head) { return begin_head(head) + "\r\n"; }

std::string write_stream_head(const wire::ResponseHead& head, bool chunked) {
  std::string text = begin_head(head);
  if (chunked) text += "Transfer-Encoding: chunked\r\n";
  return text.append(protection) + "Connection: close\r\n\r\n";
}

}  // namespace rockpool::net
