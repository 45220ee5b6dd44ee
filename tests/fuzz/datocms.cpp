// A mount of DatoCMS over a hub and a log of its own takes any requests: each is answered once, by JSON; what
// is sent into a channel is a stream of events; what a channel was told last is what its query comes to; what
// a page of our SDK is told is JSON; and after a restart queries come to what they came to.
//
// input := line*
// line := method " " path " " body "\n"    below the mount; `#` stands for the record that was answered last,
//                                          `@` for the channel
//       | ">" query "\n"                   a channel for it is opened, in place of the last one
//       | "=" message "\n"                 said in the socket of our SDK, which is opened before
#include <array>
#include <map>

#include "core/base/text.h"
#include "core/dialect/dialects.h"
#include "core/gateway/gateway.h"
#include "core/model/value.h"
#include "core/wire/sse.h"
#include "server/backplane/memory/memory_backplane.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;

namespace {

constexpr std::size_t lines_max = 60;
constexpr int secret_digits = 16;
constexpr std::size_t event_bytes_max = 64 << 20;
constexpr std::array<std::string_view, 4> methods = {"GET", "POST", "PUT", "DELETE"};
constexpr std::string_view settings =
    R"({"models":{"post":{"fields":{"title":"string","views":"integer","at":"date_time","extra":"json",)"
    R"("author":{"type":"link","model":"author"},"tags":{"type":"links","model":"author"}}},)"
    R"("author":{"fields":{"name":{"type":"string","required":true}}},)"
    R"("home":{"singleInstance":true,"fields":{"day":"date"}}},)"
    R"("tokens":[{"token":"t","permissions":["read","drafts","write"]}]})";

class Place {
 public:
  Place() { start(); }

  void start() {
    backplane_ = std::make_unique<backplane::MemoryBackplane>(log_);
    hub_ = std::make_unique<hub::Hub>(hub::Limits{}, base::Prng(3));
    gateway_ = std::make_unique<gateway::Gateway>(*hub_, base::Prng(4));
    fuzz::claim(hub_->load(*backplane_, now_).ok());
    const auto mounted = gateway_->mount({.path = "/datocms",
                                          .hosts = {},
                                          .dialect = dialect::find_dialect("datocms"),
                                          .settings = std::string(settings)});
    fuzz::claim(mounted.ok());
    stream_ = socket_ = 0;
  }

  std::string ask(std::string_view method, std::string_view target, std::string_view body) {
    const std::size_t mark = target.find('?');
    wire::RequestHead head{.method = std::string(method),
                           .path = "/datocms/" + std::string(target.substr(0, mark)),
                           .query = std::string(mark == std::string::npos ? "" : target.substr(mark + 1)),
                           .headers = {{"Host", "x"}, {"Authorization", "Bearer t"}}};
    const dialect::CarrierId carrier = ++last_carrier_;
    body_ = body;
    feed(carrier, dialect::Arrived{.head = std::move(head), .peer = "10.0.0.1"});
    if (streams_.contains(carrier)) return {};
    fuzz::claim(answers_[carrier] == 1);
    return answer_;
  }
  std::string named(std::string_view line) const {
    std::string whole;
    for (const char c : line)
      if (c == '#' || c == '@')
        whole += c == '#' ? last_id_ : last_channel_;
      else
        whole += c;
    return whole;
  }
  // With drafts, as a result.
  std::string query(std::string_view text) { return ask("POST", "graphql/preview", body_of(text)); }

  void listen(std::string_view text) {
    const auto made = model::read(ask("POST", "listen/preview?shape=data", body_of(text)));
    const std::string* url = made ? model::text_member(*made, "url") : nullptr;
    if (url == nullptr) return;
    asked_ = text;
    told_.clear();
    reader_.emplace(event_bytes_max);
    stream_ = last_carrier_ + 1;
    const std::size_t path = url->find("listen/");
    ask("GET", url->substr(path), "");
  }
  void say(std::string_view message) {
    if (socket_ == 0) {
      socket_ = ++last_carrier_;
      wire::RequestHead head{.method = "GET",
                             .path = "/datocms/rockpool",
                             .query = {},
                             .headers = {{"Sec-WebSocket-Protocol", "rockpool.datocms.v1"}},
                             .upgrade = true};
      feed(socket_, dialect::Arrived{.head = std::move(head), .peer = "10.0.0.1"});
      feed(socket_, dialect::Frame{R"({"type":"hello","token":"t","drafts":true})"});
    }
    feed(socket_, dialect::Frame{std::string(message)});
  }
  // Everything there is to hear was heard.
  void compare() {
    if (stream_ != 0 && !told_.empty()) fuzz::claim(told_ == query(asked_));
  }

 private:
  static std::string body_of(std::string_view text) {
    std::string body = R"({"query":)";
    model::append_quoted(body, text);
    return body + '}';
  }

