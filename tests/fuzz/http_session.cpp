// Sessions over requests, whatever is asked for and in whatever order answers come: each request is answered
// at most once, a frame goes only to a reader that is there, and when all is over nothing is left.
#include <map>
#include <set>

#include "core/dialect/frames.h"
#include "core/dialects/native/server.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;

namespace {

const std::string hello = R"({"type":"hello","protocol":1,"client":"0123456789abcdef"})";

class Place {
 public:
  Place() { server_ = std::move(*dialects::native::make_server({.server = "rockpool 0"}, base::Prng(1))); }

  void ask(std::uint8_t what, std::string_view rest) {
    constexpr const char* targets[] = {"/v1/messages", "/v1/events", "/v1/poll", "/v1/connect"};
    constexpr const char* methods[] = {"POST", "GET", "DELETE", "PUT"};
    wire::RequestHead head{.method = methods[what >> 2 & 3], .path = targets[what & 3]};
    if ((what & 16) != 0) head.headers.emplace_back("rockpool-session", names_[what >> 5 & 1]);
    if ((what & 64) != 0) head.query = "n=" + std::string(rest);
    if ((what & 128) != 0) head.headers.emplace_back("last-event-id", rest);
    state_[++last_] = State::waits;
    hear(last_, dialect::Arrived{head, "10.0.0.1"});
  }

  void body(std::uint8_t which, std::string_view text) {
    const auto from = state_.find(last_ - which % 4);
    if (from == state_.end() || from->second != State::reads) return;
    from->second = State::waits;
    hear(from->first, dialect::Body{0, text == "h" ? hello : std::string(text)});
  }

  void gone(std::uint8_t which) {
    const auto from = state_.find(last_ - which % 8);
    if (from == state_.end()) return;
    const dialect::CarrierId request = from->first;
    state_.erase(from);
    hear(request, dialect::Closed{});
  }

  void reply(std::uint8_t how) {
    dialect::ServerSteps steps;
    if (!identify_.empty()) {
      const model::Ticket ticket = *identify_.begin();
      identify_.erase(identify_.begin());
      dialect::Identity identity = dialect::Denied{{base::Code::auth, "no", ""}};
      if (how % 8 != 0) {
        names_[how & 1] = "session-" + std::to_string(ticket);
        identity = dialect::Identified{{.user = how % 3 == 0 ? "mara" : ""}, names_[how & 1]};
      }
      server_->identified(now_, ticket, std::move(identity), steps);
    } else if (!asked_.empty()) {
      const model::Ticket ticket = *asked_.begin();
      asked_.erase(asked_.begin());
      model::Reply reply = model::Failed{{base::Code::overloaded, "later", ""}};
      if (how % 8 != 0) reply = model::Greeted{.epoch = 5, .writer = "w", .highest = 3};
      server_->answer(now_, ticket, std::move(reply), steps);
    }
    take(std::move(steps));
  }

  void tell(std::uint8_t which) {
    if (kept_.empty()) return;
    dialect::ServerSteps steps;
    const auto to = std::next(kept_.begin(), static_cast<std::ptrdiff_t>(which % kept_.size()));
    server_->deliver(now_, *to, dialect::share(std::string(1u << which % 20, ' ') + "{}"), steps);
    take(std::move(steps));
  }

  void wait(std::int64_t ms) {
    now_.ms += ms;
    dialect::ServerSteps steps;
    server_->wake(now_, steps);
    take(std::move(steps));
  }

  void drain() {
    dialect::ServerSteps steps;
    server_->drain(now_, steps);
    take(std::move(steps));
  }

  void end() {
    while (!state_.empty()) {
      const dialect::CarrierId request = state_.begin()->first;
      state_.erase(state_.begin());
      hear(request, dialect::Closed{});
    }
    for (int i = 0; i < 4; ++i) wait(60'000);
    const dialect::Census left = server_->census();
    fuzz::claim(left.sse + left.poll + left.websocket == 0 && !server_->next_wake());
  }

 private:
  enum class State : std::uint8_t { waits, reads, streams };

  void hear(dialect::CarrierId from, dialect::Arrival arrival) {
    dialect::ServerSteps steps;
    server_->receive(now_, from, std::move(arrival), steps);
    take(std::move(steps));
  }

  static bool is_kept(dialect::CarrierId carrier) { return carrier >= dialect::kept_carriers; }

  State* held(dialect::CarrierId request) {
    const auto found = state_.find(request);
    return found == state_.end() ? nullptr : &found->second;
  }

  void take(dialect::ServerSteps steps) {
    for (const dialect::ServerStep& step : steps) {
      if (const auto* respond = std::get_if<dialect::Respond>(&step)) {
        const State* state = held(respond->carrier);
        fuzz::claim(state != nullptr && *state == State::waits);
        state_.erase(respond->carrier);
      } else if (const auto* read = std::get_if<dialect::ReadBody>(&step)) {
        fuzz::claim(held(read->carrier) != nullptr);
        *held(read->carrier) = State::reads;
      } else if (const auto* accept = std::get_if<dialect::AcceptStream>(&step)) {
        fuzz::claim(held(accept->carrier) != nullptr);
        *held(accept->carrier) = State::streams;
      } else if (const auto* send = std::get_if<dialect::SendFrame>(&step)) {
        const State* state = held(send->carrier);
        fuzz::claim(state != nullptr && *state == State::streams);
      } else if (const auto* close = std::get_if<dialect::CloseStream>(&step)) {
        is_kept(close->carrier) ? kept_.erase(close->carrier) : state_.erase(close->carrier);
      } else if (const auto* asked = std::get_if<dialect::Asked>(&step)) {
        asked_.insert(asked->ticket);
      } else if (const auto* identify = std::get_if<dialect::Identify>(&step)) {
        identify_.insert(identify->ticket);
      } else if (const auto* join = std::get_if<dialect::Join>(&step)) {
        if (is_kept(join->carrier)) kept_.insert(join->carrier);
      }
    }
  }

  base::Instant now_{1'000'000};
  std::unique_ptr<dialect::ServerDialect> server_;
  dialect::CarrierId last_ = 0;
  std::map<dialect::CarrierId, State> state_;  // requests that are not over
  std::set<dialect::CarrierId> kept_;          // that have joined something
  std::set<model::Ticket> asked_, identify_;
  std::string names_[2];
};

}  // namespace

// input := (act:byte with:byte text "\n")*
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Place place;
  std::string_view rest = fuzz::text(data, size);
  while (rest.size() >= 2) {
    const auto act = static_cast<std::uint8_t>(rest[0]);
    const auto with = static_cast<std::uint8_t>(rest[1]);
    rest.remove_prefix(2);
    const std::string_view line = fuzz::next_line(rest);
    switch (act % 8) {
      case 0: place.ask(with, line); break;
      case 1: place.body(with, line); break;
      case 2: place.gone(with); break;
      case 3:
      case 4: place.reply(with); break;
      case 5: place.tell(with); break;
      case 6: place.wait(std::int64_t{with} * 200); break;
      default: with == 0 ? place.drain() : place.body(with, "h");
    }
  }
  place.end();
  return 0;
}
