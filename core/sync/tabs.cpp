// Several tabs, one store: the engine that leads tells the others what it stores, and they show it.
#include "core/sync/engine_impl.h"

namespace rockpool::sync {

std::string Engine::Impl::begin_news() {
  commit();
  return ledger_.begin_news(identity_, replica_, outbox_);
}

std::string Engine::Impl::news() {
  commit();
  return ledger_.news();
}

bool Engine::Impl::mirror(std::string_view told) {
  std::set<Key> touched;
  const bool understood = replay(told, identity_, replica_, outbox_, &touched);
  for (const Key& key : touched) {
    const Row* row = replica_.find(key);
    if (row != nullptr && row->local && row->local->clash)
      clashes_.insert(key);
    else
      clashes_.erase(key);
    show(key);
  }
  return understood;
}

// It fails like one that the server refuses, but it never had a number: only this tab knows of it.
void Engine::Impl::refuse(std::uint64_t op, const base::Error& error) {
  Pending* pending = outbox_.find(provisional_base + op);
  if (pending != nullptr && pending->open()) refuse_group(*pending, error);
}

}  // namespace rockpool::sync
