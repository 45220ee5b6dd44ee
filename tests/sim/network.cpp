#include "tests/sim/network.h"

#include <algorithm>
#include <iterator>

namespace rockpool::sim {
namespace {

constexpr std::uint16_t abnormal = 1006;
// How long frames of a half-dead connection may be under way.
constexpr std::int64_t late_ms_max = 20'000;
// The engine's link numbers the carriers of a session so.
constexpr int session_bits = 32;
constexpr std::uint64_t copied_once_in = 40;
constexpr std::uint64_t lost_once_in = 40;

wire::RequestHead head_of(const std::string& url, const std::string& method, const wire::Headers& headers) {
  wire::RequestHead head{.method = method, .path = "/", .query = {}, .headers = headers};
  const std::size_t host = url.find("://");
  const std::size_t path = url.find('/', host == std::string::npos ? 0 : host + 3);
  if (path != std::string::npos) head.path = url.substr(path);
  const std::size_t query = head.path.find('?');
  if (query != std::string::npos) {
    head.query = head.path.substr(query + 1);
    head.path.resize(query);
  }
  head.headers.emplace_back("Host", "sim.example");
  return head;
}

Dialect dialect_of(const wire::RequestHead& head) {
  for (std::size_t at = 1; at < std::size(dialect_names); ++at)
    if (head.path.starts_with("/" + std::string(dialect_names[at]) + "/")) return static_cast<Dialect>(at);
  return Dialect::native;
}

// Where nobody keeps books on writes, a write that overtakes itself is told that it came too late.
bool may_be_copied(const Link& link) { return !reads_again(link.dialect) || link.method == "GET"; }

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

Link& Network::add(int client, CarrierId client_carrier, Link::Kind kind) {
  const CarrierId id = next_++;
  Link& link = links_[id];
  link.id = id;
  link.client = client;
  link.client_carrier = client_carrier;
  link.line = {client, client_carrier >> session_bits, lives_[client]};
  link.kind = kind;
  by_client_[{client, client_carrier}] = id;
  return link;
}

void Network::open(int client, const dialect::OpenStream& open) {
  const bool is_socket = open.kind == dialect::Carrier::websocket;
  Link& link = add(client, open.carrier, is_socket ? Link::Kind::websocket : Link::Kind::events);
  link.method = "GET";
  wire::RequestHead head = head_of(open.url, "GET", open.headers);
  link.dialect = dialect_of(head);
  link.target = head.path + "?" + head.query;
  head.upgrade = is_socket;
  if (is_socket) head.headers.emplace_back("Upgrade", "websocket");
  if (!open.subprotocol.empty()) head.headers.emplace_back("Sec-WebSocket-Protocol", open.subprotocol);
  begin(link.id, std::move(head), open.kind);
}

void Network::exchange(int client, const dialect::Exchange& exchange) {
  Link& link = add(client, exchange.carrier, Link::Kind::exchange);
  link.method = exchange.head.method;
  link.body = exchange.body;
  const wire::RequestHead head = head_of(exchange.url, link.method, exchange.head.headers);
  link.dialect = dialect_of(head);
  link.target = head.path + "?" + head.query;
  begin(link.id, head, dialect::Carrier::poll);
  if (setting_.calm || !may_be_copied(link) || !setting_.prng.once_in(copied_once_in)) return;
  // A proxy that heard nothing asks again by itself, maybe long after.
  Link copy = *find(link.id);
  copy.id = next_++;
  copy.is_copy = true;
  copy.client_open = false;
  copy.up_at = setting_.now() + setting_.some_ms(late_ms_max);
  links_[copy.id] = copy;
  begin(copy.id, head, dialect::Carrier::poll);
}

void Network::begin(CarrierId id, wire::RequestHead head, dialect::Carrier carrier) {
  Link& link = *find(id);
  const bool black = setting_.now() < black_until_;
  const Blocked& blocked = blocked_[{link.client, carrier}];
  const bool is_blocked = setting_.now() < blocked.until;
  const bool is_silent = (black && setting_.prng.once_in(3)) || (is_blocked && blocked.how == Block::silent);
  if (is_silent) {  // nobody answers: the client has to lose patience
    link.up_lost = link.down_lost = true;
    return;
  }
  link.down_lost = is_blocked && blocked.how == Block::held_back;
  const bool refused = black || (is_blocked && blocked.how == Block::refused);
  in_order(link.up_at, [this, id, refused, head = std::move(head)]() mutable {
    Link* found = find(id);
    if (found == nullptr) return;
    if (refused || !ends_.server_is_up()) {
      tell_client(id, 0, abnormal, "refused");
      return drop_if_over(id);
    }
    if (!found->client_open && !found->is_copy) return drop_if_over(id);
    found->server_open = true;
    ends_.server_hears(*found, dialect::Arrived{std::move(head), "192.0.2.1"});
  });
}

void Network::send_up(int client, CarrierId carrier, std::string bytes) {
  Link* link = find_mine(client, carrier);
  if (link == nullptr || !link->client_open || link->up_lost) return;
  const std::uint64_t sequence = ++link->up_sent;
  dialect::Frame frame{std::move(bytes), link->dialect == Dialect::deepstream};
  in_order(link->up_at, [this, id = link->id, sequence, frame = std::move(frame)]() mutable {
    arrive_up(id, sequence, std::move(frame));
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
    const bool is_status = code < 1'000 || ended.kind == Link::Kind::websocket;
    ends_.client_hears(ended, dialect::Closed{is_status ? code : std::uint16_t{0}, reason});
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

void Network::accept(CarrierId id, const dialect::StreamTerms& terms) {
  Link* link = find(id);
  if (link != nullptr && terms.ping_ms > 0) ping(id, terms.ping_ms);
  if (link != nullptr) link->stalled_ms_max = terms.stalled_ms_max;
  if (link == nullptr || link->down_lost) return;
  in_order(link->down_at, [this, id] {
    const Link* found = find(id);
    if (found != nullptr && found->client_open) ends_.client_hears(*found, dialect::Opened{});
  });
}

// Whoever does not answer is gone, as the edge sees it.
void Network::ping(CarrierId id, std::int64_t ms) {
  setting_.schedule.in(ms, [this, id, ms] {
    const Link* link = find(id);
    if (link == nullptr || !link->server_open) return;
    if (!link->client_open || link->up_lost || link->down_lost) return tell_server(id, ms, abnormal);
    ping(id, ms);
  });
}

void Network::send_down(CarrierId id, std::string bytes) {
  Link* link = find(id);
  if (link == nullptr || !link->server_open || link->closing) return;
  const std::uint64_t sequence = ++link->down_sent;
  const bool is_taken = link->client_open && !link->down_lost;
  if (!is_taken && link->stalled_ms_max > 0) tell_server(id, link->stalled_ms_max, abnormal);
  if (link->down_lost) return;
  dialect::Frame frame{std::move(bytes), link->dialect == Dialect::deepstream};
  in_order(link->down_at, [this, id, sequence, frame = std::move(frame)]() mutable {
    arrive_down(id, sequence, std::move(frame));
  });
}

void Network::read_body(CarrierId id) {
  const Link* link = find(id);
  if (link == nullptr || !link->server_open) return;
  in_order(links_[id].up_at, [this, id] {
    const Link* found = find(id);
    if (found != nullptr && found->server_open) ends_.server_hears(*found, dialect::Body{0, found->body});
  });
}

bool Network::is_lost_on_the_way(const Link& link) {
  return link.down_lost || (!setting_.calm && setting_.prng.once_in(lost_once_in));
}

// The server is done with it as soon as it has answered.
void Network::respond(CarrierId id, dialect::Body answer) {
  Link* link = find(id);
  if (link == nullptr || !link->server_open) return;
  link->server_open = false;
  const bool is_lost = is_lost_on_the_way(*link);
  const bool is_exchange = link->kind == Link::Kind::exchange;
  if (is_lost && is_exchange && setting_.prng.once_in(2)) link->down_lost = true;
  if (link->down_lost) return drop_if_over(id);
  if (is_lost || !is_exchange) {
    return tell_client(
        id, 0, link->kind == Link::Kind::websocket ? abnormal : static_cast<std::uint16_t>(answer.status),
        "no answer");
  }
  const std::uint64_t sequence = ++link->down_sent;
  in_order(link->down_at, [this, id, sequence, answer = std::move(answer)]() mutable {
    arrive_down(id, sequence, std::move(answer));
  });
}

void Network::arrive_down(CarrierId id, std::uint64_t sequence, dialect::Arrival arrival) {
  Link* link = find(id);
  if (link == nullptr || sequence > link->down_kept) return;
  link->down_heard = sequence;
  if (std::holds_alternative<dialect::Body>(arrival)) {
    const Link ended = *link;
    link->client_open = false;
    drop_if_over(id);
    if (ended.client_open) ends_.client_hears(ended, std::move(arrival));
    return;
  }
  if (link->client_open) ends_.client_hears(*link, std::move(arrival));
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

void Network::block(int client, dialect::Carrier carrier, Block how, std::int64_t for_ms) {
  blocked_[{client, carrier}] = {how, setting_.now() + for_ms};
}

void Network::be_well() {
  black_until_ = 0;
  blocked_.clear();
}

void Network::client_gone(int client) {
  ++lives_[client];
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
