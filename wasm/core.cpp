#include "wasm/core.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"
#include "core/dialect/dialects.h"
#include "wasm/options.h"
#include "wasm/views.h"

namespace rockpool::wasm {
namespace {

double address(std::string_view text) {
  return static_cast<double>(reinterpret_cast<std::uintptr_t>(text.data()));
}

std::string error_text(const base::Error& error) {
  JsonOut out;
  out.open('{').key("error");
  put_error(out, error);
  return out.close('}').take();
}

std::string write_text(const base::Result<sync::WriteView>& write) {
  if (!write) return error_text(write.error());
  JsonOut out;
  put_write(out, *write);
  return out.take();
}

template <typename Views, typename Put>
std::string list_text(const Views& views, Put put) {
  JsonOut out;
  out.open('[');
  for (const auto& view : views) put(out, view);
  return out.close(']').take();
}

constexpr std::size_t fields_of_op = 2;
constexpr std::size_t fields_per_write = 5;

base::Error misread() {
  return {base::Code::internal, "the page and its core do not belong to one version", ""};
}

base::Result<std::vector<sync::LocalWrite>> read_writes(std::string_view text, sync::Op& op) {
  const auto fields = base::split(text, '\0');
  if (fields.size() % fields_per_write != fields_of_op) return misread();
  op = {std::string(fields[0]), base::read_decimal(fields[1]).value_or(0)};
  std::vector<sync::LocalWrite> writes(fields.size() / fields_per_write);
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const auto* field = &fields[fields_of_op + i * fields_per_write];
    if (field[0].size() != 1 || field[0][0] < '0' || field[0][0] > '7') return misread();
    writes[i].kind = static_cast<sync::LocalWrite::Kind>(field[0][0] - '0');
    writes[i].key = {std::string(field[1]), std::string(field[2])};
    writes[i].path = field[3];
    writes[i].data = field[4];
  }
  return writes;
}

template <typename Texts>
model::Key key_of(Texts& texts) {
  std::string collection = texts.next();
  return {std::move(collection), texts.rest()};
}

// A piece of memory that once had to be large is given back; what every day needs is kept.
constexpr std::size_t kept_bytes_max = 1 << 20;

}  // namespace

std::string Core::Texts::next() {
  const std::size_t end = std::min(left_.find('\0'), left_.size());
  std::string text(left_.substr(0, end));
  left_.remove_prefix(std::min(end + 1, left_.size()));
  return text;
}

std::size_t Core::say(std::string answer) {
  out_ = std::move(answer);
  return out_.size();
}

void Core::make(std::string_view options) {
  ops_.clear();
  auto read = read_options(options);
  if (!read) {
    made_ = read.error();
    return;
  }
  const dialect::Dialect* spoken = dialect::find_dialect(read->dialect);
  if (spoken == nullptr) {
    made_ =
        base::Error{base::Code::unsupported, "this wasm speaks another dialect than " + read->dialect, ""};
    return;
  }
  const auto& can = spoken->abilities;
  abilities_ = can.versions | can.resume << 1 | can.batches << 2 | can.events << 3 | can.rpc << 4 |
               can.presence << 5 | can.live_queries << 6;
  engine_ = std::make_unique<sync::Engine>(*spoken, std::move(read->engine), base::Prng(read->seed));
}

double Core::reserve(std::size_t bytes) {
  if (in_.size() < bytes || in_.size() > std::max(bytes, kept_bytes_max)) {
    in_.resize(bytes);
    if (in_.capacity() > kept_bytes_max) in_.shrink_to_fit();
  }
  return address(in_);
}

std::string Core::restore(base::Instant now) {
  if (!made_) return error_text(made_.error());
  const journal::Files stored = std::move(stored_);
  const auto recovered = engine_->restore(now, stored);
  if (!recovered) return error_text(recovered.error());
  JsonOut out;
  out.open('{').key("cutBytes").number(recovered->cut_bytes).key("problem").text(recovered->problem);
  return out.close('}').take();
}

