// A page's records on a server that keeps no log for it: collections are read as a whole and compared with
// what is here, ids are the server's own, versions are counted here unless the server has some.
//
// A record that was made here keeps its id for good; the server's is beside it (`model::Record::meta`, empty
// where both are the same). Writes of a record go one at a time, worked out here and sent as whole values.
// Where the server does not refuse a write over another version, the record is read first.
//
// Used from one thread, by one session: the dialect's, which puts the questions into words (`Service`) and
// brings the answers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/dialect/dialect.h"

namespace rockpool::dialect {

// Have both JSON texts the same value?
bool is_same(const std::string& left, const std::string& right);

class RemoteRecords {
 public:
  // A record as the server shows it.
  struct State {
    std::string remote;          // its id there
    std::string data;            // compact JSON; empty: it is gone
    model::Version version = 0;  // 0: the server has none
    Instant created, updated;
    std::string name = {};    // what whoever made it called it; empty: the server does not say
    std::uint64_t place = 0;  // of news, in the server's log; 0: it does not say
  };
  // What a reading of a collection says of those that it does not name.
  enum class Scope : std::uint8_t {
    some,       // nothing
    in_pieces,  // they may have moved from one piece to another while it was read
    whole,      // they are gone
  };
  struct Reading {
    std::uint64_t number = 0;  // as reads() gave it
    Scope scope = Scope::whole;
    // In the server's log, when it was read or before, and reached once this is told; 0: the server does not
    // say.
    std::uint64_t place = 0;
  };

  class Service {
   public:
    virtual ~Service() = default;
    virtual void read_all(const std::string& collection) = 0;                 // all_of()
    virtual void read(const model::Key& key, const std::string& remote) = 0;  // is()
    virtual void create(const model::Key& key, const std::string& data) = 0;  // wrote(), refused()
    // Without data it removes. `state` is what it was made on. wrote(), is(), overtaken(), refused()
    virtual void write(const model::Key& key, const State& state, const std::string& data) = 0;
    // Does the server refuse a write that was made on another version?
    virtual bool fences() const = 0;
    // Does the record say what was wanted of it? A server may show what it is told in words of its own.
    // `creates`: what is not said is as the server likes.
    virtual bool is_so(const model::Key& key, const std::string& wanted, const std::string& there,
                       bool creates) {
      return static_cast<void>(key), static_cast<void>(creates), is_same(wanted, there);
    }
    // Is it made once, however often it is created?
    virtual bool names(const model::Key& key) const = 0;
  };

  explicit RemoteRecords(Service& service) : service_(service) {}

  // ---- what the engine asks
  void subscribe(const Subscribe& subscribe, ClientSteps& out);
  void unsubscribe(const std::string& collection);
  void push(const Push& push, ClientSteps& out);
  // Were creations of it not answered?
  bool doubts(const std::string& collection) { return collections_[collection].doubts; }

  // ---- what the server said
  // What was said of its log up to there, or of one collection; a server without one: nothing needs to be
  // said.
  void reached(std::uint64_t place);
  void reached(const std::string& collection, std::uint64_t place) { collections_[collection].place = place; }
  // What has happened since is told only by a reading of all that begins after this.
  void misses(const std::string& collection);
  // Up to where everything was told.
  std::string cursor() const;
  // The history that places are in.
  void is_in(std::uint64_t epoch) { epoch_ = epoch; }
  std::uint64_t epoch() const { return epoch_; }
  // What is held of the collection is of another one: its versions and times say nothing.
  void is_anew(const std::string& collection);
  // All of it is read from now on: what is heard meanwhile is newer. The number of that reading.
  std::uint64_t reads(const std::string& collection) { return ++collections_[collection].readings; }
  void all_of(const std::string& collection, std::vector<State> states, Reading reading, ClientSteps& out);
  // Nothing was missed since the cursor of its subscription.
  void resumed(const std::string& collection, ClientSteps& out);
  // News: a record is so, or is gone.
  void changed(const std::string& collection, State state, ClientSteps& out);
  void cleared(const std::string& collection, ClientSteps& out);
  // Answers. A state without data: there is no such record.
  void is(const model::Key& key, State state, ClientSteps& out);
  void wrote(const model::Key& key, State state, ClientSteps& out);
  void overtaken(const model::Key& key);
  // The record as it is here, without an answer or news to it; null: it is not.
  const State* shown(const std::string& collection, const std::string& remote);
  // What the write under way makes of the record, empty: it removes; null: none is.
  const std::string* sent(const model::Key& key);
  void refused(const model::Key& key, base::Error error, ClientSteps& out);

