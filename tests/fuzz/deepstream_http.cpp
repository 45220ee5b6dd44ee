// Any body is answered once, whatever the hub says to what was asked: by text, or by JSON that has an entry
// for each command.
//
// input := how:byte body
#include "core/dialect/traffic.h"
#include "core/dialects/deepstream/http.h"
#include "core/dialects/deepstream/jif_plain.h"
#include "core/model/value.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;
namespace deepstream = dialects::deepstream;

namespace {

// Enough for what a mebibyte of commands is answered by.
constexpr model::ReadLimits answer_limits{.values_max = 10'000'000, .keys_max = 1'000'000};

class Place {
 public:
  explicit Place(std::uint8_t how)
      : how_(how),
        desk_{{{.mount = "", .space = "team"}},
              *deepstream::read_settings((how & 1) != 0 ? R"({"errorEvents":"numeric",
                "permissions":{"record":{"*":{"create":false},"a*":false},"rpc":{"b*":false}}})"
                                                        : "{}"),
              base::Prng(1)},
        admission_(desk_),
        http_(desk_, admission_, traffic_) {}

  void run(std::string_view body) {
    dialect::ServerSteps steps;
    const wire::Headers headers = {{"Content-Type", "application/json"}};
    const char* path = (how_ & 2) != 0 ? "/api/v1/auth" : "/api/v1";
    http_.arrive(1, {.head = {.method = "POST", .path = path, .query = "", .headers = headers}, .peer = ""},
                 steps);
    dialect::Arrival arrival = dialect::Body{0, std::string(body)};
    fuzz::claim(http_.receive(now_, 1, arrival, steps));
    // What was asked is answered, until nothing is or the request takes too long.
    for (int turns = 0; !steps.empty() && turns < 1000; ++turns) take(steps);
    now_.ms += 60'000;
    dialect::ServerSteps late;
    http_.wake(now_, late);
    take(late);
    fuzz::claim(answers_ == 1);
    fuzz::claim(!http_.next_wake());
  }

 private:
  void take(dialect::ServerSteps& steps) {
    dialect::ServerSteps made;
    for (dialect::ServerStep& step : std::exchange(steps, {})) {
      if (const auto* respond = std::get_if<dialect::Respond>(&step)) check(*respond);
      if (const auto* question = std::get_if<dialect::Identify>(&step)) {
        dialect::Identity identity =
            dialect::Identified{.principal = {.user = "mara", .roles = {}}, .secret = "secret"};
        auto answer = admission_.identified(now_, question->ticket, identity, made);
        if (answer) http_.admitted(now_, std::move(*answer), made);
      }
      if (const auto* asked = std::get_if<dialect::Asked>(&step)) {
        model::Reply reply = reply_to(*asked);
        http_.answer(asked->ticket, reply, made);
      }
    }
    steps = std::move(made);
  }

  model::Reply reply_to(const dialect::Asked& asked) const {
    if ((how_ & 4) != 0) return model::Failed{.error = {base::Code::timeout, "late", ""}};
    if (const auto* write = std::get_if<model::Write>(&asked.command)) {
      model::Written written;
      for (const model::Group& group : write->groups) written.outcomes.push_back(outcome_of(group.front()));
      return written;
    }
    if (std::holds_alternative<model::Call>(asked.command))
      return model::Returned{.data = "", .error = "[1]"};
    if (!std::holds_alternative<model::Read>(asked.command)) return model::Done{};
    return model::Found{.record = model::Record{.version = 5, .born = 2, .data = "{}"}, .cursor = ""};
  }

  model::Outcome outcome_of(const model::Mutation& mutation) const {
    if ((how_ & 8) != 0) return model::Acked{.number = mutation.number};
    if (mutation.base) return model::Conflicted{.number = mutation.number, .version = 3, .data = "{}"};
    return model::Declined{mutation.number, {base::Code::invalid, "no", ""}};
  }

  void check(const dialect::Respond& respond) {
    ++answers_;
    if (respond.head.status != 200) return fuzz::claim(respond.head.status >= 400 && !respond.body->empty());
    const auto answer = model::read(*respond.body, answer_limits);
    fuzz::claim(answer.ok());
    if ((how_ & 2) != 0) return;
    const model::Value* entries = model::member(*answer, "body");
    fuzz::claim(entries != nullptr && entries->size() == desk_.http_commands);
    for (const model::Value& entry : *entries) fuzz::claim(model::bool_member(entry, "success").has_value());
  }

  std::uint8_t how_;
  deepstream::Desk desk_;
  deepstream::Admission admission_;
  dialect::Traffic traffic_{desk_.options.limits};
  deepstream::Http http_;
  base::Instant now_{1'000'000};
  int answers_ = 0;
};

// The short way takes nothing that the long one would read in another way.
void check_plain(std::string_view body) {
  const auto plain = deepstream::read_plain_batch(body, base::limits::json_depth_max);
  if (!plain) return;
  const auto any = deepstream::read_any_batch(body, true);
  fuzz::claim(any.ok() && any->commands.ok() && *plain->commands == *any->commands);
  fuzz::claim(plain->token == any->token && any->auth_data.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  check_plain(fuzz::text(data + 1, size - 1));
  Place(data[0]).run(fuzz::text(data + 1, size - 1));
  return 0;
}
