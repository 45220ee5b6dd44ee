#include "core/dialects/baserow/trash.h"

#include <algorithm>
#include <array>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/members.h"
#include "core/dialects/baserow/names.h"
#include "core/dialects/baserow/pages.h"

namespace rockpool::dialects::baserow {
namespace {

// The last one is a group, where those are called workspaces.
constexpr std::array<std::string_view, 8> item_types = {"group", "application", "table", "field",
                                                        "view",  "row",         "rows",  "workspace"};
constexpr std::array<std::string_view, 3> restore_members = {"trash_item_type", "trash_item_id",
                                                             "parent_trash_item_id"};

// No two things in the trash have the same one.
std::uint64_t entry_id(Kind kind, Id id) { return base::hash64(record_id(kind, id)) & dialect::count_max; }

std::string text_json(std::string_view text) {
  std::string json;
  model::append_quoted(json, text);
  return json;
}

std::string number_or_null(Id id) { return id == 0 ? "null" : base::decimal(id); }

}  // namespace

Routes Trash::routes() {
  const auto to = [this](auto handler) {
    return [this, handler](const VisitPointer& visit, ServerSteps& out) { (this->*handler)(visit, out); };
  };
  return {{.method = "GET", .path = "trash/", .handle = to(&Trash::structure)},
          {.method = "GET", .path = "trash/group/#/", .handle = to(&Trash::list)},
          {.method = "PATCH", .path = "trash/restore/", .handle = to(&Trash::restore)}};
}

bool Trash::is_over(std::int64_t trashed_ms, Instant now) const {
  return trashed_ms != 0 && trashed_ms + office_.desk.settings.trash_grace_ms <= now.ms;
}

// ---- looking ----------------------------------------------------------------------------------------------

void Trash::structure(const VisitPointer& visit, ServerSteps& out) {
  std::string groups;
  auto members = office_.books.below<Member>(Kind::user, visit->user->id);
  std::erase_if(members, [&](const auto& member) {
    return is_over(office_.books.find<Group>(member->group)->trashed_ms, visit->now);
  });
  sort_by_order(members);
  dialect::append_list(groups, members, [&](const Pointer<Member>& member) {
    const Group& group = *office_.books.find<Group>(member->group);
    dialect::ObjectText object(groups);
    object.count("id", group.id).flag("trashed", is_trashed(group)).text("name", group.name);
    auto applications = office_.books.below<Application>(Kind::group, group.id);
    sort_by_order(applications);
    dialect::append_list(object.member("applications"), applications, [&](const auto& one) {
      dialect::ObjectText(groups)
          .count("id", one->id)
          .text("name", one->name)
          .flag("trashed", is_trashed(*one))
          .end();
    });
    object.end();
  });
  std::string body;
  dialect::ObjectText object(body);
  shapes_.add_group_member(object, "groups", groups);
  object.end();
  out.push_back(answer(visit->carrier, std::move(body)));
}

// Whether it is in the trash or not.
MaybeFault Trash::check_group(Id group, Id user, Instant now) const {
  const Pointer<Group> found = office_.books.find<Group>(group);
  if (!found || is_over(found->trashed_ms, now)) return Fault{.wrong = Wrong::no_group};
  if (!office_.books.member_of(group, user)) return Fault{.wrong = Wrong::not_in_group};
  return std::nullopt;
}

MaybeFault Trash::read_application(const Request& asked, Id group, Id& application) const {
  const auto text = wire::query_value(asked.query, "application_id");
  if (!text) return std::nullopt;
  const auto id = base::read_decimal(*text);
  const Pointer<Application> found = id ? office_.books.find<Application>(*id) : nullptr;
  if (!found) return Fault{.wrong = Wrong::no_application};
  if (found->group != group) return Fault{.wrong = Wrong::application_not_in_group};
  application = *id;
  return std::nullopt;
}

Trash::Entries Trash::entries_of(const Group& group, Id application) const {
  Entries entries;
  if (is_trashed(group) && application == 0)
    entries.push_back({.type = office_.desk.settings.keys == Keys::workspace ? "workspace" : "group",
                       .kind = Kind::group,
                       .id = group.id,
                       .name = group.name,
                       .user = group.trashed_by,
                       .trashed_ms = group.trashed_ms});
  for (const auto& one : office_.books.below<Application>(Kind::group, group.id)) {
    if (application != 0 && one->id != application) continue;
    if (is_trashed(*one))
      entries.push_back({.type = "application",
                         .kind = Kind::application,
                         .id = one->id,
                         .application = one->id,
                         .name = one->name,
                         .parent_name = group.name,
                         .user = one->trashed_by,
                         .trashed_ms = one->trashed_ms});
    add_tables(entries, *one);
  }
  return entries;
}

void Trash::add_tables(Entries& entries, const Application& application) const {
  const auto add = [&](std::string_view type, const auto& thing, const std::string& parent) {
    if (!is_trashed(thing)) return;
    entries.push_back({.type = type,
                       .kind = thing.kind,
                       .id = thing.id,
                       .application = application.id,
                       .name = thing.name,
                       .parent_name = parent,
                       .user = thing.trashed_by,
                       .trashed_ms = thing.trashed_ms});
  };
  for (const auto& table : office_.books.below<Table>(Kind::application, application.id)) {
    add("table", *table, application.name);
    for (const auto& field : office_.books.below<Field>(Kind::table, table->id))
      add("field", *field, table->name);
    for (const auto& view : office_.books.below<View>(Kind::table, table->id))
      add("view", *view, table->name);
    add_rows(entries, *table);
  }
}

void Trash::add_rows(Entries& entries, const Table& table) const {
  std::map<Id, std::size_t> batches;  // place among the entries
  for (const auto& row : office_.books.below<TrashedRow>(Kind::table, table.id)) {
    const std::string name = "row " + base::decimal(row->row);
    const auto [batch, is_new] = batches.try_emplace(row->batch, entries.size());
    if (row->batch != 0 && !is_new) {
      entries[batch->second].names.push_back(name);
      continue;
    }
    entries.push_back({.type = row->batch == 0 ? "row" : "rows",
                       .kind = Kind::trashed_row,
                       .id = row->batch == 0 ? row->row : row->batch,
                       .parent = table.id,
                       .application = table.application,
                       .name = row->batch == 0 ? name : "",
                       .parent_name = table.name,
                       .user = row->user,
                       .trashed_ms = row->trashed_ms});
    if (row->batch != 0) entries.back().names.push_back(name);
  }
}

std::string Trash::shown(const Entry& entry, Id group) const {
  const Pointer<User> user = office_.books.find<User>(entry.user);
  std::string text;
  dialect::ObjectText object(text);
  object.count("id", entry_id(entry.kind, entry.id));
  object.raw("user_who_trashed", user ? text_json(user->name) : "null");
  object.text("trash_item_type", entry.type).count("trash_item_id", entry.id);
  object.raw("parent_trash_item_id", number_or_null(entry.parent));
  object.text("trashed_at", shown_time(entry.trashed_ms));
  object.raw("application", number_or_null(entry.application));
  shapes_.add_group_member(object, "group", base::decimal(group));
  object.text("name", entry.name);
  if (entry.names.empty())
    object.raw("names", "null");
  else
    dialect::append_list(object.member("names"), entry.names,
                         [&](const std::string& name) { model::append_quoted(text, name); });
  object.raw("parent_name", entry.parent_name.empty() ? "null" : text_json(entry.parent_name)).end();
  return text;
}

// What came last is first.
void Trash::list(const VisitPointer& visit, ServerSteps& out) {
  const Id group = visit->ids.front();
  PageWanted page;
  Id application = 0;
  MaybeFault fault = check_group(group, visit->user->id, visit->now);
  if (!fault) fault = read_application(visit->asked, group, application);
  if (!fault) fault = read_page(visit->asked.query, page);
  if (fault) return out.push_back(refuse(visit->carrier, *fault));
  Entries entries = entries_of(*office_.books.find<Group>(group), application);
  std::erase_if(entries, [&](const Entry& entry) { return is_over(entry.trashed_ms, visit->now); });
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& left, const Entry& right) { return left.trashed_ms > right.trashed_ms; });
  const std::uint64_t count = entries.size();
  if ((fault = check_page(page, count))) return out.push_back(refuse(visit->carrier, *fault));
  std::string results;
  dialect::append_list(results, part_of(page, entries),
                       [&](const Entry& entry) { results += shown(entry, group); });
  out.push_back(answer(visit->carrier, page_text(visit->asked, page, count, results)));
}

