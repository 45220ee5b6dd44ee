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

base::Instant at(double now) { return {static_cast<std::int64_t>(now)}; }

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

constexpr std::size_t fields_per_write = 5;

base::Error misread() {
  return {base::Code::internal, "the page and its core do not belong to one version", ""};
}

base::Result<std::vector<sync::LocalWrite>> read_writes(std::string_view text) {
  const auto fields = base::split(text, '\0');
  if (fields.size() % fields_per_write != 0) return misread();
  std::vector<sync::LocalWrite> writes(fields.size() / fields_per_write);
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const auto* field = &fields[i * fields_per_write];
    if (field[0].size() != 1 || field[0][0] < '0' || field[0][0] > '7') return misread();
    writes[i].kind = static_cast<sync::LocalWrite::Kind>(field[0][0] - '0');
    writes[i].key = {std::string(field[1]), std::string(field[2])};
    writes[i].path = field[3];
    writes[i].data = field[4];
  }
  return writes;
}

// A piece of memory that once had to be large is given back; what every day needs is kept.
constexpr std::size_t kept_bytes_max = 1 << 20;

}  // namespace

Core::Core(const std::string& options) {
  auto read = read_options(options);
  if (!read) {
    made_ = read.error();
    return;
  }
  const dialect::Dialect* spoken = dialect::find_dialect(read->dialect);
  if (spoken == nullptr) {
    made_ =
        base::Error{base::Code::unsupported, "this build does not speak dialect '" + read->dialect + "'", ""};
    return;
  }
  engine_ = std::make_unique<sync::Engine>(*spoken, std::move(read->engine), base::Prng(read->seed));
}

std::uintptr_t Core::reserve(std::size_t bytes) {
  if (in_.size() < bytes || in_.size() > std::max(bytes, kept_bytes_max)) {
    in_.resize(bytes);
    if (in_.capacity() > kept_bytes_max) in_.shrink_to_fit();
  }
  return reinterpret_cast<std::uintptr_t>(in_.data());
}

void Core::add_file(const std::string& name, std::size_t bytes) {
  stored_.push_back({name, std::string(in(bytes))});
}

std::string Core::restore(double now) {
  if (!made_) return error_text(made_.error());
  const journal::Files stored = std::move(stored_);
  const auto recovered = engine_->restore(at(now), stored);
  if (!recovered) return error_text(recovered.error());
  JsonOut out;
  out.open('{').key("cutBytes").number(recovered->cut_bytes).key("problem").text(recovered->problem);
  return out.close('}').take();
}

double Core::write(double now, std::size_t bytes) {
  const auto writes = read_writes(in(bytes));
  const auto written =
      writes ? engine_->write(at(now), *writes) : base::Result<sync::WriteView>(writes.error());
  if (written) {
    const auto hash = written->key.rfind('#');
    if (origin_.empty()) origin_ = written->key.substr(0, hash);
    return static_cast<double>(
        base::read_decimal(std::string_view(written->key).substr(hash + 1)).value_or(0));
  }
  out_ = error_text(written.error());
  return 0;
}

std::size_t Core::row(std::size_t bytes) {
  const auto fields = base::split(in(bytes), '\0');
  out_.clear();
  if (fields.size() != 2) return 0;
  const auto row = engine_->row({std::string(fields[0]), std::string(fields[1])});
  if (!row || row->data.empty()) return 0;
  JsonOut out;
  put_row(out, fields[1], row->data);
  out_ = out.take();
  return out_.size();
}

void Core::frame(double now, double carrier, std::size_t bytes) {
  dialect::Frame frame{std::string(in(bytes)), false};
  engine_->arrived(at(now), static_cast<dialect::CarrierId>(carrier), std::move(frame));
}

std::size_t Core::drain() {
  out_ = wasm::drain(*engine_, ops_, queries_);
  return out_.size();
}

bool Core::cancel(double now, const std::string& key) { return engine_->cancel(at(now), key); }

