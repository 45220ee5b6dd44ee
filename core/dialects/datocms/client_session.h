// A page's session: the queries that it listens to, and the models that it keeps.
//
// Private to the dialect's client half.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/dialect/requests.h"
#include "core/dialects/datocms/client.h"
#include "core/dialects/datocms/client_words.h"
#include "core/wire/sse.h"

namespace rockpool::dialects::datocms {

using base::Code;
using base::Instant;
using dialect::CarrierId;
using dialect::ClientSteps;
using dialect::RemoteRecords;

inline constexpr std::size_t requests_at_once = 2;  // streams take the others of a browser's six
inline constexpr CarrierId streams_max = 1'000'000;
inline constexpr std::size_t result_bytes_max = 64 << 20;

enum class Step : std::uint8_t { hello, channel, query, create, write };

struct What {
  Step step = Step::hello;
  model::Key key;         // of a query the collection alone
  std::string_view move;  // that is to follow
};

class Client final : public dialect::ClientSession, RemoteRecords::Service {
 public:
  Client(const dialect::ClientOptions& options, base::Prng prng) : options_(options), prng_(prng) {}

  void open(Instant now, dialect::Carrier carrier, const dialect::Greeting& greeting,
            ClientSteps& out) override;
  void ask(Instant now, const dialect::ClientCommand& command, ClientSteps& out) override;
  void flush(Instant now, ClientSteps& out) override;
  void receive(Instant now, CarrierId from, dialect::Arrival arrival, ClientSteps& out) override;
  void close(Instant now, ClientSteps& out) override;
  void wake(Instant now, ClientSteps& out) override;
  std::optional<Instant> next_wake() const override;

 private:
  enum class Phase : std::uint8_t { idle, greeting, open, over };
  using Requests = dialect::Requests<What>;

  // A query that somebody listens to. Its result is a record of a collection of its own:
  //
  //   wanted ──POST──► asked ──url──► open ──► ended: wanted again, after a while
  struct Query {
    Wish wish;
    std::string told;            // the response, as it was told last
    model::Version version = 0;  // with which
    bool is_told = false;        // something was, to this page
    bool is_wrong = false;       // that was an error
    bool is_over = false;        // the server will say no more
    bool is_asked = false;       // on the socket, or a request for it is under way
    // ---- a channel of its own
    CarrierId stream = 0;
    wire::SseReader reader{result_bytes_max};
    std::int64_t wait_ms = 0;  // before the next attempt
    std::optional<Instant> ask_at;
    bool is_open = false;
    Instant opened, heard;
  };
  // A model whose records the page keeps.
  struct Model {
    std::uint64_t place = 0;  // in our server's log; 0: nothing is known
    bool is_wanted = false;   // it is to be asked for
    bool is_resuming = false;
    std::uint64_t reading = 0;
    std::vector<State> found;  // by the reading under way
  };
  // Where it is refused it is tried again, ever later: it may get through by now.
  enum class Socket : std::uint8_t { none, opening, open, refused, probing };

  // ---- RemoteRecords::Service (client_models.cpp)
  void read_all(const std::string& collection) override { models_[collection].is_wanted = true; }
  void read(const model::Key& key, const std::string& remote) override;
  void create(const model::Key& key, const std::string& data) override;
  void write(const model::Key& key, const State& state, const std::string& data) override;
  bool fences() const override { return true; }
  bool names(const model::Key&) const override { return true; }
  bool is_so(const model::Key&, const std::string& wanted, const std::string& there, bool creates) override {
    return says_the_same(wanted, there, creates);
  }

  // ---- the session (client.cpp)
  void request(What what, std::string method, std::string url, std::string body = {});
  void answered(const Requests::Request& request, const dialect::Body& body, ClientSteps& out);
  void on_hello(const dialect::Body& body, const Told& told, ClientSteps& out);
  void rest(const Requests::Request& request, const dialect::Body& body, ClientSteps& out);
  void refuse(Code code, std::string problem, ClientSteps& out);
  void over(std::string reason, ClientSteps& out, std::int64_t retry_after_ms = 0);
  void let_go(ClientSteps& out);
  static void end(CarrierId& stream, ClientSteps& out);

  // ---- queries, each by a channel or all by the socket (client_queries.cpp)
  void take(Wish wish, ClientSteps& out);
  void leave(Query& query, ClientSteps& out);
  void ask_queries();
  void ask_query(const std::string& name, Query& query, std::size_t streams);
  void ask_later(Query& query);
  void on_channel(Query& query, const dialect::Body& body, ClientSteps& out);
  void on_result(Query& query, const dialect::Body& body, ClientSteps& out);
  void on_refused(Query& query, const Told& told, int status, ClientSteps& out);
  void on_stream(Query& query, const dialect::Arrival& arrival, ClientSteps& out);
  void on_told(Query& query, const Told& told, ClientSteps& out);
  void tell_result(Query& query, const std::string& response, ClientSteps& out);
  void tell_error(Query& query, Code code, const Told& told, ClientSteps& out);
  void tell(Query& query, std::string_view id, std::string data, ClientSteps& out);
  void tell_whole(const std::string& name, std::string data, ClientSteps& out);
  void lose_stream(Query& query, ClientSteps& out);
  void renew_silent(ClientSteps& out);
  std::int64_t silence_ms(const Query& query) const;

  // ---- our server's socket, and the models that it tells of (client_models.cpp)
  static void have_no_records(const std::string& name, ClientSteps& out);
  void subscribe_to(const dialect::Subscribe& subscribe, ClientSteps& out);
  void open_socket(Socket state, ClientSteps& out);
  void say(std::string text) { says_.push_back(std::move(text)); }
  void send(ClientSteps& out);
  void on_socket(const dialect::Arrival& arrival, ClientSteps& out);
  void on_message(const model::Value& message, ClientSteps& out);
  void on_welcome(const model::Value& message, ClientSteps& out);
  void on_problem(const model::Value& message, ClientSteps& out);
  void on_records(const model::Value& message, ClientSteps& out);
  void on_changes(const model::Value& message, ClientSteps& out);
  void on_record(const model::Value& message, ClientSteps& out);
  void on_late_socket(ClientSteps& out);
  void lose_socket(const std::string& reason, ClientSteps& out);
  void ask_models();
  void change(What what, std::string method, const State& state, const std::string& body);
  void move(What what, const State& state);
  void on_written(const What& what, const dialect::Body& body, ClientSteps& out);
  void refuse_unwritable(ClientSteps& out);

  dialect::ClientOptions options_;
  base::Prng prng_;
  dialect::Carrier carrier_ = dialect::Carrier::websocket;
  Address address_;
  std::string token_;
  Phase phase_ = Phase::idle;
  Requests requests_{requests_at_once, streams_max};
  RemoteRecords records_{*this};
  std::map<std::string, Query> queries_;  // by the collection of the result
  std::map<std::string, Model> models_;
  CarrierId last_stream_ = 0;
  bool is_ours_ = false;
  std::optional<Instant> rest_until_;  // the server wants to be asked nothing
  Socket socket_state_ = Socket::none;
  CarrierId socket_ = 0;
  Instant socket_until_;             // when it has to be open, or to have said something, or is tried again
  std::int64_t socket_wait_ms_ = 0;  // before it is
  bool is_probed_ = false;           // whether it is still there
  std::vector<std::string> says_;    // on the socket
  std::vector<model::Key> reading_, unwritable_;
  Instant now_;
};

}  // namespace rockpool::dialects::datocms
