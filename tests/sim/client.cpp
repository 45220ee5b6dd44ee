#include "tests/sim/client.h"

#include "core/base/text.h"
#include "tests/sim/mounts.h"
#include "tests/sim/names.h"
#include "tests/sim/network.h"
#include "tests/sim/page_checks.h"
#include "tests/sim/wiretap.h"

namespace rockpool::sim {

using sync::WriteState;

Client::Client(const Parts& parts, int index, const ClientPlan& plan)
    : setting_(parts.setting),
      network_(parts.network),
      tap_(parts.tap),
      history_(parts.history),
      index_(index),
      name_("c" + std::to_string(index)),
      plan_(plan) {
  if (plan.dialect == Dialect::datocms) listening_.emplace(setting_);
}

base::Instant Client::clock() const { return {setting_.now() + clock_ms_}; }

std::string Client::key_of(std::uint64_t number) const { return origin_ + "#" + std::to_string(number); }

std::uint64_t Client::number_of(const std::string& key) const {
  const std::size_t hash = key.rfind('#');
  return hash == std::string::npos ? 0
                                   : base::read_decimal(std::string_view(key).substr(hash + 1)).value_or(0);
}

// ---- life
// ----------------------------------------------------------------------------------------------------------

void Client::start() {
  note("starts");
  ++life_;
  const Scenario& scenario = setting_.scenario;
  sync::Options options{.url = url_of(plan_.dialect),
                        .user = scenario.tokens ? "ann" : "",
                        .client = setting_.prng.hex(16),
                        .disk = plan_.disk,
                        .asks_token = scenario.tokens || reads_again(plan_.dialect),
                        .carriers = plan_.carriers,
                        .pending_max = scenario.pending_max};
  for (const CollectionPlan& plan : scenario.collections) options.policies[plan.name] = plan.policy;
  const std::string fresh = options.client;
  engine_ = std::make_unique<sync::Engine>(spoken(plan_.dialect), std::move(options), setting_.prng.fork());
  versions_.clear();
  asking_token_ = watches_users_ = wishes_due_ = false;
  if (listening_) listening_->begin_anew();
  auto restored =
      engine_->restore(clock(), plan_.disk ? journal::files_of(disk_.stored()) : journal::Files{});
  if (!restored.ok()) return fail(invariant::durable, "the store does not open: " + restored.error().message);
  if (!restored->problem.empty()) note("finds damage", restored->problem);
  const bool is_new = engine_->client() == fresh;
  if (plan_.disk) check_restored();
  syncing_.reset();
  passed_ = {};
  if (is_new || stores_.empty()) {
    stores_.emplace_back();
    origin_ = fresh;
  }
  stores_.back().ids.insert(engine_->client());
  for (const CollectionPlan& plan : scenario.collections) engine_->keep(clock(), plan.name);
  pump();
}

void Client::crash() {
  note("crashes");
  ++life_;
  engine_.reset();
  network_.client_gone(index_);
  if (syncing_ && plan_.disk) {
    const std::uint64_t fate = setting_.prng.below(3);
    if (fate == 0) disk_.sync();
    if (fate == 1) disk_.sync_partly(setting_.prng, setting_.scenario.tears);
  }
  disk_.crash();
}

void Client::stop() {
  engine_->stop(clock());
  pump();
}

// As if somebody had copied the profile's folder.
void Client::become_copy_of(const Client& original) {
  disk_.become(original.disk_.stored());
  durable_ = original.durable_;
  syncing_ = original.syncing_;  // of which a part may be stored
  stores_ = original.stores_;
  origin_ = original.origin_;
  copy_ = true;
  copied_id_ = original.engine_->client();
}

// ---- its user
// ------------------------------------------------------------------------------------------------------

std::optional<model::Key> Client::shown(const model::Key& stored) const {
  if (engine_->row(stored)) return stored;
  const std::optional<model::Record> record = history_.record(stored);
  if (!record) return std::nullopt;
  const model::Key shown{stored.collection, remote_id(plan_.dialect, *record)};
  return engine_->row(shown) ? std::optional(shown) : std::nullopt;
}

// Where ids are numbers each page makes its own, and none that it has not read yet.
bool Client::may_make(const model::Key& stored) const {
  if (!is_made_by(plan_.dialect, stored.id)) return false;
  const std::optional<std::size_t> maker = maker_of(stored);
  if (!shows_numbers(plan_.dialect)) return !maker;
  const bool is_mine = is_counted(stored) || maker == static_cast<std::size_t>(index_);
  return is_mine && !history_.record(stored);
}

bool Client::write(const std::vector<Wish>& wishes) {
  std::vector<sync::LocalWrite> writes;
  std::vector<bool> creates;
  std::string before;
  for (const Wish& wish : wishes) {
    const std::optional<sync::RowView> row = engine_->row(wish.write.key);
    creates.push_back(!row);
    before = row ? std::string(row->data) : std::string();
    writes.push_back(wish.write);
  }
  const std::size_t pending = engine_->pending().size();
  auto accepted = engine_->write(clock(), writes);
  if (!accepted.ok()) {
    note("may not write", accepted.error().message);
    pump();
    return false;
  }
  if (pending + wishes.size() > setting_.scenario.pending_max + wishes.size()) {
    fail(invariant::bounded, "more pending writes than allowed");
  }
  note("writes",
       wishes[0].write.key.id + " " + accepted->op + " " + accepted->key + " " + wishes[0].write.data);
  accept(wishes, creates, number_of(accepted->key));
  if (wishes.size() == 1) check_shown(wishes[0].write, before);
  pump();
  return true;
}

// Writes of a batch that concern one record may have become one.
Written Client::written_of(const std::vector<Wish>& wishes, const std::vector<bool>& creates,
                           const sync::WriteView& view, std::size_t nth, std::size_t views) const {
  std::vector<std::size_t> mine;
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    if (wishes[i].write.key == view.record) mine.push_back(i);
  }
  Written written{.number = number_of(view.key)};
  if (views == mine.size()) {
    written.wish = wishes[mine[nth]];
    written.creates = creates[mine[nth]];
    return written;
  }
  written.wish.write = {.kind = sync::LocalWrite::Kind::put, .key = view.record, .data = view.value};
  written.wish.effect.kind = Effect::Kind::whole;
  for (const std::size_t i : mine) {
    // A record taken away and made again in one batch is made again on purpose.
    const bool again = wishes[i].write.kind == sync::LocalWrite::Kind::insert;
    written.creates = written.creates || creates[i] || again;
  }
  return written;
}

