// Connections and requests between clients and the server. Each carries frames in order; between two of them
// nothing is ordered, so what an old one still holds may arrive after the new one has said hello, and the
// answer to a request after what it caused has come down the stream.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "core/dialect/dialect.h"
#include "tests/sim/setting.h"

namespace rockpool::sim {

using dialect::CarrierId;

// What a client calls one session, over however many connections it goes.
struct LineId {
  int client = 0;
  std::uint64_t session = 0;
  std::uint64_t life = 0;  // of the client
  auto operator<=>(const LineId&) const = default;
};

struct Link {
  enum class Kind : std::uint8_t { websocket, events, exchange };
  CarrierId id = 0;  // the server's name for it
  LineId line;
  Kind kind = Kind::websocket;
  Dialect dialect = Dialect::native;  // whose mount it goes to
  std::string method;
  std::string target;    // path and query
  std::string body;      // of the request
  bool is_copy = false;  // made by a proxy, which keeps the answer to itself
  int client = 0;
  CarrierId client_carrier = 0;
  bool client_open = true;   // the client may hear something
  bool server_open = false;  // the server may hear something
  bool closing = false;      // the server has said good-bye and listens no more
  bool is_native() const { return dialect == Dialect::native; }
  bool up_lost = false;  // what is sent from now on never arrives
  bool down_lost = false;
  std::int64_t stalled_ms_max = 0;  // 0: the edge notices in other ways
  std::int64_t up_at = 0;           // nothing sent later arrives before
  std::int64_t down_at = 0;
  std::int64_t up_held_until = 0;              // frames under way stay there until then
  std::uint64_t up_sent = 0, up_kept = ~0ull;  // frames past `kept` are lost on the way
  std::uint64_t down_sent = 0, down_kept = ~0ull, down_heard = 0;
};

class Network {
 public:
  struct Ends {
    virtual ~Ends() = default;
    virtual bool server_is_up() const = 0;
    virtual void client_hears(const Link& link, dialect::Arrival arrival) = 0;
    virtual void server_hears(const Link& link, dialect::Arrival arrival) = 0;
  };

  Network(Setting& setting, Ends& ends) : setting_(setting), ends_(ends) {}

  // ---- what the ends do
  void open(int client, const dialect::OpenStream& open);
  void exchange(int client, const dialect::Exchange& exchange);
  void send_up(int client, CarrierId carrier, std::string bytes);
  void close_by_client(int client, CarrierId carrier);
  // The edge pings it as often as the terms say, and closes it when what is sent is not taken for so long.
  void accept(CarrierId id, const dialect::StreamTerms& terms);
  void send_down(CarrierId id, std::string bytes);
  void close_by_server(CarrierId id, std::uint16_t code, std::string reason);
  void read_body(CarrierId id);
  // A request that became no stream ends so.
  void respond(CarrierId id, dialect::Body answer);

  // ---- what happens to them
  enum class Cut : std::uint8_t {
    both_notice,
    client_notices,
    server_notices,
    nobody_notices,
    up_only,
    down_only
  };
  void cut(int client, Cut how);
  void client_gone(int client);
  void server_gone();
  void black_out(std::int64_t for_ms);
  void be_well();
  // Attempts of the client with this carrier fail for a while, in one of three ways.
  enum class Block : std::uint8_t { refused, silent, held_back };
  void block(int client, dialect::Carrier carrier, Block how, std::int64_t for_ms);

  const Link* find(int client, CarrierId carrier) const;
  const Link* find_link(CarrierId id) const { return const_cast<Network*>(this)->find(id); }
  std::size_t open_links() const;

 private:
  Link* find(CarrierId id);
  Link* find_mine(int client, CarrierId carrier);
  void drop_if_over(CarrierId id);
  void tell_client(CarrierId id, std::int64_t at_least, std::uint16_t code, std::string reason);
  void tell_server(CarrierId id, std::int64_t at_least, std::uint16_t code);
  void arrive_up(CarrierId id, std::uint64_t sequence, dialect::Arrival arrival);
  void arrive_down(CarrierId id, std::uint64_t sequence, dialect::Arrival arrival);
  Link& add(int client, CarrierId client_carrier, Link::Kind kind);
  void begin(CarrierId id, wire::RequestHead head, dialect::Carrier carrier);
  bool is_lost_on_the_way(const Link& link);
  void ping(CarrierId id, std::int64_t ms);
  void in_order(std::int64_t& at, std::function<void()> act);
  std::int64_t delay();

  Setting& setting_;
  Ends& ends_;
  std::map<CarrierId, Link> links_;
  std::map<std::pair<int, CarrierId>, CarrierId> by_client_;
  std::map<int, std::uint64_t> lives_;
  CarrierId next_ = 1;
  std::int64_t black_until_ = 0;
  struct Blocked {
    Block how = Block::refused;
    std::int64_t until = 0;
  };
  std::map<std::pair<int, dialect::Carrier>, Blocked> blocked_;
};

}  // namespace rockpool::sim
