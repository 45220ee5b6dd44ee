// A mount of Baserow beside native pages, over a real hub, with users, their requests and their sockets.
#pragma once

#include <string>

#include "core/base/text.h"
#include "core/gateway/json_member_test.h"
#include "core/gateway/world_test.h"
#include "core/model/value.h"

namespace rockpool::gateway {

using Frames = std::vector<std::string>;

// What a request says of who sends it.
struct BaserowSender {
  std::string token = {};
  std::string web_socket_id = {};
  std::string type = "application/json";
  std::string address = "127.0.0.1";
};

class Baserow {
 public:
  using As = BaserowSender;
  struct Person {
    std::string id, email, token, refresh_token;
    std::string group;  // the first one, that came with the account
    operator As() const { return {.token = token}; }
  };

  // `settings` begins with a comma, and is put behind the secret.
  explicit Baserow(std::string settings = {}, dialect::SessionLimits limits = usual_limits(),
                   dialect::Sharing sharing = {})
      : settings_(std::move(settings)), limits_(limits), sharing_(std::move(sharing)) {
    mount();
  }

  static dialect::SessionLimits usual_limits() {
    dialect::SessionLimits limits;
    limits.messages.burst = limits.messages_of_a_user.burst = 100'000;
    return limits;
  }
  void restart() {
    world.restart();
    mount();
  }

  // ---- requests; paths are below /api/
  dialect::CarrierId send(const std::string& method, const std::string& target, const std::string& body = "",
                          const As& as = {}) {
    const dialect::CarrierId carrier = begin(method, target, body, as);
    if (response(carrier) == nullptr && (method == "POST" || method == "PATCH"))
      world.feed(carrier, dialect::Body{0, body});
    return carrier;
  }
  // Its head alone; whoever sent it has been judged.
  dialect::CarrierId begin(const std::string& method, const std::string& target, const std::string& body,
                           const As& as) {
    const std::size_t mark = target.find('?');
    wire::RequestHead head{.method = method,
                           .path = "/baserow/api/" + target.substr(0, mark),
                           .query = mark == std::string::npos ? "" : target.substr(mark + 1),
                           .headers = {{"host", "rockpool.test"}}};
    if (!body.empty() && !as.type.empty()) head.headers.emplace_back("Content-Type", as.type);
    if (!as.token.empty()) head.headers.emplace_back("Authorization", "JWT " + as.token);
    if (!as.web_socket_id.empty()) head.headers.emplace_back("websocketid", as.web_socket_id);
    const dialect::CarrierId carrier = ++last_carrier_;
    world.feed(carrier, dialect::Arrived{.head = std::move(head), .peer = as.address});
    return carrier;
  }
  // All bodies are there before anything is done about the first one.
  struct Asked {
    std::string method, target, body;
    As as;
  };
  std::vector<dialect::CarrierId> send_together(const std::vector<Asked>& all) {
    std::vector<dialect::CarrierId> carriers;
    for (const Asked& one : all) carriers.push_back(begin(one.method, one.target, one.body, one.as));
    for (std::size_t i = 0; i < all.size(); ++i)
      world.gateway->receive(world.now, carriers[i], dialect::Body{0, all[i].body});
    world.perform();
    return carriers;
  }
  // Status and body of the answer.
  std::string ask(const std::string& method, const std::string& target, const As& as = {}) {
    return answer(send(method, target, "", as));
  }
  std::string ask(const std::string& method, const std::string& target, const std::string& body,
                  const As& as) {
    return answer(send(method, target, body, as));
  }

  // For a request that is made by hand.
  dialect::CarrierId next_carrier() { return ++last_carrier_; }

  // ---- sockets
  dialect::CarrierId connect(const std::string& query) {
    const dialect::CarrierId carrier = ++last_carrier_;
    wire::RequestHead head{
        .method = "GET", .path = "/baserow/ws/core/", .query = query, .headers = {}, .upgrade = true};
    world.feed(carrier, dialect::Arrived{.head = std::move(head), .peer = "127.0.0.1"});
    return carrier;
  }
  // Of that person, `more` begins with `&`.
  dialect::CarrierId socket(const Person& person, const std::string& more = "") {
    return connect("jwt_token=" + person.token + more);
  }
  void say(dialect::CarrierId carrier, const std::string& text) {
    world.feed(carrier, dialect::Frame{text, false});
  }
  // All that was sent to it since the last time.
  Frames heard(dialect::CarrierId carrier) {
    const auto held = world.sent.find(carrier);
    return held == world.sent.end() ? Frames() : std::exchange(held->second, {});
  }
  // Of a new socket: the first frame is heard.
  std::string web_socket_id(dialect::CarrierId carrier) {
    const Frames frames = heard(carrier);
    return frames.empty() ? "none" : member(frames.front(), "web_socket_id");
  }
  // On the page of the table, as its answer says; `more` begins with a comma.
  void turn_to(dialect::CarrierId carrier, const std::string& table, const std::string& more = "") {
    heard(carrier);
    say(carrier, R"({"page":"table","table_id":)" + table + more + "}");
    const Frames frames = heard(carrier);
    ASSERT_FALSE(frames.empty());
    EXPECT_EQ(member(frames.back(), "type"), "page_add");
  }
  // `open`, or the code and the reason it was closed with.
  std::string state(dialect::CarrierId carrier) const {
    const auto held = world.closed.find(carrier);
    if (held == world.closed.end()) return world.accepted.contains(carrier) ? "open" : "not accepted";
    return std::to_string(static_cast<int>(held->second)) + " " + world.reasons.at(carrier);
  }

