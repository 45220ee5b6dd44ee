#include "tests/sim/world.h"

#include <algorithm>

#include "tests/sim/mounts.h"
#include "tests/sim/names.h"
#include "tests/sim/page_checks.h"

namespace rockpool::sim {
namespace {

constexpr int the_server = -1;
constexpr std::int64_t window_ms = 10'000;
constexpr std::uint64_t wakes_per_window_max = 3'000;
constexpr std::int64_t rest_ms_max = 20 * 60'000;
constexpr std::int64_t look_ms = 250;
constexpr std::int64_t quiet_ms = 60'000;
constexpr std::uint64_t quiet_frames_max =
    12;  // per connection and quiet minute: a ping every ten seconds, and some
constexpr std::size_t files_max = 40;
// Among clients' numbers.
constexpr int the_listener = 1'000;
constexpr int the_writer = 1'001;
constexpr int the_channels = 1'002;

}  // namespace

World::World(const Scenario& scenario, Trace::Text text, const Faults& faults)
    : setting_(scenario, text),
      network_(setting_, *this),
      tap_(setting_),
      log_(setting_),
      server_(setting_, network_, log_, tap_),
      audit_(setting_, tap_, log_, clients_, history_),
      workload_(setting_) {
  setting_.faults = faults;
  log_.on_store = [this](const hub::Entry& entry) {
    audit_.stored(entry);
    if (setting_.models) setting_.models->happened(entry);
  };
  history_.has_held = [this](const model::Key& record, const std::string& token) {
    return has_held(*log_.lineage(), record, token);
  };
  history_.stored = [this](Dialect dialect, const model::Key& shown) {
    return stored_key(dialect, *log_.lineage(), shown);
  };
  history_.record = [this](const model::Key& stored) {
    const auto held = log_.lineage()->records.find(stored);
    const bool exists = held != log_.lineage()->records.end() && held->second.exists();
    return exists ? std::optional(held->second) : std::nullopt;
  };
  log_.other_writer = [this] { return strangers_batch(); };
  if (auto facets = facets_of(setting_)) log_.begin(std::move(*facets));
  for (const ClientPlan& plan : scenario.clients) add_client(plan);
  add_programs();
}

// That speak deepstream or DatoCMS for themselves.
void World::add_programs() {
  if (setting_.scenario.writer > 0) writer_.emplace(setting_, network_, log_, the_writer);
  if (setting_.scenario.listener) add_listener();
  for (int i = 0; i < setting_.scenario.channels; ++i) {
    const std::size_t query = static_cast<std::size_t>(i) % setting_.models->queries().size();
    channels_.push_back(std::make_unique<ChannelListener>(setting_, network_, the_channels + i, query));
  }
}

void World::add_listener() {
  std::vector<std::string> names;
  for (const CollectionPlan& plan : setting_.scenario.collections) {
    names.push_back(plan.name);
    for (int i = 0; i < std::min(plan.free_ids, 8); ++i)
      names.push_back(plan.name + "/" + free_id(static_cast<std::uint64_t>(i)));
    for (int i = 0; i < plan.counted_ids; ++i)
      names.push_back(plan.name + "/" + counted_id(static_cast<std::uint64_t>(i)));
    for (int i = 0; i < 3; ++i) names.push_back(plan.name + "/" + own_id(static_cast<std::uint64_t>(i)));
  }
  listener_.emplace(setting_, network_, the_listener, std::move(names));
}

Client& World::add_client(const ClientPlan& plan) {
  const Client::Parts parts{setting_, network_, tap_, history_};
  clients_.push_back(std::make_unique<Client>(parts, static_cast<int>(clients_.size()), plan));
  return *clients_.back();
}

void World::client_hears(const Link& link, dialect::Arrival arrival) {
  if (link.client == the_listener) return listener_->hears(link, arrival);
  if (link.client == the_writer) return writer_->hears(link, arrival);
  if (link.client >= the_channels)
    return channels_[static_cast<std::size_t>(link.client - the_channels)]->hears(link, arrival);
  clients_[static_cast<std::size_t>(link.client)]->hears(link, std::move(arrival));
}

void World::server_hears(const Link& link, dialect::Arrival arrival) {
  const auto spoil = [this](const std::string& frame) {
    return setting_.faults.up ? setting_.faults.up(*this, frame) : frame;
  };
  const auto& spoil_other = setting_.faults.other_up;
  auto* arrived = std::get_if<dialect::Arrived>(&arrival);
  if (arrived != nullptr && setting_.faults.request) setting_.faults.request(link, arrived->head);
  if (auto* frame = std::get_if<dialect::Frame>(&arrival)) {
    const bool is_spoilt = !link.is_native() && spoil_other;
    frame->bytes = is_spoilt ? spoil_other(link, frame->bytes) : spoil(frame->bytes);
    if (is_spoilt && frame->bytes.empty()) return;
    setting_.note("server", "hears", frame->bytes);
  } else if (auto* body = std::get_if<dialect::Body>(&arrival)) {
    if (link.is_native()) body->bytes = in_messages(body->bytes, spoil);
    if (!link.is_native() && spoil_other) body->bytes = spoil_other(link, body->bytes);
    if (link.client == the_writer) writer_->came_in(body->bytes);
    setting_.note("server", "hears", body->bytes);
  }
  server_.hears(link.id, std::move(arrival));
}

// ---- time
// ----------------------------------------------------------------------------------------------------------

void World::run_for(std::int64_t ms) {
  const std::int64_t until = setting_.now() + ms;
  while (goes_on() && setting_.now() < until) step(until);
}

void World::step(std::int64_t until) {
  std::int64_t at = until;
  int who = the_server - 1;
  const auto consider = [&](int sleeper, std::optional<std::int64_t> due) {
    if (!due) return;
    const std::int64_t when = std::max({*due, setting_.now(), sleepers_[sleeper].not_before});
    if (when < at) {
      at = when;
      who = sleeper;
    }
  };
  consider(the_server, server_.next_wake());
  for (const auto& client : clients_) consider(client->index(), client->next_wake());
  const std::optional<std::int64_t> next = setting_.schedule.next();
  if (next && *next <= at) return setting_.schedule.run_next();
  setting_.schedule.advance(at);
  if (who >= the_server) wake(who);
}

// A timer that is due at once comes a little later, as in every event loop; but it must not be due at once
// for ever.
void World::wake(int who) {
  Sleeper& sleeper = sleepers_[who];
  sleeper.not_before = setting_.now() + 1;
  if (setting_.now() - sleeper.window_begins > window_ms) {
    sleeper.window_begins = setting_.now();
    sleeper.wakes = 0;
  }
  if (++sleeper.wakes > wakes_per_window_max) {
    return setting_.judge.fail(
        invariant::restless,
        (who < 0 ? std::string("the server") : clients_[who]->name()) + " wants to be woken again and again");
  }
  if (who < 0)
    server_.wake();
  else
    clients_[static_cast<std::size_t>(who)]->wake();
}

// ---- a life
// --------------------------------------------------------------------------------------------------------

void World::run() {
  server_.start();
  for (const auto& client : clients_) {
    setting_.schedule.in(setting_.some_ms(5'000), [&client = *client] { client.start(); });
  }
  if (listener_) listener_->start();
  for (const auto& channel : channels_) channel->start();
  for (int i = 0; i < setting_.scenario.rounds && goes_on(); ++i) {
    round();
    if (goes_on()) rest();
  }
  if (goes_on()) look_with_fresh_eyes();
  if (goes_on() && setting_.prng.once_in(3)) restart_server_at_rest();
  if (goes_on()) leave();
}

void World::round() {
  setting_.note("world", "a round begins");
  ++round_;
  setting_.calm = false;
  begin_troubles();
  run_for(setting_.scenario.round_ms);
}

void World::be_calm() {
  setting_.note("world", "calms down");
  setting_.calm = true;
  network_.be_well();
  log_.be_well();
  if (!server_.is_up()) server_.start();
  for (const auto& client : clients_) {
    client->be_well();
    if (!client->is_running() && !client->is_yet_to_start()) client->start();
    if (!client->is_running()) continue;
    client->online(true);
    client->pause(false);
  }
}

void World::attend(Client& client) {
  if (client.engine().status().state == sync::State::auth) {  // whoever was signed out loads the page again
    client.crash();
    client.start();
  }
  if (client.engine().status().paused) client.pause(false);
  workload_.resolve_one(client);
}

void World::rest() {
  be_calm();
  come_to_rest(rest_ms_max);
  if (goes_on()) be_quiet();
  // Silence shows which connections were dead.
  come_to_rest(quiet_ms);
  if (goes_on()) check_rest();
}

void World::come_to_rest(std::int64_t ms_max) {
  const std::int64_t deadline = setting_.now() + ms_max;
  while (goes_on() && setting_.now() < deadline && !is_at_rest()) {
    for (const auto& client : clients_) {
      if (client->is_running()) attend(*client);
    }
    run_for(look_ms);
  }
}

bool World::agrees(const Client& client) const {
  if (!client.plan().is_native()) return other_disagreement(client, *log_.lineage(), setting_).empty();
  std::size_t expected = 0;
  for (const auto& [key, record] : log_.lineage()->records) {
    if (!record.exists() || !setting_.scenario.has(key.collection)) continue;
    ++expected;
    const std::optional<sync::RowView> row = client.engine().row(key);
    if (!row || row->version != record.version || row->data != record.data) return false;
  }
  std::size_t shown = 0;
  for (const CollectionPlan& plan : setting_.scenario.collections) shown += client.engine().count(plan.name);
  return shown == expected;
}

bool World::is_at_rest() {
  if (!server_.is_up() || server_.hub_figures().waiting > 0) return false;
  if (listener_ && !listener_->disagreement(*log_.lineage()).empty()) return false;
  if (writer_ && writer_->is_waiting()) return false;
  for (const auto& channel : channels_)
    if (!channel->disagreement().empty()) return false;
  return std::all_of(clients_.begin(), clients_.end(), [this](const auto& client) {
    if (!client->is_running()) return client->is_yet_to_start();
    const sync::Engine& engine = client->engine();
    if (engine.status().state != sync::State::online || !engine.conflicts().empty()) return false;
    const std::vector<sync::WriteView> pending = engine.pending();
    const bool open = std::any_of(pending.begin(), pending.end(), [](const sync::WriteView& view) {
      return view.state != sync::WriteState::refused;
    });
    return !open && agrees(*client);
  });
}

// Nothing happens for a while; nobody may be busy.
void World::be_quiet() {
  const std::uint64_t frames_before = tap_.frames_up();
  const std::uint64_t opened_before = tap_.opened_count();
  run_for(quiet_ms);
  const std::uint64_t clients = clients_.size();
  std::uint64_t links = 0;  // for each table one
  for (const auto& client : clients_)
    links += client->plan().dialect == Dialect::baserow ? setting_.scenario.collections.size() : 1;
  const std::uint64_t frames = tap_.frames_up() - frames_before;
  const std::uint64_t opened = tap_.opened_count() - opened_before;
  // What takes the place of a connection that silence has shown to be dead says what it follows.
  if (is_at_rest() && frames > quiet_frames_max * (links + opened))
    setting_.judge.fail(invariant::restless, std::to_string(frames) + " frames in a quiet minute");
  if (opened > 4 * clients)
    setting_.judge.fail(invariant::restless, std::to_string(opened) + " connections in a quiet minute");
}

// With tokens everybody is the same user, who is not told of himself.
std::vector<std::string> World::users_online() const {
  const bool said = listener_ && listener_->is_connected() && !setting_.scenario.tokens;
  return said ? std::vector<std::string>{"listener"} : std::vector<std::string>();
}

void World::check_rest() {
  for (const auto& client : clients_) {
    if (!client->is_running()) continue;
    const sync::Engine& engine = client->engine();
    for (const sync::WriteView& view : engine.pending()) {
      if (view.state == sync::WriteState::refused) continue;
      setting_.note(client->name(), "still has",
                    std::string(name_of(view.state)) + " " + view.key + " of batch " + view.batch + " " +
                        view.record.collection + "/" + view.record.id + " " + view.op + " " + view.value);
      setting_.judge.fail(invariant::once, client->name() + " still has " + std::string(name_of(view.state)) +
                                               " write " + view.key + " on " + view.record.id + ", " +
                                               std::to_string(view.tries) + " tries");
    }
    if (engine.status().state != sync::State::online) {
      setting_.judge.fail(invariant::agreement, client->name() + " does not come online: it is " +
                                                    std::string(name_of(engine.status().state)));
    }
    if (client->file_count() > files_max) {
      setting_.judge.fail(invariant::bounded,
                          client->name() + " has " + std::to_string(client->file_count()) + " files");
    }
    client->check_acknowledged();
    if (!listener_ || !listener_->is_in_doubt()) client->check_users(users_online());
    audit_.check_agreement(*client);
  }
  if (listener_) {
    const std::string found = listener_->disagreement(*log_.lineage());
    if (!found.empty()) setting_.judge.fail(invariant::agreement, "the listener " + found);
  }
  for (const auto& channel : channels_) {
    const std::string found = channel->disagreement();
    if (!found.empty()) setting_.judge.fail(invariant::agreement, channel->name() + " " + found);
  }
  if (writer_ && !history_.reset_happened) writer_->check_rest();
  audit_.check_counted();
  audit_.check_made_once();
  audit_.check_fates();
}

// A visitor who has never been here sees the same.
void World::look_with_fresh_eyes() {
  add_client({.disk = false, .think_ms = 1'000}).start();
  rest();
}

void World::restart_server_at_rest() {
  server_.crash();
  run_for(500);
  server_.start();
  rest();
}

void World::leave() {
  for (const auto& client : clients_) {
    if (client->is_running()) client->stop();
  }
  if (listener_) listener_->leave();
  for (const auto& channel : channels_) channel->leave();
  run_for(75'000);  // a connection that is dead one way only ends when the server loses patience
  if (!goes_on()) return;
  const gateway::Gateway::Figures gateway = server_.gateway_figures();
  const hub::Figures hub = server_.hub_figures();
  const auto expect_none = [&](std::uint64_t figure, const char* of) {
    if (figure != 0)
      setting_.judge.fail(invariant::forgotten, std::to_string(figure) + " " + of + " after all have left");
  };
  expect_none(gateway.carriers, "carriers");
  // Once somebody wanted to know who is online, the mount of deepstream follows that for good.
  expect_none(gateway.joined - std::min<std::uint64_t>(gateway.joined, 1), "subscriptions");
  expect_none(hub.presences, "presences");
  expect_none(hub.waiting, "waiting writes");
}

Outcome run_seed(std::uint64_t seed, Trace::Text text, const Faults& faults, std::optional<Dialect> only) {
  World world(make_scenario(seed, only), text, faults);
  world.run();
  const Setting& setting = world.setting();
  return {.failure = setting.judge.failure(),
          .events = setting.trace.events(),
          .hash = setting.trace.hash(),
          .simulated_ms = setting.now(),
          .last_lines = {setting.trace.lines().begin(), setting.trace.lines().end()}};
}

}  // namespace rockpool::sim
