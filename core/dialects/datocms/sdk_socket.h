// WebSockets of our own SDK: one carries all that a page wants to be told, for a browser opens six
// connections to a host and no more.
//
//   accepted ──hello──► judged, as a request for a query is ──► welcome ──► listen, follow, read
//      │ 10 s                         └──► error, closed    (once the feed is ready)
//      └──► closed
//
// Who reads slowly is told the newest result of each query, once there is room, and none of those between;
// and of the models that it follows what is new by then.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/token_bucket.h"
#include "core/dialect/deadlines.h"
#include "core/dialects/datocms/door.h"
#include "core/dialects/datocms/lives.h"
#include "core/dialects/datocms/sdk_follow.h"

namespace rockpool::dialects::datocms {

inline constexpr std::string_view sdk_subprotocol = "rockpool.datocms.v1";

class SdkSockets {
 public:
  // Is to find out who it is, by a head as that of a request for a query: `welcome` or `refuse` says.
  using Knock = std::function<void(Instant, CarrierId, const dialect::Arrived&, ServerSteps&)>;
  SdkSockets(Desk& desk, Lives& lives, Library& library, Knock knock);

  void open(Instant now, CarrierId carrier, const dialect::Arrived& arrived, ServerSteps& out);
  struct Guest {
    Caller caller;
    Environment* environment = nullptr;
    Sight sight;
  };
  void welcome(Instant now, CarrierId carrier, Guest guest, ServerSteps& out);
  void refuse(CarrierId carrier, Fault fault, ServerSteps& out);
  // False: none of its carriers.
  bool receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out);
  void refresh(const Lives::Refreshed& refreshed, ServerSteps& out);
  // Of one record; all that happens in a turn is told by `tell_touched`.
  void moved(const Environment& environment, std::size_t model, const Shelf::Moved& moved);
  // Something is to be done at once.
  bool has_work() const;
  void tell_touched(ServerSteps& out);
  void review(const dialect::Standing& standing, ServerSteps& out);
  void wake(Instant now, ServerSteps& out);
  std::optional<Instant> next_wake() const { return greetings_.next(); }
  std::uint64_t size() const { return sockets_.size(); }

 private:
  enum class Stage : std::uint8_t { silent, judged, open };
  struct Listening {
    LiveQuery* live = nullptr;
    CarrierId listener = 0;
    std::size_t bytes = 0;     // of the query
    std::string held;          // hash of the result that the page has
    bool is_answered = false;  // something was said of it
    bool is_behind = false;    // there is something to say, once there is room
  };
  struct Socket {
    Outlet outlet;
    base::TokenBucket messages;
    Stage stage = Stage::silent;
    std::string origin, peer;
    std::vector<std::string> early;  // what was said after the hello, before it was judged
    std::size_t early_bytes = 0;
    Guest guest;
    Seats::Seat seat = nullptr;
    std::map<std::string, Listening> listenings;  // by key
    std::optional<Follows> follows;               // once it is open
    int mistakes = 0;
  };
  using Message = model::Value;

  void hear(Instant now, Socket& socket, const std::string& text, ServerSteps& out);
  void greet(Instant now, Socket& socket, const Message& message, ServerSteps& out);
  void obey(Instant now, Socket& socket, std::string_view type, const Message& message, ServerSteps& out);
  void listen(Instant now, Socket& socket, const Message& message, ServerSteps& out);
  void leave(Socket& socket, const Message& message, ServerSteps& out);
  void follow(Socket& socket, const Message& message, ServerSteps& out);
  void unfollow(Socket& socket, const Message& message, ServerSteps& out);
  void read(Socket& socket, const Message& message, ServerSteps& out);
  // The model that a message names. Nothing: there is none, which was said.
  std::optional<std::size_t> model_of(Socket& socket, const Message& message, ServerSteps& out);
  void tell(Socket& socket, const std::string& key, Listening& listening, ServerSteps& out);
  void go_on(Socket& socket, ServerSteps& out);
  void let_in(Instant now, Socket& socket, const Feed& feed, ServerSteps& out);
  void forget(const Listening& listening);
  // A mistake of the page.
  void complain(Socket& socket, std::string_view what, ServerSteps& out);
  void end(Socket& socket, wire::CloseCode code, std::string_view reason, ServerSteps& out);
  void remove(CarrierId carrier);

  Desk& desk_;
  Lives& lives_;
  Library& library_;
  Knock knock_;
  Shared models_;  // as a welcome says them
  std::map<CarrierId, Socket> sockets_;
  dialect::Deadlines greetings_;                                      // of those who have said nothing yet
  std::map<CarrierId, std::pair<CarrierId, std::string>> listeners_;  // carrier and key
  CarrierId last_listener_ = sdk_listeners;
  std::size_t query_bytes_ = 0;               // of all queries that are listened to
  std::map<const Environment*, Feed> feeds_;  // from the first page on that was welcome
  std::map<std::pair<const Environment*, std::size_t>, std::set<CarrierId>> followers_;  // by model
};

}  // namespace rockpool::dialects::datocms
