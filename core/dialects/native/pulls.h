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
// Private to the dialect's server half.
#pragma once

#include <deque>
#include <map>

#include "core/base/limits.h"
#include "core/dialect/dialect.h"
#include "core/dialects/native/messages.h"

namespace rockpool::dialects::native {

using base::Instant;
using dialect::CarrierId;
using dialect::ServerSteps;
using model::Ticket;

class Pulls {
 public:
  Pulls(CarrierId carrier, std::string space) : carrier_(carrier), space_(std::move(space)) {}
  void set_space(std::string space) { space_ = std::move(space); }

  // Answers with the messages that say so, or with the error.
  base::Status subscribe(const Subscribe& subscribe, const std::string& session_cursor, ServerSteps& out);
  void unsubscribe(const std::string& sub, ServerSteps& out);
  bool has(const std::string& sub) const { return names_.contains(sub); }
  std::size_t size() const { return pulls_.size(); }
  bool is_full() const { return size() >= base::limits::subscriptions_max; }

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
  void unsent(std::size_t bytes) { unsent_bytes_ = bytes; }

  // Everything that is subscribed is delivered as far as the hub has told.
  bool is_level() const { return !pulls_.empty() && waiting_.empty() && !asking_; }
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

  model::Command question_of(const Sub& sub) const;
  void take(Sub& sub, model::Page page, ServerSteps& out);
  void take(Sub& sub, model::Since since, ServerSteps& out);
  void start_over(Sub& sub, std::string reason, ServerSteps& out);
  void send(std::string text, ServerSteps& out);
  model::Topic topic_of(const std::string& collection, const std::string& scope) const;

  CarrierId carrier_;
  std::string space_;
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
  std::size_t unsent_bytes_ = 0;
};

}  // namespace rockpool::dialects::native
