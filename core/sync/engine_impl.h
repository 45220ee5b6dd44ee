// The engine's parts and who touches what. dispatch.cpp decides who hears what; writes.cpp takes local
// writes; tabs.cpp tells other tabs' engines and hears them; feed.cpp follows the server; outcomes.cpp hears
// what became of mutations; reconcile.cpp joins both sides and placing.cpp makes the result pending writes
// again; push.cpp sends; presence.cpp knows who is in a room; views.cpp shows.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/sync/engine.h"
#include "core/sync/ledger.h"
#include "core/sync/link.h"

namespace rockpool::sync {

class Engine::Impl {
 public:
  Impl(const dialect::Dialect& dialect, Options options, base::Prng prng);

  // ---- dispatch.cpp
  base::Result<journal::Recovered> restore(const journal::Files& files);
  void pause(bool paused);
  void arrived(dialect::CarrierId carrier, dialect::Arrival arrival);
  void persisted(std::uint64_t number);
  void storage_failing(const std::string& why);
  void token(std::optional<std::string> token);
  void online(bool online);
  void visible(bool visible);
  void wake();
  void stop();
  std::optional<Effect> poll();
  std::optional<Instant> next_wake() const;
  // Ends every call from outside: what changed becomes one journal entry.
  void commit() { ledger_.commit(identity_, replica_, outbox_); }

  // ---- feed.cpp
  void keep(const std::string& collection, const std::string& id);

  // ---- writes.cpp
  base::Result<WriteView> write(const std::vector<LocalWrite>& writes, const Op& op);
  bool cancel(const std::string& key);
  base::Result<WriteView> retry(const std::string& key, const std::string& value, const Op& op);
  void dismiss(const std::string& key);

  // ---- reconcile.cpp
  base::Result<WriteView> resolve(const Key& record, const std::string& to, bool is_value);
  void decide(std::uint64_t ticket, std::optional<std::string> value);

  // ---- views.cpp
  std::optional<RowView> row(const Key& key) const;
  RowView view_of(const Row& row) const;
  bool hides() const { return state_ == State::user_mismatch; }
  WriteView view_of(const Pending& pending) const;
  std::vector<WriteView> pending() const;
  std::optional<WriteView> find_write(const std::string& key) const;
  ConflictView view_of(const Key& key, const Row& row, const Clash& clash) const;
  std::vector<ConflictView> conflicts() const;
  StatusView status() const;
  std::string export_all() const;
  std::string key_of(std::uint64_t number) const;
  std::uint64_t number_of(const std::string& key) const;  // 0: none of ours

  // ---- tabs.cpp
  std::string begin_news();
  std::string news();
  bool mirror(std::string_view told);
  void refuse(std::uint64_t op, const base::Error& error);

  // ---- presence.cpp
  void presence(const std::string& room, const std::string& member, const std::string& state);
  void watch_presence(const std::string& room, bool on);
  void signal(const dialect::Signal& signal);

  Instant now;  // of the call under way
  Options options_;
  Identity identity_;
  Replica replica_;
  Outbox outbox_;
  std::map<std::string, std::vector<model::Present::Member>> peers_;

 private:
  using Numbers = std::vector<std::uint64_t>;

  // ---- dispatch.cpp
  void relink();
  void hang_up();
  void connect();
  void try_again();
  void halt(State state, const base::Error& error);
  void want_token(WantToken::Reason reason);
  void note_token_life(std::int64_t ms);
  void ask(const dialect::ClientCommand& command);
  void lose_link(std::int64_t retry_after_ms);
  void act(dialect::ClientSteps steps);
  void act(dialect::ClientStep& step);
  void forward(dialect::ClientSteps steps);
  void on_ready(const dialect::Ready& ready);
  void on_ended(const dialect::Ended& ended);
  void on_trouble(const dialect::Trouble& trouble);
  void set_state(State state, std::optional<base::Error> error = std::nullopt);
  void flush();
  void show(const Key& key);
  void moved(WriteState state, const Numbers& numbers);

  // ---- presence.cpp
  void on_presence(dialect::PresenceSeen& seen);
  void say_rooms();

  // ---- writes.cpp
  struct Staged;
  base::Result<std::vector<Staged>> stage(const std::vector<LocalWrite>& writes) const;
  base::Result<Staged> stage_one(const LocalWrite& write, std::string_view view) const;
  static void unite_repeated(std::vector<Staged>& staged);
  std::uint64_t accept(Staged staged, std::uint64_t group, Op op);
  static model::Version ground_of(const Row& row);
  void anchor(model::Mutation& mutation, const Row& row) const;
  bool may_cancel(const Pending& pending) const;

