// Who hears what the hub tells.
#include <algorithm>

#include "core/gateway/gateway_impl.h"

namespace rockpool::gateway {

namespace {

// What lets people in, and takes it away again. Log-ins only add to the first.
constexpr std::string_view sessions_collection = "$sessions";
constexpr std::string_view revocations_collection = "$revocations";

// Whoever comes new to `$sessions` takes nothing from anybody.
bool takes_away(const Told& told) {
  const auto* changed = std::get_if<model::Changed>(&told.second);
  if (changed == nullptr || told.first.kind != model::Topic::Kind::collection) return false;
  if (told.first.name == revocations_collection) return true;
  if (told.first.name != sessions_collection) return false;
  return std::any_of(changed->changes.begin(), changed->changes.end(),
                     [&](const model::Change& change) { return !change.record.exists(); });
}

}  // namespace

void Gateway::Impl::tell(Instant now, const hub::Tell& tell) {
  if (std::any_of(tell.notices.begin(), tell.notices.end(), takes_away)) effects_.push_back(Review{});
  show_watchers(now, tell);
  if (tell.notices.size() == 1) {
    tell_one(now, tell.notices.front());
  } else {
    tell_all(now, tell);
  }
  if (audience_.records() > 0) {
    for (const Told& told : tell.notices) tell_records(now, told);
  }
  for (auto& [mount, steps] : std::exchange(following_, {})) {
    for (dialect::ServerStep& step : steps) act(now, mount, step);
  }
}

void Gateway::Impl::show_watchers(Instant now, const hub::Tell& tell) {
  const Told& first = tell.notices.front();
  if (!std::holds_alternative<model::Changed>(first.second)) return;
  for (std::size_t mount = 0; mount < mounts_.size(); ++mount) {
    dialect::ServerDialect& server = *mounts_[mount].server;
    if (!server.watches() || mounts_[mount].mount.space != first.first.space) continue;
    if (following_.empty() || following_.back().first != mount) following_.emplace_back(mount, ServerSteps());
    server.watch(now, tell.notices, following_.back().second);
  }
}

Shared Gateway::Impl::encode(std::size_t mount, const Told& told) {
  const auto encode = mounts_[mount].mount.dialect->encode;
  std::string bytes = encode == nullptr ? std::string() : encode(told.first, told.second);
  if (bytes.empty()) return nullptr;
  figures_.encoded += 1;
  return dialect::share(std::move(bytes));
}

Shared Gateway::Impl::encode_for(CarrierId listener, std::size_t mount, const Told& told,
                                 const Shared& bytes) {
  if (const auto* emitted = std::get_if<model::Emitted>(&told.second)) {
    return emitted->author == listener ? nullptr : bytes;
  }
  const auto* changed = std::get_if<model::Changed>(&told.second);
  if (changed == nullptr) return bytes;
  const auto is_own = [&](const model::Hint& hint) { return hint.author == listener; };
  if (std::none_of(changed->hints.begin(), changed->hints.end(), is_own)) return bytes;
  model::Changed others{.changes = {}, .cursor = changed->cursor};
  for (std::size_t i = 0; i < changed->changes.size(); ++i) {
    if (is_own(changed->hints[i])) continue;
    others.changes.push_back(changed->changes[i]);
    others.hints.push_back(changed->hints[i]);
  }
  return others.changes.empty() ? nullptr : encode(mount, {told.first, std::move(others)});
}

void Gateway::Impl::deliver(Instant now, std::size_t mount, CarrierId carrier, const Shared& bytes) {
  figures_.delivered += 1;
  if (dialect::is_kept(carrier)) {
    if (following_.empty() || following_.back().first != mount) following_.emplace_back(mount, ServerSteps());
    return mounts_[mount].server->deliver(now, carrier, bytes, following_.back().second);
  }
  figures_.frames_out += 1;
  const bool is_binary = mounts_[mount].mount.dialect->encodes_binary;
  effects_.push_back(dialect::SendFrame{.carrier = carrier, .bytes = bytes, .binary = is_binary});
}

void Gateway::Impl::tell_one(Instant now, const Told& told) {
  const Audience::ByMount* audience = audience_.listeners(told.first);
  if (audience == nullptr) return;
  std::vector<std::pair<std::size_t, Audience::Listeners>> ended;
  for (const auto& [mount, listeners] : *audience) {
    const Shared bytes = encode(mount, told);
    if (!bytes) continue;
    for (const CarrierId carrier : listeners) {
      if (const Shared heard = encode_for(carrier, mount, told, bytes)) deliver(now, mount, carrier, heard);
    }
    const auto ends = mounts_[mount].mount.dialect->ends;
    if (ends != nullptr && ends(told.first, told.second)) ended.emplace_back(mount, listeners);
  }
  for (const auto& [mount, listeners] : ended) end(now, mount, told.first, listeners);
}

void Gateway::Impl::end(Instant now, std::size_t mount, const model::Topic& topic,
                        const Audience::Listeners& listeners) {
  for (const CarrierId carrier : listeners) audience_.leave(mount, carrier, topic);
  if (following_.empty() || following_.back().first != mount) following_.emplace_back(mount, ServerSteps());
  mounts_[mount].server->ended(now, topic, listeners, following_.back().second);
}

// A record's listeners are told of it apart from those of its collection, each change by itself: who follows
// single records need not know of log entries.
void Gateway::Impl::tell_records(Instant now, const Told& told) {
  const auto* changed = std::get_if<model::Changed>(&told.second);
  if (changed == nullptr || told.first.kind != model::Topic::Kind::collection) return;
  for (std::size_t i = 0; i < changed->changes.size(); ++i) {
    const model::Change& change = changed->changes[i];
    model::Topic topic = model::record_topic(told.first.space, change.record.key, told.first.scope);
    if (audience_.listeners(topic) == nullptr) continue;
    model::Changed one{.changes = {change}, .cursor = changed->cursor};
    if (!changed->hints.empty()) one.hints.push_back(changed->hints[i]);
    tell_one(now, {std::move(topic), std::move(one)});
  }
}

// Who listens to several of the topics gets all of it in one frame, made once for all who listen to the same
// ones.
void Gateway::Impl::tell_all(Instant now, const hub::Tell& tell) {
  using Heard = std::vector<Shared>;
  std::map<std::pair<std::size_t, CarrierId>, Heard> heard;  // by mount
  for (const auto& told : tell.notices) {
    const Audience::ByMount* audience = audience_.listeners(told.first);
    if (audience == nullptr) continue;
    for (const auto& [mount, listeners] : *audience) {
      const Shared bytes = encode(mount, told);
      if (!bytes) continue;
      for (const CarrierId carrier : listeners) {
        if (Shared own = encode_for(carrier, mount, told, bytes)) heard[{mount, carrier}].push_back(own);
      }
    }
  }
  std::map<Heard, Shared> joined;
  for (const auto& [listener, messages] : heard) {
    const auto [mount, carrier] = listener;
    const auto join = mounts_[mount].mount.dialect->join;
    if (messages.size() == 1 || join == nullptr) {
      for (const Shared& message : messages) deliver(now, mount, carrier, message);
      continue;
    }
    Shared& frame = joined[messages];
    if (!frame) frame = dialect::share(join(messages));
    deliver(now, mount, carrier, frame);
  }
}

}  // namespace rockpool::gateway
