// One store with its user: an engine, the disk below it, the connection above it, and what its user was told.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/journal/fake_disk_test.h"
#include "core/sync/engine.h"
#include "tests/sim/book.h"
#include "tests/sim/listening.h"
#include "tests/sim/setting.h"

namespace rockpool::sim {

class Network;
class Wiretap;
struct Link;

// A store from its creation on: under which client ids it spoke, and what its user was told.
struct Store {
  Book book;
  std::set<std::string> ids;
};

// What everybody in a world must know of its past.
struct History {
  // The record in the log that a page of the dialect calls so; what the log has of it, if it is there.
  std::function<model::Key(Dialect, const model::Key& shown)> stored;
  std::function<std::optional<model::Record>(const model::Key& stored)> record;
  // Has the record ever held that token on the server?
  std::function<bool(const model::Key& record, const std::string& token)> has_held;
  bool reset_happened = false;  // another history took over
  bool inexact_all =
      false;  // a store was copied or a client forgotten: its open writes may count twice or not
  std::set<model::Key> created;      // counted records that somebody has begun
  std::set<model::Key> inexact;      // counted records whose sum was given up by their user
  std::set<model::Key> overwritten;  // records of which a user put his own idea over what others wrote
  std::set<model::Key> restarted;    // versions began anew after a tombstone was forgotten
};

class Client {
 public:
  struct Parts {
    Setting& setting;
    Network& network;
    Wiretap& tap;
    History& history;
  };

  Client(const Parts& parts, int index, const ClientPlan& plan);

  // ---- life
  void start();
  void crash();
  void stop();
  bool is_running() const { return engine_ != nullptr; }
  void become_copy_of(const Client& original);

  // ---- its user; call only while it runs
  bool write(const std::vector<Wish>& wishes);
  void cancel(const std::string& key);
  void retry(const std::string& key);
  void dismiss(const std::string& key);
  void resolve(const model::Key& record, const std::string& to, bool is_value);
  void pause(bool on);
  void online(bool on);
  void show();  // the page comes to the front
  void be_present(const std::string& room, bool on);
  void change_wishes();  // which results of queries it wants to be told

  // ---- its platform
  void hears(const Link& link, dialect::Arrival arrival);
  void wake();
  std::optional<std::int64_t> next_wake() const;  // in the world's time
  void fail_disk(std::int64_t for_ms);
  void be_well();
  void jump_clock(std::int64_t by_ms);

  const sync::Engine& engine() const { return *engine_; }
  // All that this client ever had; the last one is in use. A memory-only client begins a new one with each
  // start.
  const std::vector<Store>& stores() const { return stores_; }
  const Book& book() const { return stores_.back().book; }
  const ClientPlan& plan() const { return plan_; }
  int index() const { return index_; }
  const std::string& name() const { return name_; }
  // The record in the log that its user calls so.
  model::Key stored(const model::Key& shown) const { return history_.stored(plan_.dialect, shown); }
  // Has the server ever had that token there?
  bool was_there(const model::Key& shown, const std::string& token) const;
  // What its user calls a record of the log; nullopt: he does not see it.
  std::optional<model::Key> shown(const model::Key& stored) const;
  // May he make it, if there is none?
  bool may_make(const model::Key& stored) const;
  // The field of counted records that only this store writes.
  std::string own_field() const { return field_of(stores_.size()); }
  std::string field_of(std::size_t store) const {
    return sim::own_field(static_cast<std::size_t>(index_), store);
  }
  bool is_copy() const { return copy_; }
  // The client id that a copy has in common with its original, at first.
  const std::string& copied_id() const { return copied_id_; }
  bool is_yet_to_start() const { return copy_ && life_ == 0; }
  // A copy learns from the server that it is one, and must not write before.
  bool may_write() const { return !copy_ || engine_->client() != copied_id_; }
  std::uint64_t last_number() const { return book().writes.empty() ? 0 : book().writes.rbegin()->first; }
  std::size_t file_count() const { return disk_.memory().size(); }
  std::string next_token() { return name_ + "-" + std::to_string(++last_token_); }

  // Where the server keeps no books: what was acknowledged has been in the record, or what this
  // store wrote there later, unless its user was told that it was joined with what others wrote.
  void check_acknowledged();
  // Who is online, as those know who asked: these users and nobody else.
  void check_users(const std::vector<std::string>& online);
  // What it shows of queries is not what they come to; empty: it is.
  std::string results_disagreement() const { return listening_ ? listening_->disagreement(*engine_) : ""; }
  // Reads: every row this store's user wrote to shows what he wrote.
  void check_own_writes(const model::Key& record);

 private:
  // What a durable state consists of; compared after a crash.
  struct Picture {
    std::map<model::Key, std::string> rows;
    std::map<std::uint64_t, std::string> pending;
    std::map<model::Key, std::string> conflicts;
  };
  // Besides what it began with. Empty: it was not there.
  template <typename Key>
  using Between = std::map<Key, std::set<std::string>>;
  // What was for some time while an earlier state was being stored: the journal has that, too.
  struct Passed {
    Between<model::Key> rows;
    Between<std::uint64_t> pending;
    Between<model::Key> conflicts;
  };
  struct Syncing {
    std::uint64_t number = 0;
    Picture picture;
    Passed passed;  // on the way to it
  };

  base::Instant clock() const;
  void pump();
  void perform(sync::Effect effect);
  void told(const sync::WritesMoved& moved);
  void told(const sync::AskPolicy& asked);
  void want_token();
  void persist(const sync::Persist& persist);
  void sync_later();
  void synced();
  void say_wishes();
  void lie_about(std::uint64_t number);
  Picture picture() const;
  void look_in_passing();
  void check_restored();
  void check_survived(const Picture& restored);
  void take_stock();
  Book& own_book() { return stores_.back().book; }
  Written written_of(const std::vector<Wish>& wishes, const std::vector<bool>& creates,
                     const sync::WriteView& view, std::size_t nth, std::size_t views) const;
  void accept(const std::vector<Wish>& wishes, const std::vector<bool>& creates, std::uint64_t first);
  void check_shown(const sync::LocalWrite& write, const std::string& before);
  void check_counted(const model::Key& record, std::string_view data);
  void check_version(const model::Key& record);
  void note(std::string_view what, std::string_view detail = {}) { setting_.note(name_, what, detail); }
  void fail(const char* invariant, const std::string& what) {
    setting_.judge.fail(invariant, name_ + ": " + what);
  }
  std::string key_of(std::uint64_t number) const;
  std::uint64_t number_of(const std::string& key) const;

  Setting& setting_;
  Network& network_;
  Wiretap& tap_;
  History& history_;
  int index_;
  std::string name_;
  ClientPlan plan_;

  std::unique_ptr<sync::Engine> engine_;
  std::uint64_t life_ = 0;
  journal::FakeDisk disk_;
  std::vector<Store> stores_;
  std::string origin_;
  std::optional<Syncing> syncing_;
  Passed passed_;  // since the state that is being stored
  Picture durable_;
  std::int64_t disk_fails_until_ = 0;
  std::int64_t clock_ms_ = 1'750'000'000'000;
  std::map<model::Key, model::Version> versions_;
  std::map<model::Key, std::string> remotes_;
  // During one drain:
  std::vector<std::uint64_t> pushed_;
  std::set<model::Key> shown_;

  std::uint64_t last_token_ = 0;
  bool copy_ = false;
  std::string copied_id_;
  bool asking_token_ = false;
  bool watches_users_ = false;
  std::optional<Listening> listening_;  // by DatoCMS
  bool wishes_due_ = false;
};

}  // namespace rockpool::sim