// ---- back again -------------------------------------------------------------------------------------------

// Nobody is excluded from what is told of it.
void Trash::restore(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const Keys keys = office_.desk.settings.keys;
  const auto types = std::span(item_types).first(item_types.size() - (keys == Keys::group ? 1 : 0));
  Wanted wanted{.type = checks.choice("trash_item_type", types),
                .id = checks.id("trash_item_id"),
                .parent = {},
                .user = visit->user->id};
  const model::Value* parent = model::member(visit->body, "parent_trash_item_id");
  if (parent != nullptr && !parent->is_null()) wanted.parent = checks.maybe_id("parent_trash_item_id");
  checks.only(restore_members);
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  if (wanted.type == "row" || wanted.type == "rows") return restore_rows(visit, wanted, out);
  office_.change_for_all(
      visit, [this, wanted](Plan& plan) { return restore_structure(wanted, plan); },
      [] { return std::string(); }, out);
}

MaybeFault Trash::restore_structure(const Wanted& wanted, Plan& plan) const {
  if (wanted.type == "group" || wanted.type == "workspace") return restore_thing<Group>(wanted, plan);
  if (wanted.type == "application") return restore_thing<Application>(wanted, plan);
  if (wanted.type == "table") return restore_thing<Table>(wanted, plan);
  if (wanted.type == "field") return restore_thing<Field>(wanted, plan);
  return restore_thing<View>(wanted, plan);
}

