#include "core/rights/rights.h"

#include <algorithm>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/model/value.h"
#include "core/query/scan.h"

namespace rockpool::rights {
namespace {

using base::Code;
using base::Error;
using model::Principal;

// Of a record's meta.
constexpr std::string_view creator_member = "owner";
constexpr std::string_view left_member = "left";

const query::Fields& creator_fields() {
  static const query::Fields fields({{std::string(creator_member)}});
  return fields;
}
const query::Fields& left_fields() {
  static const query::Fields fields({{std::string(left_member)}});
  return fields;
}

bool holds(const std::vector<std::string>& list, const std::string& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

Extent extent_of(const Who& who, const Principal& principal) {
  if (who.anyone) return Extent::all;
  if (principal.user.empty()) return Extent::none;
  const bool in_role = std::any_of(principal.roles.begin(), principal.roles.end(),
                                   [&](const std::string& role) { return holds(who.roles, role); });
  if (who.user || in_role || holds(who.users, principal.user)) return Extent::all;
  return who.owner ? Extent::own : Extent::none;
}

// Where rules do not name the verb.
Extent standard(Access access, bool has_rules, const Principal& principal) {
  if (access == Access::open) return Extent::all;
  return access == Access::closed && !has_rules && !principal.user.empty() ? Extent::all : Extent::none;
}

// What no rule can give or take.
std::optional<Extent> beyond_rules(const Principal& principal, Verb verb) {
  if (principal.realtime && verb != Verb::subscribe) return Extent::none;
  const bool only_looks = verb == Verb::read || verb == Verb::subscribe || verb == Verb::drafts;
  if (principal.read_only && !only_looks) return Extent::none;
  if (principal.admin || principal.system) return Extent::all;
  return std::nullopt;
}

const Who* named(const Verbs& verbs, Verb verb) {
  auto found = verbs.find(verb);
  if (found == verbs.end() && verb == Verb::subscribe) found = verbs.find(Verb::read);
  if (found == verbs.end() && verb == Verb::subscribe) found = verbs.find(Verb::presence);
  return found == verbs.end() ? nullptr : &found->second;
}

Error forbidden(const Principal& principal, std::string what) {
  if (principal.user.empty()) what += " without logging in";
  if (principal.read_only) what += " with a token that only reads";
  if (principal.realtime) what += " with a token that only listens";
  return {.code = Code::forbidden, .message = std::move(what), .path = {}};
}

std::string_view member_of(std::string_view json, const query::Fields& fields) {
  if (!json.starts_with('{')) return {};
  std::vector<std::string_view> found;
  fields.find(json, found);
  return found.front();
}

// Text as it is, a number by its digits; nothing else is a user.
std::string user_in(std::string_view raw) {
  if (raw.size() < 2 || !raw.starts_with('"')) {
    const bool is_number = !raw.empty() && (raw[0] == '-' || (raw[0] >= '0' && raw[0] <= '9'));
    return std::string(is_number ? raw : std::string_view());
  }
  std::string scratch;
  return std::string(query::unescaped(raw, scratch));
}

bool names_owner(const Verbs& verbs) {
  return std::any_of(verbs.begin(), verbs.end(), [](const auto& one) { return one.second.owner; });
}

bool names_owner(const NameRules& rules) {
  return names_owner(rules.verbs) || std::any_of(rules.records.begin(), rules.records.end(),
                                                 [](const auto& part) { return names_owner(part.second); });
}

Extent decided(const Decisions& decisions, const Question& question) {
  const Decisions::Decision* decision = decisions.find(question);
  return decision != nullptr && decision->allowed ? Extent::all : Extent::none;
}

void append_mark(std::string& mark, Extent extent) {
  mark += static_cast<char>('0' + static_cast<int>(extent));
}

std::string digest(const std::string& text) { return base::hex(base::hash64(text), 16); }

}  // namespace

// ---- a collection -----------------------------------------------------------------------------------------

const Who* CollectionRights::who(Verb verb, std::size_t part) const {
  const Who* found = part == 0 ? nullptr : named(entry_->rules.records[part - 1].second, verb);
  return found == nullptr ? named(entry_->rules.verbs, verb) : found;
}

Extent CollectionRights::extent(const Principal& principal, Verb verb, std::size_t part) const {
  if (const auto given = beyond_rules(principal, verb)) return *given;
  if (decisions_ != nullptr) {
    return decided(
        *decisions_,
        {.who = who_of(principal), .space = space_, .verb = verb, .kind = Kind::collection, .name = name_});
  }
  const Who* said = entry_ == nullptr ? nullptr : who(verb, part);
  return said == nullptr ? standard(access_, entry_ != nullptr, principal) : extent_of(*said, principal);
}

Sight CollectionRights::sight(const Principal& principal, Verb verb) const {
  Sight sight{.parts = {}, .user = principal.user};
  const std::size_t parts = entry_ == nullptr ? 1 : 1 + entry_->rules.records.size();
  for (std::size_t part = 0; part < parts; ++part) sight.parts.push_back(extent(principal, verb, part));
  return sight;
}

std::size_t CollectionRights::part_of(std::string_view id) const {
  if (entry_ == nullptr) return 0;
  const auto& records = entry_->rules.records;
  const auto found =
      std::find_if(records.begin(), records.end(), [&](const auto& part) { return matches(part.first, id); });
  return found == records.end() ? 0 : 1 + static_cast<std::size_t>(found - records.begin());
}

std::string CollectionRights::owner_of(std::string_view data, std::string_view meta) const {
  if (entry_->rules.owner.empty()) return user_in(member_of(meta, creator_fields()));
  return user_in(member_of(data, entry_->owner_fields));
}

bool CollectionRights::shows(const Sight& sight, const model::Record& record) const {
  const std::size_t part = part_of(record.key.id);
  if (sight.parts[part] != Extent::own) return sight.parts[part] == Extent::all;
  return record.exists() && sight.shows(part, owner_of(record.data, record.meta));
}

bool CollectionRights::has_left(const Sight& sight, const model::Record& record) const {
  const std::size_t part = part_of(record.key.id);
  if (sight.parts[part] != Extent::own) return false;
  return sight.shows(part, user_in(member_of(record.meta, left_fields())));
}

base::Status CollectionRights::check(const Principal& principal, Verb verb, const model::Record* before,
                                     const std::string* data, std::string_view id) const {
  const Extent extent = this->extent(principal, verb, part_of(id));
  if (extent == Extent::all) return base::done();
  const auto refusal = [&](std::string_view what) {
    return forbidden(principal, "you may not " + std::string(name_of(verb)) + std::string(what));
  };
  if (extent == Extent::none) return refusal(" this record");
  const bool exists = before != nullptr && before->exists();
  if (data == nullptr) {
    const bool mine = !exists || owner_of(before->data, before->meta) == principal.user;
    return mine ? base::done() : base::Status(refusal(" this record: it is not yours"));
  }
  if (data->empty() || entry_->rules.owner.empty() || owner_of(*data, {}) == principal.user)
    return base::done();
  Error error = refusal(" this record: its owner has to be you");
  error.path = "/" + entry_->rules.owner;
  return error;
}

std::string CollectionRights::meta(const Principal& principal, const model::Record* before,
                                   const std::string& data, const std::string* said) const {
  const bool existed = before != nullptr && before->exists();
  std::string kept = said != nullptr ? *said : existed ? before->meta : std::string();
  if (!has_owners()) return data.empty() ? std::string() : kept;
  model::Value meta = model::Value::object_t();
  if (auto held = kept.empty() ? base::Result<model::Value>(meta) : model::read(kept);
      held && held->is_object()) {
    meta = std::move(*held);
  }
  const std::string owner_before = existed ? owner_of(before->data, before->meta) : std::string();
  model::Value next = model::Value::object_t();
  for (const auto& [name, value] : meta.members()) {
    if (name != left_member && !data.empty()) next[name] = value;
  }
  if (!existed && entry_->rules.owner.empty() && !principal.user.empty())
    next[creator_member] = principal.user;
  // Whose it is was not said anew, so it stays.
  if (said != nullptr && existed && !data.empty() && model::member(next, creator_member) == nullptr) {
    const std::string creator = user_in(member_of(before->meta, creator_fields()));
    if (!creator.empty()) next[creator_member] = creator;
  }
  std::string text = next.empty() ? std::string() : model::write(next);
  const std::string owner_after = data.empty() ? std::string() : owner_of(data, text);
  if (!owner_before.empty() && owner_before != owner_after) {
    next[left_member] = owner_before;
    text = model::write(next);
  }
  return text;
}

std::vector<CollectionRights::Told> CollectionRights::told(const model::Record& record) const {
  const std::size_t part = part_of(record.key.id);
  std::vector<Told> told = {{.scope = scope_of(part), .left = false}};
  if (!has_owners()) return told;
  const std::string owner = record.exists() ? owner_of(record.data, record.meta) : std::string();
  const std::string left = user_in(member_of(record.meta, left_fields()));
  if (!owner.empty()) told.push_back({.scope = scope_of(part, owner), .left = false});
  if (!left.empty() && left != owner) told.push_back({.scope = scope_of(part, left), .left = true});
  return told;
}

// ---- all of them ------------------------------------------------------------------------------------------

void Rights::add_space(const std::string& space, const SpaceRules& rules) {
  Space& into = spaces_[space];
  into.access = rules.access;
  for (const auto& [kind, list] : rules.names) {
    auto& entries = into.names[kind];
    for (const NameRules& one : list)
      entries.push_back({one, query::Fields({{one.owner}}), names_owner(one)});
    std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
      const auto rank = [](const std::string& pattern) {
        return std::pair(pattern.find('*') == std::string::npos, pattern.size());
      };
      return rank(a.rules.pattern) > rank(b.rules.pattern);
    });
  }
}