void Client::accept(const std::vector<Wish>& wishes, const std::vector<bool>& creates, std::uint64_t first) {
  std::vector<sync::WriteView> views = engine_->pending();
  std::erase_if(views, [&](const sync::WriteView& view) { return number_of(view.key) < first; });
  std::map<model::Key, std::size_t> count, nth;
  for (const sync::WriteView& view : views) ++count[view.record];
  for (const sync::WriteView& view : views) {
    Written written = written_of(wishes, creates, view, nth[view.record]++, count[view.record]);
    const model::Key& key = written.wish.write.key;
    const model::Key record = stored(key);
    const bool begins = written.creates && is_counted(record);
    if (begins && !history_.created.insert(record).second) history_.inexact.insert(record);
    own_book().add(std::move(written));
  }
}

void Client::cancel(const std::string& key) {
  const bool cancelled = engine_->cancel(clock(), key);
  note(cancelled ? "cancels" : "may not cancel", key);
  pump();
}

void Client::retry(const std::string& key) {
  Written* refused = own_book().find(number_of(key));
  const Wish again = refused == nullptr ? Wish{} : refused->wish;
  // It may hold what a whole record was: to say that once more is to take back what others wrote since.
  if (is_counted(stored(again.write.key))) return dismiss(key);
  auto accepted = engine_->retry(clock(), key, "");
  note(accepted.ok() ? "retries" : "may not retry", key);
  if (accepted.ok()) {
    if (refused != nullptr) refused->dismissed = true;
    Written written{.number = number_of(accepted->key), .wish = again, .creates = true};
    written.merged = refused == nullptr || refused->merged;
    own_book().add(std::move(written));
  }
  pump();
}

void Client::dismiss(const std::string& key) {
  note("dismisses", key);
  engine_->dismiss(clock(), key);
  if (Written* refused = own_book().find(number_of(key))) refused->dismissed = true;
  pump();
}

void Client::resolve(const model::Key& record, const std::string& to, bool is_value) {
  note("resolves " + record.id, to);
  // Whether a sum was made already is what he had to guess.
  const model::Key meant = stored(record);
  if (is_counted(meant)) history_.inexact.insert(meant);
  if (to != "theirs") history_.overwritten.insert(meant);
  for (auto& [number, written] : own_book().writes) {
    if (!(written.wish.write.key == record)) continue;
    written.merged = true;
    written.wish.token.clear();  // it may show something else from now on
    written.creates = written.creates || (to != "theirs" && !to.empty());  // the user wants the record
  }
  auto resolved = engine_->resolve(clock(), record, to, is_value);
  if (!resolved.ok()) fail(invariant::conflict, "a conflict cannot be resolved: " + resolved.error().message);
  pump();
}

void Client::pause(bool on) {
  note(on ? "pauses" : "resumes");
  if (on)
    engine_->pause(clock());
  else
    engine_->resume(clock());
  pump();
}

