#include "core/dialects/jsonpad/books.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/object_text.h"

namespace rockpool::dialects::jsonpad {
namespace {

constexpr std::size_t page_records = 1000;
constexpr std::size_t page_bytes = 4 << 20;
// As many records go in the batch that deletes their list; the rest goes afterwards.
constexpr std::uint64_t clears_max = base::limits::clear_records_max;

const model::Principal& own_principal() {
  static const model::Principal principal{.system = true, .roles = {}};
  return principal;
}

std::uint64_t seq_of(const std::string& cursor) {
  const auto read = model::read_cursor(cursor);
  return read ? read->seq : 0;
}

// Of the topics of a collection those on which every change is told once. The others are of owners.
bool is_of_all(const model::Topic& topic) { return topic.scope.find('=') == std::string::npos; }

std::string json_text(std::string_view text) {
  std::string out;
  model::append_quoted(out, text);
  return out;
}

bool existed(const model::Hint& hint) { return hint.before != nullptr && hint.before->exists(); }

}  // namespace

// ---- the beginning ----------------------------------------------------------------------------------------

void Books::load(ServerSteps& out) {
  facets_.load(out);
  if (!surveyed_ && !survey_) survey_ = desk_.ask(own_principal(), model::Survey{.collections = {}}, out);
  if (!accounts_loaded_ && !scan_) read_accounts(out);
}

void Books::read_accounts(ServerSteps& out) {
  scan_ = desk_.ask(own_principal(),
                    model::Scan{.collection = std::string(accounts_collection),
                                .after = accounts_read_to_,
                                .records_max = page_records,
                                .bytes_max = page_bytes},
                    out);
}

bool Books::answer(Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  if (facets_.answer(ticket, reply, out)) {
    lists_.clear();
    seq_ = std::max(seq_, facets_.loaded_seq());
  } else if (survey_ == ticket) {
    survey_.reset();
    const auto* surveyed = std::get_if<model::Surveyed>(&reply);
    if (surveyed != nullptr) {
      for (std::size_t i = 0; i < surveyed->collections.size(); ++i)
        totals_[surveyed->collections[i]] = surveyed->totals[i];
      seq_ = std::max(seq_, seq_of(surveyed->cursor));
      const auto cursor = model::read_cursor(surveyed->cursor);
      epoch_ = cursor ? cursor->epoch : 0;
      surveyed_ = true;
    }
  } else if (scan_ == ticket) {
    scan_.reset();
    if (const auto* page = std::get_if<model::Page>(&reply)) {
      for (const model::Record& record : page->records) take_account(record);
      if (!page->records.empty()) accounts_read_to_ = page->records.back().key.id;
      seq_ = std::max(seq_, seq_of(page->cursor));
      accounts_loaded_ = page->done;
      if (!page->done) read_accounts(out);
    }
  } else {
    return false;
  }
  if (is_loaded()) {
    began_seq_ = seq_;
    for (const auto& [account, held] : accounts_) began_with_.insert(account);
    // Lists may have been made by other words than this dialect's.
    for (const dialect::Facets::Facet& facet : facets_.all()) began_with_.insert(facet.owner);
  }
  return true;
}

// ---- what happens -----------------------------------------------------------------------------------------

const Log& Books::log(const std::string& account) {
  // Of an account that is newer than the mount everything is there.
  const Revision begins = began_with_.contains(account) ? last_of(began_seq_) : 0;
  return logs_.try_emplace(account, begins).first->second;
}

bool Books::take_account(const model::Record& record) {
  Account& account = accounts_[record.key.id];
  if (record.version <= account.version) return false;
  account.version = record.version;
  account.exists = record.exists();
  const auto data = model::read(record.exists() ? record.data : "{}");
  const std::uint64_t cleared = data ? model::count_member(*data, "cleared").value_or(0) : 0;
  account.clearing.clear();
  const model::Value* clearing = data ? model::member(*data, "clearing") : nullptr;
  if (clearing != nullptr) {
    for (const model::Value& one : clearing->elements())
      if (const auto* name = one.get_ptr<const std::string*>()) account.clearing.insert(*name);
  }
  return std::exchange(account.cleared, cleared) < cleared;
}

void Books::tally(const model::Change& change, const model::Hint& hint) {
  model::Totals& totals = totals_[change.record.key.collection];
  if (existed(hint)) {
    totals.records -= 1;
    totals.bytes -= hint.before->data.size();
  }
  if (change.record.exists()) {
    totals.records += 1;
    totals.bytes += change.record.data.size();
  }
  totals.updated = std::max(totals.updated, change.record.updated);
}

void Books::Teller::tell(const std::string& account, Event event) {
  const Revision last = last_of(next / revisions_of_entry);
  event.revision = std::min(next++, last);
  event.at = now;
  const Settings& settings = books.desk_.settings;
  books.log(account);
  books.logs_.find(account)->second.add(event, settings.log_ms, settings.log_events);
  told.push_back({account, std::move(event)});
}

void Books::Teller::list(const dialect::Facets::Moved& moved) {
  const auto list = read_list(moved.collection, moved.after ? *moved.after : *moved.before);
  if (!list || !list->realtime) return;
  Event event{.happening = !moved.after   ? Happening::list_delete
                           : moved.before ? Happening::list_update
                                          : Happening::list_create,
              .collection = moved.collection};
  const std::string data = moved.after ? list_text(*list, books.totals(moved.collection)) : "null";
  event.body = dialect::share(event_text(json_text(list->name), name_of(event.happening), data));
  tell(moved.owner, std::move(event));
}

void Books::Teller::items(const std::string& collection, const model::Changed& changed) {
  std::vector<List> lists;
  std::vector<std::string> owners;
  for (const std::string& owner : books.facets_.owners(collection)) {
    auto list = books.list_over(owner, collection);
    if (!list || !list->realtime) continue;
    lists.push_back(std::move(*list));
    owners.push_back(owner);
  }
  bool is_cleared = false;
  for (std::size_t i = 0; i < changed.changes.size() && !lists.empty(); ++i) {
    const model::Hint& hint = changed.hints[i];
    if (hint.clears == model::Hint::Clears::no) {
      item(lists, owners, changed.changes[i], hint);
    } else if (hint.clears == model::Hint::Clears::wholly && !std::exchange(is_cleared, true)) {
      for (std::size_t at = 0; at < lists.size(); ++at) {
        Event event{
            .happening = Happening::item_delete_all, .collection = collection, .list = lists[at].name};
        event.body = dialect::share(event_text(json_text(lists[at].name), name_of(event.happening), "null"));
        tell(owners[at], std::move(event));
      }
    }
  }
}

void Books::Teller::item(const std::vector<List>& lists, const std::vector<std::string>& owners,
                         const model::Change& change, const model::Hint& hint) {
  const bool exists = change.record.exists();
  if (!exists && !existed(hint)) return;
  Event event{.happening = !exists         ? Happening::item_delete
                           : existed(hint) ? Happening::item_update
                                           : Happening::item_create,
              .collection = change.record.key.collection,
              .num = change.record.num,
              .version = change.record.version};
  event.body = dialect::share(event_text(base::decimal(event.num), name_of(event.happening),
                                         exists ? item_text(change.record) : "null"));
  for (std::size_t at = 0; at < lists.size(); ++at) {
    event.list = lists[at].name;
    tell(owners[at], event);
  }
}

std::vector<Books::Happened> Books::watch(Instant now, const Notices& notices) {
  const auto moved = facets_.watch(notices);
  for (const auto& one : moved) lists_.erase(one.owner);
  std::set<std::string> cleared;
  for (const auto& [topic, notice] : notices) {
    const auto* changed = std::get_if<model::Changed>(&notice);
    if (changed == nullptr || !is_of_all(topic)) continue;
    if (!changed->changes.empty()) seq_ = std::max(seq_, changed->changes.front().seq);
    const bool is_own = topic.name.starts_with('$');
    for (std::size_t i = 0; i < changed->changes.size(); ++i) {
      const model::Record& record = changed->changes[i].record;
      if (topic.name == accounts_collection && take_account(record)) cleared.insert(record.key.id);
      if (!is_own && surveyed_) tally(changed->changes[i], changed->hints[i]);
    }
  }
  if (!is_loaded()) return {};
  Teller teller{.books = *this, .now = now, .next = seq_ * revisions_of_entry};
  for (const std::string& account : cleared) {
    Event event{.happening = Happening::list_delete_all};
    event.body = dialect::share(event_text("null", name_of(event.happening), "null"));
    teller.tell(account, std::move(event));
  }
  for (const auto& one : moved)
    if (!cleared.contains(one.owner)) teller.list(one);
  for (const auto& [topic, notice] : notices) {
    const auto* changed = std::get_if<model::Changed>(&notice);
    if (changed != nullptr && is_of_all(topic) && !topic.name.starts_with('$'))
      teller.items(topic.name, *changed);
  }
  return std::move(teller.told);
}

// ---- looking ----------------------------------------------------------------------------------------------

const std::vector<List>& Books::lists(const std::string& account) const {
  const auto [held, is_new] = lists_.try_emplace(account);
  if (is_new) {
    for (const auto& [collection, facet] : facets_.of(account))
      if (auto list = read_list(collection, facet)) held->second.push_back(std::move(*list));
  }
  return held->second;
}

std::optional<List> Books::list_of(const std::string& account, std::string_view name) const {
  for (const List& list : lists(account))
    if (list.name == name) return list;
  return std::nullopt;
}

std::optional<List> Books::list_over(const std::string& account, const std::string& collection) const {
  for (const List& list : lists(account))
    if (list.collection == collection) return list;
  return std::nullopt;
}

const model::Totals& Books::totals(const std::string& collection) const {
  static const model::Totals none;
  const auto held = totals_.find(collection);
  return held == totals_.end() ? none : held->second;
}

// ---- writing ----------------------------------------------------------------------------------------------

model::Mutation Books::bump(const std::string& account, bool all,
                            const std::set<std::string>* clearing) const {
  const auto held = accounts_.find(account);
  const Account now = held == accounts_.end() ? Account() : held->second;
  std::string data;
  dialect::ObjectText object(data);
  object.count("cleared", now.cleared + (all ? 1 : 0));
  const std::set<std::string>& left = clearing == nullptr ? now.clearing : *clearing;
  if (!left.empty())
    dialect::append_list(object.member("clearing"), left,
                         [&](const std::string& name) { model::append_quoted(data, name); });
  object.end();
  return {.key = {std::string(accounts_collection), account},
          .op = model::Op::put,
          .data = std::move(data),
          .base = now.exists ? now.version : 0};
}

Books::Plan Books::put(const std::string& account, const List& list) const {
  return {.group = {bump(account, false), facets_.put(list.collection, account, facet_text(list))},
          .clears = {}};
}

Books::Plan Books::remove(const std::string& account, const std::vector<List>& lists, bool all) const {
  Plan plan;
  std::set<std::string> clearing;
  if (const auto held = accounts_.find(account); held != accounts_.end()) clearing = held->second.clearing;
  std::uint64_t records = 0;
  for (const List& list : lists) {
    auto detached = facets_.detach(list.collection, account);
    plan.group.push_back(std::move(detached.mutation));
    if (!detached.is_last) continue;
    const std::uint64_t more = totals(list.collection).records;
    if (more == 0) continue;
    if (records + more > clears_max) {
      plan.clears.push_back(list.collection);
      clearing.insert(list.collection);
      continue;
    }
    records += more;
    plan.group.push_back({.key = {list.collection, ""}, .op = model::Op::remove, .all = true});
  }
  plan.group.push_back(bump(account, all, &clearing));
  return plan;
}

Books::Plan Books::cleared(const std::string& account, const std::vector<std::string>& collections) const {
  std::set<std::string> left;
  if (const auto held = accounts_.find(account); held != accounts_.end()) left = held->second.clearing;
  for (const std::string& collection : collections) left.erase(collection);
  return {.group = {bump(account, false, &left)}, .clears = {}};
}

std::map<std::string, std::vector<std::string>> Books::to_clear() const {
  std::map<std::string, std::vector<std::string>> found;
  for (const auto& [account, held] : accounts_)
    if (!held.clearing.empty()) found[account] = {held.clearing.begin(), held.clearing.end()};
  return found;
}

bool Books::is_cleared(const std::string& collection) const {
  return std::any_of(accounts_.begin(), accounts_.end(),
                     [&](const auto& one) { return one.second.clearing.contains(collection); });
}

}  // namespace rockpool::dialects::jsonpad
