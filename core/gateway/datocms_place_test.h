// A mount of DatoCMS beside native pages, over a real hub: its requests, its channels, and records written by
// whoever likes.
#pragma once

#include <string>

#include "core/base/text.h"
#include "core/gateway/json_member_test.h"
#include "core/gateway/world_test.h"
#include "core/model/value.h"

namespace rockpool::gateway {

// What a request says of who sends it.
struct DatocmsSender {
  std::string token = "all";
  wire::Headers headers = {};
  std::string address = "127.0.0.1";
};

class Datocms {
 public:
  using As = DatocmsSender;

  explicit Datocms(std::string settings = {}) : settings_(std::move(settings)) { mount(); }
  // A server on the log of another one, which both write to.
  explicit Datocms(backplane::MemoryLog& log) {
    world.gateway.reset();
    world.backplane = std::make_unique<backplane::MemoryBackplane>(log);
    world.hub = std::make_unique<hub::Hub>(hub::Limits{}, base::Prng(5));
    world.gateway = std::make_unique<Gateway>(*world.hub, base::Prng(6));
    EXPECT_TRUE(world.hub->load(*world.backplane, world.now).ok());
    mount();
  }
  void restart() {
    world.restart();
    mount();
  }
  // Once more, below another path, where everything goes from then on.
  void mount_at(const std::string& path) {
    mount_ = path;
    mount();
  }

  // ---- requests; paths are below the mount
  dialect::CarrierId send(const std::string& method, const std::string& target, const std::string& body = "",
                          const As& as = {"all"}) {
    const std::size_t mark = target.find('?');
    wire::RequestHead head{.method = method,
                           .path = mount_ + "/" + target.substr(0, mark),
                           .query = mark == std::string::npos ? "" : target.substr(mark + 1),
                           .headers = as.headers};
    head.headers.emplace_back("Host", "cms.test");
    if (!as.token.empty()) head.headers.emplace_back("Authorization", "Bearer " + as.token);
    const dialect::CarrierId carrier = ++last_carrier_;
    world.feed(carrier, dialect::Arrived{.head = std::move(head), .peer = as.address});
    if (response(carrier) == nullptr && (method == "POST" || method == "PUT"))
      world.feed(carrier, dialect::Body{0, body});
    return carrier;
  }
  std::string ask(const std::string& method, const std::string& target, const std::string& body = "",
                  const As& as = {"all"}) {
    return answer(send(method, target, body, as));
  }
  // What a query comes to; `more` begins with a comma.
  std::string query(const std::string& text, const As& as = {"all"}, const std::string& more = "") {
    const std::string said = ask("POST", "graphql", body_of(text, more), as);
    return said.starts_with("200 ") ? said.substr(4) : said;
  }
  // With drafts.
  std::string drafts(const std::string& text, const std::string& more = "") {
    return query(text, {"all", {{"X-Include-Drafts", "true"}}}, more);
  }
  static std::string body_of(const std::string& text, const std::string& more = "") {
    std::string body = R"({"query":)";
    model::append_quoted(body, text);
    return body + more + '}';
  }

