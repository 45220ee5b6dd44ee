// A mount of Baserow over a hub and a log of its own, with a user and a socket, takes any requests and
// frames: each request is answered once, by JSON or by nothing; every frame that is sent is an object with a
// type; and after a restart the mount knows what it knew.
//
// input := line*
// line := method " " path " " body "\n"    below /api/, in the name of the user
//       | ">" frame "\n"                   to the socket
//       | "?" query "\n"                   another socket
#include <array>
#include <map>
#include <optional>

#include "core/base/text.h"
#include "core/dialect/dialects.h"
#include "core/gateway/gateway.h"
#include "core/model/value.h"
#include "server/backplane/memory/memory_backplane.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;

namespace {

constexpr std::size_t lines_max = 60;
constexpr std::array<std::string_view, 5> methods = {"GET", "POST", "PATCH", "DELETE", "PUT"};

class Place {
 public:
  Place() { start(); }

  void start() {
    backplane_ = std::make_unique<backplane::MemoryBackplane>(log_);
    hub_ = std::make_unique<hub::Hub>(hub::Limits{}, base::Prng(3));
    gateway_ = std::make_unique<gateway::Gateway>(*hub_, base::Prng(4));
    fuzz::claim(hub_->load(*backplane_, now_).ok());
    const auto mounted = gateway_->mount(
        {.path = "/baserow",
         .hosts = {},
         .dialect = dialect::find_dialect("baserow"),
         .settings =
             R"({"jwtSecret":"a secret of at least thirty-two bytes","accountDeletionGraceSeconds":1})"});
    fuzz::claim(mounted.ok());
  }

  std::string ask(std::string_view method, std::string_view target, std::string_view body) {
    const std::size_t mark = target.find('?');
    wire::RequestHead head{.method = std::string(method),
                           .path = "/baserow/api/" + std::string(target.substr(0, mark)),
                           .query = std::string(mark == std::string::npos ? "" : target.substr(mark + 1)),
                           .headers = {{"Authorization", "JWT " + token_}}};
    if (!body.empty()) head.headers.emplace_back("Content-Type", "application/json");
    const dialect::CarrierId carrier = ++last_carrier_;
    body_ = body;
    feed(carrier, dialect::Arrived{.head = std::move(head), .peer = "10.0.0.1"});
    fuzz::claim(answers_[carrier] == 1);
    return answer_;
  }
  // The token of a new user, which is everybody's from now on.
  void come() {
    const std::string made =
        ask("POST", "user/", R"({"name":"a","email":"a@x.test","password":"12345678","authenticate":true})");
    const auto value = model::read(made);
    const std::string* token = value ? model::text_member(*value, "token") : nullptr;
    fuzz::claim(token != nullptr);
    token_ = *token;
  }
  void connect(std::string_view query) {
    const dialect::CarrierId carrier = ++last_carrier_;
    wire::RequestHead head{.method = "GET",
                           .path = "/baserow/ws/core/",
                           .query = "jwt_token=" + token_ + std::string(query),
                           .headers = {},
                           .upgrade = true};
    socket_ = carrier;
    feed(carrier, dialect::Arrived{.head = std::move(head), .peer = "10.0.0.1"});
  }
  void say(std::string_view frame) { feed(socket_, dialect::Frame{std::string(frame), false}); }
  void wait(std::int64_t ms) {
    now_.ms += ms;
    gateway_->wake(now_);
    perform();
  }

 private:
  void feed(dialect::CarrierId carrier, dialect::Arrival arrival) {
    gateway_->receive(now_, carrier, std::move(arrival));
    perform();
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
      gateway_->worked(now_, work->ticket, result_of(*work));
    } else if (const auto* read = std::get_if<dialect::ReadBody>(&effect)) {
      gateway_->receive(now_, read->carrier, dialect::Body{0, std::string(body_)});
    } else if (const auto* frame = std::get_if<dialect::SendFrame>(&effect)) {
      const auto value = model::read(frame->before + *frame->bytes + frame->after);
      fuzz::claim(value.ok() && model::text_member(*value, "type") != nullptr);
      if (frame->tells) gateway_->receive(now_, frame->carrier, dialect::Drained{});
    } else if (const auto* close = std::get_if<dialect::CloseStream>(&effect)) {
      gateway_->receive(now_, close->carrier, dialect::Closed{});
    } else if (const auto* respond = std::get_if<dialect::Respond>(&effect)) {
      ++answers_[respond->carrier];
      fuzz::claim(!respond->body || model::read(*respond->body).ok());
      fuzz::claim(respond->head.status != 503);
      answer_ = respond->body ? *respond->body : "";
    }
  }

  // As the edge would, but that anybody could.
  static dialect::SecretResult result_of(const dialect::SecretWork& work) {
    using What = dialect::SecretWork::What;
    if (work.what == What::hash_password) return work.text;
    if (work.what == What::check_password && work.key == work.text) return std::string();
    if (work.what == What::sign) return base::base64url(work.text);
    if (work.what == What::open)
      if (auto text = base::read_base64url(work.text)) return *text;
    return dialect::Denied{{base::Code::auth, "wrong", ""}};
  }

  base::Instant now_{1'750'000'000'000};
  backplane::MemoryLog log_{7};
  std::unique_ptr<backplane::MemoryBackplane> backplane_;
  std::unique_ptr<hub::Hub> hub_;
  std::unique_ptr<gateway::Gateway> gateway_;
  std::map<dialect::CarrierId, int> answers_;
  std::string token_, answer_;
  std::string_view body_;
  dialect::CarrierId last_carrier_ = 0, socket_ = 0;
};

void run_line(Place& place, std::string_view line) {
  if (line.starts_with('>')) return place.say(line.substr(1));
  if (line.starts_with('?')) return place.connect(line.substr(1));
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
  place.come();
  place.connect("&rockpool_resume=");
  for (std::size_t i = 0; i < lines_max && !rest.empty(); ++i) run_line(place, fuzz::next_line(rest));
  // What is shown of everything is the same after a restart, but for what time does.
  place.wait(0);
  const std::string before = place.ask("GET", "groups/", "") + place.ask("GET", "applications/", "");
  place.start();
  fuzz::claim(place.ask("GET", "groups/", "") + place.ask("GET", "applications/", "") == before);
  place.wait(2000);
  return 0;
}
