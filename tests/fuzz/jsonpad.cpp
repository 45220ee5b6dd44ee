// Any request is answered once, whatever the hub says to what was asked: by JSON or by nothing.
//
// input := method:byte path "\n" query "\n" credentials "\n" body
#include <array>

#include "core/base/text.h"
#include "core/dialect/merge_text.h"
#include "core/dialects/jsonpad/requests.h"
#include "core/dialects/jsonpad/server.h"
#include "core/model/value.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;
namespace jsonpad = dialects::jsonpad;

namespace {

constexpr std::array<const char*, 6> methods = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};

class Place {
 public:
  explicit Place(std::uint8_t how) : how_(how) {
    auto made = jsonpad::make_server(
        {.mount = "/jsonpad",
         .settings = R"({"accounts":{"user":{"tokens":["api"],"realtimeTokens":["rt"]}}})"},
        base::Prng(1));
    fuzz::claim(made.ok());
    server_ = std::move(*made);
  }

  void run(std::string_view path, std::string_view query, std::string_view credentials,
           std::string_view body) {
    dialect::ServerSteps steps;
    wire::RequestHead head{.method = methods[how_ % methods.size()],
                           .path = '/' + std::string(path),
                           .query = std::string(query),
                           .headers = {{"Content-Type", "application/json"}}};
    // "user:api" and "user:rt" in base64, or whatever it is.
    const std::string token = credentials == "a"   ? "dXNlcjphcGk="
                              : credentials == "r" ? "dXNlcjpydA=="
                                                   : std::string(credentials);
    head.headers.emplace_back("Authorization", "Basic " + token);
    body_ = body;
    server_->receive(now_, 1, dialect::Arrived{.head = std::move(head), .peer = "10.0.0.1"}, steps);
    for (int turns = 0; !steps.empty() && turns < 1000; ++turns) take(steps);
    now_.ms += 60'000;
    dialect::ServerSteps late;
    server_->wake(now_, late);
    take(late);
    fuzz::claim(answers_ == 1);
    fuzz::claim(!server_->next_wake());
  }

 private:
  void take(dialect::ServerSteps& steps) {
    dialect::ServerSteps made;
    for (dialect::ServerStep& step : std::exchange(steps, {})) {
      if (const auto* respond = std::get_if<dialect::Respond>(&step)) {
        ++answers_;
        fuzz::claim(!respond->body || model::read(*respond->body).ok());
      } else if (const auto* asked = std::get_if<dialect::Asked>(&step)) {
        server_->answer(now_, asked->ticket, reply_to(asked->command), made);
      } else if (const auto* question = std::get_if<dialect::Identify>(&step)) {
        server_->identified(now_, question->ticket,
                            dialect::Identified{.principal = {.user = "user", .roles = {}}}, made);
      } else if (std::holds_alternative<dialect::ReadBody>(step)) {
        server_->receive(now_, 1, dialect::Body{0, std::string(body_)}, made);
      }
    }
    steps = std::move(made);
  }

  model::Record item() const {
    return {.key = {"a", "x"}, .version = 3, .num = 5, .data = R"({"n":1})", .meta = {}};
  }

  model::Reply reply_to(const model::Command& command) {
    if (const auto* scan = std::get_if<model::Scan>(&command)) {
      model::Page page{.collection = scan->collection, .records = {}, .cursor = {}, .done = true};
      if (scan->collection == "$collections") {
        page.records.push_back({.key = {"$collections", "a"},
                                .version = 1,
                                .data = R"({"facets":{"jsonpad:user":{"name":"a","realtime_enabled":true}}})",
                                .meta = {}});
      }
      return page;
    }
    if (std::holds_alternative<model::Survey>(command)) return model::Surveyed{};
    if ((how_ & 64) != 0) return model::Failed{.error = {.code = base::Code::overloaded}};
    if (std::holds_alternative<model::Read>(command)) return model::Found{.record = item(), .cursor = {}};
    if (std::holds_alternative<model::List>(command)) return model::Listed{.records = {item()}};
    if (const auto* write = std::get_if<model::Write>(&command)) return written(write->groups.front());
    return model::Since{};
  }

  model::Reply written(const model::Group& group) {
    model::Written written;
    for (const model::Mutation& mutation : group) {
      const bool late = (how_ & 128) != 0 && ++writes_ < 3;
      if (late) {
        written.outcomes.push_back(model::Conflicted{.number = mutation.number, .data = {}});
      } else {
        written.outcomes.push_back(model::Acked{.number = mutation.number, .version = 1});
      }
      model::Record made = item();
      made.data = mutation.data;
      written.made.push_back(std::move(made));
    }
    return written;
  }

  std::uint8_t how_;
  std::unique_ptr<dialect::ServerDialect> server_;
  std::string_view body_;
  base::Instant now_{1'750'000'000'000};
  int answers_ = 0;
  int writes_ = 0;
};

// What is merged holds the members of the patch, and is JSON.
void check_merge(std::string_view before, std::string_view patch) {
  const auto left = model::compact(before);
  const auto right = model::compact(patch);
  if (!left || !right) return;
  const auto merged = dialect::merge_text(*left, *right, dialect::Merging::of_members);
  if (!merged) return;
  const auto value = model::read(*merged, {.keys_max = 2 * base::limits::json_object_keys_max});
  const auto said = model::read(*right);
  fuzz::claim(value.ok() && said.ok());
  for (const auto& [name, held] : said->members()) {
    const model::Value* found = model::member(*value, name);
    fuzz::claim(found != nullptr && model::same(*found, held));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view rest = fuzz::text(data + 1, size - 1);
  const std::string_view path = fuzz::next_line(rest);
  const std::string_view query = fuzz::next_line(rest);
  const std::string_view credentials = fuzz::next_line(rest);
  Place(data[0]).run(path, query, credentials, rest);
  check_merge(query, rest);
  return 0;
}