double Core::write(base::Instant now, std::string_view text) {
  sync::Op op;
  const auto writes = read_writes(text, op);
  const auto written =
      writes ? engine_->write(now, *writes, op) : base::Result<sync::WriteView>(writes.error());
  if (!written) return -static_cast<double>(say(error_text(written.error())));
  return static_cast<double>(written->number);
}

std::string Core::row(Texts texts) const {
  const model::Key key = key_of(texts);
  const auto row = engine_->row(key);
  if (!row || row->data.empty()) return "";
  JsonOut out;
  put_row(out, key.id, row->data);
  return out.take();
}

std::string Core::meta(Texts texts) const {
  const auto row = engine_->row(key_of(texts));
  if (!row) return "";
  JsonOut out;
  put_meta(out, *row);
  return out.take();
}

std::string Core::find_write(const std::string& key) const {
  const auto write = engine_->find_write(key);
  if (!write) return "";
  JsonOut out;
  put_write(out, *write);
  return out.take();
}

std::string Core::watch_query(int id, Texts texts) {
  const std::string collection = texts.next();
  const auto watched = queries_.watch(*engine_, id, collection, texts.rest());
  return watched ? std::string() : error_text(watched.error());
}

std::string Core::count(Texts texts) const {
  const std::string collection = texts.next();
  const auto counted = Queries::count(*engine_, collection, texts.rest());
  return counted ? base::decimal(std::uint64_t{*counted}) : error_text(counted.error());
}

std::string Core::status() const {
  JsonOut out;
  put_status(out, engine_->status());
  return out.take();
}

std::string Core::peers(const std::string& room) const {
  JsonOut out;
  put_members(out, engine_->peers(room));
  return out.take();
}

void Core::decide(base::Instant now, double ticket, Texts texts) {
  const std::string answer = texts.next();
  std::optional<std::string> decided;
  if (answer == "1") decided = "";
  if (answer == "2") decided = texts.rest();
  engine_->decide(now, static_cast<std::uint64_t>(ticket), std::move(decided));
}

void Core::closed(base::Instant now, double carrier, Texts texts) {
  const auto code = static_cast<std::uint16_t>(base::read_decimal(texts.next()).value_or(0));
  engine_->arrived(now, static_cast<dialect::CarrierId>(carrier), dialect::Closed{code, texts.rest()});
}

void Core::body(base::Instant now, double carrier, Texts texts) {
  const auto status = static_cast<int>(base::read_decimal(texts.next()).value_or(0));
  std::string cursor = texts.next();
  dialect::Arrival arrival = dialect::Frame{texts.rest(), false};
  if (status != 0) arrival = dialect::Body{status, texts.rest(), std::move(cursor)};
  engine_->arrived(now, static_cast<dialect::CarrierId>(carrier), std::move(arrival));
}

void Core::tell(Tell what, double time, double number, std::size_t bytes) {
  const base::Instant now{static_cast<std::int64_t>(time)};
  const auto whole = static_cast<std::uint64_t>(number);
  const bool on = whole != 0;
  Texts texts(std::string_view(in_).substr(0, bytes));
  switch (what) {
    case Tell::make: return make(texts.rest());
    case Tell::add_file: {
      std::string name = texts.next();
      stored_.push_back({std::move(name), texts.rest()});
      return;
    }
    case Tell::frame: return engine_->arrived(now, whole, dialect::Frame{texts.rest(), false});
    case Tell::body: return body(now, number, texts);
    case Tell::opened: return engine_->arrived(now, whole, dialect::Opened{});
    case Tell::closed: return closed(now, number, texts);
    case Tell::dismiss: return engine_->dismiss(now, texts.rest());
    case Tell::decide: return decide(now, number, texts);
    case Tell::keep: {
      const std::string collection = texts.next();
      return engine_->keep(now, collection, texts.rest());
    }
    case Tell::pause: return on ? engine_->pause(now) : engine_->resume(now);
    case Tell::more:
      return queries_.more(static_cast<int>(whole), base::read_decimal(texts.rest()).value_or(0));
    case Tell::unwatch: return queries_.unwatch(static_cast<int>(whole));
    case Tell::presence: {
      const std::string room = texts.next();
      const std::string member = texts.next();
      return engine_->presence(now, room, member, texts.rest());
    }
    case Tell::signal: return engine_->signal(now, {texts.rest()});
    case Tell::watch_presence: return engine_->watch_presence(now, texts.rest(), on);
    case Tell::op_done: ops_.erase(ops_.begin()); return;
    case Tell::persisted: return engine_->persisted(now, whole);
    case Tell::persist_failed: return engine_->persist_failed(now, texts.rest());
    case Tell::persist_recovered: return engine_->persist_recovered(now);
    case Tell::token: return engine_->token(now, on ? std::optional(texts.rest()) : std::nullopt);
    case Tell::online: return engine_->online(now, on);
    case Tell::visible: return engine_->visible(now, on);
    case Tell::wake: return engine_->wake(now);
    case Tell::stop: return engine_->stop(now);
    case Tell::refuse: {
      const base::Code code = base::code_of(texts.next());
      return engine_->refuse(now, whole, {code, texts.rest(), ""});
    }
  }
}