void Client::online(bool on) {
  note(on ? "is online" : "is offline");
  engine_->online(clock(), on);
  pump();
}

void Client::show() {
  engine_->visible(clock(), true);
  pump();
}

void Client::be_present(const std::string& room, bool on) {
  if (reads_again(plan_.dialect)) return;  // it knows of no rooms
  // It has one room, in which programs are that said who they are.
  if (plan_.dialect == Dialect::deepstream) {
    watches_users_ = on;
    engine_->watch_presence(clock(), "deepstream", on);
    return pump();
  }
  engine_->watch_presence(clock(), room, true);
  engine_->presence(clock(), room, name_, on ? "{\"here\":true}" : "");
  pump();
}

void Client::change_wishes() {
  if (!listening_) return;
  const std::size_t query = setting_.prng.below(setting_.models->queries().size());
  const std::string wish = listening_->change_mind(query);
  note("changes its mind", wish);
  engine_->signal(clock(), {wish});
  pump();
}

// ---- its platform
// --------------------------------------------------------------------------------------------------

void Client::hears(const Link& link, dialect::Arrival arrival) {
  if (!is_running()) return;
  if (const auto* frame = std::get_if<dialect::Frame>(&arrival)) {
    note("hears", frame->bytes);
  } else if (const auto* body = std::get_if<dialect::Body>(&arrival)) {
    note("is answered " + std::to_string(body->status), body->bytes);
    if (const std::string found = blind_write(link, *body); !found.empty()) fail(invariant::blind, found);
  } else {
    note(std::holds_alternative<dialect::Opened>(arrival) ? "is connected" : "is cut off");
  }
  if (plan_.is_native()) tap_.heard_down(link, arrival);
  engine_->arrived(clock(), link.client_carrier, std::move(arrival));
  pump();
}

void Client::wake() {
  engine_->wake(clock());
  pump();
}

std::optional<std::int64_t> Client::next_wake() const {
  if (!is_running()) return std::nullopt;
  const std::optional<base::Instant> at = engine_->next_wake();
  return at ? std::optional(at->ms - clock_ms_) : std::nullopt;
}

void Client::fail_disk(std::int64_t for_ms) {
  note("has a failing disk");
  disk_fails_until_ = setting_.now() + for_ms;
}

void Client::be_well() { disk_fails_until_ = 0; }

void Client::jump_clock(std::int64_t by_ms) {
  note("has its clock set", std::to_string(by_ms));
  clock_ms_ += by_ms;
}

// ---- what the engine wants
// -----------------------------------------------------------------------------------------

void Client::pump() {
  pushed_.clear();
  shown_.clear();
  while (std::optional<sync::Effect> effect = engine_->poll()) perform(std::move(*effect));
  stores_.back().ids.insert(engine_->client());
  for (const model::Key& record : shown_) {
    check_version(record);
    check_own_writes(record);
    if (!listening_) continue;
    if (const std::string found = listening_->judge(*engine_, record); !found.empty())
      fail(invariant::feed, found);
  }
  for (const std::uint64_t number : pushed_) {
    const Written* written = own_book().find(number);
    if (plan_.disk && written != nullptr && !written->durable) {
      fail(invariant::durable, "#" + std::to_string(number) + " is sent before it is durable");
    }
  }
  look_in_passing();
  if (std::exchange(wishes_due_, false)) say_wishes();
}

// A session has begun, which knows of none.
void Client::say_wishes() {
  for (const std::string& wish : listening_->wishes()) engine_->signal(clock(), {wish});
  pump();
}