const Rights::Space& Rights::space(std::string_view name) const {
  const auto found = spaces_.find(name);
  return found == spaces_.end() ? other_ : found->second;
}

const CollectionRights::Entry* Rights::find(const Space& space, Kind kind, std::string_view name) {
  const auto held = space.names.find(kind);
  if (held == space.names.end()) return nullptr;
  const auto found = std::find_if(held->second.begin(), held->second.end(), [&](const auto& entry) {
    return entry.rules.pattern == name || matches(entry.rules.pattern, name);
  });
  return found == held->second.end() ? nullptr : &*found;
}

CollectionRights Rights::collection(std::string_view space, std::string_view name) const {
  const Space& in = this->space(space);
  if (in.access == Access::service) return {*decisions_, space, name};
  return {find(in, Kind::collection, name), in.access};
}

base::Status Rights::check(const Principal& principal, std::string_view space, Verb verb, Kind kind,
                           std::string_view name) const {
  Extent extent = Extent::none;
  const Space& in = this->space(space);
  if (const auto given = beyond_rules(principal, verb)) {
    extent = *given;
  } else if (in.access == Access::service) {
    extent = decided(*decisions_, {.who = who_of(principal),
                                   .space = std::string(space),
                                   .verb = verb,
                                   .kind = kind,
                                   .name = std::string(name)});
  } else {
    const CollectionRights::Entry* entry = find(in, kind, name);
    const Who* said = entry == nullptr ? nullptr : named(entry->rules.verbs, verb);
    extent = said == nullptr ? standard(in.access, entry != nullptr, principal) : extent_of(*said, principal);
  }
  if (extent == Extent::all) return base::done();
  std::string what = "you may not " + std::string(name_of(verb)) + " ";
  what.append(verb == Verb::presence ? "yourself in " : "").append(name_of(kind)).append(" \"").append(name);
  return forbidden(principal, what + '"');
}

