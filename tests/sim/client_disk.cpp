// What a client stores, and the disk that fails it.
#include <utility>

#include "tests/sim/client.h"

namespace rockpool::sim {

void Client::persist(const sync::Persist& step) {
  if (syncing_) return fail(invariant::contract, "two persist steps are under way");
  const std::string problem = disk_.apply(step.ops);
  if (!problem.empty()) return fail(invariant::contract, "the journal breaks its rules: " + problem);
  note("persists", std::to_string(step.number));
  syncing_ = Syncing{step.number, picture(), std::exchange(passed_, {})};
  if (setting_.faults.disk_lies) return lie_about(step.number);
  sync_later();
}

void Client::sync_later() {
  const std::int64_t delay = setting_.some_ms(setting_.calm ? 10 : setting_.scenario.sync_ms_max);
  setting_.schedule.in(delay, [this, life = life_] {
    if (life == life_) synced();
  });
}

void Client::synced() {
  if (setting_.now() < disk_fails_until_) {
    note("cannot sync");
    if (setting_.prng.once_in(2)) disk_.sync_partly(setting_.prng, setting_.scenario.tears);
    engine_->persist_failed(clock(), "the simulated disk fails");
    sync_later();
    pump();
    return;
  }
  disk_.sync();
  durable_ = std::move(syncing_->picture);
  const std::uint64_t number = syncing_->number;
  syncing_.reset();
  engine_->persisted(clock(), number);
  pump();
}

// A planted fault: said to be stored at once, stored seconds later or never.
void Client::lie_about(std::uint64_t number) {
  setting_.schedule.in(1, [this, life = life_, number] {
    if (life != life_) return;
    durable_ = std::move(syncing_->picture);
    syncing_.reset();
    engine_->persisted(clock(), number);
    pump();
  });
}

}  // namespace rockpool::sim
