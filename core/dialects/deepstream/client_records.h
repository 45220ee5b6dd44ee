// A page's records on a deepstream server: collections made of names, versions made of theirs, writes one at
// a time.
//
// The server cannot list. A collection here is what its list names (the deepstream list of the collection's
// own name), what the page held before, and what it writes; the list is kept in step with what the page
// creates and removes. A record at the server's version v has version v + 1 here, since the server's first is
// 0, and made anew it goes on from where it was removed, as long as the link lives. Patches are worked out
// here and sent as whole records, fenced by the version they were made on.
//
// Private to the dialect's client half.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/dialect/dialect.h"
#include "core/dialects/deepstream/messages.h"

namespace rockpool::dialects::deepstream {

class ClientRecords {
 public:
  // What is to be said goes to `say`, in order.
  explicit ClientRecords(std::vector<Message>& say) : say_(say) {}

  // The server is ours, and says what a collection holds (whole.cpp).
  void know_collections() { knows_collections_ = true; }
  void subscribe(const dialect::Subscribe& subscribe, dialect::ClientSteps& out);
  void unsubscribe(const std::string& collection);
  void push(const dialect::Push& push, dialect::ClientSteps& out);
  void hear(const Message& message, dialect::ClientSteps& out);
  // From time to time: what was put off is tried again.
  void wake(dialect::ClientSteps& out);

 private:
  // A record that somebody here cares for, by its name on the wire.
  struct Held {
    model::Key key;
    bool known = false;         // `version` and `data` are the server's
    bool reading = false;       // it is asked for
    bool stale = false;         // it has changed since it was asked for
    bool subscribed = false;    // its changes are told
    std::int32_t version = -1;  // -1: does not exist
    std::string data;
    std::vector<model::Mutation> writes;  // the first is on its way if `sent`
    bool sent = false;
    std::string result;  // what the first one makes of `data`; empty: it removes
    int tries = 0;
    model::Version gone = 0;        // of the last removal that was told
    std::uint64_t last_number = 0;  // of the last write that was applied

    bool exists() const { return version >= 0; }
    model::Version shown() const { return exists() ? static_cast<model::Version>(version) + 1 + gone : 0; }
  };
  struct Collection {
    bool listed = false;  // what its list names is known
    bool live = false;
    bool whole = false;             // the server says which are its records, not a list
    bool full = false;              // the server would not have all of them followed, and that was said
    std::set<std::string> names;    // of its records
    std::set<std::string> waiting;  // of those whose first state has not come
  };
  using Records = std::map<std::string, Held>;

  void take_on(const std::string& collection, const std::vector<std::string>& names);
  void read(const std::string& name, Held& held);
  void on_state(const std::string& name, const Message& message, dialect::ClientSteps& out);
  void follow_list(const std::string& collection);
  void on_whole(const std::string& collection, const Message& message, dialect::ClientSteps& out);
  void on_list(const std::string& name, const Held& held, dialect::ClientSteps& out);
  void on_error(const std::string& name, Held& held, const Message& message, dialect::ClientSteps& out);
  void on_write_ack(const std::string& name, Held& held, dialect::ClientSteps& out);
  void on_conflict(const std::string& name, Held& held, const Message& message, dialect::ClientSteps& out);
  void on_removed(const std::string& name, Held& held, dialect::ClientSteps& out);
  void over_full(Held& held, dialect::ClientSteps& out);
  void arrived(const std::string& name, dialect::ClientSteps& out);
  void show(const std::string& name, dialect::ClientSteps& out);
  void show_all(const std::string& name, const Collection& collection, dialect::ClientSteps& out);
  void mend_list(const std::string& name, const Collection& collection, dialect::ClientSteps& out);
  static std::vector<std::string> names_in(const Held& list);
  void tell(const Held& held, dialect::ClientSteps& out);
  std::string next_cursor();

  void work(const std::string& name, Held& held, dialect::ClientSteps& out);
  void send_first(const std::string& name, Held& held);
  void settle(Held& held, model::Outcome outcome, dialect::ClientSteps& out);
  void settle_conflict(Held& held, dialect::ClientSteps& out);
  void keep_list(const std::string& name, const Held& held, dialect::ClientSteps& out);

  std::vector<Message>& say_;
  Records records_;
  std::map<std::string, Collection> collections_;
  std::map<std::string, std::string> lists_;  // name of the list -> collection
  bool knows_collections_ = false;
  std::uint64_t last_correlation_ = 0;
  std::uint64_t last_cursor_ = 0;
};

}  // namespace rockpool::dialects::deepstream