template <typename T>
MaybeFault Trash::restore_thing(const Wanted& wanted, Plan& plan) const {
  const Books& books = office_.books;
  const Pointer<T> found = books.find<T>(wanted.id);
  if (!found || !is_trashed(*found) || is_over(found->trashed_ms, plan.now))
    return Fault{.wrong = Wrong::no_trash_item};
  if (!books.member_of(group_above(books, T::kind, wanted.id), wanted.user))
    return Fault{.wrong = Wrong::not_in_group};
  for (const auto& [kind, id] : found->parents())
    if (!books.is_present(kind, id)) return Fault{.wrong = Wrong::parent_in_trash};
  T thing = *found;
  thing.trashed_ms = 0;
  thing.trashed_by = 0;
  if constexpr (T::kind == Kind::field) {  // its name may be another field's by now
    const auto fields = books.present_below<Field>(Kind::table, thing.table);
    const auto is_taken = [&](std::string_view name) {
      return std::any_of(fields.begin(), fields.end(), [&](const auto& one) { return one->name == name; });
    };
    if (is_taken(thing.name)) thing.name = numbered_name(thing.name, is_taken);
  }
  plan.put(thing);
  return std::nullopt;
}

std::vector<Pointer<TrashedRow>> Trash::find_rows(const Wanted& wanted) const {
  const Pointer<TrashedRow> first = office_.books.find<TrashedRow>(wanted.id);
  if (!first || (wanted.parent && *wanted.parent != first->table)) return {};
  if (wanted.type == "row") {
    if (first->batch != 0) return {};
    return {first};
  }
  auto rows = office_.books.below<TrashedRow>(Kind::table, first->table);
  std::erase_if(rows, [&](const auto& row) { return row->batch != wanted.id; });
  return rows;
}

MaybeFault Trash::check_rows(const Wanted& wanted, const std::vector<Pointer<TrashedRow>>& rows,
                             Instant now) const {
  if (wanted.type == "row" && !wanted.parent) return Fault{.wrong = Wrong::parent_missing};
  const Pointer<Table> table = rows.empty() ? nullptr : office_.books.find<Table>(rows.front()->table);
  if (!table || is_over(rows.front()->trashed_ms, now)) return Fault{.wrong = Wrong::no_trash_item};
  if (!office_.books.member_of(group_above(office_.books, Kind::table, table->id), wanted.user))
    return Fault{.wrong = Wrong::not_in_group};
  if (!office_.books.is_present(Kind::table, table->id)) return Fault{.wrong = Wrong::parent_in_trash};
  return std::nullopt;
}

void Trash::restore_rows(const VisitPointer& visit, const Wanted& wanted, ServerSteps& out) {
  const auto rows = find_rows(wanted);
  if (const auto fault = check_rows(wanted, rows, visit->now))
    return out.push_back(refuse(visit->carrier, *fault));
  const std::string collection = office_.books.find<Table>(rows.front()->table)->collection;
  RowDesk::Change change{.group = {}, .is_told_to_author = true, .done = {}};
  for (const auto& row : rows) {
    change.group.push_back({.key = {collection, row->record},
                            .op = model::Op::put,
                            .data = row->data,
                            .base = 0,
                            .meta = row->meta});
    const std::string trashed = record_id(Kind::trashed_row, row->id);
    change.group.push_back({.key = {std::string(own_collection), trashed},
                            .op = model::Op::remove,
                            .base = office_.books.version(trashed)});
  }
  change.done = [visit](const RowDesk::Rows&, ServerSteps& steps) {
    steps.push_back(answer(visit->carrier, ""));
  };
  change.again = [visit](ServerSteps& steps) {
    steps.push_back(refuse(visit->carrier, {.wrong = Wrong::no_trash_item,
                                            .detail = "It was restored, or its row made anew, meanwhile."}));
  };
  rows_.write({visit, out}, std::move(change));
}

}  // namespace rockpool::dialects::baserow
