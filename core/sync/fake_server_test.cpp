#include "core/sync/fake_server_test.h"

#include "core/base/text.h"

namespace rockpool::sync::test {
namespace {

class FakeSession final : public dialect::ClientSession {
 public:
  void open(Instant, dialect::Carrier, const dialect::Greeting& greeting,
            dialect::ClientSteps& out) override {
    script().greeting = greeting;
    ++script().opened;
    out.push_back(dialect::OpenStream{.carrier = 1});
  }
  void ask(Instant, const dialect::ClientCommand& command, dialect::ClientSteps& out) override {
    script().asked.push_back(command);
    if (std::holds_alternative<dialect::Push>(command))
      for (dialect::ClientStep& step : std::exchange(script().answer, {})) out.push_back(std::move(step));
  }
  void receive(Instant, dialect::CarrierId, dialect::Arrival arrival, dialect::ClientSteps& out) override {
    if (std::get_if<dialect::Closed>(&arrival)) {
      out.push_back(dialect::Ended{});
      return;
    }
    for (dialect::ClientStep& step : script().say) out.push_back(std::move(step));
    script().say.clear();
  }
  void close(Instant, dialect::ClientSteps& out) override {
    out.push_back(dialect::CloseStream{.carrier = 1});
  }
  void wake(Instant, dialect::ClientSteps&) override {}
  std::optional<Instant> next_wake() const override { return std::nullopt; }
};

std::unique_ptr<dialect::ClientSession> make_session(const dialect::ClientOptions&, base::Prng) {
  return std::make_unique<FakeSession>();
}

}  // namespace

Script& script() {
  static Script only;
  return only;
}

const dialect::Dialect fake_dialect{.name = "fake", .abilities = {.resume = true}, .client = make_session};
const dialect::Dialect bookless_dialect{.name = "bookless", .client = make_session};

Options with_policy(Policy policy) {
  Options options;
  options.policies["notes"] = std::move(policy);
  return options;
}

std::string cursor_at(std::uint64_t seq) {
  return model::write_cursor({.epoch = 7, .space = 1, .seq = seq, .chain = 0});
}

Page::Page(Options wanted, const journal::Files& stored, const dialect::Dialect& dialect)
    : options(std::move(wanted)), spoken(&dialect) {
  if (options.url.empty()) options.url = "http://127.0.0.1";
  if (options.url == no_server) options.url.clear();
  if (options.client.empty()) options.client = "client-a";
  // Unless a test is about several, they would only stand in its way.
  if (options.carriers.size() > 2) options.carriers = {dialect::Carrier::websocket};
  script() = {};
  for (const journal::File& file : stored) files[file.name] = file.bytes;
  unsynced = files;
  engine = std::make_unique<Engine>(dialect, options, base::Prng(1));
  const auto restored = engine->restore(now, stored);
  EXPECT_TRUE(restored.ok()) << (restored.ok() ? "" : restored.error().message);
  engine->keep(now, "notes");
  settle();
}

Page Page::reload(Options wanted) {
  journal::Files stored;
  for (const auto& [name, bytes] : files) stored.push_back({name, bytes});
  engine.reset();
  return Page(std::move(wanted), stored, *spoken);
}

void Page::apply(const Persist& persist) {
  for (const journal::FileOp& op : persist.ops) {
    if (op.kind == journal::FileOp::Kind::remove)
      unsynced.erase(op.name);
    else
      unsynced[op.name] += op.bytes;
  }
  open_sync = persist.number;
}

void Page::drain() {
  while (std::optional<Effect> effect = engine->poll()) {
    if (const auto* persist = std::get_if<Persist>(&*effect)) apply(*persist);
    if (const auto* open = std::get_if<dialect::OpenStream>(&*effect)) carrier = open->carrier;
    effects.push_back(std::move(*effect));
  }
}

void Page::finish_sync() {
  files = unsynced;
  engine->persisted(now, std::exchange(open_sync, 0));
}

void Page::settle() {
  drain();
  while (open_sync != 0) {
    finish_sync();
    drain();
  }
}

WriteView Page::write(LocalWrite::Kind kind, const std::string& id, const std::string& data,
                      const std::string& path) {
  return batch({{.kind = kind, .key = {"notes", id}, .path = path, .data = data}});
}

WriteView Page::batch(std::vector<LocalWrite> writes) {
  const auto view = engine->write(now, writes);
  EXPECT_TRUE(view.ok()) << (view.ok() ? "" : view.error().message);
  settle();
  return view.ok() ? *view : WriteView{};
}

base::Error Page::refused_at_call(LocalWrite::Kind kind, const std::string& id, const std::string& data) {
  const auto view = engine->write(now, {{.kind = kind, .key = {"notes", id}, .path = "", .data = data}});
  EXPECT_FALSE(view.ok());
  settle();
  return view.ok() ? base::Error{} : view.error();
}

void Page::connect(dialect::Ready ready) {
  hear(ready);
  if (!engine->status().transport) return;
  hear(
      dialect::Part{
          .collection = "notes", .records = {}, .cursor = cursor_at(seq), .begin = true, .done = true},
      dialect::Live{"notes", cursor_at(seq)});
}

void Page::acked(std::uint64_t number, model::Version version, std::uint64_t at) {
  hear(dialect::Settled{model::Acked{number, version, at == 0 ? seq + 1 : at}});
}

void Page::conflicted(std::uint64_t number, model::Version version, const std::string& data) {
  hear(dialect::Settled{model::Conflicted{.number = number, .version = version, .data = data}});
}

void Page::changed(const std::string& id, model::Version version, const std::string& data, std::uint64_t by) {
  model::Change change{
      .seq = ++seq, .previous = version - 1, .writer = by != 0 ? "me" : "other", .number = by};
  change.record = {.key = {"notes", id}, .version = version, .data = data};
  hear(dialect::ChangedAt{.collections = {"notes"}, .changes = {change}, .cursor = cursor_at(seq)});
}

void Page::cut() {
  engine->arrived(now, carrier, dialect::Closed{});
  settle();
  now.ms += 60'000;
  engine->wake(now);
  settle();
}

std::string Page::view(const std::string& id) const {
  const auto row = engine->row({"notes", id});
  return row ? std::string(row->data) : "";
}

std::vector<model::Mutation> Page::pushed() {
  std::vector<model::Mutation> mutations;
  for (const dialect::ClientCommand& command : script().asked) {
    const auto* push = std::get_if<dialect::Push>(&command);
    if (push == nullptr) continue;
    for (const model::Group& group : push->groups)
      mutations.insert(mutations.end(), group.begin(), group.end());
  }
  script().asked.clear();
  return mutations;
}

std::uint64_t Page::number(const WriteView& write) const {
  return base::read_decimal(write.key.substr(write.key.find('#') + 1)).value_or(0);
}

WriteState Page::state(const WriteView& write) const {
  WriteState last = WriteState::accepted;
  for (const WritesMoved& moved : seen<WritesMoved>()) {
    for (const std::uint64_t one : moved.numbers) {
      if (one == number(write)) last = moved.state;
    }
  }
  return last;
}

}  // namespace rockpool::sync::test
