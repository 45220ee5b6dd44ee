#include <algorithm>

#include "core/model/names.h"
#include "core/sync/engine_impl.h"

namespace rockpool::sync {
namespace {

dialect::ClientOptions session_options(const Options& options) {
  return {.url = options.url,
          .space = options.space,
          .sdk = options.sdk,
          .version = options.version,
          .user = options.user};
}

constexpr Instant never{INT64_MAX};
// A token is renewed so long before its end; a short one in its last fifth.
constexpr std::int64_t renew_ms_before = 30'000;
constexpr std::int64_t ask_again_ms = 10'000;
// Both ends count the same time, but not from the same moment.
constexpr std::int64_t clock_slack_ms = 5'000;

}  // namespace

Engine::Impl::Impl(const dialect::Dialect& dialect, Options options, base::Prng prng)
    : options_(std::move(options)),
      ledger_(std::nullopt),
      link_(dialect, session_options(options_), options_.carriers, options_.worked, prng.fork()),
      prng_(prng.fork()) {}

// ---- start and stop --------------------------------------------------------------------------------------

base::Result<journal::Recovered> Engine::Impl::restore(const journal::Files& files) {
  journal::Recovered recovered;
  if (options_.disk) {
    base::Result<journal::Opened> opened = journal::Journal::recover(files, {});
    if (!opened.ok()) return opened.error();
    recovered = std::move(opened->recovered);
    for (const journal::Entry& entry : recovered.entries) {
      if (!replay(entry.payload, identity_, replica_, outbox_)) {
        return base::Error{base::Code::storage, "the store holds an entry that this version cannot read", ""};
      }
    }
    if (!options_.follower) ledger_ = Ledger(std::move(opened->journal));
  }
  if (!identity_.origin.empty() && identity_.user != options_.user) {
    return base::Error{base::Code::user_mismatch, "the store belongs to user '" + identity_.user + "'", ""};
  }
  if (identity_.origin.empty()) {
    identity_.origin = identity_.client = options_.client;
    identity_.user = options_.user;
    ledger_.note_identity();
  }
  for (auto& [number, pending] : outbox_.all()) {
    pending.said_durable = true;
    // It may have been sent before the end: only an answer tells.
    pending.outstanding = pending.doubtful = pending.open();
  }
  for (auto& [name, collection] : replica_.all()) {
    collection.confirmed = false;
    std::vector<std::string> ids;
    for (const auto& [id, row] : collection.rows) {
      if (row.local || row.truth.data.empty()) ids.push_back(id);
    }
    for (const std::string& id : ids) {
      Row& row = collection.rows.find(id)->second;
      if (row.tombstone) ahead_.insert({name, id});
      if (row.local && row.local->clash) {
        clashes_.insert({name, id});
        if (!row.local->clash->by_user && !options_.follower) ask_app({name, id}, row);
        for (const std::uint64_t number : row.local->writes) outbox_.find(number)->forget_attempts();
      }
      if (!replica_.refresh({name, id}, outbox_)) ledger_.note_row({name, id});
    }
  }
  outbox_.unsaid().clear();
  outbox_.persisted(0, outbox_.last());
  usable_ = true;
  recovered.entries.clear();
  relink();
  return recovered;
}

void Engine::Impl::stop() {
  closed_ = true;
  dialect::ClientSteps steps;
  link_.drop(now, steps);
  forward(std::move(steps));
  link_.stop();
  set_state(State::closed);
}

// ---- the link --------------------------------------------------------------------------------------------

// Decides what the link should be doing now.
void Engine::Impl::relink() {
  const bool wanted =
      usable_ && !closed_ && !options_.url.empty() && online_ && !identity_.paused && !options_.follower;
  if (!wanted) {
    hang_up();
    if (!closed_) {
      link_.reset();
      set_state(State::offline);
    }
    return;
  }
  if (link_.phase() == Link::Phase::idle) connect();
}

void Engine::Impl::connect() {
  // A token that is known to be dead is not shown to anybody.
  if (now >= token_ends_) {
    token_.clear();
    token_reason_ = WantToken::Reason::expiring;
    token_ends_ = never;
  }
  if (options_.asks_token && token_.empty()) {
    link_.wait_for_token();
    want_token(token_reason_);
  } else {
    acked_at_hello_ = outbox_.highest_acked();
    dialect::ClientSteps steps;
    link_.open(now, greeting(), steps);
    act(std::move(steps));
  }
  const bool settled_badly =
      state_ == State::auth || state_ == State::stopped || state_ == State::user_mismatch;
  if (!link_.failed_before() && !settled_badly && !link_.is_live()) set_state(State::connecting);
}

void Engine::Impl::hang_up() {
  dialect::ClientSteps steps;
  link_.drop(now, steps);
  forward(std::move(steps));
  resend_everything();
  for (auto& [name, collection] : replica_.all()) collection.live = false;
  if (!dialect::has_presence) return;
  for (auto& [room, members] : peers_) {
    members.clear();
    effects_.push_back(PresenceMoved{room});
  }
}

void Engine::Impl::lose_link(std::int64_t retry_after_ms) {
  hang_up();
  if (closed_ || link_.phase() == Link::Phase::stopped) return;
  link_.wait(now, retry_after_ms);
  if (state_ == State::online || state_ == State::connecting) set_state(State::offline, error_);
}

void Engine::Impl::on_ended(const dialect::Ended& ended) {
  const bool was_live = link_.is_live();
  lose_link(ended.retry_after_ms);
  if (state_ != State::offline) return;
  const std::string why = ended.reason.empty() ? "" : ": " + ended.reason;
  error_ = base::Error{
      base::Code::offline,
      (was_live ? "the link to " : "cannot reach ") + options_.url + (was_live ? " broke" : "") + why, ""};
}

void Engine::Impl::want_token(WantToken::Reason reason) {
  renew_at_ = never;
  effects_.push_back(WantToken{reason});
}

void Engine::Impl::token(std::optional<std::string> token) {
  const bool is_live = link_.is_live();
  if (link_.phase() == Link::Phase::idle || link_.phase() == Link::Phase::stopped) return;
  const bool is_waited_for = link_.phase() == Link::Phase::asking;
  if (!token) {
    renew_at_ = now + base::milliseconds(ask_again_ms);
    if (!is_waited_for) return;
    link_.wait(now, 0);
    set_state(State::offline);
  } else if (token->empty()) {
    halt(State::auth, base::Error{base::Code::auth, "signed out", ""});
  } else {
    token_ = std::move(*token);
    token_ends_ = never;
    if (is_live) {
      note_token_life(token_life_ms_);
      ask(dialect::RenewToken{token_});
    }
    if (!is_waited_for) return;
    if (state_ == State::auth) set_state(State::connecting);
    link_.reset();
    connect();
  }
}

// Of a token that is renewed in place nothing is said; it will live about as long as the last one.
void Engine::Impl::note_token_life(std::int64_t ms) {
  token_life_ms_ = ms;
  token_ends_ = renew_at_ = never;
  if (ms <= 0 || !options_.asks_token) return;
  token_ends_ = now + base::milliseconds(ms);
  renew_at_ = now + base::milliseconds(std::max(ms * 4 / 5, ms - renew_ms_before));
}

void Engine::Impl::halt(State state, const base::Error& error) {
  lose_link(0);
  link_.stop();
  set_state(state, error);
}

// Something may have changed outside: what waits, hangs or was signed out is tried again at once.
void Engine::Impl::try_again() {
  if (state_ == State::auth) {
    token_reason_ = WantToken::Reason::start;
    link_.reset();
  }
  if (link_.phase() == Link::Phase::stopped) return;
  if (link_.phase() == Link::Phase::waiting || link_.hangs(now)) link_.reset();
  relink();
}

void Engine::Impl::online(bool online) {
  online_ = online;
  if (online) link_.forget_network(now);
  try_again();
}

void Engine::Impl::visible(bool visible) {
  // A page that comes to the front does not sit out a long wait.
  if (visible) try_again();
}

void Engine::Impl::pause(bool paused) {
  if (!paused && state_ == State::stopped) link_.reset();
  if (identity_.paused != paused) {
    identity_.paused = paused;
    ledger_.note_identity();
  }
  try_again();
}

void Engine::Impl::arrived(dialect::CarrierId carrier, dialect::Arrival arrival) {
  dialect::ClientSteps steps;
  link_.receive(now, carrier, std::move(arrival), steps);
  act(std::move(steps));
}

void Engine::Impl::wake() {
  if (link_.is_due(now)) {
    link_.wait_for_token();
    connect();
  } else {
    if (link_.is_live() && now >= renew_at_) want_token(WantToken::Reason::expiring);
    if (!dialect::always_reads_whole && link_.wants_probe(now)) {
      acked_at_hello_ = outbox_.highest_acked();
      link_.greet_with(greeting());
    }
    dialect::ClientSteps steps;
    link_.wake(now, steps);
    act(std::move(steps));
  }
  // Patience has run out; what is still in the way of these is no matter of time.
  std::erase_if(put_off_, [this](std::uint64_t number) {
    const Pending* pending = outbox_.find(number);
    return pending == nullptr || pending->not_before <= now;
  });
  push_due_ = true;
}

std::optional<Instant> Engine::Impl::next_wake() const {
  std::optional<Instant> at = link_.next_wake();
  if (!link_.is_live()) return at;
  if (renew_at_ < at.value_or(never)) at = renew_at_;
  for (const std::uint64_t number : put_off_) {
    const Pending* pending = outbox_.find(number);
    if (pending != nullptr && (!at || pending->not_before < *at)) at = pending->not_before;
  }
  return at;
}

// ---- what the session says -------------------------------------------------------------------------------

void Engine::Impl::forward(dialect::ClientSteps steps) {
  for (dialect::ClientStep& step : steps) {
    if (auto* open = std::get_if<dialect::OpenStream>(&step))
      effects_.push_back(std::move(*open));
    else if (auto* send = std::get_if<dialect::SendFrame>(&step))
      effects_.push_back(std::move(*send));
    else if (auto* close = std::get_if<dialect::CloseStream>(&step))
      effects_.push_back(std::move(*close));
    else if (auto* exchange = std::get_if<dialect::Exchange>(&step))
      effects_.push_back(std::move(*exchange));
  }
}

void Engine::Impl::ask(const dialect::ClientCommand& command) {
  dialect::ClientSteps steps;
  link_.ask(now, command, steps);
  act(std::move(steps));
}

// What a session said before one of its steps made us let go of it is nobody's; only what it held is closed.
void Engine::Impl::act(dialect::ClientSteps steps) {
  const std::uint32_t drops = link_.drops();
  for (dialect::ClientStep& step : steps) {
    if (link_.drops() == drops || std::holds_alternative<dialect::CloseStream>(step)) act(step);
  }
}

void Engine::Impl::act(dialect::ClientStep& step) {
  if (auto* ready = std::get_if<dialect::Ready>(&step))
    on_ready(*ready);
  else if (auto* part = std::get_if<dialect::Part>(&step))
    on_part(*part);
  else if (auto* changed = std::get_if<dialect::ChangedAt>(&step))
    on_changes(*changed);
  else if (auto* forgot = std::get_if<dialect::Forgot>(&step))
    on_forgot(*forgot);
  else if (auto* progress = std::get_if<dialect::Progress>(&step))
    on_progress(progress->cursor);
  else if (auto* live = std::get_if<dialect::Live>(&step))
    on_live(*live);
  else if (auto* settled = std::get_if<dialect::Settled>(&step))
    on_outcome(settled->outcome);
  else if (auto* seen = std::get_if<dialect::PresenceSeen>(&step))
    on_presence(*seen);
  else if (auto* signal = std::get_if<dialect::Signal>(&step)) {
    if (dialect::has_signals) effects_.push_back(std::move(*signal));
  } else if (auto* trouble = std::get_if<dialect::Trouble>(&step))
    on_trouble(*trouble);
  else if (auto* ended = std::get_if<dialect::Ended>(&step))
    on_ended(*ended);
  else {
    dialect::ClientSteps one;
    one.push_back(std::move(step));
    forward(std::move(one));
  }
}

void Engine::Impl::on_ready(const dialect::Ready& ready) {
  if (!dialect::always_reads_whole && ready.user != options_.user) {
    dialect::ClientSteps steps;
    link_.drop(now, steps);
    forward(std::move(steps));
    link_.stop();
    for (const auto& [name, collection] : replica_.all()) {
      for (const auto& [id, row] : collection.rows) shown_.insert({name, id});
    }
    set_state(State::user_mismatch, base::Error{base::Code::user_mismatch,
                                                "the server says the user is '" + ready.user +
                                                    "', this store belongs to '" + options_.user + "'",
                                                ""});
    return;
  }
  const bool other_history = identity_.epoch != 0 && identity_.epoch != ready.epoch;
  const bool other_client = ready.forgotten || ready.highest > outbox_.last();
  // Without what it said it applied, it was rolled back, be it to a place that no cursor of ours has passed.
  const bool promised =
      !ready.writer.empty() && !ready.forgotten && acked_at_hello_ > identity_.renewed_after;
  const bool rolled_back = promised && ready.highest < acked_at_hello_;
  if (!dialect::always_reads_whole && (other_history || other_client || rolled_back)) {
    if (other_history || rolled_back) new_history(ready.epoch);
    renew_client();
    link_.reset();
    connect();
    return;
  }
  if (identity_.epoch == 0) {
    identity_.epoch = ready.epoch;
    ledger_.note_identity();
  }
  if (ready.highest > 0) become_known();
  if (!dialect::always_reads_whole) writer_ = ready.writer;
  if (!link_.reads_whole()) token_reason_ = WantToken::Reason::start;
  note_token_life(ready.expires_in_ms);
  resend_everything();  // a better carrier may have taken over from one that was live
  link_.ready(now);
  set_state(State::online);
  // However the last link ended: this one has told nothing yet.
  for (auto& [name, collection] : replica_.all()) {
    collection.live = false;
    if (link_.reads_whole()) collection.refused = false;
  }
  for (const auto& [name, collection] : replica_.all()) {
    if (collection.kept) subscribe(name);
  }
  say_rooms();
  if (dialect::has_signals) effects_.push_back(dialect::Signal());
  push_due_ = true;
}

void Engine::Impl::on_trouble(const dialect::Trouble& trouble) {
  const base::Error& error = trouble.error;
  if (error.code == base::Code::auth && options_.asks_token && !trouble.fatal) {
    const bool is_over = now >= token_ends_ || (token_ends_ - now).ms < clock_slack_ms;
    const bool again = token_reason_ == WantToken::Reason::refused && !is_over;
    token_.clear();
    token_ends_ = never;
    token_reason_ = is_over ? WantToken::Reason::expiring : WantToken::Reason::refused;
    // A fresh token was refused too: only the app can help.
    if (again) return halt(State::auth, error);
    lose_link(0);
    link_.reset();
    return connect();
  }
  if (trouble.fatal || error.code == base::Code::auth) {
    const State state = error.code == base::Code::auth       ? State::auth
                        : error.code == base::Code::outdated ? State::outdated
                                                             : State::stopped;
    return halt(state, error);
  }
  if (link_.reads_whole() && !error.path.empty()) {
    for (auto& [name, collection] : replica_.all())
      collection.refused = collection.refused || name == error.path;
    note_answered();
  }
  error_ = error;
  effects_.push_back(Logged{error});
}

// ---- disk ------------------------------------------------------------------------------------------------

void Engine::Impl::persisted(std::uint64_t number) {
  if (!ledger_.persisted(number)) return;
  outbox_.persisted(number, ledger_.durable_number());
  Numbers numbers;
  std::erase_if(outbox_.unsaid(), [&](std::uint64_t n) {
    Pending* pending = outbox_.find(n);
    if (pending != nullptr && !ledger_.is_done(pending->step)) return false;
    if (pending != nullptr) {
      pending->said_durable = true;
      numbers.push_back(n);
    }
    return true;
  });
  moved(WriteState::durable, numbers);
  storage_failing_ = false;
  push_due_ = true;
}

void Engine::Impl::storage_failing(const std::string& why) {
  storage_failing_ = !why.empty();
  if (storage_failing_) effects_.push_back(Logged{{base::Code::storage, why, ""}});
}

// ---- effects ---------------------------------------------------------------------------------------------

void Engine::Impl::set_state(State state, std::optional<base::Error> error) {
  state_ = state;
  error_ = std::move(error);
}

void Engine::Impl::show(const Key& key) {
  replica_.refresh(key, outbox_);
  shown_.insert(key);
}

void Engine::Impl::moved(WriteState state, const Numbers& numbers) {
  if (numbers.empty()) return;
  Numbers& gathered = moved_[state];
  gathered.insert(gathered.end(), numbers.begin(), numbers.end());
}

// What gathered during the calls since the last drain goes out in one piece.
void Engine::Impl::flush() {
  if (push_due_) push();
  commit();
  dialect::ClientSteps steps;
  link_.flush(now, steps);
  forward(std::move(steps));
  if (!shown_.empty()) {
    effects_.push_back(Shown{{shown_.begin(), shown_.end()}});
    shown_.clear();
  }
  for (auto& [state, numbers] : moved_) {
    for (const std::uint64_t number : numbers) {
      if (const Pending* pending = outbox_.find(number)) ledger_.tell_progress(*pending);
    }
    effects_.push_back(WritesMoved{state, std::move(numbers)});
  }
  moved_.clear();
  if (conflicts_moved_) effects_.push_back(ConflictsMoved{});
  conflicts_moved_ = false;
  if (std::optional<Persist> persist = ledger_.next(identity_, replica_, outbox_)) {
    effects_.push_back(std::move(*persist));
  }
  StatusView present = status();
  if (!(present == last_status_)) {
    last_status_ = std::move(present);
    effects_.push_back(StatusMoved{});
  }
}

std::optional<Effect> Engine::Impl::poll() {
  if (told_ == effects_.size()) {
    effects_.clear();
    told_ = 0;
    if (usable_) flush();
  }
  if (told_ == effects_.size()) return std::nullopt;
  return std::move(effects_[told_++]);
}

}  // namespace rockpool::sync