Rights::Mark Rights::mark(const Principal& principal, std::string_view space) const {
  const Space& in = this->space(space);
  std::string all = principal.user + '\n';
  if (in.access == Access::service) {
    // What is decided concerns whole collections: a reader's cursor waits where it was, and goes on from
    // there.
    all += base::decimal(decisions_->turns(who_of(principal), std::string(space)));
    return {.all = digest(all), .seen = {}};
  }
  std::string seen;
  bool sees_everything = true;
  for (const auto& [kind, entries] : in.names) {
    for (const CollectionRights::Entry& entry : entries) {
      const CollectionRights rights(&entry, in.access);
      for (std::size_t verb = 0; verb < verb_names.size(); ++verb) {
        const Sight sight = rights.sight(principal, static_cast<Verb>(verb));
        for (const Extent extent : sight.parts) append_mark(all, extent);
        const bool is_look =
            verb == static_cast<std::size_t>(Verb::read) || verb == static_cast<std::size_t>(Verb::subscribe);
        if (kind != Kind::collection || !is_look) continue;
        sees_everything = sees_everything && sight.is_everything();
        for (const Extent extent : sight.parts) append_mark(seen, extent);
      }
      all.append(entry.rules.pattern) += '\n';
      seen.append(entry.rules.pattern).append("=").append(entry.rules.owner) += '\n';
      for (const auto& part : entry.rules.records) seen.append(part.first) += '\n';
    }
  }
  // Names without rules.
  const Extent rest = CollectionRights(nullptr, in.access).sight(principal, Verb::read).parts.front();
  append_mark(all, rest);
  append_mark(seen, rest);
  sees_everything = sees_everything && rest == Extent::all;
  return {.all = digest(all + seen), .seen = sees_everything ? std::string() : digest(seen)};
}

}  // namespace rockpool::rights
