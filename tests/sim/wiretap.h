// Listens to every frame at the clients' ends of their connections and at the server's, and judges what must
// hold of them alone: resending, feed order, acknowledgements.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/dialects/native/codec.h"
#include "tests/sim/lineage.h"
#include "tests/sim/network.h"

namespace rockpool::sim {

// One form in which a client sent a mutation.
struct Attempt {
  model::Mutation mutation;
  std::vector<std::uint64_t> group;  // numbers sent as one batch, itself included
};

class Wiretap {
 public:
  explicit Wiretap(Setting& setting) : setting_(setting) {}

  // A connection begins; the server then lives in `lineage`.
  void opened(const LineId& line, const std::shared_ptr<Lineage>& lineage);
  // A client sends a frame, or the body of a request. Gives the numbers it pushes.
  std::vector<std::uint64_t> sent_up(const LineId& line, std::string_view frame);
  std::vector<std::uint64_t> posted(const LineId& line, const std::string& body);
  void sent_down(const LineId& line, std::string_view frame);
  // A frame, a piece of an event stream, or an answer.
  void heard_down(const Link& link, const dialect::Arrival& arrival);

  // Two stores speak under one name for a while.
  void expect_copies() { copies_ = true; }
  const std::vector<Attempt>& attempts(const ClientNumber& who) const;
  // It has told the server that its books are in order up to some number.
  bool has_claimed(const std::string& client) const;
  // The server has said so.
  bool has_acked(const ClientNumber& who) const { return acked_.contains(who); }
  // The client id behind a public alias, empty for an unknown one.
  const std::string& client_of(const std::string& writer) const;
  // One that is not listened to.
  void count_frame() { ++frames_up_; }
  void count_opened() { ++opened_count_; }
  std::uint64_t frames_up() const { return frames_up_; }
  std::uint64_t opened_count() const { return opened_count_; }

 private:
  struct Feed {
    std::string collection;
    std::optional<std::uint64_t> at;    // all up to here has been delivered
    std::optional<std::uint64_t> pull;  // cursor of the snapshot under way
    bool live = false;
  };
  struct Claim {
    std::uint64_t settled = 0;
    std::set<std::uint64_t> except;
  };
  struct Line {
    std::shared_ptr<Lineage> lineage;
    std::string client;
    Claim claim;
    std::uint64_t up = 0;    // over requests: messages said, whatever was repeated
    std::uint64_t down = 0;  // frames heard
    std::map<std::string, dialects::native::Subscribe> asked;  // by sub
    std::map<std::string, Feed> feeds;                         // by topic
  };
  struct Sent {
    std::vector<Attempt> attempts;
    bool open = false;  // no definite answer to the last attempt
  };

  std::vector<std::uint64_t> said(Line& line, dialects::native::UpMessages messages);
  void heard(Line& line, std::vector<dialects::native::DownMessage> messages);
  void claimed(Line& line, std::uint64_t settled, const std::vector<std::uint64_t>& except);
  void pushed(const std::string& client, const model::Mutation& mutation, std::vector<std::uint64_t> group);
  void begin_feed(Line& line, const dialects::native::Subscribed& subscribed);
  void take(Line& line, const dialects::native::Snapshot& snapshot);
  void take(Line& line, const dialects::native::Changes& changes);
  void take_cursor(Line& line, std::uint64_t seq);
  void answered(const Line& line, std::uint64_t number);
  void check_ack(const Line& line, const model::Acked& acked);
  void fail_feed(const Feed& feed, const std::string& what);

  Setting& setting_;
  std::set<std::string> claimants_;
  std::set<ClientNumber> acked_;
  bool copies_ = false;
  std::map<LineId, Line> lines_;
  std::map<ClientNumber, Sent> sent_;
  std::map<std::string, std::string> writers_;
  std::uint64_t frames_up_ = 0;
  std::uint64_t opened_count_ = 0;
};

}  // namespace rockpool::sim
