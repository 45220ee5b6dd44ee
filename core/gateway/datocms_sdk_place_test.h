// A page of our SDK at a mount of DatoCMS: its socket, and what it heard there.
#pragma once

#include <deque>
#include <string>
#include <utility>

#include "core/gateway/datocms_place_test.h"

namespace rockpool::gateway {

class DatocmsSocket {
 public:
  // Said nothing yet.
  explicit DatocmsSocket(Datocms& cms) : cms_(&cms) { connect(); }
  // Welcome. `more` begins with a comma.
  static DatocmsSocket greeted(Datocms& cms, const std::string& more = "", const std::string& token = "all") {
    DatocmsSocket socket(cms);
    socket.hello(more, token);
    EXPECT_EQ(socket.member(socket.next(), "type"), "welcome");
    return socket;
  }
  static DatocmsSocket with_drafts(Datocms& cms) { return greeted(cms, R"(,"drafts":true)"); }

  void connect(const std::string& address = "127.0.0.1") {
    carrier_ = ++last_carrier();
    heard_.clear();
    wire::RequestHead head{
        .method = "GET",
        .path = "/datocms/rockpool",
        .headers = {{"Host", "cms.test"}, {"Sec-WebSocket-Protocol", "rockpool.datocms.v1"}},
        .upgrade = true};
    cms_->world.feed(carrier_, dialect::Arrived{.head = std::move(head), .peer = address});
  }
  void cut() { cms_->world.feed(carrier_, dialect::Closed{}); }
  void hello(const std::string& more = "", const std::string& token = "all") {
    say(R"({"type":"hello","token":")" + token + '"' + more + '}');
  }
  void say(const std::string& text) { cms_->world.feed(carrier_, dialect::Frame{text}); }
  // Before anything that is under way is done.
  void say_early(const std::string& text) {
    cms_->world.gateway->receive(cms_->world.now, carrier_, dialect::Frame{text});
  }
  // `more` begins with a comma.
  void listen(const std::string& key, const std::string& query, const std::string& more = "") {
    say(R"({"type":"listen","key":")" + key + R"(",)" + Datocms::body_of(query, more).substr(1));
  }
  void leave(const std::string& key) { say(R"({"type":"leave","key":")" + key + R"("})"); }
  void follow(const std::string& model, const std::string& since = "") {
    say(R"({"type":"follow","model":")" + model + (since.empty() ? "" : R"(","since":")" + since) + R"("})");
  }

  // The next of what it heard, or nothing.
  std::string next() {
    // Work that is done in steps is gone on with.
    cms_->world.wait(0);
    for (int wakes = 0; wakes < 3 && cms_->world.sent[carrier_].empty(); ++wakes) cms_->world.wait(0);
    for (std::string& frame : std::exchange(cms_->world.sent[carrier_], {}))
      heard_.push_back(std::move(frame));
    if (heard_.empty()) return "";
    std::string first = std::move(heard_.front());
    heard_.pop_front();
    return first;
  }
  // Reads nothing from now on; and again.
  void stall() {
    cms_->world.unread.insert(carrier_);
    cms_->world.feed(carrier_, dialect::Stalled{});
  }
  void drain() {
    cms_->world.unread.erase(carrier_);
    cms_->world.feed(carrier_, dialect::Drained{});
  }
  static std::string member(const std::string& frame, const std::string& way) {
    return json_member(frame, way);
  }
  // How the server closed it, 0: it did not.
  int closed() const {
    const auto held = cms_->world.closed.find(carrier_);
    return held == cms_->world.closed.end() ? 0 : static_cast<int>(held->second);
  }
  dialect::CarrierId carrier() const { return carrier_; }

 private:
  static dialect::CarrierId& last_carrier() {
    static dialect::CarrierId last = 7'000'000;
    return last;
  }

  Datocms* cms_;
  dialect::CarrierId carrier_ = 0;
  std::deque<std::string> heard_;
};

}  // namespace rockpool::gateway
