// A page's session: its log-in, the tables that it follows, and what it asks.
//
// Private to the dialect's client half.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/dialect/requests.h"
#include "core/dialects/baserow/client_fields.h"
#include "core/dialects/baserow/client_words.h"

namespace rockpool::dialects::baserow {

using base::Code;
using base::Instant;
using dialect::CarrierId;
using dialect::ClientSteps;
using dialect::RemoteRecords;

// One change of one row, or a wish to read it.
struct RowWrite {
  enum class Kind : std::uint8_t { create, change, remove };
  Kind kind = Kind::create;
  model::Key key;
  std::string remote;          // its number; empty: it is a new one
  model::Version version = 0;  // that it is made on, where the server refuses it on another
  std::string cells;           // members of a body
  base::Error error;           // why it cannot be said
};

inline constexpr std::size_t requests_at_once = 4;  // of a browser's six
inline constexpr CarrierId sockets_max = 1'000'000;
inline constexpr std::size_t page_rows = 200;  // as many as there may be

enum class Step : std::uint8_t { login, tables, fields, page, row, news, write };

struct What {
  Step step = Step::tables;
  model::Key key = {};        // of news the row's number there
  std::uint64_t reading = 0;  // of a table's rows
  std::uint64_t page = 1;     // of it
  std::vector<RowWrite> writes = {};
};

class Client final : public dialect::ClientSession, RemoteRecords::Service {
 public:
  explicit Client(const dialect::ClientOptions& options) : options_(options) {}

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
  struct Table {
    std::uint64_t id = 0;       // 0: nobody knows which one it is
    TableFields fields;         // none: they are not known yet
    bool is_asked_for = false;  // its fields are
    bool is_stale = false;      // and have to be once more

    CarrierId socket = 0;
    bool wants_socket = false;
    bool is_polled = false;     // there is no socket for it: it is read from time to time
    std::string web_socket_id;  // empty: not let in yet
    bool is_awaited = false;    // page_add
    bool is_joined = false;     // has ever been
    std::uint64_t replays = 0;  // messages still to come of those that were missed
    Instant until;              // when the next word has to be there, or is looked for

    std::uint64_t epoch = 0;       // of the place
    std::uint64_t place = 0;       // in our server's log; up to there everything was told
    std::uint64_t next_place = 0;  // once the replays have come

    bool is_read = false;        // just now
    bool is_read_again = false;  // afterwards
    int readings = 0;            // one after the other, for what was read did not fit together
    std::size_t rows_here = 0;   // as the last one said
    std::uint64_t first_place = 0;
    std::uint64_t read_place = 0;  // what the log had up to there, the last reading has
    std::vector<State> found;      // by the reading under way
    std::vector<RowWrite> wanted_rows, rows_of_reading;

    std::vector<RowWrite> waiting;
    bool is_writing = false;
    std::size_t batch_max = 200;  // fewer while one of many is to blame for a refusal
    std::optional<Instant> look_at;
  };

  // ---- RemoteRecords::Service
  void read_all(const std::string& collection) override { look(collection); }
  void read(const model::Key& key, const std::string& remote) override;
  void create(const model::Key& key, const std::string& data) override;
  void write(const model::Key& key, const State& state, const std::string& data) override;
  bool fences() const override { return is_ours_; }
  bool is_so(const model::Key& key, const std::string& wanted, const std::string& there,
             bool creates) override;
  bool names(const model::Key&) const override { return is_ours_; }

  // ---- asking (client.cpp)
  void log_in();
  void take_token(const std::string& access);
  void request(What what, std::string_view method, const std::string& path, std::string body = {});
  std::string rows_path(const Table& table, const std::string& remote) const;
  void look(const std::string& collection);
  void look_later(Table& table) const;
  void look_around();
  void read_rows(const std::string& collection);
  void read_page(What what);
  void read_wanted(const std::string& collection, Table& table);

  // ---- answers (client_answers.cpp)
  void answered(What& what, const dialect::Body& body, ClientSteps& out);
  void on_login(const dialect::Body& body, ClientSteps& out);
  void turned_away(const dialect::Body& body, ClientSteps& out);
  void on_tables(const dialect::Body& body, ClientSteps& out);
  void on_fields(const What& what, const dialect::Body& body, ClientSteps& out);
  void on_page(What& what, const dialect::Body& body, ClientSteps& out);
  void read_anew(const std::string& collection);
  void finish(const What& what, RemoteRecords::Scope scope, ClientSteps& out);
  void on_row(const What& what, const dialect::Body& body, ClientSteps& out);
  void cannot_read(const std::string& collection, const dialect::Body& body, ClientSteps& out);

  // ---- writes (client_writes.cpp)
  void add_write(RowWrite write, const std::string& there, const std::string& wanted);
  void send_writes(Table& table);
  void refuse_unsendable(ClientSteps& out);
  void on_written(What& what, const dialect::Body& body, ClientSteps& out);
  void take_written(Table& table, const What& what, const dialect::Body& body, ClientSteps& out);
  void on_refused(Table& table, What& what, const dialect::Body& body, ClientSteps& out);

  // ---- sockets (client_sockets.cpp)
  void open_sockets(Instant now, ClientSteps& out);
  void turn_to(Table& table, ClientSteps& out);
  void on_frame(const std::string& name, Table& table, const std::string& bytes, ClientSteps& out);
  void on_authentication(const std::string& name, Table& table, const model::Value& frame, ClientSteps& out);
  void on_joined(const std::string& name, Table& table, const model::Value& frame, ClientSteps& out);
  void on_news(const std::string& name, Table& table, const model::Value& frame, ClientSteps& out);
  void on_rows(const std::string& name, Table& table, const model::Value& frame, ClientSteps& out);
  void look_again(const std::string& name);
  void resume(const std::string& name, Table& table, ClientSteps& out);
  void note_place(const std::string& name, Table& table, std::uint64_t place);
  void lose_page(const std::string& name, Table& table, ClientSteps& out);

  // ---- the end
  void trouble(const std::string& collection, Code code, std::string sentence, ClientSteps& out) const;
  void refuse(Code code, std::string problem, ClientSteps& out, bool is_final = false);
  void over(std::string reason, ClientSteps& out);
  void let_go(ClientSteps& out);

  dialect::ClientOptions options_;
  std::string base_;
  Login login_;
  std::string access_;
  Phase phase_ = Phase::idle;
  Requests requests_{requests_at_once, sockets_max};
  RemoteRecords records_{*this};
  std::map<std::string, Table> tables_;
  std::vector<KnownTable> known_;
  bool is_looking_around_ = false;  // asks which ones there are
  std::vector<RowWrite> unsendable_;
  CarrierId last_socket_ = 0;
  bool is_ours_ = false;
  std::optional<Instant> renew_at_;
  Instant now_;
};

}  // namespace rockpool::dialects::baserow