  // ---- feed.cpp
  void on_part(dialect::Part& part);
  void on_done(const std::string& name, const std::string& cursor);
  void on_changes(dialect::ChangedAt& changed);
  void on_forgot(const dialect::Forgot& forgot);
  void on_progress(const std::string& cursor);
  void on_live(const dialect::Live& live);
  void bound_told();
  void note_answered();
  enum class Source : std::uint8_t { snapshot, feed, answer };
  bool is_newer(const Collection& collection, const Row& row, const Truth& next, Source source) const;
  bool is_begun_anew(const Key& key, const Row& row, std::uint64_t seq) const;
  void advance(const Key& key, Truth next, Source source);
  void settle_seen(Row& row, Ancestor& reached, model::Version seen);
  void settle_absent(const Key& key);
  void finish_replacing();
  void new_history(std::uint64_t epoch);
  void renew_client();
  void subscribe(const std::string& name);
  model::Record held(const Key& key, const Row& row) const;
  bool is_own(const model::Change& change) const;

  // ---- outcomes.cpp
  void on_outcome(const model::Outcome& outcome);
  void on_acked(const model::Acked& acked);
  void on_conflicted(const model::Conflicted& conflicted);
  void on_held(const model::Held& held);
  void on_declined(const model::Declined& declined);
  void refuse(Pending& pending, const base::Error& error);
  void refuse_group(Pending& pending, const base::Error& error);
  void reanchor(const Key& key, std::uint64_t gone, const model::Mutation& was);
  void answered(Pending& pending);
  void leave_row(const Pending& pending);
  void put_off(Pending& pending, std::uint64_t ms);
  // Takes a number out of the books. `state` is what its handle (and those it carries) shows.
  void settle(std::uint64_t number, WriteState state);
  Numbers with_carried(const Pending& pending) const;

  // ---- reconcile.cpp
  void reconcile(const Key& key);
  bool may_reconcile(const Row& row, const Key& key) const;
  void raise_clash(const Key& key, Row& row, std::vector<std::string> paths, std::string merged,
                   bool by_user);
  void raise_doubt(const Key& key);
  void ask_app(const Key& key, Row& row);
  void drop_clash(const Key& key, Row& row);
  base::Result<WriteView> finish_clash(const Key& key, Row& row, std::optional<std::string> content);
  const Policy& policy_for(const std::string& collection) const;
  Numbers open_writes(const Local& local, bool fenced_only) const;

  // ---- placing.cpp
  bool fits_one_carrier(const Numbers& numbers) const;
  std::uint64_t carrier_among(const Numbers& numbers) const;
  void absorb(Pending& carrier, std::uint64_t number);
  void place(const Key& key, Row& row, const Numbers& numbers, std::uint64_t carrier, std::string content);
  void narrow(Pending& pending, const Row& row) const;
  void rewrite(Pending& pending, const Row& row, const std::string& under, const std::string& content,
               bool partly);
  void rebase_each(const Key& key, Row& row);

  // ---- push.cpp
  void push();
  void settle_here();
  bool is_sendable(const Pending& pending) const;
  bool is_recognisable(Pending& pending);
  bool must_wait(const Pending& pending, const Pending& earlier) const;
  bool is_blocked(const Pending& pending, const Row& row) const;
  void note_unapplied(std::uint64_t number);
  void resend_everything();
  dialect::Greeting greeting() const;
  Outbox::Claim claim() const;
  void become_known();

  Ledger ledger_;
  Link link_;
  base::Prng prng_;
  std::vector<Effect> effects_;  // those before told_ are told
  std::size_t told_ = 0;
  std::set<Key> shown_;
  std::map<WriteState, Numbers> moved_;
  State state_ = State::offline;
  std::optional<base::Error> error_;
  StatusView last_status_;
  std::uint64_t known_step_ = 0;  // persist step that stores that the server knows us
  std::string writer_;            // our public alias in this session
  std::string token_;
  std::int64_t token_life_ms_ = 0;  // as the last welcome said; 0: for ever
  Instant token_ends_{INT64_MAX};
  Instant renew_at_{INT64_MAX};       // ask for the next one; while live
  std::uint64_t acked_at_hello_ = 0;  // our highest number that was, when the last hello was said
  bool usable_ = false;
  bool online_ = true;
  bool closed_ = false;
  WantToken::Reason token_reason_ = WantToken::Reason::start;
  bool storage_failing_ = false;
  bool push_due_ = true;
  bool conflicts_moved_ = false;
  std::size_t in_flight_ = 0;
  std::size_t in_flight_bytes_ = 0;
  std::uint64_t next_ticket_ = 1;
  std::map<std::uint64_t, Key> asked_;  // AskPolicy ticket -> record
  std::set<Key> clashes_;               // records whose clash waits
  std::set<Key> ahead_;                 // records that may have a tombstone
  std::set<std::uint64_t> put_off_;     // numbers with a `not_before`
  std::vector<Key> lost_;
  std::map<std::pair<std::string, std::string>, std::string> said_;  // (room, member) -> state
  std::set<std::string> rooms_;
};

}  // namespace rockpool::sync
