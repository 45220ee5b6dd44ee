#include "tests/sim/workload.h"

#include <algorithm>
#include <array>

#include "core/model/value.h"
#include "tests/sim/names.h"

namespace rockpool::sim {
namespace {

using Kind = sync::LocalWrite::Kind;
using sync::LocalWrite;

std::string json_text(std::string_view text) { return "\"" + std::string(text) + "\""; }

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

std::string Workload::stranger_data() { return some_object("stranger-" + std::to_string(++strangers_)); }

void Workload::act(Client& client) {
  base::Prng& prng = setting_.prng;
  if (prng.once_in(setting_.scenario.second_thoughts_once_in)) return second_thoughts(client);
  if (prng.once_in(40)) return client.show();
  if (prng.once_in(30)) return client.be_present("room", prng.once_in(2));
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
  const bool is_made = clients[maker].dialect == Dialect::jsonpad && prng.once_in(2);
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
  if (!row) {
    return prng.once_in(2) ? wish(Kind::insert, "", some_object(token), true)
                           : wish(Kind::put, "", some_object(token), true);
  }
  switch (prng.below(12)) {
    case 0: return wish(Kind::remove, "", "", false);
    case 1: return wish(Kind::put, "", some_object(token), true);
    case 2:
    case 3: return wish(Kind::patch, "", some_json_patch(token, row->data), false);
    case 4:
    case 5: return wish(Kind::increment, "/n", std::to_string(static_cast<int>(prng.below(9)) - 4), false);
    case 6: return wish(Kind::include, "/list", "[" + json_text(token) + "," + some_value() + "]", false);
    case 7: return wish(Kind::exclude, "/list", "[" + some_value() + "]", false);
    default: return wish(Kind::update, "", some_merge_patch(token), true);
  }
}

std::string Workload::some_value() {
  static constexpr std::array<const char*, 10> values = {"1",
                                                         "true",
                                                         "null",
                                                         "\"x\"",
                                                         "9007199254740993",
                                                         "-0.5",
                                                         "[1,2]",
                                                         "{\"deep\":{\"er\":1}}",
                                                         "\"\\u00e4\\ud83d\\ude00\"",
                                                         "\"line\\nbreak\""};
  return values[setting_.prng.below(values.size())];
}

std::string Workload::some_object(const std::string& token) {
  std::string data = "{\"t\":" + json_text(token) + ",\"a\":" + some_value();
  if (setting_.prng.once_in(2)) data += ",\"b\":" + some_value();
  if (setting_.prng.once_in(2)) data += ",\"o\":{\"p\":" + some_value() + ",\"q\":" + some_value() + "}";
  if (setting_.prng.once_in(2)) data += ",\"list\":[1,\"x\"]";
  if (setting_.prng.once_in(2)) data += ",\"n\":" + std::string(setting_.prng.once_in(6) ? "\"none\"" : "7");
  if (setting_.prng.once_in(10))
    data += ",\"long\":" + json_text(std::string(200 + setting_.prng.below(2'000), 'z'));
  return data + "}";
}

std::string Workload::some_merge_patch(const std::string& token) {
  static constexpr std::array<const char*, 4> fields = {"a", "b", "c", "n"};
  if (setting_.prng.once_in(5)) return "{\"t\":" + json_text(token) + ",\"o\":{\"p\":" + some_value() + "}}";
  return "{\"t\":" + json_text(token) + "," + json_text(fields[setting_.prng.below(fields.size())]) + ":" +
         some_value() + "}";
}

// Fits what is shown; the server may see another record by then.
std::string Workload::some_json_patch(const std::string& token, std::string_view shown) {
  const base::Result<model::Value> value = model::read(shown);
  if (!value.ok() || !value->is_object() || setting_.prng.once_in(8)) {
    return R"([{"op":"replace","path":"/not/there","value":1}])";
  }
  std::string patch = "[{\"op\":\"add\",\"path\":\"/t\",\"value\":" + json_text(token) + "}";
  const model::Value* list = model::member(*value, "list");
  if (list != nullptr && list->is_array()) {
    patch += R"(,{"op":"add","path":"/list/-","value":)" + some_value() + "}";
    if (!list->empty()) patch += R"(,{"op":"remove","path":"/list/0"})";
  }
  if (model::member(*value, "a") != nullptr) patch += R"(,{"op":"move","from":"/a","path":"/b"})";
  return patch + "]";
}

// ---- counted records: every effect can be told from the end
// --------------------------------------------------------

std::optional<Wish> Workload::counted_wish(Client& client, const CollectionPlan& plan) {
  const std::uint64_t number = setting_.prng.below(static_cast<std::uint64_t>(plan.counted_ids));
  const std::optional<model::Key> chosen = client_key(client, {plan.name, counted_id(number)});
  if (!chosen) return std::nullopt;
  const model::Key& key = *chosen;
  const std::optional<sync::RowView> row = client.engine().row(key);
  if (row) return counted_change(client, key, row->data);
  // One client creates it, so that two creations cannot meet.
  if (number % setting_.scenario.clients.size() != static_cast<std::uint64_t>(client.index()))
    return std::nullopt;
  if (client.engine().known(plan.name) != sync::Known::complete) return std::nullopt;
  return Wish{
      LocalWrite{Kind::insert, key, "", R"({"n":0,"tags":[],"f":{}})"}, {Effect::Kind::whole, 0, ""}, ""};
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
    case 1: client.resolve(clash.record, some_object(client.next_token()), true); break;
    case 2: client.resolve(clash.record, "", true); break;
    default: client.resolve(clash.record, "mine", false);
  }
  return true;
}

}  // namespace rockpool::sim