std::string Core::retry(double now, const std::string& key, const std::string& value) {
  return write_text(engine_->retry(at(now), key, value));
}

void Core::dismiss(double now, const std::string& key) { engine_->dismiss(at(now), key); }

std::string Core::resolve(double now, const std::string& collection, const std::string& id,
                          const std::string& to, bool is_value) {
  return write_text(engine_->resolve(at(now), {collection, id}, to, is_value));
}

void Core::decide(double now, double ticket, int answer, const std::string& value) {
  std::optional<std::string> decided;
  if (answer == 1) decided = "";
  if (answer == 2) decided = value;
  engine_->decide(at(now), static_cast<std::uint64_t>(ticket), std::move(decided));
}

void Core::keep(double now, const std::string& collection) { engine_->keep(at(now), collection); }

void Core::pause(double now, bool paused) {
  if (paused) {
    engine_->pause(at(now));
  } else {
    engine_->resume(at(now));
  }
}

std::string Core::meta(const std::string& collection, const std::string& id) const {
  const auto row = engine_->row({collection, id});
  if (!row) return "";
  JsonOut out;
  put_meta(out, *row);
  return out.take();
}

int Core::known(const std::string& collection) const { return static_cast<int>(engine_->known(collection)); }

std::string Core::find_write(const std::string& key) const {
  const auto write = engine_->find_write(key);
  if (!write) return "";
  JsonOut out;
  put_write(out, *write);
  return out.take();
}

std::string Core::pending() const { return list_text(engine_->pending(), put_write); }
std::string Core::conflicts() const { return list_text(engine_->conflicts(), put_conflict); }

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

std::string Core::watch_query(int id, const std::string& collection, const std::string& spec) {
  const auto watched = queries_.watch(*engine_, id, collection, spec);
  return watched ? std::string() : error_text(watched.error());
}

std::string Core::count(const std::string& collection, const std::string& where) const {
  const auto counted = Queries::count(*engine_, collection, where);
  return counted ? base::decimal(std::uint64_t{*counted}) : error_text(counted.error());
}

void Core::presence(double now, const std::string& room, const std::string& member,
                    const std::string& state) {
  engine_->presence(at(now), room, member, state);
}

void Core::watch_presence(double now, const std::string& room, bool on) {
  engine_->watch_presence(at(now), room, on);
}

void Core::opened(double now, double carrier) {
  engine_->arrived(at(now), static_cast<dialect::CarrierId>(carrier), dialect::Opened{});
}

void Core::closed(double now, double carrier, int code, const std::string& reason) {
  dialect::Closed closed{static_cast<std::uint16_t>(code), reason};
  engine_->arrived(at(now), static_cast<dialect::CarrierId>(carrier), std::move(closed));
}

int Core::op_kind() const {
  if (ops_.empty()) return 0;
  switch (ops_.front().kind) {
    case journal::FileOp::Kind::append: return 1;
    case journal::FileOp::Kind::create: return 2;
    case journal::FileOp::Kind::remove: return 3;
  }
  return 0;
}

void Core::persisted(double now, double number) {
  engine_->persisted(at(now), static_cast<std::uint64_t>(number));
}

void Core::persist_failed(double now, const std::string& why) { engine_->persist_failed(at(now), why); }
void Core::persist_recovered(double now) { engine_->persist_recovered(at(now)); }

void Core::token(double now, bool known, const std::string& token) {
  engine_->token(at(now), known ? std::optional<std::string>(token) : std::nullopt);
}

void Core::online(double now, bool online) { engine_->online(at(now), online); }
void Core::visible(double now, bool visible) { engine_->visible(at(now), visible); }
void Core::wake(double now) { engine_->wake(at(now)); }
void Core::stop(double now) { engine_->stop(at(now)); }

double Core::next_wake() const {
  const auto wake = engine_->next_wake();
  return wake ? static_cast<double>(wake->ms) : -1;
}

}  // namespace rockpool::wasm