  // ---- channels
  // The path of a new one, below the mount.
  std::string channel(const std::string& text, const As& as = {"all"}, const std::string& where = "listen") {
    const std::string said = ask("POST", where, body_of(text), as);
    const auto value = model::read(said.size() > 4 ? said.substr(4) : "");
    const std::string* url = value ? model::text_member(*value, "url") : nullptr;
    const std::string base = "http://cms.test" + mount_ + "/";
    if (url == nullptr || !url->starts_with(base)) return said;
    return url->substr(base.size());
  }
  dialect::CarrierId open(const std::string& path, const std::string& last_event = "") {
    wire::RequestHead head{.method = "GET", .path = mount_ + "/" + path, .query = "", .headers = {}};
    if (!last_event.empty()) head.headers.emplace_back("Last-Event-ID", last_event);
    const dialect::CarrierId carrier = ++last_carrier_;
    world.feed(carrier, dialect::Arrived{.head = std::move(head), .peer = "127.0.0.1"});
    return carrier;
  }
  dialect::CarrierId listen(const std::string& text, const As& as = {"all"}) {
    return open(channel(text, as));
  }
  // All that was sent to it since the last time.
  std::string heard(dialect::CarrierId carrier) {
    world.wait(0);
    std::string all;
    for (const std::string& frame : std::exchange(world.sent[carrier], {})) all += frame;
    return all;
  }
  // Of its updates the data, one behind the other.
  std::string updates(dialect::CarrierId carrier) {
    std::string all;
    const std::string events = heard(carrier);
    constexpr std::string_view begin = "event: update\ndata: ";
    for (std::size_t at = events.find(begin); at != std::string::npos; at = events.find(begin, at)) {
      at += begin.size();
      const auto value = model::read(events.substr(at, events.find('\n', at) - at));
      all += model::write(*model::member(*value, "data"));
    }
    return all;
  }
  // The id of the last event in what was heard.
  static std::string last_event(const std::string& events) {
    const std::size_t at = events.rfind("id: ");
    return at == std::string::npos ? "" : events.substr(at + 4, events.find('\n', at) - at - 4);
  }

  // ---- records
  // Its number.
  std::string create(const std::string& model, const std::string& attributes) {
    return member(ask("POST", "cma/items", item_body(model, attributes)), "data.id");
  }
  static std::string item_body(const std::string& model, const std::string& attributes) {
    return R"({"data":{"type":"item","attributes":)" + attributes +
           R"(,"relationships":{"item_type":{"data":{"type":"item_type","id":")" + model + R"("}}}}})";
  }
  std::string change(const std::string& id, const std::string& attributes) {
    return ask("PUT", "cma/items/" + id,
               R"({"data":{"type":"item","id":")" + id + R"(","attributes":)" + attributes + "}}");
  }
  std::string publish(const std::string& id) { return ask("PUT", "cma/items/" + id + "/publish"); }

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
  // Status and code: `401 INVALID_AUTHORIZATION_HEADER`.
  static std::string refusal(const std::string& answer) {
    return answer.substr(0, 4) + member(answer, "data.0.attributes.code");
  }
  // A member of the JSON in an answer; of a text its letters.
  static std::string member(const std::string& answer, const std::string& way) {
    return json_member(answer, way);
  }

  World world;
  // Of the mount, from the next restart on.
  std::string models =
      R"({"post":{"fields":{"title":"string","slug":"slug","views":"integer","rating":"float","day":"date",
                            "starts_at":"date_time","extra":"json","hot":"boolean",
                            "author":{"type":"link","model":"author"},
                            "tags":{"type":"links","model":"tag"}}},
          "author":{"fields":{"name":{"type":"string","required":true}}},
          "tag":{"fields":{"label":"string"}},
          "home_page":{"singleInstance":true,"fields":{"hero_title":"string"}}})";

 private:
  void mount() {
    const std::string tokens =
        R"([{"token":"all","permissions":["read","drafts","write"]},{"token":"reader","permissions":["read"]},
            {"token":"writer","permissions":["write"]},
            {"token":"side","permissions":["read"],"environments":["side"]}])";
    const auto mounted = world.gateway->mount(
        {.path = mount_,
         .hosts = {},
         .dialect = dialect::find_dialect("datocms"),
         .settings = R"({"models":)" + models + R"(,"environments":["main","side"],"tokens":)" + tokens +
                     settings_ + "}",
         .limits = {.messages_of_a_user = {.per_second = 1'000'000, .burst = 1'000'000}}});
    EXPECT_TRUE(mounted.ok()) << (mounted.ok() ? "" : mounted.error().message);
  }

  std::string settings_;
  std::string mount_ = "/datocms";
  dialect::CarrierId last_carrier_ = 5'000'000;
};

}  // namespace rockpool::gateway