double Core::file_op(Ask what) const {
  if (ops_.empty()) return 0;
  const journal::FileOp& op = ops_.front();
  if (what == Ask::op_bytes) return address(op.bytes);
  if (what == Ask::op_size) return static_cast<double>(op.bytes.size());
  switch (op.kind) {
    case journal::FileOp::Kind::append: return 1;
    case journal::FileOp::Kind::create: return 2;
    case journal::FileOp::Kind::remove: return 3;
  }
  return 0;
}

std::string Core::text(Ask what, base::Instant now, double number, Texts texts) {
  switch (what) {
    case Ask::restore: return restore(now);
    case Ask::row: return row(texts);
    case Ask::drain: return wasm::drain(*engine_, ops_, queries_);
    case Ask::retry: {
      const sync::Op op{texts.next(), static_cast<std::uint64_t>(number)};
      const std::string key = texts.next();
      return write_text(engine_->retry(now, key, texts.rest(), op));
    }
    case Ask::resolve: {
      const model::Key key{texts.next(), texts.next()};
      return write_text(engine_->resolve(now, key, texts.rest(), number != 0));
    }
    case Ask::meta: return meta(texts);
    case Ask::count: return count(texts);
    case Ask::find_write: return find_write(texts.rest());
    case Ask::pending: return list_text(engine_->pending(), put_write);
    case Ask::conflicts: return list_text(engine_->conflicts(), put_conflict);
    case Ask::status: return status();
    case Ask::client: return engine_->client();
    case Ask::export_all: return engine_->export_all();
    case Ask::watch_query: return watch_query(static_cast<int>(number), texts);
    case Ask::peers: return peers(texts.rest());
    case Ask::op_name: return ops_.front().name;
    case Ask::begin_news: return engine_->begin_news();
    case Ask::news: return engine_->news();
    default: return "";
  }
}

double Core::ask(Ask what, double time, double number, std::size_t bytes) {
  const base::Instant now{static_cast<std::int64_t>(time)};
  const Texts texts(std::string_view(in_).substr(0, bytes));
  switch (what) {
    case Ask::reserve: return reserve(static_cast<std::size_t>(number));
    case Ask::out: return address(out_);
    case Ask::write: return write(now, texts.left());
    case Ask::cancel: return engine_->cancel(now, texts.rest());
    case Ask::abilities: return abilities_;
    case Ask::mirror: return engine_->mirror(now, texts.left());
    case Ask::known: return static_cast<double>(engine_->known(texts.rest()));
    case Ask::op_kind:
    case Ask::op_bytes:
    case Ask::op_size: return file_op(what);
    case Ask::next_wake: {
      const auto wake = engine_->next_wake();
      return wake ? static_cast<double>(wake->ms) : -1;
    }
    default: return static_cast<double>(say(text(what, now, number, texts)));
  }
}

}  // namespace rockpool::wasm
