#include "tests/sim/deepstream_writer.h"

#include <set>

#include "core/dialects/deepstream/names.h"
#include "tests/sim/log.h"
#include "tests/sim/names.h"

namespace rockpool::sim {
namespace {

namespace deepstream = dialects::deepstream;

constexpr std::int64_t patience_ms = 25'000;
constexpr int session_bits = 32;
constexpr std::uint64_t own_records = 3;

std::int64_t age_of(const model::Record* record) {
  const bool exists = record != nullptr && record->exists();
  return exists ? static_cast<std::int64_t>(record->version - record->born) : -1;
}

bool has(const std::string& data, const std::string& token) {
  return data.find('"' + token + '"') != std::string::npos;
}

// Calls `at(seq, record)` with the record as it was before the changes of entry `from`, and after each change
// from there on, until that says true.
template <typename At>
bool walk(const Lineage& lineage, const model::Key& key, std::uint64_t from, At at) {
  const model::Record* record = nullptr;
  bool began = false;
  const auto begin = [&] { return !std::exchange(began, true) && at(from, record); };
  for (std::uint64_t seq = 1; seq <= lineage.last_seq(); ++seq) {
    if (seq >= from && begin()) return true;
    for (const model::Change& change : lineage.entries[seq - 1].batch.changes) {
      if (!(change.record.key == key)) continue;
      record = &change.record;
      if (seq >= from && at(seq, record)) return true;
    }
  }
  return begin();
}

}  // namespace

DeepstreamWriter::DeepstreamWriter(Setting& setting, Network& network, const Log& log, int index)
    : setting_(setting), network_(network), log_(log), index_(index), name_("writer") {}

// ---- writing ----------------------------------------------------------------------------------------------

DeepstreamWriter::Command DeepstreamWriter::some_command() {
  base::Prng& prng = setting_.prng;
  const auto& collections = setting_.scenario.collections;
  const CollectionPlan& plan = collections[prng.below(collections.size())];
  Command command;
  command.own = prng.once_in(2);
  const std::uint64_t ids = command.own ? own_records : static_cast<std::uint64_t>(plan.free_ids);
  const std::uint64_t number = prng.below(ids);
  command.record = plan.name + "/" + (command.own ? own_id(number) : free_id(number));
  const std::uint64_t choice = prng.below(10);
  command.kind = choice < 6 ? Kind::write : choice < 7 ? Kind::remove : choice < 9 ? Kind::read : Kind::head;
  if (command.kind != Kind::write) return command;
  command.token = "w" + std::to_string(++tokens_);
  const auto known = versions_.find(command.record);
  if (prng.once_in(2))
    command.version = 1 + (known == versions_.end() ? 0 : std::max<std::int64_t>(known->second, 0));
  return command;
}

std::string DeepstreamWriter::json_of(const Command& command) {
  static constexpr const char* actions[] = {"write", "delete", "read", "head"};
  std::string json = R"({"topic":"record","action":")";
  json.append(actions[static_cast<std::size_t>(command.kind)])
      .append(R"(","recordName":")")
      .append(command.record);
  json += '"';
  if (command.kind != Kind::write) return json + '}';
  if (command.version >= 0) json += ",\"version\":" + std::to_string(command.version);
  if (setting_.prng.once_in(3)) return json + R"(,"path":"o.p","data":")" + command.token + "\"}";
  return json + R"(,"data":{"t":")" + command.token + "\"}}";
}

void DeepstreamWriter::act() {
  if (is_waiting()) return;
  commands_.clear();
  for (std::uint64_t left = 1 + setting_.prng.below(4); left > 0; --left) commands_.push_back(some_command());
  body_ = setting_.scenario.tokens ? R"({"token":"good-w","body":[)" : R"({"body":[)";
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    body_ += (i == 0 ? "" : ",") + json_of(commands_[i]);
    if (commands_[i].kind == Kind::write) written_[commands_[i].token].command = commands_[i];
  }
  body_ += "]}";
  if (lineage_ != log_.lineage()) from_ = 0;
  lineage_ = log_.lineage();
  send();
}

// What is not answered goes again as it was.
void DeepstreamWriter::send() {
  ++requests_;
  setting_.note(name_, "posts", body_);
  network_.exchange(
      index_,
      {.carrier = requests_ << session_bits,
       .url = "http://sim.example/deepstream/api/v1",
       .head = {.method = "POST", .path = "", .query = {}, .headers = {{"Content-Type", "application/json"}}},
       .body = body_});
  setting_.schedule.in(patience_ms, [this, request = requests_] {
    if (request == requests_ && is_waiting()) send();
  });
}

void DeepstreamWriter::came_in(const std::string& body) {
  for (auto& [token, written] : written_) {
    if (has(body, token)) ++written.times;
  }
}

// ---- hearing ----------------------------------------------------------------------------------------------

