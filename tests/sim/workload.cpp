#include "tests/sim/workload.h"

#include <algorithm>

#include "core/model/value.h"
#include "tests/sim/names.h"

namespace rockpool::sim {
namespace {

using Kind = sync::LocalWrite::Kind;
using sync::LocalWrite;

// The last word of a clash over a whole record is lost to the sum of its parts.
bool is_on_record(const Wish& wish, const std::vector<Wish>& wishes) {
  return std::any_of(wishes.begin(), wishes.end(),
                     [&](const Wish& other) { return other.write.key == wish.write.key; });
}

}  // namespace

const CollectionPlan& Workload::some_collection() {
  const auto& collections = setting_.scenario.collections;
  return collections[setting_.prng.below(collections.size())];
}

std::string Workload::stranger_data() {
  return contents_.object(Dialect::native, "stranger-" + std::to_string(++strangers_));
}

void Workload::act(Client& client) {
  base::Prng& prng = setting_.prng;
  if (prng.once_in(setting_.scenario.second_thoughts_once_in)) return second_thoughts(client);
  if (prng.once_in(40)) return client.show();
  if (prng.once_in(30)) return client.be_present("room", prng.once_in(2));
  if (client.plan().dialect == Dialect::datocms && prng.once_in(20)) return client.change_wishes();
  const bool may_batch = !reads_again(client.plan().dialect);
  if (prng.once_in(setting_.scenario.batch_once_in) && may_batch) return write_batch(client);
  if (const std::optional<Wish> wish = some_wish(client)) client.write({*wish});
}

std::optional<Wish> Workload::some_wish(Client& client) {
  const CollectionPlan& plan = some_collection();
  const bool counted = plan.counted_ids > 0 && setting_.prng.once_in(2);
  return counted ? counted_wish(client, plan) : free_wish(client, plan);
}

void Workload::write_batch(Client& client) {
  std::vector<Wish> wishes;
  const bool may_repeat = setting_.prng.once_in(2);
  for (std::uint64_t left = 1 + setting_.prng.below(4); left > 0; --left) {
    const std::optional<Wish> wish = some_wish(client);
    if (!wish) continue;
    const bool repeats = is_on_record(*wish, wishes);
    // In a batch the writes to a counted record would become one that holds its sum.
    if (repeats && (!may_repeat || wish->effect.kind != Effect::Kind::none)) continue;
    wishes.push_back(*wish);
  }
  if (!wishes.empty()) client.write(wishes);
}

// ---- free records: anything goes
// -----------------------------------------------------------------------------------

std::optional<model::Key> Workload::some_free(const Client& client, const CollectionPlan& plan) {
  base::Prng& prng = setting_.prng;
  const std::vector<ClientPlan>& clients = setting_.scenario.clients;
  const std::uint64_t number = prng.below(static_cast<std::uint64_t>(plan.free_ids));
  const std::size_t maker = prng.below(clients.size());
  const bool is_made = shows_numbers(clients[maker].dialect) && prng.once_in(2);
  return client_key(client, {plan.name, is_made ? free_id_of(maker, number) : free_id(number)});
}

// What the client's user calls it, or would if he made it.
std::optional<model::Key> Workload::client_key(const Client& client, const model::Key& stored) {
  const std::optional<model::Key> shown = client.shown(stored);
  return shown || !client.may_make(stored) ? shown : std::optional(stored);
}

std::optional<Wish> Workload::free_wish(Client& client, const CollectionPlan& plan) {
  base::Prng& prng = setting_.prng;
  const std::optional<model::Key> chosen = some_free(client, plan);
  if (!chosen) return std::nullopt;
  const model::Key& key = *chosen;
  const std::optional<sync::RowView> row = client.engine().row(key);
  const std::string token = client.next_token();
  const auto wish = [&](Kind kind, std::string path, std::string data, bool says) {
    return Wish{LocalWrite{kind, key, std::move(path), std::move(data)}, {}, says ? token : ""};
  };
  const Dialect writer = client.plan().dialect;
  if (!row) {
    const Kind kind = prng.once_in(2) ? Kind::insert : Kind::put;
    return wish(kind, "", contents_.object(writer, token), true);
  }
  const bool has_lists = writer != Dialect::baserow;
  switch (prng.below(12)) {
    case 0: return wish(Kind::remove, "", "", false);
    case 1: return wish(Kind::put, "", contents_.object(writer, token), true);
    case 2:
    case 3: return wish(Kind::patch, "", contents_.json_patch(writer, token, row->data), false);
    case 4:
    case 5: return wish(Kind::increment, "/n", std::to_string(static_cast<int>(prng.below(9)) - 4), false);
    case 6:
      if (has_lists)
        return wish(Kind::include, "/list", "[" + json_text(token) + "," + contents_.value() + "]", false);
      break;
    case 7:
      if (has_lists) return wish(Kind::exclude, "/list", "[" + contents_.value() + "]", false);
      break;
    default: break;
  }
  return wish(Kind::update, "", contents_.merge_patch(writer, token), true);
}

// ---- counted records: every effect can be told from the end
// --------------------------------------------------------

std::optional<Wish> Workload::counted_wish(Client& client, const CollectionPlan& plan) {
  const std::uint64_t number = setting_.prng.below(static_cast<std::uint64_t>(plan.counted_ids));
  const std::optional<model::Key> chosen = client_key(client, {plan.name, counted_id(number)});
  if (!chosen) return std::nullopt;
  const model::Key& key = *chosen;
  const std::optional<sync::RowView> row = client.engine().row(key);
  const bool is_row = client.plan().dialect == Dialect::baserow;
  if (row) return is_row ? counted_cell(client, key, row->data) : counted_change(client, key, row->data);
  if (creator_of(number) != client.index()) return std::nullopt;
  if (client.engine().known(plan.name) != sync::Known::complete) return std::nullopt;
  const std::string data = is_row ? R"({"n":0})" : R"({"n":0,"tags":[],"f":{}})";
  return Wish{LocalWrite{Kind::insert, key, "", data}, {Effect::Kind::whole, 0, ""}, ""};
}

// One client creates it, so that two creations cannot meet: if there is any, one that can write all of it.
int Workload::creator_of(std::uint64_t number) const {
  const std::vector<ClientPlan>& clients = setting_.scenario.clients;
  const std::size_t first = number % clients.size();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const std::size_t at = (first + i) % clients.size();
    if (clients[at].dialect != Dialect::baserow) return static_cast<int>(at);
  }
  return static_cast<int>(first);
}

