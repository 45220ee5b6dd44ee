#include "core/sync/engine.h"

#include "core/sync/engine_impl.h"

namespace rockpool::sync {

Engine::Engine(const dialect::Dialect& dialect, Options options, base::Prng prng)
    : impl_(std::make_unique<Impl>(dialect, std::move(options), prng)) {}
Engine::~Engine() = default;

base::Result<journal::Recovered> Engine::restore(Instant now, const journal::Files& files) {
  impl_->now = now;
  base::Result<journal::Recovered> recovered = impl_->restore(files);
  if (recovered.ok()) impl_->commit();
  return recovered;
}

base::Result<WriteView> Engine::write(Instant now, const std::vector<LocalWrite>& writes, const Op& op) {
  impl_->now = now;
  base::Result<WriteView> view = impl_->write(writes, op);
  impl_->commit();
  return view;
}

bool Engine::cancel(Instant now, const std::string& key) {
  impl_->now = now;
  const bool cancelled = impl_->cancel(key);
  impl_->commit();
  return cancelled;
}

base::Result<WriteView> Engine::retry(Instant now, const std::string& key, const std::string& value,
                                      const Op& op) {
  impl_->now = now;
  base::Result<WriteView> view = impl_->retry(key, value, op);
  impl_->commit();
  return view;
}

void Engine::dismiss(Instant now, const std::string& key) {
  impl_->now = now;
  impl_->dismiss(key);
  impl_->commit();
}

base::Result<WriteView> Engine::resolve(Instant now, const Key& record, const std::string& to,
                                        bool is_value) {
  impl_->now = now;
  base::Result<WriteView> view = impl_->resolve(record, to, is_value);
  impl_->commit();
  return view;
}

void Engine::decide(Instant now, std::uint64_t ticket, std::optional<std::string> value) {
  impl_->now = now;
  impl_->decide(ticket, std::move(value));
  impl_->commit();
}

void Engine::keep(Instant now, const std::string& collection, const std::string& id) {
  impl_->now = now;
  impl_->keep(collection, id);
  impl_->commit();
}

void Engine::pause(Instant now) {
  impl_->now = now;
  impl_->pause(true);
  impl_->commit();
}

void Engine::resume(Instant now) {
  impl_->now = now;
  impl_->pause(false);
  impl_->commit();
}

std::optional<RowView> Engine::row(const Key& key) const { return impl_->row(key); }

void Engine::each(const std::string& name,
                  const std::function<void(std::string_view id, const RowView& row)>& fn) const {
  const Collection* collection = impl_->replica_.find_collection(name);
  if (collection == nullptr || impl_->hides()) return;
  for (const auto& [id, row] : collection->rows) {
    if (!row.view().empty()) fn(id, impl_->view_of(row));
  }
}

Known Engine::known(const std::string& name) const {
  const Collection* collection = impl_->replica_.find_collection(name);
  if (collection == nullptr || impl_->hides()) return Known::unknown;
  if (collection->confirmed || impl_->options_.url.empty()) return Known::complete;
  return collection->cursor.empty() ? Known::unknown : Known::cached;
}

std::size_t Engine::count(const std::string& name) const {
  std::size_t count = 0;
  const Collection* collection = impl_->replica_.find_collection(name);
  if (collection == nullptr || impl_->hides()) return 0;
  for (const auto& [id, row] : collection->rows) count += row.view().empty() ? 0 : 1;
  return count;
}

std::vector<WriteView> Engine::pending() const { return impl_->pending(); }
std::optional<WriteView> Engine::find_write(const std::string& key) const { return impl_->find_write(key); }
std::vector<ConflictView> Engine::conflicts() const { return impl_->conflicts(); }
StatusView Engine::status() const { return impl_->status(); }
const std::string& Engine::client() const { return impl_->identity_.client; }
std::string Engine::export_all() const { return impl_->export_all(); }

void Engine::presence(Instant now, const std::string& room, const std::string& member,
                      const std::string& state) {
  impl_->now = now;
  impl_->presence(room, member, state);
}

void Engine::watch_presence(Instant now, const std::string& room, bool on) {
  impl_->now = now;
  impl_->watch_presence(room, on);
}

void Engine::signal(Instant now, const dialect::Signal& signal) {
  impl_->now = now;
  impl_->signal(signal);
}

std::vector<model::Present::Member> Engine::peers(const std::string& room) const {
  const auto found = impl_->peers_.find(room);
  return found == impl_->peers_.end() ? std::vector<model::Present::Member>() : found->second;
}

void Engine::arrived(Instant now, dialect::CarrierId carrier, dialect::Arrival arrival) {
  impl_->now = now;
  impl_->arrived(carrier, std::move(arrival));
  impl_->commit();
}

void Engine::persisted(Instant now, std::uint64_t number) {
  impl_->now = now;
  impl_->persisted(number);
  impl_->commit();
}

void Engine::persist_failed(Instant now, const std::string& why) {
  impl_->now = now;
  impl_->storage_failing(why.empty() ? "the store could not be written" : why);
}

void Engine::persist_recovered(Instant now) {
  impl_->now = now;
  impl_->storage_failing("");
}

void Engine::token(Instant now, std::optional<std::string> token) {
  impl_->now = now;
  impl_->token(std::move(token));
  impl_->commit();
}

void Engine::online(Instant now, bool online) {
  impl_->now = now;
  impl_->online(online);
  impl_->commit();
}

void Engine::visible(Instant now, bool visible) {
  impl_->now = now;
  impl_->visible(visible);
  impl_->commit();
}

void Engine::wake(Instant now) {
  impl_->now = now;
  impl_->wake();
  impl_->commit();
}

void Engine::stop(Instant now) {
  impl_->now = now;
  impl_->stop();
  impl_->commit();
}

std::string Engine::begin_news() { return impl_->begin_news(); }
std::string Engine::news() { return impl_->news(); }

bool Engine::mirror(Instant now, std::string_view told) {
  impl_->now = now;
  return impl_->mirror(told);
}

void Engine::refuse(Instant now, std::uint64_t op, const base::Error& error) {
  impl_->now = now;
  impl_->refuse(op, error);
}

std::optional<Effect> Engine::poll() { return impl_->poll(); }
std::optional<Instant> Engine::next_wake() const { return impl_->next_wake(); }

}  // namespace rockpool::sync
