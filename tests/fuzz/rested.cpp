// Any request is answered once by JSON, text or nothing, and any upgrade is accepted once, whatever the hub
// and the edge say to what was asked.
//
// input := how:byte path "\n" query "\n" token "\n" body
//
// With a token that begins with `file` the body is an upload, and the record has a file.
#include <array>

#include "core/base/text.h"
#include "core/dialects/rested/jsonata.h"
#include "core/dialects/rested/names.h"
#include "core/dialects/rested/resources.h"
#include "core/dialects/rested/server.h"
#include "core/model/value.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;
namespace rested = dialects::rested;

namespace {

constexpr std::array<const char*, 8> methods = {"GET",    "POST", "PUT",     "PATCH",
                                                "DELETE", "HEAD", "OPTIONS", "POST"};
constexpr std::uint8_t is_socket = 8, is_text = 16, fails = 32, denies = 64, is_late = 128;

constexpr std::uint64_t file_bytes = 10;
constexpr const char* uploaded_file = "the file that was uploaded";

class Place {
 public:
  explicit Place(std::uint8_t how) : how_(how) {
    auto made =
        rested::make_server({.mount = "/rested", .settings = R"({"adminToken":"admin"})"}, base::Prng(1));
    fuzz::claim(made.ok());
    server_ = std::move(*made);
  }

  void run(std::string_view path, std::string_view query, std::string_view token, std::string_view body) {
    dialect::ServerSteps steps;
    const bool upgrades = (how_ & is_socket) != 0;
    has_file_ = token.starts_with("file");
    const char* type = (how_ & is_text) != 0 ? "text/plain" : "application/json";
    wire::RequestHead head{.method = upgrades ? "GET" : methods[how_ % methods.size()],
                           .path = '/' + std::string(path),
                           .query = std::string(query),
                           .headers = {{"Content-Type", has_file_ ? "multipart/form-data; boundary=b" : type},
                                       {"Range", std::string(body)},
                                       {"Origin", "https://a.test"},
                                       {"If-Match", std::string(token)}},
                           .upgrade = upgrades};
    head.headers.emplace_back("Authorization", "Bearer " + std::string(token));
    head.headers.emplace_back("Cookie", std::string(token));
    body_ = body;
    server_->receive(now_, 1, dialect::Arrived{.head = std::move(head), .peer = "10.0.0.1"}, steps);
    settle(steps);
    fuzz::claim(files_open_ == 0);
    fuzz::claim(upgrades ? accepts_ == 1 && answers_ == 0 : accepts_ == 0 && answers_ == 1);
    if (!upgrades) return;
    server_->receive(now_, 1, dialect::Frame{std::string(body), false}, steps);
    server_->receive(now_, 1, dialect::Closed{}, steps);
    settle(steps);
    fuzz::claim(server_->census().websocket == 0 && !server_->next_wake());
  }

 private:
  void settle(dialect::ServerSteps& steps) {
    for (int turns = 0; !steps.empty() && turns < 1000; ++turns) take(steps);
    fuzz::claim(steps.empty());
  }

  void take(dialect::ServerSteps& steps) {
    dialect::ServerSteps made;
    for (dialect::ServerStep& step : std::exchange(steps, {})) {
      if (const auto* respond = std::get_if<dialect::Respond>(&step)) {
        ++answers_;
        const std::string* type = wire::find_header(respond->head.headers, "Content-Type");
        const bool is_json = type != nullptr && *type == "application/json";
        fuzz::claim(!respond->body || !is_json || model::read(*respond->body).ok());
      } else if (const auto* file = std::get_if<dialect::RespondFile>(&step)) {
        ++answers_;
        fuzz::claim(file->offset <= file_bytes && file->bytes <= file_bytes - file->offset);
      } else if (std::holds_alternative<dialect::ReadFiles>(step)) {
        server_->receive(now_, 1, upload(), made);
        files_open_ += (how_ & denies) == 0 ? 1 : 0;
      } else if (const auto* drop = std::get_if<dialect::DropFiles>(&step)) {
        for (const std::string& id : drop->files) files_open_ -= id == uploaded_file ? 1 : 0;
      } else if (std::holds_alternative<dialect::AcceptStream>(step)) {
        ++accepts_;
      } else if (const auto* asked = std::get_if<dialect::Asked>(&step)) {
        server_->answer(now_, asked->ticket, reply_to(asked->command), made);
      } else if (const auto* question = std::get_if<dialect::Identify>(&step)) {
        server_->identified(now_, question->ticket,
                            dialect::Identified{.principal = {.admin = true, .roles = {}}}, made);
      } else if (const auto* work = std::get_if<dialect::SecretWork>(&step)) {
        server_->worked(now_, work->ticket, result_of(*work), made);
      } else if (std::holds_alternative<dialect::ReadBody>(step)) {
        server_->receive(now_, 1, dialect::Body{0, std::string(body_)}, made);
      }
    }
    steps = std::move(made);
  }

