// What goes wrong in a world, and when.
#include <algorithm>

#include "tests/sim/names.h"
#include "tests/sim/world.h"

namespace rockpool::sim {
namespace {

constexpr std::int64_t clock_back_ms_max = 100'000;
constexpr std::int64_t server_clock_back_ms_max = 15'000;

}  // namespace

// Again and again, as long as the round lasts.
void World::plague(std::int64_t mean_ms, std::function<void()> act) {
  if (mean_ms <= 0) return;
  const auto spread = static_cast<std::uint64_t>(2 * mean_ms);
  setting_.schedule.in(static_cast<std::int64_t>(setting_.prng.below(spread)),
                       [this, round = round_, mean_ms, act = std::move(act)] {
                         if (round != round_ || setting_.calm) return;
                         act();
                         plague(mean_ms, act);
                       });
}

void World::begin_troubles() {
  const Troubles& troubles = setting_.scenario.troubles;
  for (std::size_t i = 0; i < clients_.size(); ++i) trouble_client(i);
  trouble_programs();
  plague(troubles.server_crash, [this] { crash_server(); });
  plague(troubles.blackout, [this] {
    setting_.note("net", "blacks out");
    network_.black_out(1'000 + setting_.some_ms(30'000));
  });
  plague(troubles.log, [this] { break_log(); });
  plague(troubles.epoch, [this] { new_epoch(true); });
  plague(troubles.rollback, [this] { new_epoch(false); });
  plague(troubles.copy, [this] { copy_store(); });
  plague(troubles.forget, [this] { forget_client(); });
  plague(troubles.clock, [this] {
    const std::int64_t by =
        setting_.prng.once_in(2) ? setting_.some_ms(3'600'000) : -setting_.some_ms(10'000);
    if (server_clock_ms_ + by < -server_clock_back_ms_max) return;
    server_clock_ms_ += by;
    setting_.note("server", "has its clock set", std::to_string(by));
    server_.jump_clock(by);
  });
}

void World::users_act(std::size_t index) {
  plague(clients_[index]->plan().think_ms, [this, index] {
    Client& client = *clients_[index];
    if (!client.is_running() || !client.may_write()) return;
    // People do several things at a stretch.
    do workload_.act(client);
    while (setting_.prng.once_in(3) && goes_on());
  });
}

void World::trouble_client(std::size_t index) {
  const Troubles& troubles = setting_.scenario.troubles;
  const auto running = [this, index](auto act) {
    return [this, index, act] {
      if (clients_[index]->is_running()) act(*clients_[index]);
    };
  };
  users_act(index);
  plague(troubles.cut, running([this](const Client& client) {
           const auto how = static_cast<Network::Cut>(setting_.prng.below(6));
           setting_.note(client.name(), "loses its connection", std::to_string(static_cast<int>(how)));
           network_.cut(client.index(), how);
         }));
  plague(troubles.block, running([this](const Client& client) {
           const auto carrier = static_cast<dialect::Carrier>(setting_.prng.below(3));
           const auto how = static_cast<Network::Block>(setting_.prng.below(3));
           setting_.note(client.name(), "cannot get through by", std::to_string(static_cast<int>(carrier)));
           network_.block(client.index(), carrier, how, setting_.some_ms(120'000));
           if (setting_.prng.once_in(2)) network_.cut(client.index(), Network::Cut::both_notice);
         }));
  plague(troubles.offline, running([this, index](Client& client) {
           client.online(false);
           setting_.schedule.in(setting_.some_ms(40'000), [this, index] {
             if (clients_[index]->is_running()) clients_[index]->online(true);
           });
         }));
  plague(troubles.pause, running([this](Client& client) { client.pause(setting_.prng.once_in(2)); }));
  plague(troubles.client_crash, [this, index] { crash_client(index); });
  plague(troubles.disk, running([this](Client& client) { client.fail_disk(setting_.some_ms(30'000)); }));
  plague(troubles.clock, running([this, index](Client& client) {
           const std::int64_t by =
               setting_.prng.once_in(2) ? setting_.some_ms(3'600'000) : -setting_.some_ms(60'000);
           if (client_clock_ms_[index] + by < -clock_back_ms_max) return;
           client_clock_ms_[index] += by;
           client.jump_clock(by);
         }));
}

void World::trouble_programs() {
  const auto cut = [this](int index, const std::string& name) {
    const auto how = static_cast<Network::Cut>(setting_.prng.below(6));
    setting_.note(name, "loses its connection", std::to_string(static_cast<int>(how)));
    network_.cut(index, how);
  };
  if (listener_) {
    plague(setting_.scenario.troubles.cut, [this, cut] { cut(listener_->index(), listener_->name()); });
  }
  for (const auto& channel : channels_)
    plague(setting_.scenario.troubles.cut,
           [cut, &channel = *channel] { cut(channel.index(), channel.name()); });
  if (!writer_) return;
  plague(setting_.scenario.writer, [this] { writer_->act(); });
  plague(setting_.scenario.troubles.cut, [this, cut] { cut(writer_->index(), writer_->name()); });
}

void World::crash_client(std::size_t index) {
  if (!clients_[index]->is_running()) return;
  clients_[index]->crash();
  setting_.schedule.in(setting_.some_ms(15'000), [this, index] {
    if (!clients_[index]->is_running()) clients_[index]->start();
  });
}

void World::crash_server() {
  if (!server_.is_up()) return;
  const bool politely = setting_.prng.once_in(3);
  if (politely) server_.drain();
  setting_.schedule.in(politely ? setting_.some_ms(500) : 0, [this] {
    if (!server_.is_up()) return;
    server_.crash();
    setting_.schedule.in(setting_.some_ms(20'000), [this] {
      if (!server_.is_up()) server_.start();
    });
  });
}

// Somebody puts an older state of the log in place; `epoch`: by the means provided for that.
void World::new_epoch(bool epoch) {
  if (!server_.is_up()) return;
  server_.crash();
  const std::uint64_t last = log_.lineage()->last_seq();
  const std::uint64_t seq =
      setting_.prng.once_in(4) ? 0 : last - setting_.prng.below(std::min<std::uint64_t>(last, 20) + 1);
  setting_.note("log", epoch ? "is restored" : "is rolled back",
                std::to_string(seq) + " of " + std::to_string(last));
  log_.roll_back(seq, epoch);
  if (setting_.models) setting_.models->begin(*log_.lineage());
  history_.reset_happened = true;
  setting_.schedule.in(setting_.some_ms(5'000), [this] {
    if (!server_.is_up()) server_.start();
  });
}

void World::copy_store() {
  const std::size_t index = setting_.prng.below(clients_.size());
  if (!clients_[index]->is_running() || !clients_[index]->plan().disk || clients_[index]->is_copy() ||
      !clients_[index]->plan().is_native())  // whose server has no word for it
    return;
  if (clients_.size() > setting_.scenario.clients.size()) return;
  history_.inexact_all = true;
  tap_.expect_copies();
  const std::string id = clients_[index]->engine().client();
  const std::uint64_t last = clients_[index]->last_number();
  Client& copy = add_client(clients_[index]->plan());
  setting_.note(copy.name(), "is a copy of", clients_[index]->name());
  copy.become_copy_of(*clients_[index]);
  start_copy_later(clients_.size() - 1, id, last, 30);
}

// It can be recognised once the server knows that a write of the original was stored, and the copy knows
// nothing of that write.
void World::start_copy_later(std::size_t index, const std::string& id, std::uint64_t last, int tries) {
  setting_.schedule.in(2'000, [this, index, id, last, tries] {
    if (setting_.calm) return;
    const auto next = log_.lineage()->applied.upper_bound({id, last});
    const bool stored = next != log_.lineage()->applied.end() && next->first.first == id;
    const bool seen = stored && tap_.has_acked(next->first);
    if (seen && !history_.reset_happened) {
      clients_[index]->start();
      trouble_client(index);
    } else if (tries > 0) {
      start_copy_later(index, id, last, tries - 1);
    }
  });
}

// After so long a time that a client which never came to claim anything as settled is past helping: it cannot
// tell being forgotten from never having been heard. Nor can one whose copy comes back first tell it from a
// log that was rolled back: that copy, new to the server, has its name put down again.
void World::forget_client() {
  std::vector<std::string> known = log_.clients();
  std::erase_if(known, [this](const std::string& client) { return !tap_.has_claimed(client); });
  for (const auto& client : clients_) std::erase(known, client->copied_id());
  if (!server_.is_up() || known.empty()) return;
  history_.inexact_all = true;
  server_.crash();
  const std::string& client = known[setting_.prng.below(known.size())];
  setting_.note("log", "forgets client", client);
  log_.forget(client);
  setting_.schedule.in(setting_.some_ms(3'000), [this] {
    if (!server_.is_up()) server_.start();
  });
}

void World::break_log() {
  const bool full = setting_.prng.once_in(2);
  setting_.note("log", full ? "is full" : "is down");
  log_.be_in_trouble(full ? hub::Appended::What::full : hub::Appended::What::down, setting_.some_ms(20'000));
}

// Another server process writes to the same log.
std::optional<hub::Batch> World::strangers_batch() {
  const Lineage& lineage = *log_.lineage();
  const CollectionPlan& plan =
      setting_.scenario.collections[setting_.prng.below(setting_.scenario.collections.size())];
  const auto number = setting_.prng.below(static_cast<std::uint64_t>(plan.free_ids));
  const model::Key key{plan.name, free_id(number)};
  const auto held = lineage.records.find(key);
  const bool forgotten = held != lineage.records.end() && !held->second.exists() &&
                         lineage.touched.find(key)->second <= log_.forgotten_up_to();
  model::Change change;
  if (held != lineage.records.end() && !forgotten) change.record = held->second;
  model::Record& record = change.record;
  const base::Instant time =
      lineage.entries.empty() ? base::Instant{1'750'000'000'000} : lineage.entries.back().batch.time;
  change.previous = record.version;
  record.key = key;
  if (!record.exists()) {
    record.born = record.version;
    record.created = time;
    record.num = log_.last_num() + 1;
  }
  ++record.version;
  record.data = workload_.stranger_data();
  record.updated = std::max(time, record.updated + base::milliseconds(1));
  setting_.note("log", "takes a stranger's change", record.data);
  return hub::Batch{.space = "default",
                    .write_id = "stranger-" + std::to_string(setting_.prng.below(1u << 30)),
                    .time = time,
                    .changes = {change},
                    .marks = {},
                    .outcomes = {}};
}

}  // namespace rockpool::sim
