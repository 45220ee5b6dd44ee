// One TCP connection while it speaks HTTP. Lives on the thread of its loop.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "server/net/link.h"
#include "server/net/loop.h"
#include "server/net/pace.h"
#include "server/net/request_parser.h"
#include "server/net/response.h"
#include "server/net/slots.h"
#include "server/net/upload.h"

namespace rockpool::net {

class Download;

// Who is at the other end.
struct Visitor {
  Slot slot;
  std::string address;
  int turned_away = 0;  // 0, or the status by which all but /health is answered because a limit is reached
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Loop& loop, Link link, Visitor visitor);

  void start();
  // No request is under way, or the one that is gets its answer and is the last.
  void finish();
  void abort();

  // Steps of the hub for the request it was given.
  void accept(const dialect::AcceptStream& step);
  void read_body(const dialect::ReadBody& step);
  void respond(dialect::Respond step);
  void read_files(const dialect::ReadFiles& step);
  void respond_file(dialect::RespondFile step);

 private:
  using Clock = std::chrono::steady_clock;
  using Next = void (Connection::*)();

  static constexpr auto never = Clock::time_point::max();
  static constexpr std::chrono::seconds write_time{60};  // of an answer, or a piece of a file
  static std::int64_t ms_of(Clock::time_point at) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  }
  static Clock::time_point time_of(std::int64_t ms) {
    return Clock::time_point(std::chrono::milliseconds(ms));
  }

  void hear_first();
  void shake_hands();
  void read_head();
  void wait(Link::Way way, Next next);
  void read_more(Next next);
  void read_some();
  void on_head();
  void ask_hub();
  bool is_short_body() const;
  void take_body();
  void continue_body();
  void notice_end();
  void expect_body(std::uint64_t bytes_max, const Pace::Limits& pace, Next next);
  std::optional<files::Refusal> begin_upload(const dialect::ReadFiles& step);
  void continue_files();
  void on_upload_moved();
  void finish_upload(files::Outcome outcome);
  void begin_file(Response response, base::Result<dialect::Shared> first);
  void send_file();
  void answer(Response response);
  void refuse(const Fault& fault);
  Response refusal(int status, std::string_view sentence) const;
  Response dress(wire::ResponseHead head) const;
  void write(Response response, bool keep_alive, Next then);
  void send(std::string head, std::shared_ptr<const std::string> body, Next then);
  void send_on();
  void on_written();
  void linger();
  void discard();
  void end();
  void leave_carrier(bool broken_off);

  // At most one deadline at a time; on_late() when it passes.
  void set_deadline(Clock::time_point at);
  void watch();
  void on_late();
  void count(Limit limit) { loop_.shared().counters.limits.add(limit); }
  void log_access(int status) const;

  // What the deadline is for.
  enum class Waiting : std::uint8_t { head, idle, body, hub, write, good_bye };

  Loop& loop_;
  Link link_;
  Visitor visitor_;
  boost::asio::steady_timer timer_;
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point watched_ = Clock::time_point::max();  // when the timer fires, if it runs
  Waiting waiting_ = Waiting::head;
  std::uint64_t turn_ = 0;  // of what is waited for: what an older one brings is nobody's any more
  Next next_ = nullptr;     // once bytes came
  Next then_ = nullptr;     // once all has left

  RequestParser parser_;
  CarrierId carrier_ = 0;  // of the request the hub was given, 0 for none
  const gateway::Mount* mount_ = nullptr;
  std::uint64_t body_bytes_max_ = 0;
  Pace pace_;
  wire::Headers cors_;
  std::string head_text_;  // being written, with `body_`
  std::shared_ptr<const std::string> body_;
  std::size_t sent_ = 0;
  std::shared_ptr<Upload> upload_;
  std::shared_ptr<Download> download_;
  std::optional<Clock::time_point> paused_at_;  // the upload waits for the disk since then
  bool keep_alive_ = false;
  bool body_read_ = false;
  bool body_handed_ = false;  // the hub was given it with the head
  bool noticing_ = false;
  bool last_ = false;
  bool ended_ = false;
};

}  // namespace rockpool::net
