// REST on an endpoint's records.
//
//   let in ──► its body ──► questions to the hub, one after the other ──► answer
//
// A write that others got before is tried again on what there is now, unless If-Match says otherwise.
//
// A body that is an upload goes to disk first, and its files are given up wherever the write comes to
// nothing.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/base/token_bucket.h"
#include "core/dialects/rested/events.h"
#include "core/dialects/rested/jsonata.h"
#include "core/dialects/rested/users.h"

namespace rockpool::dialects::rested {

class Api {
 public:
  Api(Desk& desk, const Registry& registry, const Door& door, Users& users)
      : desk_(desk), registry_(registry), door_(door), users_(users) {}

  void ask(Instant now, CarrierId carrier, Request request, Caller caller, ServerSteps& out);
  // Each of these: false, it is not one of its carriers or tickets.
  bool receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out);
  bool answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out);
  void happened(const Registry::Happened& happened);
  void wake(ServerSteps& out);
  std::optional<Instant> next_wake() const;
  const dialect::LimitsMet& met() const { return met_; }

 private:
  enum class Strategy : std::uint8_t { force, merge, replace };
  enum class Step : std::uint8_t { record, after, self, page, probe, write };
  // One request under way.
  struct Work {
    CarrierId carrier = 0;
    Request asked;
    Caller caller;
    Step step = Step::record;
    std::string body;  // JSON
    std::optional<dialect::Uploaded> upload;
    bool gone = false;  // whoever asked, while the hub was
    bool is_text = false;
    Strategy strategy = Strategy::force;
    std::vector<std::string> ids;  // asked for
    std::size_t found = 0;         // of them
    bool by_num = false;           // the one that is looked for just now
    std::optional<Expression> expression;
    std::size_t limit = SIZE_MAX;
    std::size_t left = 0;         // of it
    std::uint64_t after_num = 0;  // the last one that was looked at
    std::size_t pages = 0;        // of the hub, without a rest
    bool has_turn = false;        // of the long lists it is the one that is being read
    std::size_t count = 0;        // of records in the answer
    std::string text;             // they themselves, with commas between
    std::optional<model::Record> removed;
    Revision seen = 0;  // what is answered has everything up to here in it
    int tries = 0;
  };

  bool is_within_rate(Instant now, const Work& work, ServerSteps& out);
  bool read_wishes(Work& work, ServerSteps& out) const;
  void read_body(Work work, ServerSteps& out);
  void probe(Work work, const model::Key& key, ServerSteps& out);
  void read_upload(Work work, ServerSteps& out);
  void begin(Work work, ServerSteps& out);
  void create(Work work, ServerSteps& out);
  void look_for(Work work, const std::string& id, ServerSteps& out);
  void list(Work work, ServerSteps& out);
  void rest(Work work);

  void found(Work work, const model::Found& found, ServerSteps& out);
  void listed(Work work, const model::Listed& listed, ServerSteps& out);
  bool add(Work& work, const model::Record& record, ServerSteps& out) const;
  void show_all(Work work, ServerSteps& out);
  std::string cursor_of(const Work& work) const;
  void show(const Work& work, const model::Record& record, ServerSteps& out);
  void change(Work work, const model::Record& record, ServerSteps& out);
  std::optional<Refusal> make_data(Work& work, const model::Record& record, std::string& data) const;
  std::optional<Refusal> make_file(const Work& work, const model::Record& record, std::string& data) const;
  void show_made(const Work& work, const std::vector<model::Record>& made, ServerSteps& out);
  void written(Instant now, Work work, const model::Written& written, ServerSteps& out);

  bool stands(Instant now, Work& work, ServerSteps& out) const;
  void go_on(Instant now, Work work, const model::Reply& reply, ServerSteps& out);
  void ask_hub(Work work, model::Command command, ServerSteps& out);
  void refuse(const Work& work, const Refusal& refusal, ServerSteps& out) const;

  Desk& desk_;
  const Registry& registry_;
  const Door& door_;
  Users& users_;
  std::map<CarrierId, Work> reading_;  // their body is still to come
  std::map<Ticket, Work> working_;
  std::deque<Work> resting_;  // long lists, for others to have a turn; the first may hold records
  std::map<std::string, base::TokenBucket> buckets_;  // by user
  dialect::LimitsMet met_;
};

}  // namespace rockpool::dialects::rested
