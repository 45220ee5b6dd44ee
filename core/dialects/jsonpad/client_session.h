// A page's session: what it asks, and what it keeps of the lists that it follows.
//
// Private to the dialect's client half.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/dialect/requests.h"
#include "core/dialects/jsonpad/client_words.h"

namespace rockpool::dialects::jsonpad {

using base::Code;
using base::Instant;
using dialect::CarrierId;
using dialect::ClientSteps;
using dialect::RemoteRecords;

// A server holds a poll for 55 s at most: proxies give up after 60.
inline constexpr std::int64_t poll_ms_max = 65'000;
inline constexpr std::size_t requests_at_once = 4;  // of a browser's six
inline constexpr CarrierId requests_max = 1ull << 31;
inline constexpr std::uint64_t page_items = 200;  // fewer where they are large

enum class Step : std::uint8_t { hello, list, page, item, create, make_list, write, poll };

struct What {
  Step step = Step::hello;
  model::Key key;
  std::string data;        // of a creation
  std::uint64_t page = 1;  // of the list; of a creation, which try it is
  std::uint64_t reading = 0;
  Instant asked;  // a poll
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
  struct List {
    bool is_realtime = false;
    bool is_polled = false;
    bool is_resuming = false;  // known once what was missed has come
    std::uint64_t cursor = 0;  // the engine has it as of this place
    std::string text;          // of the list's resource when it was read last
    std::uint64_t page_items = jsonpad::page_items;
    std::vector<State> found;  // by the reading under way
    bool is_read = false;      // just now
    int readings = 0;
    std::optional<Instant> look_at;
  };

  // ---- RemoteRecords::Service
  void read_all(const std::string& collection) override { look(collection); }
  void read(const model::Key& key, const std::string& remote) override;
  void create(const model::Key& key, const std::string& data) override;
  void write(const model::Key& key, const State& state, const std::string& data) override;
  bool fences() const override { return is_ours_; }
  bool names(const model::Key&) const override { return is_ours_; }

  void request(const What& what, std::string_view method, std::string_view path,
               const std::string& body = {});
  void request_item(const What& what, std::string_view method, const std::string& remote,
                    std::string_view more);
  void create(const What& what);
  void look(const std::string& collection);
  void begin_reading(const std::string& collection);
  void read_page(const What& what, const std::string& after);
  void finish(const What& what, RemoteRecords::Scope scope, ClientSteps& out);
  void too_large(const What& what, ClientSteps& out);
  void cannot_read(const std::string& collection, ClientSteps& out);
  void poll();
  void poll_list(const std::string& name, List& list);
  void wait_for(What what, std::string_view path);
  void start_polls();

  void answered(Instant now, const Requests::Request& request, const dialect::Body& body, ClientSteps& out);
  void on_hello(const dialect::Body& body, ClientSteps& out);
  void on_list(Instant now, const What& what, const dialect::Body& body, ClientSteps& out);
  void on_page(const What& what, const dialect::Body& body, ClientSteps& out);
  void on_written(const What& what, const dialect::Body& body, ClientSteps& out);
  void on_poll(Instant now, const What& what, const dialect::Body& body, ClientSteps& out);
  void on_news(const News& news, ClientSteps& out);
  void read_everything();
  void refuse(Code code, std::string problem, ClientSteps& out, bool is_final = false);
  void over(std::string reason, ClientSteps& out);
  std::optional<Instant> late_at() const;

  dialect::ClientOptions options_;
  std::string base_;
  Login login_;
  Phase phase_ = Phase::idle;
  Requests api_{requests_at_once, 0}, realtime_{0, requests_max};
  RemoteRecords records_{*this};
  std::map<std::string, List> lists_;
  std::size_t looking_ = 0;  // lists that are asked for
  std::uint64_t place_ = 0;  // in our server's log
  bool is_ours_ = false;
  bool is_polling_ = false;
  bool has_caught_up_ = false;
  bool reads_everything_ = false;
  std::optional<Instant> poll_at_;  // it rests until then
  Instant now_;
};

}  // namespace rockpool::dialects::jsonpad