  void feed(dialect::CarrierId carrier, dialect::Arrival arrival) {
    gateway_->receive(now_, carrier, std::move(arrival));
    do perform();
    while (wake());
  }
  bool wake() {
    const auto next = gateway_->next_wake();
    if (!next || now_ < *next) return false;
    gateway_->wake(now_);
    return true;
  }
  void perform() {
    for (;;) {
      if (auto effect = gateway_->poll())
        act(*effect);
      else if (auto event = backplane_->poll())
        gateway_->happened(now_, std::move(*event));
      else
        return;
    }
  }

  void act(gateway::Effect& effect) {
    if (auto* request = std::get_if<hub::Request>(&effect)) {
      backplane_->submit(std::move(*request));
    } else if (const auto* work = std::get_if<dialect::SecretWork>(&effect)) {
      // Nobody guesses it, and no two are the same.
      gateway_->worked(now_, work->ticket,
                       base::hex(++secrets_, secret_digits) + std::string(secret_digits, '0'));
    } else if (const auto* identify = std::get_if<dialect::Identify>(&effect)) {
      gateway_->identified(now_, identify->ticket, dialect::Denied{{base::Code::auth, "wrong", ""}});
    } else if (const auto* read = std::get_if<dialect::ReadBody>(&effect)) {
      gateway_->receive(now_, read->carrier, dialect::Body{0, std::string(body_)});
    } else if (const auto* accept = std::get_if<dialect::AcceptStream>(&effect)) {
      streams_[accept->carrier] = true;
    } else if (const auto* frame = std::get_if<dialect::SendFrame>(&effect)) {
      const std::string bytes = frame->before + *frame->bytes + frame->after;
      if (frame->carrier == stream_) hear(bytes);
      if (frame->carrier == socket_) fuzz::claim(model::read(bytes).ok());
      if (frame->tells) gateway_->receive(now_, frame->carrier, dialect::Drained{});
    } else if (const auto* close = std::get_if<dialect::CloseStream>(&effect)) {
      if (close->carrier == stream_) stream_ = 0;
      if (close->carrier == socket_) socket_ = 0;
      gateway_->receive(now_, close->carrier, dialect::Closed{});
    } else if (const auto* respond = std::get_if<dialect::Respond>(&effect)) {
      ++answers_[respond->carrier];
      fuzz::claim(respond->body && model::read(*respond->body).ok());
      fuzz::claim(respond->head.status != 503);
      answer_ = *respond->body;
      const auto value = model::read(answer_);
      const model::Value* data = model::member(*value, "data");
      const std::string* id = data == nullptr ? nullptr : model::text_member(*data, "id");
      if (id != nullptr) last_id_ = *id;
      const std::string* url = model::text_member(*value, "url");
      if (url != nullptr) last_channel_ = url->substr(url->rfind('/') + 1);
    }
  }
  void hear(const std::string& bytes) {
    std::string_view rest = bytes;
    while (reader_->read(rest)) {
      fuzz::claim(model::read(reader_->data()).ok());
      if (reader_->type() == "update") told_ = reader_->data();
    }
    fuzz::claim(!reader_->failed());
  }

  base::Instant now_{1'750'000'000'000};
  backplane::MemoryLog log_{7};
  std::unique_ptr<backplane::MemoryBackplane> backplane_;
  std::unique_ptr<hub::Hub> hub_;
  std::unique_ptr<gateway::Gateway> gateway_;
  std::map<dialect::CarrierId, int> answers_;
  std::map<dialect::CarrierId, bool> streams_;
  std::string answer_, asked_, told_, last_id_ = "1", last_channel_;
  std::optional<wire::SseReader> reader_;
  std::string_view body_;
  dialect::CarrierId last_carrier_ = 0, stream_ = 0, socket_ = 0;
  std::uint64_t secrets_ = 0;
};

void run_line(Place& place, std::string_view line) {
  if (line.starts_with('>')) return place.listen(line.substr(1));
  if (line.starts_with('=')) return place.say(line.substr(1));
  const std::size_t first = std::min(line.find(' '), line.size());
  const std::size_t second = std::min(line.find(' ', first + 1), line.size());
  for (const std::string_view method : methods) {
    if (line.substr(0, first) != method || first == line.size()) continue;
    place.ask(method, line.substr(first + 1, second - first - 1),
              second == line.size() ? "" : line.substr(second + 1));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::text(data, size);
  Place place;
  for (std::size_t i = 0; i < lines_max && !rest.empty(); ++i) {
    run_line(place, place.named(fuzz::next_line(rest)));
    place.compare();
  }
  constexpr std::string_view all =
      "{ allPosts { id title views author { name } } allAuthors { name } home { day } }";
  const std::string before = place.query(all);
  place.start();
  fuzz::claim(place.query(all) == before);
  return 0;
}
