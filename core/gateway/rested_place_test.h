// A mount of RESTED beside native pages, over a real hub, and requests whose answers are looked at by hand.
#pragma once

#include <string>

#include "core/base/text.h"
#include "core/gateway/world_test.h"
#include "core/model/value.h"

namespace rockpool::gateway {

// A request's head as a test says it.
struct Asks {
  wire::Headers headers = {};
  std::string type = "application/json";
  std::string address = "127.0.0.1";
};

class Rested {
 public:
  explicit Rested(dialect::Sharing sharing = {}, std::string settings = R"({"adminToken":"admin"})",
                  const dialect::SessionLimits& limits = usual_limits())
      : sharing_(std::move(sharing)), settings_(std::move(settings)), limits_(limits) {
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

  // ---- requests
  dialect::CarrierId send(const std::string& method, const std::string& target,
                          const std::string* body = nullptr, Asks asks = {}, bool upgrade = false) {
    const std::size_t mark = target.find('?');
    wire::RequestHead head{.method = method,
                           .path = "/rested" + target.substr(0, mark),
                           .query = mark == std::string::npos ? "" : target.substr(mark + 1),
                           .headers = std::move(asks.headers),
                           .upgrade = upgrade};
    if (body != nullptr && !asks.type.empty()) head.headers.emplace_back("Content-Type", asks.type);
    const dialect::CarrierId carrier = ++last_carrier_;
    world.feed(carrier, dialect::Arrived{.head = std::move(head), .peer = asks.address});
    if (body != nullptr) world.feed(carrier, dialect::Body{0, *body});
    return carrier;
  }
  // Status and body of the answer.
  std::string ask(const std::string& method, const std::string& target, Asks asks = {}) {
    return answer(send(method, target, nullptr, std::move(asks)));
  }
  std::string write(const std::string& method, const std::string& target, const std::string& body,
                    Asks asks = {}) {
    return answer(send(method, target, &body, std::move(asks)));
  }
  // Of the management API.
  std::string manage(const std::string& method, const std::string& path, const std::string& body = "") {
    const Asks asks{.headers = {{"Authorization", "Bearer admin"}}};
    const std::string target = "/api/1/manage/" + path;
    return body.empty() ? ask(method, target, asks) : write(method, target, body, asks);
  }
  // At an endpoint of the project that was made last; `more` begins with `&`.
  std::string at(const std::string& endpoint, const std::string& more = "") const {
    return "/api/1/ce/" + endpoint + "?key=" + key + more;
  }
  dialect::CarrierId socket(const std::string& target, wire::Headers headers = {}) {
    return send("GET", target, nullptr, {.headers = std::move(headers)}, true);
  }
  dialect::CarrierId next_carrier() const { return last_carrier_ + 1; }
  void frame(dialect::CarrierId carrier, const std::string& text = "hello") {
    world.feed(carrier, dialect::Frame{text, false});
  }

  // ---- what came of them
  const dialect::Respond* response(dialect::CarrierId carrier) const {
    for (const auto& one : world.responses)
      if (one.carrier == carrier) return &one;
    return nullptr;
  }
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
  std::string last_header(std::string_view name) const { return header(last_carrier_, name); }
  std::vector<std::string> frames(dialect::CarrierId carrier) const {
    const auto held = world.sent.find(carrier);
    return held == world.sent.end() ? std::vector<std::string>() : held->second;
  }
  // `open`, or the code and the reason it was closed with.
  std::string state(dialect::CarrierId carrier) const {
    const auto held = world.closed.find(carrier);
    if (held == world.closed.end()) return world.accepted.contains(carrier) ? "open" : "not accepted";
    return std::to_string(static_cast<int>(held->second)) + " " + world.reasons.at(carrier);
  }

  // A member of the JSON in an answer as text; of a text its letters.
  static std::string member(const std::string& answer, std::string_view name) {
    const std::size_t begin = answer.find_first_of("{[");
    const auto value = model::read(begin == std::string::npos ? "" : answer.substr(begin));
    const model::Value* found = value ? model::member(*value, name) : nullptr;
    if (found == nullptr) return "none in " + answer;
    const auto* text = found->get_ptr<const std::string*>();
    return text != nullptr ? *text : model::write(*found);
  }
  static std::string status(const std::string& answer) { return answer.substr(0, 3); }

  // ---- usual things
  // `more` begins with a comma.
  void make_project(const std::string& more = "") {
    const std::string made = manage("POST", "projects", R"({"name":"a project")" + more + "}");
    EXPECT_EQ(status(made), "201") << made;
    project = member(made, "projectId");
    key = member(made, "apiKey");
    master = member(made, "masterKey");
  }
  // Its id.
  std::string make_endpoint(const std::string& name, const std::string& more = "") {
    const std::string made =
        manage("POST", "projects/" + project + "/endpoints", R"({"name":")" + name + '"' + more + "}");
    EXPECT_EQ(status(made), "201") << made;
    return member(made, "endpointId");
  }
  std::string endpoint_path(const std::string& id) const {
    return "projects/" + project + "/endpoints/" + id;
  }
  // The uniqueId of a new record.
  std::string add(const std::string& endpoint, const std::string& data, const std::string& token = "") {
    const std::string made = write("POST", at(endpoint), data, as(token));
    EXPECT_EQ(status(made), "200") << made;
    return member(made, "uniqueId");
  }
  static Asks as(const std::string& token) {
    if (token.empty()) return {};
    return {.headers = {{"Authorization", "Bearer " + token}}};
  }
  // A new user's uniqueId, and the access token.
  std::pair<std::string, std::string> make_user(const std::string& endpoint, const std::string& name) {
    const std::string user = R"({"username":")" + name + R"(","password":"pass of )" + name + R"("})";
    const std::string made = write("POST", at(endpoint), user);
    EXPECT_EQ(status(made), "200") << made;
    return {member(made, "uniqueId"), log_in(endpoint, name)};
  }
  std::string log_in(const std::string& endpoint, const std::string& name) {
    const std::string user = R"({"username":")" + name + R"(","password":"pass of )" + name + R"("})";
    const std::string come = write("POST", at(endpoint, "&login=true&noATCookie=true"), user);
    EXPECT_EQ(status(come), "200") << come;
    const std::string header = last_header("Authorization");
    return header.size() > 7 ? header.substr(7) : header;
  }

  World world;
  std::string project, key, master;

 private:
  void mount() {
    const auto done = world.gateway->mount({.path = "/rested",
                                            .hosts = {},
                                            .dialect = dialect::find_dialect("rested"),
                                            .settings = settings_,
                                            .limits = limits_,
                                            .sharing = sharing_});
    EXPECT_TRUE(done.ok());
  }

  dialect::Sharing sharing_;
  std::string settings_;
  dialect::SessionLimits limits_;
  dialect::CarrierId last_carrier_ = 1'000'000;
};

}  // namespace rockpool::gateway