  // ---- what came of requests
  const dialect::Respond* response(dialect::CarrierId carrier) const {
    for (const auto& one : world.responses)
      if (one.carrier == carrier) return &one;
    return nullptr;
  }
  std::string answer(dialect::CarrierId carrier) const {
    const auto* found = response(carrier);
    if (found == nullptr) return "not answered";
    return std::to_string(found->head.status) + (found->body ? " " + *found->body : "");
  }
  std::string header(dialect::CarrierId carrier, std::string_view name) const {
    const auto* found = response(carrier);
    const std::string* value = found == nullptr ? nullptr : wire::find_header(found->head.headers, name);
    return value == nullptr ? "" : *value;
  }
  std::string last_header(std::string_view name) const { return header(last_carrier_, name); }

  // A member of the JSON in an answer or a frame as text; of a text its letters. A way of members: `user.id`,
  // `tables.0.name`.
  static std::string member(const std::string& answer, const std::string& way) {
    return json_member(answer, way);
  }
  static std::string status(const std::string& answer) { return answer.substr(0, 3); }
  // `400 ERROR_…`
  static std::string refusal(const std::string& answer) {
    return status(answer) + " " + member(answer, "error");
  }
  // Of each frame.
  static std::vector<std::string> types(const Frames& frames) {
    std::vector<std::string> types;
    for (const std::string& frame : frames) types.push_back(member(frame, "type"));
    return types;
  }

  // ---- usual things
  Person make_person(const std::string& name) {
    const std::string email = name + "@x.test";
    const std::string made = ask("POST", "user/",
                                 R"({"name":")" + name + R"(","email":")" + email + R"(","password":")" +
                                     password_of(name) + R"(","authenticate":true})",
                                 {});
    EXPECT_EQ(status(made), "200") << made;
    Person person{.id = member(made, "user.id"),
                  .email = email,
                  .token = member(made, "access_token"),
                  .refresh_token = member(made, "refresh_token"),
                  .group = {}};
    person.group = member(ask("GET", "groups/", person), "0.id");
    return person;
  }
  static std::string password_of(const std::string& name) { return "the pass of " + name; }
  // Makes the second one a member of the first one's group.
  void join(const Person& owner, const std::string& group, const Person& guest,
            const std::string& permissions = "MEMBER") {
    const std::string invited = ask("POST", "groups/invitations/group/" + group + "/",
                                    R"({"email":")" + guest.email + R"(","permissions":")" + permissions +
                                        R"(","base_url":"https://a.test/join"})",
                                    owner);
    EXPECT_EQ(status(invited), "200") << invited;
    const std::string joined = ask("POST", "groups/invitations/" + member(invited, "id") + "/accept/", guest);
    EXPECT_EQ(status(joined), "200") << joined;
  }
  // Ids of what is made.
  std::string make_group(const Person& person, const std::string& name) {
    return made("groups/", R"({"name":")" + name + R"("})", person);
  }
  std::string make_database(const Person& person, const std::string& name) {
    return made("applications/group/" + person.group + "/", R"({"name":")" + name + R"(","type":"database"})",
                person);
  }
  std::string make_table(const Person& person, const std::string& database, const std::string& name) {
    return made("database/tables/database/" + database + "/", R"({"name":")" + name + R"("})", person);
  }

  // Something in the collection that somebody else has written, such as another server.
  void store(const std::string& collection, const std::string& record, const std::string& data) {
    store_later(collection, record, data);
    world.perform();
  }
  // It is on its way.
  void store_later(const std::string& collection, const std::string& record, const std::string& data) {
    model::Write write{.client = {}, .owns = true};
    write.groups.push_back({{.key = {collection, record}, .op = model::Op::put, .data = data}});
    world.gateway->ask(world.now, {.ticket = ++last_ticket_,
                                   .principal = {.system = true, .roles = {}},
                                   .space = "default",
                                   .command = std::move(write)});
  }
  // A table without fields, rows and views.
  void store_table(const std::string& id, const std::string& database) {
    store(
        "$baserow", "table/" + id,
        R"({"application":)" + database + R"(,"name":"Parts","order":1,"collection":"table_)" + id + R"("})");
  }

  World world;

 private:
  std::string made(const std::string& target, const std::string& body, const Person& person) {
    const std::string answered = ask("POST", target, body, person);
    EXPECT_EQ(status(answered), "200") << answered;
    return member(answered, "id");
  }
  void mount() {
    const std::string secret = R"({"jwtSecret":"a secret of at least thirty-two bytes")";
    const auto done = world.gateway->mount({.path = "/baserow",
                                            .hosts = {},
                                            .dialect = dialect::find_dialect("baserow"),
                                            .settings = secret + settings_ + "}",
                                            .limits = limits_,
                                            .sharing = sharing_});
    EXPECT_TRUE(done.ok());
  }

  std::string settings_;
  dialect::SessionLimits limits_;
  dialect::Sharing sharing_;
  dialect::CarrierId last_carrier_ = 1'000'000;
  model::Ticket last_ticket_ = edge_tickets;
};

}  // namespace rockpool::gateway
