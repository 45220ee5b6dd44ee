#include "core/dialect/facets.h"

#include <algorithm>

#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/base/pattern.h"
#include "core/base/text.h"

namespace rockpool::dialect {
namespace {

constexpr std::string_view fields_member = "fields";

constexpr std::size_t page_records = 1000;
constexpr std::size_t page_bytes = 4 << 20;

// Two that begin alike are still two.
std::string cut(std::string_view name, std::size_t bytes_max) {
  if (name.size() <= bytes_max) return std::string(name);
  const std::string mark = '~' + base::hex(base::hash64(name), 16);
  const std::string_view begin = name.substr(0, bytes_max - mark.size());
  return std::string(begin.substr(0, base::utf8_prefix(begin).value_or(begin.size()))) + mark;
}

}  // namespace

// ---- the copy ---------------------------------------------------------------------------------------------

void Facets::load(ServerSteps& out) {
  if (loaded_ || asked_) return;
  asked_ = ++last_ticket_;
  out.push_back(Asked{.ticket = *asked_,
                      .principal = {.system = true, .roles = {}},
                      .space = options_.space,
                      .command = model::Scan{.collection = std::string(collections_collection),
                                             .after = read_to_,
                                             .records_max = page_records,
                                             .bytes_max = page_bytes}});
}

bool Facets::answer(Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  if (asked_ != ticket) return false;
  asked_.reset();
  const auto* page = std::get_if<model::Page>(&reply);
  if (page == nullptr) return true;
  for (const model::Record& record : page->records) take(record, nullptr);
  if (!page->records.empty()) read_to_ = page->records.back().key.id;
  loaded_ = page->done;
  if (!loaded_) {
    load(out);
    return true;
  }
  const auto cursor = model::read_cursor(page->cursor);
  loaded_seq_ = cursor ? cursor->seq : 0;
  return true;
}

std::vector<Facets::Moved> Facets::watch(const ServerDialect::Notices& notices) {
  std::vector<Moved> moved;
  for (const auto& [topic, notice] : notices) {
    const auto* changed = std::get_if<model::Changed>(&notice);
    if (changed == nullptr || topic.name != collections_collection) continue;
    for (const model::Change& change : changed->changes) take(change.record, &moved);
  }
  return moved;
}

std::map<std::string, std::string> Facets::own_facets(const Entry& entry) const {
  std::map<std::string, std::string> own;
  const model::Value* facets = entry.exists ? model::member(entry.data, "facets") : nullptr;
  if (facets == nullptr) return own;
  for (const auto& [key, data] : facets->members()) {
    if (key.size() > dialect_.size() && key.starts_with(dialect_) && key[dialect_.size()] == ':')
      own.emplace(key.substr(dialect_.size() + 1), model::write(data));
  }
  return own;
}

void Facets::take(const model::Record& record, std::vector<Moved>* moved) {
  Entry& entry = entries_[record.key.id];
  if (record.version <= entry.version) return;
  const auto before = own_facets(entry);
  auto data = record.exists() ? model::read(record.data) : base::Result<model::Value>(model::Value());
  entry = {.version = record.version,
           .exists = record.exists(),
           .data = data ? std::move(*data) : model::Value::object()};
  const auto after = own_facets(entry);
  for (const auto& [owner, held] : before) {
    if (after.contains(owner)) continue;
    by_owner_[owner].erase(record.key.id);
    by_collection_[record.key.id].erase(owner);
    if (moved != nullptr) moved->push_back({record.key.id, owner, held, std::nullopt});
  }
  for (const auto& [owner, held] : after) {
    by_owner_[owner][record.key.id] = held;
    by_collection_[record.key.id].insert(owner);
    const auto old = before.find(owner);
    if (moved == nullptr || (old != before.end() && old->second == held)) continue;
    moved->push_back(
        {record.key.id, owner, old == before.end() ? std::nullopt : std::optional(old->second), held});
  }
}

// ---- looking ----------------------------------------------------------------------------------------------

const Facets::Owned& Facets::of(const std::string& owner) const {
  static const Owned none;
  const auto held = by_owner_.find(owner);
  return held == by_owner_.end() ? none : held->second;
}

std::vector<std::string> Facets::owners(const std::string& collection) const {
  const auto held = by_collection_.find(collection);
  if (held == by_collection_.end()) return {};
  return {held->second.begin(), held->second.end()};
}

const std::string* Facets::find(const std::string& collection, const std::string& owner) const {
  const Owned& owned = of(owner);
  const auto held = owned.find(collection);
  return held == owned.end() ? nullptr : &held->second;
}

std::vector<Facets::Facet> Facets::all() const {
  std::vector<Facet> facets;
  for (const auto& [owner, owned] : by_owner_)
    for (const auto& [collection, data] : owned) facets.push_back({owner, collection, data});
  return facets;
}

bool Facets::is_faceted(const std::string& collection) const {
  const auto held = entries_.find(collection);
  const model::Value* facets =
      held == entries_.end() || !held->second.exists ? nullptr : model::member(held->second.data, "facets");
  return facets != nullptr && !facets->empty();
}

// A closed space shares what is named in full, and nothing by a pattern.
bool Facets::is_shared(std::string_view name, bool in_full) const {
  const Sharing& sharing = options_.sharing;
  return std::any_of(sharing.names.begin(), sharing.names.end(), [&](const std::string& pattern) {
    return pattern == name || (sharing.is_open && !in_full && base::matches(pattern, name));
  });
}

std::string Facets::collection_for(const std::string& owner, std::string_view name, bool in_full) const {
  std::string collection(name);
  if (is_shared(name, in_full) && find(collection, owner) == nullptr) return collection;
  const std::string begin = dialect_ + ':' + owner + '/';
  const auto named = [&](const std::string& end) {
    return begin + cut(name, base::limits::name_bytes_max - begin.size() - end.size()) + end;
  };
  std::string free = named("");
  for (std::uint64_t count = 2; find(free, owner) != nullptr; ++count)
    free = named('~' + base::decimal(count));
  return free;
}

// ---- writing ----------------------------------------------------------------------------------------------

model::Mutation Facets::write(const std::string& collection, model::Value data) const {
  const auto held = entries_.find(collection);
  const bool exists = held != entries_.end() && held->second.exists;
  return {.key = {std::string(collections_collection), collection},
          .op = model::Op::put,
          .data = model::write(data),
          .base = exists ? held->second.version : 0};
}

model::Value Facets::with(const std::string& collection, const std::string& owner,
                          const std::string& data) const {
  const auto held = entries_.find(collection);
  model::Value next =
      held != entries_.end() && held->second.exists ? held->second.data : model::Value::object();
  next["name"] = collection;
  if (model::member(next, "facets") == nullptr) next["facets"] = model::Value::object();
  auto value = model::read(data);
  (*model::member(next, "facets"))[key_of(owner)] = value ? std::move(*value) : model::Value::object();
  return next;
}

// Those that no facet of that owner demands.
model::Value Facets::other_fields(const model::Value& collection, const std::string& owner) const {
  model::Value others = model::Value::array();
  const model::Value* fields = model::member(collection, fields_member);
  if (fields == nullptr) return others;
  for (const model::Value& field : *fields) {
    const std::string* of = model::text_member(field, "of");
    if (of == nullptr || *of != key_of(owner)) others.push_back(field);
  }
  return others;
}

model::Mutation Facets::put(const std::string& collection, const std::string& owner,
                            const std::string& data) const {
  return write(collection, with(collection, owner, data));
}

std::optional<model::Mutation> Facets::put(const std::string& collection, const std::string& owner,
                                           const std::string& data, const model::Value& fields) const {
  model::Value next = with(collection, owner, data);
  model::Value all = other_fields(next, owner);
  for (const model::Value& field : fields) {
    all.push_back(field);
    (*all.get_ptr<model::Value::array_t*>()).back()["of"] = key_of(owner);
  }
  next[fields_member] = std::move(all);
  const auto held = entries_.find(collection);
  if (held != entries_.end() && held->second.exists && model::same(held->second.data, next))
    return std::nullopt;
  return write(collection, std::move(next));
}

Facets::Detached Facets::detach(const std::string& collection, const std::string& owner) const {
  const Entry& entry = entries_.at(collection);
  model::Value next = entry.data;
  const std::string gone = key_of(owner);
  model::Value facets = model::Value::object();
  if (const model::Value* held = model::member(entry.data, "facets")) {
    for (const auto& [key, data] : held->members())
      if (key != gone) facets[key] = data;
  }
  const bool is_last = facets.empty();
  next["facets"] = std::move(facets);
  if (model::member(next, fields_member) != nullptr) next[fields_member] = other_fields(next, owner);
  Detached detached{.mutation = write(collection, std::move(next)), .is_last = is_last};
  if (is_last) {
    detached.mutation.op = model::Op::remove;
    detached.mutation.data.clear();
  }
  return detached;
}

}  // namespace rockpool::dialect