void Client::perform(sync::Effect effect) {
  if (const auto* open = std::get_if<dialect::OpenStream>(&effect)) {
    note("connects", open->url);
    network_.open(index_, *open);
    if (!plan_.is_native()) tap_.count_frame();
    if (plan_.dialect == Dialect::deepstream) tap_.count_opened();
  } else if (const auto* exchange = std::get_if<dialect::Exchange>(&effect)) {
    note(exchange->head.method + "s " + exchange->url, exchange->body);
    network_.exchange(index_, *exchange);
    const Link* link = network_.find(index_, exchange->carrier);
    if (!plan_.is_native()) return tap_.count_frame();
    for (const std::uint64_t number : tap_.posted(link->line, exchange->body)) pushed_.push_back(number);
  } else if (auto* send = std::get_if<dialect::SendFrame>(&effect)) {
    note("says", *send->bytes);
    const Link* link = network_.find(index_, send->carrier);
    if (link == nullptr) return;
    if (!plan_.is_native()) {
      tap_.count_frame();
    } else {
      for (const std::uint64_t number : tap_.sent_up(link->line, *send->bytes)) pushed_.push_back(number);
    }
    network_.send_up(index_, send->carrier, *send->bytes);
  } else if (const auto* close = std::get_if<dialect::CloseStream>(&effect)) {
    note("hangs up", close->reason);
    network_.close_by_client(index_, close->carrier);
  } else if (const auto* step = std::get_if<sync::Persist>(&effect)) {
    persist(*step);
  } else if (std::holds_alternative<sync::WantToken>(effect)) {
    want_token();
  } else if (const auto* shown = std::get_if<sync::Shown>(&effect)) {
    shown_.insert(shown->rows.begin(), shown->rows.end());
  } else if (const auto* moved = std::get_if<sync::WritesMoved>(&effect)) {
    told(*moved);
  } else if (const auto* asked = std::get_if<sync::AskPolicy>(&effect)) {
    told(*asked);
  } else if (const auto* merged = std::get_if<sync::Merged>(&effect)) {
    note("is told of a merge", merged->clash.record.id);
    // Without books what it clashed with may have been made upon an attempt whose answer was lost. By
    // deepstream on any, elsewhere on one to create it: a write on a version loses nothing of others' fields.
    const bool is_doubtful = plan_.dialect == Dialect::deepstream || merged->clash.base.empty();
    if (!plan_.is_native() && is_doubtful) history_.overwritten.insert(stored(merged->clash.record));
    for (auto& [number, written] : own_book().writes)
      written.merged = written.merged || written.wish.write.key == merged->clash.record;
  } else if (const auto* signal = std::get_if<dialect::Signal>(&effect)) {
    wishes_due_ = wishes_due_ || (listening_ && signal->text.empty());
  } else if (const auto* reset = std::get_if<sync::WasReset>(&effect)) {
    note("is told of a reset", reset->reason);
    if (!history_.reset_happened)
      fail(invariant::versions, "a reset is announced though there is one history only");
    versions_.clear();
  } else if (const auto* logged = std::get_if<sync::Logged>(&effect)) {
    note("logs", logged->error.message);
  }
}

void Client::told(const sync::WritesMoved& moved) {
  note("is told " + std::string(name_of(moved.state)),
       std::to_string(moved.numbers.size()) + " from " + std::to_string(moved.numbers.front()));
  if (moved.state == WriteState::sent)
    pushed_.insert(pushed_.end(), moved.numbers.begin(), moved.numbers.end());
  for (const std::uint64_t number : moved.numbers) {
    own_book().moved(moved.state, number, name_, history_.reset_happened, setting_.judge);
    const Written* written = own_book().find(number);
    // Without books he cannot know: it may have got in, and its effect be what it clashed with.
    const bool doubtful = !plan_.is_native() && written != nullptr && written->tried;
    if (doubtful && moved.state == WriteState::cancelled)
      history_.overwritten.insert(stored(written->wish.write.key));
    const bool given_up = moved.state == WriteState::cancelled || moved.state == WriteState::refused;
    if (!given_up || written == nullptr) continue;
    for (auto& [other, later] : own_book().writes) {
      if (other <= number || !(later.wish.write.key == written->wish.write.key)) continue;
      later.wish.token.clear();  // it may have stood on this one, and fall with it
      // A later put of the whole record holds what the user saw of this one.
      if (later.wish.effect.kind == Effect::Kind::whole)
        history_.inexact.insert(stored(later.wish.write.key));
    }
  }
}

void Client::told(const sync::AskPolicy& asked) {
  note("is asked for a policy", asked.clash.record.id);
  const std::uint64_t choice = setting_.prng.below(10);
  std::optional<std::string> answer;
  if (choice < 3)
    answer = asked.clash.mine;
  else if (choice < 6)
    answer = asked.clash.theirs;
  else if (choice < 8)
    answer = asked.clash.merged;
  else if (choice < 9)
    answer = "";
  const std::int64_t delay = setting_.some_ms(setting_.calm ? 20 : 4'000);
  setting_.schedule.in(delay, [this, life = life_, ticket = asked.ticket, answer = std::move(answer)] {
    if (life != life_) return;
    engine_->decide(clock(), ticket, answer);
    pump();
  });
}

void Client::want_token() {
  if (asking_token_) return;
  asking_token_ = true;
  const std::int64_t delay = setting_.some_ms(setting_.calm ? 10 : 2'000);
  setting_.schedule.in(delay, [this, life = life_] {
    if (life != life_) return;
    asking_token_ = false;
    const bool may_be_bad = !setting_.calm && setting_.scenario.tokens;
    const bool well = !may_be_bad || !setting_.prng.once_in(4);
    const bool later = !well && setting_.prng.once_in(2);
    note("gives a token", well ? "good" : later ? "later" : "bad");
    engine_->token(clock(),
                   later ? std::nullopt : std::optional<std::string>(token_of(plan_.dialect, index_, well)));
    pump();
  });
}

}  // namespace rockpool::sim