void DeepstreamWriter::hears(const Link& link, const dialect::Arrival& arrival) {
  if (link.client_carrier != requests_ << session_bits || !is_waiting()) return;
  if (const auto* body = std::get_if<dialect::Body>(&arrival)) return answered(body->status, body->bytes);
  if (!std::holds_alternative<dialect::Closed>(arrival)) return;
  setting_.schedule.in(100 + setting_.some_ms(3'000), [this, request = requests_] {
    if (request == requests_ && is_waiting()) send();
  });
}

void DeepstreamWriter::answered(int status, const std::string& body) {
  setting_.note(name_, "is answered " + std::to_string(status), body);
  body_.clear();
  const auto answer = model::read(body);
  const model::Value* entries = status == 200 && answer ? model::member(*answer, "body") : nullptr;
  if (entries == nullptr || entries->size() != commands_.size())
    return fail(invariant::contract, "is answered " + std::to_string(status) + " " + body);
  if (lineage_ != log_.lineage()) return;  // another history took over meanwhile
  std::uint64_t place = from_;
  for (std::size_t i = 0; i < commands_.size(); ++i) judge(commands_[i], entries->elements()[i], place);
  from_ = place;
}

void DeepstreamWriter::judge(const Command& command, const model::Value& entry, std::uint64_t& place) {
  if (command.kind == Kind::write) return judge_write(command, entry, place);
  const std::string* event = model::text_member(entry, "errorEvent");
  const bool missing = event != nullptr && *event == "RECORD_NOT_FOUND";
  if (event != nullptr && !missing) return;  // the log is in trouble
  State state;
  if (!missing && command.kind != Kind::remove) {
    state.version = static_cast<std::int64_t>(model::count_member(entry, "version").value_or(0));
    if (command.kind == Kind::read) state.data = model::write(*model::member(entry, "data"));
  }
  versions_[command.record] = state.version;
  expect_state(command, state, place);
}

void DeepstreamWriter::judge_write(const Command& command, const model::Value& entry, std::uint64_t& place) {
  const std::string* event = model::text_member(entry, "errorEvent");
  if (event != nullptr && *event == "VERSION_EXISTS") {
    State state{
        .version = static_cast<std::int64_t>(model::count_member(entry, "currentVersion").value_or(0)),
        .data = model::write(*model::member(entry, "currentData"))};
    versions_[command.record] = state.version;
    if (state.version == 0 && *state.data == "{}") state = {};
    return expect_state(command, state, place);
  }
  if (event != nullptr) return;  // the log is in trouble, or the space full
  const model::Key key = deepstream::key_of(command.record);
  const bool stored = walk(*lineage_, key, place, [&](std::uint64_t seq, const model::Record* record) {
    const bool is_it = seq > from_ && record != nullptr && has(record->data, command.token) &&
                       (command.version < 0 || age_of(record) == command.version);
    if (is_it) place = seq;
    if (is_it) versions_[command.record] = age_of(record);
    return is_it;
  });
  if (!stored) {
    fail(invariant::durable, command.record + " was written " + command.token +
                                 ", as it is told, at version " + std::to_string(command.version) +
                                 ", and the log has no such change");
  }
}

void DeepstreamWriter::expect_state(const Command& command, const State& state, std::uint64_t& place) {
  const model::Key key = deepstream::key_of(command.record);
  const bool was_so = walk(*lineage_, key, place, [&](std::uint64_t seq, const model::Record* record) {
    const bool fits =
        age_of(record) == state.version &&
        (!state.data || state.version < 0 || *state.data == model::write(*model::read(record->data)));
    if (fits) place = seq;
    return fits;
  });
  if (!was_so) {
    fail(invariant::feed, "is told that " + command.record + " is version " + std::to_string(state.version) +
                              " " + state.data.value_or("") + ", which it was not after entry " +
                              std::to_string(place));
  }
}

// ---- at rest ----------------------------------------------------------------------------------------------

void DeepstreamWriter::check_rest() {
  std::map<std::string, std::uint64_t> effects;  // of writes to own records
  std::map<model::Key, std::string> before;
  std::set<model::Key> removed;
  for (const hub::Entry& entry : log_.lineage()->entries) {
    for (const model::Change& change : entry.batch.changes) {
      const std::string& data = change.record.data;
      if (!is_own(change.record.key)) continue;
      for (const auto& [token, written] : written_) {
        if (has(data, token) && !has(before[change.record.key], token)) ++effects[token];
      }
      if (!change.record.exists()) removed.insert(change.record.key);
      before[change.record.key] = data;
    }
  }
  for (const auto& [token, times] : effects) {
    const Written& written = written_[token];
    const bool fenced = written.command.version >= 0;
    // After a removal the same version is free again, even once that is forgotten.
    const bool restarts = removed.contains(deepstream::key_of(written.command.record));
    if (times <= (fenced && !restarts ? 1 : written.times)) continue;
    fail(invariant::once, written.command.record + " was given " + token + " " + std::to_string(times) +
                              " times, and it was asked for " + std::to_string(written.times) + " times");
  }
}

}  // namespace rockpool::sim
