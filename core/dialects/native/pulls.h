// What a session subscribes to, and how far each subscription has come.
//
//              good cursor                      more = false
//   subscribe ────────────────► catching up ─────────────────► live
//       │ snapshot                   ▲  │ gone
//       ├────────────► scanning ─────┘  │ (reset)
//       │ go on           ▲  ▲          │
//       └──► proving ─────┘  └──────────┘
//
// One question to the hub is under way at a time, for each subscription in turn, and only while what was sent
// has mostly left: a slow reader is waited for, and a large snapshot does not delay a small one.
//
// A reader that does not keep up is waited for as well: all that is live leaves its topics together, at one
// place in the log, and comes back to them from there, together and by the same questions, once what was sent
// has left. One cursor stands for all of it, so that none runs ahead of what was delivered:
//
//          stall           answered             drained, more = false
//   told ────────► leaving ────────► lagging ─────────────────────────► told
//
// Private to the dialect's server half.
#pragma once

#include <deque>
#include <map>

#include "core/dialect/dialect.h"
#include "core/dialects/native/messages.h"

namespace rockpool::dialects::native {

using base::Instant;
using dialect::CarrierId;
using dialect::ServerSteps;
using model::Ticket;

inline constexpr const char* subscriptions_full =
    "the connection has as many subscriptions as there may be, unsubscribe one first";

class Pulls {
 public:
  Pulls(CarrierId carrier, std::string space, std::uint64_t subscriptions_max)
      : carrier_(carrier), space_(std::move(space)), subscriptions_max_(subscriptions_max) {}
  void set_space(std::string space) { space_ = std::move(space); }

  // Answers with the messages that say so, or with the error.
  base::Status subscribe(const Subscribe& subscribe, const std::string& session_cursor, ServerSteps& out);
  void unsubscribe(const std::string& sub, ServerSteps& out);
  bool has(const std::string& sub) const { return names_.contains(sub); }
  std::size_t size() const { return pulls_.size(); }
  bool is_full() const { return size() >= subscriptions_max_; }

  // The next question, when one may be asked now, and what to give back with its answer.
  struct Next {
    std::uint64_t pull = 0;
    model::Command command;
  };
  std::optional<Next> next(Instant now);
  // The answer to it. An end: that subscription is no more, for that reason.
  struct End {
    std::string sub;
    base::Error error;
  };
  std::optional<End> answer(Instant now, std::uint64_t pull, model::Reply reply, ServerSteps& out);
  void unsent(std::size_t bytes);
  // Too much is on its way. The next question comes at once.
  void stall();

  // Everything that is subscribed is delivered as far as the hub has told.
  bool is_level() const {
    return !pulls_.empty() && waiting_.empty() && !asking_ && feed_ == Feed::told && !stalled_;
  }
  // Some collection that is live; for asking where the log stands.
  const std::string& some_collection() const { return pulls_.begin()->second.collection; }
  // When a question that failed is asked again.
  std::optional<Instant> retry_at() const;

 private:
  enum class Stage : std::uint8_t { proving, scanning, catching_up, live };
  struct Sub {
    std::string name;
    std::string collection;
    Stage stage = Stage::scanning;
    std::string cursor;    // S of the snapshot, or where the catching up has come
    std::string after;     // last id of the snapshot
    bool begun = false;    // its first chunk was sent
    bool brought = false;  // the client brought the cursor, and nothing has confirmed it yet
    Instant retry_at;
  };

  // How what is live gets its changes.
  enum class Feed : std::uint8_t { told, leaving, lagging };

  std::optional<Next> next_of_feed(Instant now) const;
  void answer_feed(Instant now, model::Reply reply, ServerSteps& out);
  void leave(std::string cursor, ServerSteps& out);
  void take_lagging(model::Since since, ServerSteps& out);
  void give_up_feed(const std::string& reason, ServerSteps& out);
  model::Command question_of(const Sub& sub) const;
  void take(Sub& sub, model::Page page, ServerSteps& out);
  void take(Sub& sub, model::Since since, ServerSteps& out);
  void start_over(Sub& sub, std::string reason, ServerSteps& out);
  void send(std::string text, ServerSteps& out);
  model::Topic topic_of(const std::string& collection, const std::string& scope) const;

  CarrierId carrier_;
  std::string space_;
  std::uint64_t subscriptions_max_;
  std::map<std::uint64_t, Sub> pulls_;          // a name may be used again while an answer is on its way
  std::map<std::string, std::uint64_t> names_;  // sub -> pull
  // Collections that subscriptions are live on, and how many.
  struct Live {
    std::size_t count = 0;
    std::vector<std::string> scopes;  // of the topics that were joined
  };
  std::map<std::string, Live> live_;
  std::deque<std::uint64_t> waiting_;  // pulls that are not live, in turn
  std::uint64_t last_pull_ = 0;
  bool asking_ = false;
  bool stalled_ = false;
  Feed feed_ = Feed::told;
  std::string feed_cursor_;  // where those that lag have come
  Instant feed_retry_at_;
  std::size_t unsent_bytes_ = 0;
};

}  // namespace rockpool::dialects::native
