#include "core/dialects/baserow/books.h"

#include <algorithm>

#include "core/base/text.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::size_t page_records = 1000;
constexpr std::size_t page_bytes = 4 << 20;

// Of the topics of a collection the one on which every change is told once. The others are of owners.
bool is_of_all(const model::Topic& topic) { return topic.scope.find('=') == std::string::npos; }

// Calls `each` with a null pointer of every kind's type, until it says that it was the right one.
template <typename Each>
bool for_one_kind(const Each& each) {
  return std::apply([&](auto... of) { return (each(of) || ...); }, OfEachKind<std::add_pointer_t>());
}

}  // namespace

// ---- the beginning ----------------------------------------------------------------------------------------

void Books::load(ServerSteps& out) {
  facets_.load(out);
  if (!own_loaded_ && !asked_) read_on(out);
}

void Books::read_on(ServerSteps& out) {
  asked_ = desk_.ask(model::Scan{.collection = std::string(own_collection),
                                 .after = read_to_,
                                 .records_max = page_records,
                                 .bytes_max = page_bytes},
                     out);
}

bool Books::answer(Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  if (facets_.answer(ticket, reply, out)) {
    seq_ = std::max(seq_, facets_.loaded_seq());
    return true;
  }
  if (asked_ != ticket) return false;
  asked_.reset();
  const auto* page = std::get_if<model::Page>(&reply);
  if (page == nullptr) return true;
  for (const model::Record& record : page->records) take(record, 0, nullptr);
  if (!page->records.empty()) read_to_ = page->records.back().key.id;
  const auto cursor = model::read_cursor(page->cursor);
  if (cursor) seq_ = std::max(seq_, cursor->seq);
  if (cursor) epoch_ = cursor->epoch;
  own_loaded_ = page->done;
  if (!own_loaded_) read_on(out);
  return true;
}

// ---- what happens -----------------------------------------------------------------------------------------

Happened Books::watch(const dialect::ServerDialect::Notices& notices) {
  Happened happened{.seq = seq_, .moved = {}, .facets = facets_.watch(notices), .rows = {}};
  for (const auto& [topic, notice] : notices) {
    const auto* changed = std::get_if<model::Changed>(&notice);
    if (changed == nullptr || changed->changes.empty() || !is_of_all(topic)) continue;
    seq_ = std::max(seq_, changed->changes.front().seq);
    if (!topic.name.starts_with('$')) happened.rows.emplace_back(topic.name, changed);
    if (topic.name != own_collection) continue;
    for (std::size_t i = 0; i < changed->changes.size(); ++i)
      take(changed->changes[i].record, i < changed->hints.size() ? changed->hints[i].author : 0, &happened);
  }
  happened.seq = seq_;
  return happened;
}

void Books::take(const model::Record& record, CarrierId author, Happened* happened) {
  const std::string& name = record.key.id;
  const std::size_t slash = name.find('/');
  if (slash == std::string::npos) return;
  const std::string_view kind = std::string_view(name).substr(0, slash);
  if (kind == "email" || kind == "counter") {
    const auto data = model::read(record.exists() ? record.data : "{}");
    const std::string_view member = kind == "email" ? "user" : "last";
    if (!record.exists())
      marks_.erase(name);
    else
      marks_[name] = {record.version, data ? model::count_member(*data, member).value_or(0) : 0};
    return;
  }
  const auto id = base::read_decimal(std::string_view(name).substr(slash + 1));
  if (!id) return;
  for_one_kind([&](auto* of) {
    using Thing = std::remove_pointer_t<decltype(of)>;
    if (name_of(Thing::kind) != kind) return false;
    take_thing<Thing>(*id, record, author, happened);
    return true;
  });
}

template <typename T>
void Books::take_thing(Id id, const model::Record& record, CarrierId author, Happened* happened) {
  auto& things = std::get<Shelf<T>>(shelves_).things;
  const auto held = things.find(id);
  if (held != things.end() && record.version <= held->second.version) return;
  Moved<T> moved{
      .before = held == things.end() ? nullptr : held->second.thing, .after = {}, .author = author};
  if (moved.before) index(*moved.before, false);
  const auto data = model::read(record.exists() ? record.data : "{}");
  if (record.exists() && data) {
    moved.after = std::make_shared<const T>(read_thing<T>(id, *data));
    things[id] = {moved.after, record.version};
    index(*moved.after, true);
  } else if (held != things.end()) {
    things.erase(held);
  }
  if (happened != nullptr && (moved.before || moved.after))
    std::get<AllMoved<T>>(happened->moved).push_back(std::move(moved));
}

