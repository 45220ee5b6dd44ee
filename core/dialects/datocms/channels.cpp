#include "core/dialects/datocms/channels.h"

#include <algorithm>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/heads.h"
#include "core/dialect/object_text.h"
#include "core/dialects/datocms/door.h"
#include "core/wire/sse.h"

namespace rockpool::dialects::datocms {
namespace {

constexpr base::Duration opened_within = base::seconds(15);
constexpr base::Duration resumed_within = base::seconds(60);
constexpr base::Duration silence_max = base::seconds(15);
constexpr std::uint64_t spread_ms = 3000;
// One result waits to be sent at most, however large it is: it is read, or the stream ends.
constexpr dialect::StreamTerms stream_terms = {.queue_bytes_max = 128 << 20, .stalled_ms_max = 30'000};
// What is longer has to leave before the next one is said.
constexpr std::size_t large_bytes = 64 << 10;
// Of all channels' queries together; and how often one may be opened.
constexpr std::size_t queries_bytes_max = 256 << 20;
constexpr base::TokenBucket::Rate opens_rate = {.per_second = 1, .burst = 10};

constexpr std::string_view first_words = "retry: 1000\n\n";
constexpr std::string_view heartbeat = ": hb\n\n";

dialect::SendFrame frame(CarrierId carrier, std::string text) {
  return {.carrier = carrier, .bytes = dialect::share(std::move(text))};
}

// `response` may be empty.
std::string fatal(std::string_view code, std::string_view message, std::string_view response) {
  std::string body;
  dialect::ObjectText object(body);
  object.text("code", code).text("message", message).flag("fatal", true);
  if (!response.empty()) object.raw("response", response);
  object.end();
  return body;
}

// The client comes back, and by then there may be room.
std::string no_room() {
  std::string body;
  dialect::ObjectText(body)
      .text("code", "TEMPORARY_FAILURE")
      .text("message", "the results of all queries take too much memory; try again later")
      .flag("fatal", false)
      .end();
  return body;
}

std::size_t bytes_of(const Query& query) { return query.text.size() + query.variables.size(); }

// Events are named by where the log stood and by what came: 7-3f9c.
std::string_view result_of(std::string_view event) {
  return event.substr(std::min(event.find('-'), event.size()));
}
std::uint64_t seq_of(std::string_view event) {
  return base::read_decimal(event.substr(0, event.find('-'))).value_or(~std::uint64_t{0});
}

dialect::Respond gone(CarrierId carrier) {
  auto respond = refuse(carrier, Fault::not_found, "the channel is gone; ask for another one");
  respond.head.status = 410;
  return respond;
}

}  // namespace

// ---- making and finding -----------------------------------------------------------------------------------

void Channels::make(CarrierId carrier, Wish wish, ServerSteps& out) {
  if (desk_.draining || !has_room(wish)) return out.push_back(refuse(carrier, Fault::too_many));
  out.push_back(dialect::SecretWork{.ticket = ++desk_.last_ticket});
  making_.emplace(desk_.last_ticket, Making{carrier, std::move(wish)});
}

bool Channels::has_room(Wish& wish) {
  if (channels_.size() + making_.size() >= desk_.settings.channels_max ||
      bytes_ + bytes_of(wish.query) > queries_bytes_max)
    return ++desk_.met["channels"], false;
  if (lives_.is_full()) return ++desk_.met["live_bytes"], false;
  return desk_.sit(wish.caller.name, wish.address, wish.seat);
}

bool Channels::worked(Instant now, Ticket ticket, const dialect::SecretResult& result, ServerSteps& out) {
  auto node = making_.extract(ticket);
  if (node.empty()) return false;
  Making& making = node.mapped();
  const auto* random = std::get_if<std::string>(&result);
  if (random == nullptr) return out.push_back(refuse(making.carrier, Fault::too_many)), true;
  auto channel = std::make_unique<Channel>(Channel{.opens = {opens_rate, now}});
  channel->id = uuid_of(*random);
  channel->young_until = now + opened_within;
  leave_at(*channel, channel->young_until);
  channel->wish = std::move(making.wish);
  bytes_ += bytes_of(channel->wish.query);
  std::string body;
  dialect::ObjectText(body).text("url", channel->wish.base + "/listen/channels/" + channel->id).end();
  out.push_back(answer(making.carrier, 200, dialect::share(std::move(body))));
  const std::uint64_t hash = base::hash64(channel->id);
  channels_.emplace(hash, std::move(channel));
  return true;
}

Channels::Channel* Channels::find(std::string_view id) {
  const auto [begin, end] = channels_.equal_range(base::hash64(id));
  for (auto held = begin; held != end; ++held)
    if (dialect::is_same_secret(held->second->id, id)) return held->second.get();
  return nullptr;
}

// ---- streams ----------------------------------------------------------------------------------------------

void Channels::open(Instant now, CarrierId carrier, std::string_view id, const std::string& last_event,
                    ServerSteps& out) {
  if (desk_.draining) return out.push_back(refuse(carrier, Fault::too_many));
  Channel* channel = find(id);
  if (channel == nullptr || (channel->gone_at && *channel->gone_at <= now))
    return out.push_back(gone(carrier));
  // Whoever was connected comes back with what it heard.
  const std::string& sent = channel->last_event;
  const bool was_told = !sent.empty() && !last_event.empty() && seq_of(last_event) <= seq_of(sent);
  if (!was_told && channel->young_until <= now) return out.push_back(gone(carrier));
  if (!channel->opens.take(now)) return out.push_back(refuse(carrier, Fault::too_many));
  const std::string heard = was_told ? last_event : std::string();
  if (channel->carrier != 0) {
    out.push_back(dialect::CloseStream{.carrier = channel->carrier, .reason = "opened again"});
    let_go(*channel);
  }
  channel->carrier = carrier;
  leave_at(*channel, std::nullopt);
  channel->is_stalled = channel->is_behind = false;
  by_carrier_[carrier] = channel;
  out.push_back(dialect::AcceptStream{.carrier = carrier,
                                      .subprotocol = "",
                                      .headers = {{"Content-Type", "text/event-stream"},
                                                  {"Cache-Control", "no-cache, no-transform"},
                                                  {"X-Accel-Buffering", "no"}},
                                      .terms = stream_terms});
  // The head and first bytes at once: the client waits for them.
  out.push_back(frame(carrier, std::string(first_words)));
  begin(now, *channel, heard, out);
}

void Channels::begin(Instant now, Channel& channel, const std::string& last_event, ServerSteps& out) {
  auto joined =
      lives_.join(channel.carrier, *channel.wish.environment, channel.wish.sight, channel.wish.query);
  if (const auto* errors = std::get_if<std::string>(&joined))
    return end_with(channel, fatal("INVALID_QUERY", query_is_wrong, *errors), out);
  channel.live = std::get<LiveQuery*>(joined);
  if (channel.live == nullptr) {
    ++desk_.met["live_bytes"];
    return end_with(channel, no_room(), out);
  }
  channel.said = now;
  silence_.set(channel.carrier, now + silence_max);
  // The result is the same as it was, whenever that was: nothing is to be said.
  const bool is_same = !last_event.empty() && result_of(last_event) == result_of(channel.live->id());
  if (is_same)
    channel.last_event = channel.live->id();
  else
    tell(now, channel, out);
}

void Channels::tell(Instant now, Channel& channel, ServerSteps& out) {
  channel.is_behind = channel.is_stalled;
  if (channel.is_stalled) return;
  channel.said = now;
  channel.last_event = channel.live->id();
  const Shared& body = lives_.body(*channel.live, channel.wish.shape);
  channel.is_stalled = body->size() > large_bytes;
  out.push_back(dialect::SendFrame{.carrier = channel.carrier,
                                   .bytes = body,
                                   .tells = channel.is_stalled,
                                   .before = wire::sse_head(channel.last_event, "update"),
                                   .after = std::string(wire::sse_tail)});
}

void Channels::end_with(Channel& channel, std::string_view error, ServerSteps& out) {
  const CarrierId carrier = channel.carrier;
  out.push_back(
      frame(carrier, wire::sse_head("", "channelError") + std::string(error) + std::string(wire::sse_tail)));
  out.push_back(dialect::CloseStream{.carrier = carrier, .reason = "the channel has ended"});
  let_go(channel);
  remove(channel);
}

void Channels::remove(const Channel& channel) {
  bytes_ -= bytes_of(channel.wish.query);
  const auto [begin, end] = channels_.equal_range(base::hash64(channel.id));
  for (auto held = begin; held != end; ++held)
    if (held->second.get() == &channel) return void(channels_.erase(held));
}

void Channels::leave_at(Channel& channel, std::optional<Instant> at) {
  if (channel.gone_at) leaving_.erase({*channel.gone_at, channel.id});
  if (at) leaving_.insert({*at, channel.id});
  channel.gone_at = at;
}

void Channels::let_go(Channel& channel) {
  if (channel.live != nullptr) lives_.leave(channel.carrier, *channel.live);
  by_carrier_.erase(channel.carrier);
  silence_.forget(channel.carrier);
  channel.live = nullptr;
  channel.carrier = 0;
}

bool Channels::receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out) {
  if (std::holds_alternative<dialect::Closed>(arrival))
    std::erase_if(making_, [&](const auto& one) { return one.second.carrier == carrier; });
  const auto held = by_carrier_.find(carrier);
  if (held == by_carrier_.end()) return false;
  Channel& channel = *held->second;
  if (std::holds_alternative<dialect::Closed>(arrival)) {
    let_go(channel);
    leave_at(channel, now + resumed_within);
  } else if (std::holds_alternative<dialect::Stalled>(arrival)) {
    channel.is_stalled = true;
  } else if (std::holds_alternative<dialect::Drained>(arrival)) {
    channel.is_stalled = false;
    const bool is_another = result_of(channel.last_event) != result_of(channel.live->id());
    if (std::exchange(channel.is_behind, false) && is_another) tell(now, channel, out);
  }
  return true;
}

void Channels::refresh(Instant now, const Lives::Refreshed& refreshed, ServerSteps& out) {
  for (LiveQuery* const live : refreshed.changed)
    for (const CarrierId carrier : live->listeners())
      if (carrier < sdk_listeners) tell(now, *by_carrier_.at(carrier), out);
  for (const CarrierId carrier : refreshed.lost) {
    if (carrier >= sdk_listeners) continue;
    ++desk_.met["live_bytes"];
    end_with(*by_carrier_.at(carrier), no_room(), out);
  }
}

void Channels::review(Instant now, const dialect::Standing& standing, ServerSteps& out) {
  const auto is_lost = [&](const Wish& wish) {
    const model::Principal& principal = *wish.caller.principal;
    if (principal.credential.empty()) return false;
    const auto renewed = standing.renew(principal);
    return !renewed || !Door::lets_in(*renewed);
  };
  std::erase_if(making_, [&](const auto& one) {
    if (!is_lost(one.second.wish)) return false;
    out.push_back(refuse(one.second.carrier, Fault::denied));
    return true;
  });
  std::vector<Channel*> ended;
  for (const auto& [hash, channel] : channels_)
    if (is_lost(channel->wish)) ended.push_back(channel.get());
  for (Channel* channel : ended) {
    if (channel->carrier != 0)
      end_with(*channel, fatal("INVALID_AUTHORIZATION_HEADER", "the token was withdrawn", {}), out);
    else
      leave_at(*channel, now);
  }
}

// So that clients do not come back all at once.
void Channels::drain(ServerSteps& out) {
  for (const auto& [carrier, channel] : by_carrier_)
    out.push_back(frame(carrier, "retry: " + base::decimal(prng_.below(spread_ms)) + "\n\n"));
}

void Channels::wake(Instant now, ServerSteps& out) {
  for (const CarrierId carrier : silence_.take(now)) {
    Channel& channel = *by_carrier_.at(carrier);
    if (channel.said + silence_max <= now && !channel.is_stalled) {
      out.push_back(frame(carrier, std::string(heartbeat)));
      channel.said = now;
    }
    silence_.set(carrier, (channel.said + silence_max > now ? channel.said : now) + silence_max);
  }
  while (!leaving_.empty() && leaving_.begin()->first <= now) {
    Channel& channel = *find(leaving_.begin()->second);
    leave_at(channel, std::nullopt);
    remove(channel);
  }
}

std::optional<Instant> Channels::next_wake() const {
  std::optional<Instant> next = silence_.next();
  if (!leaving_.empty() && (!next || leaving_.begin()->first < *next)) next = leaving_.begin()->first;
  return next;
}

}  // namespace rockpool::dialects::datocms