// Of a row, which has no other members than cells.
std::optional<Wish> Workload::counted_cell(Client& client, const model::Key& key, std::string_view shown) {
  if (client.stores().size() > own_fields) return std::nullopt;
  base::Result<model::Value> value = model::read(shown);
  const std::string token = client.next_token();
  if (!value.ok() || !setting_.prng.once_in(3)) {
    const std::string patch = "{" + json_text(client.own_field()) + ":" + json_text(token) + "}";
    return Wish{LocalWrite{Kind::update, key, "", patch}, {Effect::Kind::field, 0, token}, ""};
  }
  (*value)[client.own_field()] = token;
  return Wish{LocalWrite{Kind::put, key, "", model::write(*value)}, {Effect::Kind::whole, 0, token}, ""};
}

Wish Workload::counted_change(Client& client, const model::Key& key, std::string_view shown) {
  base::Prng& prng = setting_.prng;
  const std::string token = client.next_token();
  switch (prng.below(8)) {
    case 0:
    case 1:
    case 2: {
      const auto amount = static_cast<std::int64_t>(1 + prng.below(9));
      return {LocalWrite{Kind::increment, key, "/n", std::to_string(amount)},
              {Effect::Kind::add, amount, ""},
              ""};
    }
    case 3:
      return {LocalWrite{Kind::include, key, "/tags", "[" + json_text(token) + "]"},
              {Effect::Kind::include, 0, token},
              ""};
    case 4: {
      std::string own;  // one of our tags, if there is one
      for (const Written* written : client.book().in_force(key)) {
        if (written->wish.effect.kind == Effect::Kind::include) own = written->wish.effect.token;
      }
      if (!own.empty()) {
        return {LocalWrite{Kind::exclude, key, "/tags", "[" + json_text(own) + "]"},
                {Effect::Kind::exclude, 0, own},
                ""};
      }
      break;
    }
    case 5: {
      const std::string patch =
          R"([{"op":"add","path":"/f/)" + client.own_field() + R"(","value":)" + json_text(token) + "}]";
      return {LocalWrite{Kind::patch, key, "", patch}, {Effect::Kind::field, 0, token}, ""};
    }
    case 6:
      if (const std::optional<Wish> whole = whole_wish(client, key, shown)) return *whole;
      break;
    default: break;
  }
  const std::string patch = "{\"f\":{" + json_text(client.own_field()) + ":" + json_text(token) + "}}";
  return {LocalWrite{Kind::update, key, "", patch}, {Effect::Kind::field, 0, token}, ""};
}

// All that is shown, with one's own field changed.
std::optional<Wish> Workload::whole_wish(Client& client, const model::Key& key, std::string_view shown) {
  base::Result<model::Value> value = model::read(shown);
  if (!value.ok() || model::member(*value, "f") == nullptr) return std::nullopt;
  const std::string token = client.next_token();
  (*value)["f"][client.own_field()] = token;
  return Wish{LocalWrite{Kind::put, key, "", model::write(*value)}, {Effect::Kind::whole, 0, token}, ""};
}

// ---- second thoughts
// -----------------------------------------------------------------------------------------------

void Workload::second_thoughts(Client& client) {
  const std::vector<sync::WriteView> pending = client.engine().pending();
  if (resolve_one(client) || pending.empty()) return;
  const sync::WriteView& view = pending[setting_.prng.below(pending.size())];
  if (view.state != sync::WriteState::refused) return client.cancel(view.key);
  if (setting_.prng.once_in(2))
    client.dismiss(view.key);
  else
    client.retry(view.key);
}

bool Workload::resolve_one(Client& client) {
  const std::vector<sync::ConflictView> conflicts = client.engine().conflicts();
  if (conflicts.empty()) return false;
  base::Prng& prng = setting_.prng;
  const sync::ConflictView& clash = conflicts[prng.below(conflicts.size())];
  if (is_counted(client.stored(clash.record))) {  // which has to stay what it is
    client.resolve(clash.record, prng.once_in(4) ? "mine" : "theirs", false);
    return true;
  }
  switch (prng.below(5)) {
    case 0: client.resolve(clash.record, "theirs", false); break;
    case 1:
      client.resolve(clash.record, contents_.object(client.plan().dialect, client.next_token()), true);
      break;
    case 2: client.resolve(clash.record, "", true); break;
    default: client.resolve(clash.record, "mine", false);
  }
  return true;
}

}  // namespace rockpool::sim