 private:
  struct Held {
    model::Key key;
    State state;                          // `version` is what is shown here, and stays when the record goes
    std::uint64_t touched = 0;            // in which reading of all something newer was heard of it
    std::uint64_t heard = 0;              // where in the log that was; 0: nobody knows
    bool named = false;                   // by the reading that is being compared
    bool untold = false;                  // the engine waits to hear of it
    bool doubtful = false;                // `attempt` may have been created
    std::string attempt;                  // what an unanswered creation said
    std::vector<model::Mutation> writes;  // the first is on its way if `sent`
    bool sent = false;
    bool creates = false;       // and creates the record
    bool looked = false;        // read just now, so that the first one may go
    bool stirred = false;       // others wrote while it was on its way
    std::string result;         // what the first one makes of it; empty: it removes
    model::Version ground = 0;  // the version that it was sent on
    int tries = 0;
    std::uint64_t last_number = 0;  // of the last write that was applied

    bool exists() const { return !state.data.empty(); }
    model::Version shown() const { return exists() ? state.version : 0; }
  };
  struct Collection {
    bool known = false;  // all of it was read, or nothing was missed
    bool live = false;
    bool resumes = false;  // the engine has all of it as of some time
    bool asked = false;    // the service, for all of it
    bool doubts = false;   // creations of it were not answered
    std::uint64_t readings = 1;
    std::uint64_t place = 0;                  // in the server's log
    std::optional<std::uint64_t> held_place;  // all up to here was told, and not all after it
    std::uint64_t missed = 0;  // what happened is known once a later reading than that is done; 0: it is
    std::size_t creating = 0;  // on their way
    std::map<std::string, Held> records;
    std::map<std::string, std::string> ids;  // by the server's
    std::vector<State> deferred;             // of records that may be those
  };

  Held* find(Collection& collection, const std::string& remote);
  Held* find(const model::Key& key);
  Held& adopt(const std::string& name, Collection& collection, const State& state);
  void hold(const std::string& name, Collection& collection, const model::Record& record);
  void read_all(const std::string& name, Collection& collection);
  bool take(Collection& collection, Held& held, State state, std::vector<model::Change>* displaced = nullptr);
  static bool is_older(const Held& held, const State& state);
  static bool is_newer(const Held& held, Reading reading);
  bool is_result(const Held& held, const State& state) const;
  void forget_gone(Collection& collection, std::uint64_t reading);
  void take_unnamed(Collection& collection, Reading reading, std::vector<model::Change>& changes);
  static void hold_place(Collection& collection) {
    collection.held_place = collection.held_place.value_or(collection.place);
  }
  static void let_go_of_place(Collection& collection) {
    if (collection.missed == 0 && collection.deferred.empty()) collection.held_place.reset();
  }
  std::string cursor_at(std::uint64_t place) const;
  std::string cursor_of(const Collection& collection) const;
  model::Change change_of(const Held& held) const;
  void tell(const std::string& name, std::vector<model::Change> changes, ClientSteps& out) const;
  void begin(const std::string& name, Collection& collection, std::vector<model::Change> changes,
             ClientSteps& out);
  void read_again(Held& held);
  // Its first write was answered, whatever the answer.
  Held* answered(const model::Key& key);
  void go_on(const model::Key& key, ClientSteps& out);
  void work(Collection& collection, Held& held, ClientSteps& out);
  void send_first(Collection& collection, Held& held, std::string result, ClientSteps& out);
  void settle(Held& held, model::Outcome outcome, ClientSteps& out);
  void settle_conflict(Held& held, ClientSteps& out);

  Service& service_;
  std::map<std::string, Collection> collections_;
  std::uint64_t epoch_ = 1;
  std::uint64_t place_ = 0;  // where collections begin
};

}  // namespace rockpool::dialect
