// A mount of JSONPad beside native pages, over a real hub, and requests whose answers are looked at by hand.
#pragma once

#include <string>

#include "core/base/text.h"
#include "core/gateway/world_test.h"
#include "core/model/value.h"

namespace rockpool::gateway {

// What a request says of who sends it.
struct Said {
  wire::Headers headers = {};
  std::string user = "user:api";
  std::string address = "127.0.0.1";
};

class Pad {
 public:
  explicit Pad(dialect::Sharing sharing = {}, const std::string& settings = "{}",
               const dialect::SessionLimits& limits = usual_limits())
      : sharing_(std::move(sharing)), settings_(settings), limits_(limits) {
    mount();
  }

  static dialect::SessionLimits usual_limits() {
    dialect::SessionLimits limits;
    limits.messages_of_a_user.burst = 100'000;
    return limits;
  }
  void restart() {
    world.restart();
    mount();
  }

  static Said realtime() { return {.headers = {}, .user = "user:rt"}; }
  static Said nobody() { return {.headers = {}, .user = ""}; }

  // Sends a request; what is answered, at once or later, is `status(carrier)` and `body(carrier)`.
  dialect::CarrierId send(const std::string& method, const std::string& target, Said said,
                          const std::string* body = nullptr) {
    const std::size_t mark = target.find('?');
    wire::RequestHead head{.method = method,
                           .path = "/jsonpad" + target.substr(0, mark),
                           .query = mark == std::string::npos ? "" : target.substr(mark + 1),
                           .headers = std::move(said.headers)};
    if (!said.user.empty()) head.headers.emplace_back("Authorization", "Basic " + base64(said.user));
    if (body != nullptr && wire::find_header(head.headers, "Content-Type") == nullptr)
      head.headers.emplace_back("Content-Type", "application/json");
    const dialect::CarrierId carrier = ++last_carrier_;
    world.feed(carrier, dialect::Arrived{.head = std::move(head), .peer = said.address});
    if (body != nullptr) world.feed(carrier, dialect::Body{0, *body});
    return carrier;
  }
  // Of the API: status and body of the answer.
  std::string ask(const std::string& method, const std::string& path, Said said = {}) {
    return answer(send(method, "/api/v1.0/" + path, std::move(said)));
  }
  std::string write(const std::string& method, const std::string& path, const std::string& body,
                    Said said = {}) {
    return answer(send(method, "/api/v1.0/" + path, std::move(said), &body));
  }
  dialect::CarrierId poll(const std::string& target, Said said = realtime()) {
    return send("GET", "/" + target, std::move(said));
  }
  std::string poll_now(const std::string& target) { return answer(poll(target)); }
  // Of a poll that was answered by one event.
  std::string event(dialect::CarrierId carrier) const { return member(body(carrier), "event_type"); }

  const dialect::Respond* response(dialect::CarrierId carrier) const {
    for (const auto& one : world.responses)
      if (one.carrier == carrier) return &one;
    return nullptr;
  }
  bool is_answered(dialect::CarrierId carrier) const { return response(carrier) != nullptr; }
  std::string body(dialect::CarrierId carrier) const {
    const auto* found = response(carrier);
    return found == nullptr ? "not answered" : found->body ? *found->body : "";
  }
  std::string answer(dialect::CarrierId carrier) const {
    const auto* found = response(carrier);
    return found == nullptr ? "not answered" : std::to_string(found->head.status) + " " + body(carrier);
  }
  std::string header(dialect::CarrierId carrier, std::string_view name) const {
    const auto* found = response(carrier);
    const std::string* value = found == nullptr ? nullptr : wire::find_header(found->head.headers, name);
    return value == nullptr ? "" : *value;
  }
  std::string cursor(dialect::CarrierId carrier) const { return header(carrier, "Rockpool-Cursor"); }
  std::string last_header(std::string_view name) const { return header(last_carrier_, name); }

  // A member of a JSON object as text; of a text its letters.
  static std::string member(const std::string& json, std::string_view name) {
    const auto value = model::read(json);
    const model::Value* found = value ? model::member(*value, name) : nullptr;
    if (found == nullptr) return "none in " + json;
    const auto* text = found->get_ptr<const std::string*>();
    return text != nullptr ? *text : model::write(*found);
  }
  static std::string code(const std::string& answer) {
    return answer.substr(0, 4) + member(answer.substr(4), "error_code");
  }

  void make_list(const std::string& name, bool realtime = true) {
    const std::string flag = realtime ? "true" : "false";
    EXPECT_EQ(
        write("POST", "lists", R"({"name":")" + name + R"(","realtime_enabled":)" + flag + "}").substr(0, 3),
        "201");
  }
  // The id of the new item.
  std::string add(const std::string& list, const std::string& data) {
    const std::string made = write("POST", "lists/" + list + "/items", data);
    EXPECT_EQ(made.substr(0, 3), "201") << made;
    return member(member(made.substr(4), "item"), "id");
  }
  std::string list(const std::string& name, std::string_view what) {
    return member(member(ask("GET", "lists/" + name).substr(4), "list"), what);
  }
  void close(dialect::CarrierId carrier) { world.feed(carrier, dialect::Closed{}); }

  World world;

 private:
  void mount() {
    const std::string usual = R"({"accounts":{"user":{"tokens":["api"],"realtimeTokens":["rt"]},)"
                              R"("other":{"tokens":["o"],"realtimeTokens":["r"]}}})";
    const auto done = world.gateway->mount({.path = "/jsonpad",
                                            .hosts = {},
                                            .dialect = dialect::find_dialect("jsonpad"),
                                            .settings = settings_ == "{}" ? usual : settings_,
                                            .limits = limits_,
                                            .sharing = sharing_});
    EXPECT_TRUE(done.ok());
  }
  static std::string base64(const std::string& text) {
    std::string out = base::base64url(text);
    for (char& c : out) c = c == '-' ? '+' : c == '_' ? '/' : c;
    while (out.size() % 4 != 0) out += '=';
    return out;
  }

  dialect::Sharing sharing_;
  std::string settings_;
  dialect::SessionLimits limits_;
  dialect::CarrierId last_carrier_ = 1'000'000;
};

}  // namespace rockpool::gateway