  // What the edge makes of the body.
  dialect::Arrival upload() const {
    if ((how_ & denies) != 0) return dialect::NotUploaded{.status = 413, .reason = "too large"};
    const std::string text = base::is_utf8(body_) ? std::string(body_) : "a";
    return dialect::Uploaded{.files = {{.id = uploaded_file, .name = text, .mime_type = {}, .bytes = 1}},
                             .fields = {{text, text}, {"a", "1"}, {text, text}}};
  }

  dialect::SecretResult result_of(const dialect::SecretWork& work) const {
    using What = dialect::SecretWork::What;
    if ((how_ & denies) != 0) return dialect::Denied{{base::Code::auth, "no", ""}};
    if (work.what != What::open) return std::string(32, 'a');
    return std::string(
        R"({"sub":"0123456789abcdef0123456789abcdef","prj":"p","ept":"u","exp":9999999999,"jti":"j"})");
  }

  static model::Record record(const char* collection, const char* id, const char* data) {
    return {.key = {collection, id}, .version = 3, .num = 5, .data = data, .meta = {}};
  }
  model::Record found() const {
    model::Record one =
        record("parts", "0123456789abcdef0123456789abcdef", R"({"username":"ann","uniqueId":"x"})");
    one.meta = R"({"rested":{"owner":"0123456789abcdef0123456789abcdef","password":"hash","text":true}})";
    if (has_file_) one.meta = R"({"file":{"id":"f","bytes":10},"rested":{"upload":"u"}})";
    return one;
  }

  static model::Page page_of(const std::string& collection) {
    model::Page page{.collection = collection, .records = {}, .cursor = {}, .done = true};
    if (collection == "$collections") {
      page.records = {
          record("$collections", "parts", R"({"facets":{"rested:p":{"name":"parts","endpointId":"e"}}})"),
          record("$collections", "users",
                 R"({"facets":{"rested:p":{"name":"users","endpointId":"u","authentication":true}}})"),
          record("$collections", "vault",
                 R"({"facets":{"rested:p":{"name":"vault","endpointId":"v","secure":true}}})")};
    } else {
      page.records = {record("$rested", "project/p",
                             R"({"name":"a project","apiKey":"key","masterKey":"master","secret":"s"})")};
    }
    return page;
  }

  model::Reply reply_to(const model::Command& command) {
    if (const auto* scan = std::get_if<model::Scan>(&command)) return page_of(scan->collection);
    if (const auto* survey = std::get_if<model::Survey>(&command)) {
      fuzz::claim(!survey->collections.empty());  // otherwise it would be about all
      return model::Surveyed{.collections = survey->collections,
                             .totals = std::vector<model::Totals>(survey->collections.size()),
                             .cursor = {}};
    }
    if ((how_ & fails) != 0)
      return model::Failed{.error = {.code = base::Code::overloaded, .message = {}, .path = {}}};
    if (std::holds_alternative<model::Read>(command)) return model::Found{.record = found(), .cursor = {}};
    if (const auto* list = std::get_if<model::List>(&command)) {
      if (list->after != 0) return model::Listed{};
      return model::Listed{.records = {found()}};
    }
    if (const auto* write = std::get_if<model::Write>(&command)) return written(write->groups.front());
    return model::Since{};
  }

  model::Reply written(const model::Group& group) {
    model::Written written;
    const bool late = (how_ & is_late) != 0 && ++writes_ < 3;
    for (const model::Mutation& mutation : group) {
      if (late)
        written.outcomes.push_back(model::Conflicted{.number = mutation.number, .data = {}});
      else
        written.outcomes.push_back(model::Acked{.number = mutation.number, .version = 1});
      const bool names_file = mutation.meta && mutation.meta->find(uploaded_file) != std::string::npos;
      files_open_ -= names_file && !late ? 1 : 0;
      model::Record made = found();
      made.data = mutation.data.empty() ? "{}" : mutation.data;
      written.made.push_back(std::move(made));
    }
    return written;
  }

  std::uint8_t how_;
  std::unique_ptr<dialect::ServerDialect> server_;
  std::string_view body_;
  base::Instant now_{1'750'000'000'000};
  int answers_ = 0, accepts_ = 0;
  int writes_ = 0;
  int files_open_ = 0;  // stored, and neither given to a record nor dropped
  bool has_file_ = false;
};

void check_parts(std::string_view text, std::string_view json) {
  const auto expression = rested::read_expression(text);
  const auto value = model::read(json);
  if (expression && value) rested::fits(*expression, *value);
  const std::string meta(json);
  const rested::Beside beside = rested::read_beside(meta);
  fuzz::claim(rested::read_beside(rested::write_beside(meta, beside)) == beside);
  const auto before = model::compact(text);
  const auto patch = model::compact(json);
  if (!before || !patch) return;
  const auto merged = rested::merged(*before, *patch);
  fuzz::claim(!merged || model::compact(*merged).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view rest = fuzz::text(data + 1, size - 1);
  const std::string_view path = fuzz::next_line(rest);
  const std::string_view query = fuzz::next_line(rest);
  const std::string_view token = fuzz::next_line(rest);
  Place(data[0]).run(path, query, token, rest);
  check_parts(query, rest);
  return 0;
}