void Books::index_under(auto& index, const auto& key, Id id, bool is_there) {
  auto& ids = index[key];
  is_there ? void(ids.insert(id)) : void(ids.erase(id));
  if (ids.empty()) index.erase(key);
}

template <typename T>
void Books::index(const T& thing, bool is_there) {
  for (const auto& parent : thing.parents())
    index_under(std::get<Shelf<T>>(shelves_).by_parent, parent, thing.id, is_there);
  if constexpr (T::kind == Kind::table)
    index_under(tables_by_collection_, thing.collection, thing.id, is_there);
  if constexpr (T::kind == Kind::invitation)
    index_under(invitations_by_email_, thing.email, thing.id, is_there);
  if constexpr (T::kind == Kind::comment)
    index_under(comments_by_row_, std::pair(thing.table, thing.row), thing.id, is_there);
}

// ---- looking ----------------------------------------------------------------------------------------------

// Things stand a few steps below groups and users, which stand below nothing.
bool Books::is_present(Kind kind, Id id) const {
  bool is_there = false;
  for_one_kind([&](auto* of) {
    using Thing = std::remove_pointer_t<decltype(of)>;
    if (Thing::kind != kind) return false;
    const Pointer<Thing> thing = find<Thing>(id);
    is_there = thing && !is_trashed(*thing);
    if (!is_there) return true;
    for (const auto& [above, parent] : thing->parents()) is_there = is_there && is_present(above, parent);
    return true;
  });
  return is_there;
}

Parents Books::parents(Kind kind, Id id) const {
  Parents parents;
  for_one_kind([&](auto* of) {
    using Thing = std::remove_pointer_t<decltype(of)>;
    if (Thing::kind != kind) return false;
    if (const Pointer<Thing> thing = find<Thing>(id)) parents = thing->parents();
    return true;
  });
  return parents;
}

Pointer<User> Books::user_of(std::string_view email) const {
  const auto held = marks_.find(email_record(email));
  return held == marks_.end() ? nullptr : find<User>(held->second.number);
}

Pointer<Member> Books::member_of(Id group, Id user) const {
  const auto& by_parent = shelf<Member>().by_parent;
  const auto of_user = by_parent.find({Kind::user, user});
  if (of_user == by_parent.end()) return nullptr;
  for (const Id id : of_user->second)
    if (auto member = find<Member>(id); member->group == group) return member;
  return nullptr;
}

std::vector<Pointer<Invitation>> Books::invitations_for(const std::string& email) const {
  std::vector<Pointer<Invitation>> invitations;
  const auto held = invitations_by_email_.find(email);
  if (held == invitations_by_email_.end()) return invitations;
  for (const Id id : held->second)
    if (auto invitation = present<Invitation>(id)) invitations.push_back(std::move(invitation));
  return invitations;
}

std::vector<Pointer<Table>> Books::tables_over(const std::string& collection) const {
  std::vector<Pointer<Table>> tables;
  const auto held = tables_by_collection_.find(collection);
  if (held == tables_by_collection_.end()) return tables;
  for (const Id id : held->second) tables.push_back(find<Table>(id));
  return tables;
}

std::vector<Pointer<Comment>> Books::comments_on(Id table, std::uint64_t row) const {
  std::vector<Pointer<Comment>> comments;
  const auto held = comments_by_row_.find({table, row});
  if (held == comments_by_row_.end()) return comments;
  for (const Id id : held->second) comments.push_back(find<Comment>(id));
  return comments;
}

std::size_t Books::comment_count(Id table, std::uint64_t row) const {
  const auto held = comments_by_row_.find({table, row});
  return held == comments_by_row_.end() ? 0 : held->second.size();
}

// ---- for writing ------------------------------------------------------------------------------------------

model::Version Books::version(const std::string& record) const {
  if (const auto mark = marks_.find(record); mark != marks_.end()) return mark->second.version;
  const std::size_t slash = record.find('/');
  const auto id = base::read_decimal(std::string_view(record).substr(slash + 1));
  model::Version version = 0;
  for_one_kind([&](auto* of) {
    using Thing = std::remove_pointer_t<decltype(of)>;
    if (!id || name_of(Thing::kind) != std::string_view(record).substr(0, slash)) return false;
    const auto& things = shelf<Thing>().things;
    const auto held = things.find(*id);
    if (held != things.end()) version = held->second.version;
    return true;
  });
  return version;
}

Id Books::last_id(Kind kind) const {
  const auto held = marks_.find(counter_record(kind));
  return held == marks_.end() ? 0 : held->second.number;
}

}  // namespace rockpool::dialects::baserow
