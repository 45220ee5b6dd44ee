// A mount of the server half and one session over requests.
#pragma once

#include "core/dialect/frames.h"
#include "core/dialects/native/place_test.h"

namespace rockpool::dialects::native {

using dialect::AcceptStream;
using dialect::ReadBody;
using dialect::Respond;

inline const std::string session_name = "0123456789abcdef0123456789abcdef";
inline constexpr CarrierId kept = dialect::kept_carriers + 1;

// A session over requests. Requests have rising numbers.
class HttpPlace : public Place {
 public:
  using Place::Place;
  CarrierId ask(const std::string& method, const std::string& target, wire::Headers headers = {}) {
    const std::size_t mark = std::min(target.find('?'), target.size());
    wire::RequestHead head{.method = method,
                           .path = target.substr(0, mark),
                           .query = target.substr(std::min(mark + 1, target.size())),
                           .headers = std::move(headers)};
    steps.clear();
    hear(++last_request, Arrived{head, address});
    return last_request;
  }
  wire::Headers ours(wire::Headers more = {}) const {
    more.emplace_back("rockpool-session", session_name);
    return more;
  }
  CarrierId post(const std::string& body, wire::Headers headers) {
    const CarrierId request = ask("POST", "/v1/messages", std::move(headers));
    EXPECT_EQ(all<ReadBody>().size(), 1u);
    steps.clear();
    hear(request, dialect::Body{0, body});
    return request;
  }
  CarrierId post(const std::string& body) { return post(body, ours()); }
  CarrierId poll(const std::string& n) { return ask("GET", "/v1/poll?n=" + n, ours()); }
  CarrierId stream(wire::Headers more = {}) { return ask("GET", "/v1/events", ours(std::move(more))); }

  CarrierId begin(const std::string& body = hello) { return post(body, {{"Origin", "https://app.example"}}); }
  // Greeted; the answer is in `steps`.
  HttpPlace& begun(const std::string& body = hello, std::int64_t expires_ms = 0) {
    begin(body);
    identify(dialect::Identified{{.user = "mara", .expires_ms = expires_ms}, session_name});
    answer(model::Greeted{.epoch = 5, .writer = "w", .highest = 3});
    return *this;
  }
  HttpPlace& up() {
    begun();
    steps.clear();
    return *this;
  }
  HttpPlace& told(const std::string& frame) {
    server().deliver(now, kept, dialect::share(frame), steps);
    return *this;
  }

  // Status and body of the only answer.
  std::string answered(CarrierId request) const {
    const auto answers = all<Respond>();
    if (answers.size() != 1) return std::to_string(answers.size()) + " answers";
    EXPECT_EQ(answers[0].carrier, request);
    return std::to_string(answers[0].head.status) + " " +
           (answers[0].body == nullptr ? "" : *answers[0].body);
  }
  // Status and code of the error in it.
  std::string refused(CarrierId request) const {
    const std::string said = answered(request);
    const std::size_t at = said.find(R"("code":")");
    return at == std::string::npos ? said
                                   : said.substr(0, 4) + said.substr(at + 8, said.find('"', at + 8) - at - 8);
  }
  std::string streamed(CarrierId request) const {
    std::string text;
    for (const SendFrame& frame : all<SendFrame>()) {
      EXPECT_EQ(frame.carrier, request);
      text += frame.before + *frame.bytes + frame.after;
    }
    return text;
  }

  CarrierId last_request = 100;
  std::string address = "127.0.0.1";
};

}  // namespace rockpool::dialects::native
