#include "tests/sim/network.h"

#include <algorithm>

namespace rockpool::sim {
namespace {

constexpr std::uint16_t abnormal = 1006;
// How long frames of a half-dead connection may be under way.
constexpr std::int64_t late_ms_max = 20'000;

wire::RequestHead head_of(const dialect::OpenStream& open) {
  wire::RequestHead head{.method = "GET", .path = "/", .query = {}, .headers = open.headers, .upgrade = true};
  const std::size_t host = open.url.find("://");
  const std::size_t path = open.url.find('/', host == std::string::npos ? 0 : host + 3);
  if (path != std::string::npos) head.path = open.url.substr(path);
  const std::size_t query = head.path.find('?');
  if (query != std::string::npos) {
    head.query = head.path.substr(query + 1);
    head.path.resize(query);
  }
  head.headers.emplace_back("Host", "sim.example");
  head.headers.emplace_back("Upgrade", "websocket");
  if (!open.subprotocol.empty()) head.headers.emplace_back("Sec-WebSocket-Protocol", open.subprotocol);
  return head;
}

}  // namespace

std::int64_t Network::delay() {
  return 1 + setting_.some_ms(setting_.calm ? 10 : setting_.scenario.delay_ms_max);
}

Link* Network::find(CarrierId id) {
  const auto found = links_.find(id);
  return found == links_.end() ? nullptr : &found->second;
}

Link* Network::find_mine(int client, CarrierId carrier) {
  const auto found = by_client_.find({client, carrier});
  return found == by_client_.end() ? nullptr : find(found->second);
}

const Link* Network::find(int client, CarrierId carrier) const {
  const auto found = by_client_.find({client, carrier});
  if (found == by_client_.end()) return nullptr;
  const auto link = links_.find(found->second);
  return link == links_.end() ? nullptr : &link->second;
}

std::size_t Network::open_links() const { return links_.size(); }

void Network::drop_if_over(CarrierId id) {
  const Link* link = find(id);
  if (link == nullptr || link->client_open || link->server_open) return;
  const auto mine = by_client_.find({link->client, link->client_carrier});
  if (mine != by_client_.end() && mine->second == id) by_client_.erase(mine);
  links_.erase(id);
}

// Acts at a time not before that of everything put in order earlier.
void Network::in_order(std::int64_t& at, std::function<void()> act) {
  at = std::max(at, setting_.now() + delay());
  setting_.schedule.in(at - setting_.now(), std::move(act));
}

// ---- the client's end
// ----------------------------------------------------------------------------------------------

void Network::open(int client, const dialect::OpenStream& open) {
  const CarrierId id = next_++;
  Link& link = links_[id];
  link.id = id;
  link.client = client;
  link.client_carrier = open.carrier;
  by_client_[{client, open.carrier}] = id;
  const bool black = setting_.now() < black_until_;
  if (black && setting_.prng.once_in(3)) {  // nobody answers: the client has to lose patience
    link.up_lost = link.down_lost = true;
    return;
  }
  in_order(link.up_at, [this, id, black, head = head_of(open)]() mutable {
    Link* found = find(id);
    if (found == nullptr) return;
    if (black || !ends_.server_is_up()) return tell_client(id, 0, abnormal, "refused");
    if (!found->client_open) return drop_if_over(id);
    found->server_open = true;
    ends_.server_hears(*found, dialect::Arrived{std::move(head), "192.0.2.1"});
  });
}

void Network::send_up(int client, CarrierId carrier, std::string bytes) {
  Link* link = find_mine(client, carrier);
  if (link == nullptr || !link->client_open || link->up_lost) return;
  const std::uint64_t sequence = ++link->up_sent;
  in_order(link->up_at, [this, id = link->id, sequence, bytes = std::move(bytes)]() mutable {
    arrive_up(id, sequence, dialect::Frame{std::move(bytes), false});
  });
}

void Network::arrive_up(CarrierId id, std::uint64_t sequence, dialect::Arrival arrival) {
  const Link* link = find(id);
  if (link == nullptr || !link->server_open || link->closing || sequence > link->up_kept) return;
  if (setting_.now() < link->up_held_until) {
    return setting_.schedule.in(link->up_held_until - setting_.now(),
                                [this, id, sequence, arrival = std::move(arrival)]() mutable {
                                  arrive_up(id, sequence, std::move(arrival));
                                });
  }
  ends_.server_hears(*link, std::move(arrival));
}

void Network::close_by_client(int client, CarrierId carrier) {
  Link* link = find_mine(client, carrier);
  if (link == nullptr || !link->client_open) return;
  link->client_open = false;
  if (!link->up_lost) tell_server(link->id, 0, 1000);
  drop_if_over(link->id);
}

void Network::tell_client(CarrierId id, std::int64_t at_least, std::uint16_t code, std::string reason) {
  Link* link = find(id);
  if (link == nullptr) return;
  link->down_at = std::max(link->down_at, setting_.now() + at_least);
  in_order(link->down_at, [this, id, code, reason = std::move(reason)] {
    Link* found = find(id);
    if (found == nullptr || !found->client_open) return;
    found->client_open = false;
    const Link ended = *found;
    drop_if_over(id);
    ends_.client_hears(ended, dialect::Closed{code, reason});
  });
}

// ---- the server's end
// ----------------------------------------------------------------------------------------------

void Network::tell_server(CarrierId id, std::int64_t at_least, std::uint16_t code) {
  Link* link = find(id);
  if (link == nullptr) return;
  link->up_at = std::max(link->up_at, setting_.now() + at_least);
  in_order(link->up_at, [this, id, code] {
    Link* found = find(id);
    if (found == nullptr || !found->server_open) return;
    found->server_open = false;
    const Link ended = *found;
    drop_if_over(id);
    ends_.server_hears(ended, dialect::Closed{code, ""});
  });
}

void Network::accept(CarrierId id) {
  Link* link = find(id);
  if (link == nullptr || link->down_lost) return;
  in_order(link->down_at, [this, id] {
    const Link* found = find(id);
    if (found != nullptr && found->client_open) ends_.client_hears(*found, dialect::Opened{});
  });
}

void Network::send_down(CarrierId id, std::string bytes) {
  Link* link = find(id);
  if (link == nullptr || !link->server_open || link->closing) return;
  const std::uint64_t sequence = ++link->down_sent;
  if (link->down_lost) return;
  in_order(link->down_at,
           [this, id, sequence, bytes = std::move(bytes)] { arrive_down(id, sequence, bytes); });
}

void Network::arrive_down(CarrierId id, std::uint64_t sequence, const std::string& bytes) {
  Link* link = find(id);
  if (link == nullptr || sequence > link->down_kept) return;
  link->down_heard = sequence;
  if (link->client_open) ends_.client_hears(*link, dialect::Frame{bytes, false});
  link = find(id);
  if (link != nullptr && link->server_open && !link->closing && link->down_heard == link->down_sent) {
    ends_.server_hears(*link, dialect::Drained{});
  }
}

void Network::close_by_server(CarrierId id, std::uint16_t code, std::string reason) {
  Link* link = find(id);
  if (link == nullptr || link->closing) return;
  link->closing = true;
  if (!link->down_lost) tell_client(id, 0, code, std::move(reason));
  // The edge waits for the answer, but not for ever.
  tell_server(id, link->up_lost || link->down_lost ? 5'000 : 1, code);
}

void Network::refuse(CarrierId id) { close_by_server(id, abnormal, "not a stream"); }

// ---- troubles
// ------------------------------------------------------------------------------------------------------

void Network::cut(int client, Cut how) {
  for (auto& [id, link] : links_) {
    if (link.client != client || !link.client_open || !link.server_open || link.up_lost || link.down_lost)
      continue;
    const bool up = how != Cut::down_only;
    const bool down = how != Cut::up_only;
    link.up_lost = up;
    link.down_lost = down;
    base::Prng& prng = setting_.prng;
    const bool late = how == Cut::client_notices && prng.once_in(2);
    // What is under way arrives up to some frame.
    if (up && !late) link.up_kept = link.up_sent - std::min<std::uint64_t>(link.up_sent, prng.below(6));
    if (down) link.down_kept = link.down_sent - std::min<std::uint64_t>(link.down_sent, prng.below(6));
    if (how == Cut::both_notice || how == Cut::client_notices) tell_client(id, 0, abnormal, "cut");
    if (how == Cut::both_notice || how == Cut::server_notices) tell_server(id, 0, abnormal);
    if (!late) continue;
    // All that was sent arrives long after, and the end last.
    link.up_held_until = std::max(link.up_at, setting_.now() + setting_.some_ms(late_ms_max));
    tell_server(id, link.up_held_until + 1 - setting_.now(), abnormal);
  }
}

void Network::client_gone(int client) {
  std::vector<CarrierId> mine;
  for (auto& [id, link] : links_) {
    if (link.client != client) continue;
    if (link.client_open && link.server_open && !link.up_lost && !setting_.prng.once_in(4)) {
      tell_server(id, setting_.prng.once_in(3) ? setting_.some_ms(late_ms_max) : 0, abnormal);
    }
    link.client_open = false;
    link.up_lost = true;
    mine.push_back(id);
  }
  for (const CarrierId id : mine) drop_if_over(id);
  std::erase_if(by_client_, [client](const auto& item) { return item.first.first == client; });
}

void Network::server_gone() {
  std::vector<CarrierId> all;
  for (auto& [id, link] : links_) all.push_back(id);
  for (const CarrierId id : all) {
    Link& link = *find(id);
    const bool was_open = link.server_open;
    link.server_open = false;
    link.up_lost = link.down_lost = true;
    const std::uint64_t arrive =
        link.down_sent - std::min<std::uint64_t>(link.down_sent, setting_.prng.below(4));
    link.down_kept = std::min(link.down_kept, arrive);
    if (was_open && link.client_open && !setting_.prng.once_in(4))
      tell_client(id, 0, abnormal, "server gone");
    drop_if_over(id);
  }
}

void Network::black_out(std::int64_t for_ms) {
  black_until_ = setting_.now() + for_ms;
  for (auto& [id, link] : links_) link.up_lost = link.down_lost = true;
}

}  // namespace rockpool::sim
