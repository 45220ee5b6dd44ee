#include "server/config/rules.h"

#include <algorithm>

#include "core/model/names.h"
#include "server/config/hooks.h"

namespace rockpool::config {
namespace {

using rights::Kind;
using rights::Verb;

const std::vector<Verb>& verbs_of(Kind kind) {
  static const std::vector<Verb> collections = {Verb::read,   Verb::create,    Verb::update,
                                                Verb::remove, Verb::subscribe, Verb::drafts};
  static const std::vector<Verb> events = {Verb::emit, Verb::subscribe};
  static const std::vector<Verb> procedures = {Verb::call, Verb::provide};
  static const std::vector<Verb> rooms = {Verb::presence, Verb::subscribe};
  switch (kind) {
    case Kind::collection: return collections;
    case Kind::event: return events;
    case Kind::procedure: return procedures;
    case Kind::room: return rooms;
  }
  return collections;
}

bool add_who(const std::string& text, bool has_owner, rights::Who& who) {
  const auto after = [&](std::string_view prefix) { return text.substr(prefix.size()); };
  if (text == "anyone") {
    who.anyone = true;
  } else if (text == "user") {
    who.user = true;
  } else if (text == "owner" && has_owner) {
    who.owner = true;
  } else if (text.starts_with("user:") && text.size() > 5) {
    who.users.push_back(after("user:"));
  } else if (text.starts_with("role:") && text.size() > 5) {
    who.roles.push_back(after("role:"));
  } else {
    return text == "nobody";
  }
  return true;
}

void read_who(Section& section, std::string_view key, Kind kind, const std::vector<Verb>& verbs,
              rights::Verbs& into) {
  rights::Who who;
  for (const std::string& one : section.text_or_texts(key)) {
    if (add_who(one, kind == Kind::collection, who)) continue;
    section.mistake(key, "\"" + one +
                             "\" is nobody known; write \"anyone\", \"user\", \"owner\" (of collections), "
                             "\"nobody\", \"role:NAME\" or \"user:NAME\"");
  }
  for (const Verb verb : verbs) into[verb] = who;
}

void read_verbs(Section section, Kind kind, rights::Verbs& into) {
  if (kind == Kind::collection && section.has("write")) {
    read_who(section, "write", kind, {Verb::create, Verb::update, Verb::remove}, into);
  }
  for (const Verb verb : verbs_of(kind)) {
    if (section.has(rights::name_of(verb))) read_who(section, rights::name_of(verb), kind, {verb}, into);
  }
  section.finish();
}

void read_collection(Section section, rights::NameRules& rules) {
  rules.owner = section.text("owner").value_or("");
  if (section.has("owner") && rules.owner.empty())
    section.mistake("owner", "must name a member of the records");
  if (auto verbs = section.section("rules")) read_verbs(*verbs, Kind::collection, rules.verbs);
  if (auto records = section.section("records")) {
    for (const std::string& pattern : records->keys()) {
      rights::Verbs verbs;
      read_verbs(*records->section(pattern), Kind::collection, verbs);
      rules.records.emplace_back(pattern, std::move(verbs));
    }
  }
  section.has("schema");  // known here, read in schemas.cpp
  section.finish();
}

void read_names(Section section, Kind kind, std::vector<rights::NameRules>& into) {
  for (const std::string& pattern : section.keys()) {
    rights::NameRules rules{.pattern = pattern, .verbs = {}, .owner = {}, .records = {}};
    if (pattern.empty() || pattern.starts_with('$')) {
      section.mistake(pattern, "is no name of a client's own; it has 1 byte or more and no $ in front");
    }
    auto inner = section.section(pattern);
    if (!inner) continue;
    if (kind == Kind::collection) {
      read_collection(*inner, rules);
      // One that says nothing of rights, such as a schema alone, leaves them as they are.
      if (rules.verbs.empty() && rules.records.empty()) continue;
    } else {
      read_verbs(*inner, kind, rules.verbs);
    }
    into.push_back(std::move(rules));
  }
}

}  // namespace

void read_rules(Section& section, rights::SpaceRules& rules) {
  const std::pair<std::string_view, Kind> kinds[] = {{"collections", Kind::collection},
                                                     {"events", Kind::event},
                                                     {"procedures", Kind::procedure},
                                                     {"rooms", Kind::room}};
  for (const auto& [key, kind] : kinds) {
    auto inner = section.section(key);
    if (!inner) continue;
    auto& names = rules.names[kind];
    if (!names.empty()) section.mistake(key, "stands at the top and in spaces.default; write it once");
    read_names(*inner, kind, names);
  }
}

void read_spaces(Section section, std::map<std::string, Space>& spaces) {
  using rights::Access;
  for (const std::string& name : section.keys()) {
    if (!model::check_space(name).ok()) section.mistake(name, "is no name for a space");
    auto inner = section.section(name);
    if (!inner) continue;
    const std::string access = inner->text("access").value_or("open");
    Space& space = spaces[name];
    space.stated = inner->has("access");
    space.rules.access = access == "closed"  ? Access::closed
                         : access == "rules" ? Access::rules
                                             : Access::open;
    if (access != "open" && access != "closed" && access != "rules") {
      inner->mistake("access", "must be \"open\", \"closed\" or \"rules\"");
    }
    read_rules(*inner, space.rules);
    if (inner->has("share")) space.share = inner->texts("share");
    if (auto webhook = inner->section("webhook")) {
      if (space.stated) inner->mistake("webhook", "leaves nothing to `access`; take one of them out");
      space.webhook = read_webhook(*webhook);
      space.rules.access = Access::service;
    }
    inner->finish();
  }
  section.finish();
}

std::shared_ptr<const rights::Rights> rights_of(const Config& config) {
  auto rights = std::make_shared<rights::Rights>();
  for (const auto& [name, space] : config.spaces) rights->add_space(name, space.rules);
  return rights;
}

}  // namespace rockpool::config
