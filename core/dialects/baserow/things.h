// The things that Baserow's structure is made of, as they are kept: records of the collection `$baserow`,
//
//   <kind>/<id>      a thing; ids count from 1 for each kind
//   email/<email>    whose it is, in lower case: {"user": id}
//   counter/<kind>   {"last": id}: no id is ever given twice
//
// Each kind lists its members once, for reading and for writing. What is left out of a record is 0, false or
// empty.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/dialect/object_text.h"
#include "core/model/value.h"

namespace rockpool::dialects::baserow {

inline constexpr std::string_view own_collection = "$baserow";

using Id = std::uint64_t;

enum class Kind : std::uint8_t {
  user,
  group,
  member,
  invitation,
  application,
  table,
  field,
  view,
  filter,
  sort,
  decoration,
  comment,
  option,
  trashed_row
};
inline constexpr std::array<std::string_view, 14> kind_names = {
    "user", "group",  "member", "invitation", "application", "table",  "field",
    "view", "filter", "sort",   "decoration", "comment",     "option", "trashed_row"};
inline std::string_view name_of(Kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

// What a thing belongs to. It is there only while all of them are.
using Parents = std::vector<std::pair<Kind, Id>>;

struct User {
  static constexpr Kind kind = Kind::user;
  Id id = 0;
  std::string email;
  std::string name;
  std::string language = "en";
  std::string password;  // hash
  std::int64_t created_ms = 0;
  std::int64_t deletion_ms = 0;  // when it was asked to be deleted, 0: it was not

  bool is_active() const { return deletion_ms == 0; }
  Parents parents() const { return {}; }
  static void list(auto& self, auto& members) {
    members("email", self.email);
    members("name", self.name);
    members("language", self.language);
    members("password", self.password);
    members("created", self.created_ms);
    members("deletion", self.deletion_ms);
  }
};

struct Group {
  static constexpr Kind kind = Kind::group;
  Id id = 0;
  std::string name;
  std::int64_t created_ms = 0;
  std::int64_t trashed_ms = 0;  // since when it is in the trash, 0: it is not
  Id trashed_by = 0;            // the user who put it there

  Parents parents() const { return {}; }
  static void list(auto& self, auto& members) {
    members("name", self.name);
    members("created", self.created_ms);
    members("trashed", self.trashed_ms);
    members("trashedBy", self.trashed_by);
  }
};

// Has it been told its place? It may be the one that it had: `orderings` counts those times.
template <typename T>
bool is_placed(const T& before, const T& after) {
  return before.order != after.order || before.orderings != after.orderings;
}

// A user in a group: GROUP_USER.
struct Member {
  static constexpr Kind kind = Kind::member;
  Id id = 0;
  Id group = 0, user = 0;
  bool is_admin = false;
  std::uint64_t order = 0;  // of the group among the user's
  std::uint64_t orderings = 0;
  std::int64_t created_ms = 0;

  Parents parents() const { return {{Kind::group, group}, {Kind::user, user}}; }
  static void list(auto& self, auto& members) {
    members("group", self.group);
    members("user", self.user);
    members("admin", self.is_admin);
    members("order", self.order);
    members("orderings", self.orderings);
    members("created", self.created_ms);
  }
};

struct Invitation {
  static constexpr Kind kind = Kind::invitation;
  Id id = 0;
  Id group = 0;
  Id invited_by = 0;  // who may be gone
  std::string email;
  bool is_admin = false;
  std::string message;
  std::int64_t created_ms = 0;

  Parents parents() const { return {{Kind::group, group}}; }
  static void list(auto& self, auto& members) {
    members("group", self.group);
    members("invitedBy", self.invited_by);
    members("email", self.email);
    members("admin", self.is_admin);
    members("message", self.message);
    members("created", self.created_ms);
  }
};

struct Application {
  static constexpr Kind kind = Kind::application;
  Id id = 0;
  Id group = 0;
  std::string name;
  std::uint64_t order = 0;
  std::uint64_t orderings = 0;
  std::int64_t trashed_ms = 0;
  Id trashed_by = 0;

  Parents parents() const { return {{Kind::group, group}}; }
  static void list(auto& self, auto& members) {
    members("group", self.group);
    members("name", self.name);
    members("order", self.order);
    members("orderings", self.orderings);
    members("trashed", self.trashed_ms);
    members("trashedBy", self.trashed_by);
  }
};

struct Table {
  static constexpr Kind kind = Kind::table;
  Id id = 0;
  Id application = 0;
  std::string name;
  std::uint64_t order = 0;
  std::uint64_t orderings = 0;
  std::string collection;   // that its rows are records of
  bool takes_data = false;  // it was the last one over the collection: the rows go with it, for good
  std::int64_t trashed_ms = 0;
  Id trashed_by = 0;

  Parents parents() const { return {{Kind::application, application}}; }
  static void list(auto& self, auto& members) {
    members("application", self.application);
    members("name", self.name);
    members("order", self.order);
    members("orderings", self.orderings);
    members("collection", self.collection);
    members("takesData", self.takes_data);
    members("trashed", self.trashed_ms);
    members("trashedBy", self.trashed_by);
  }
};

struct Field {
  static constexpr Kind kind = Kind::field;
  Id id = 0;
  Id table = 0;
  std::string name;
  std::string key;  // the member of a row's data that it shows
  std::string type;
  std::uint64_t order = 0;
  bool is_primary = false;
  model::Value options;  // an object: what fields of the type have besides
  std::int64_t trashed_ms = 0;
  Id trashed_by = 0;

  Parents parents() const { return {{Kind::table, table}}; }
  static void list(auto& self, auto& members) {
    members("table", self.table);
    members("name", self.name);
    members("key", self.key);
    members("type", self.type);
    members("order", self.order);
    members("primary", self.is_primary);
    members("options", self.options);
    members("trashed", self.trashed_ms);
    members("trashedBy", self.trashed_by);
  }
};

// What can be chosen in a field of the types single_select and multiple_select.
struct Option {
  static constexpr Kind kind = Kind::option;
  Id id = 0;
  Id field = 0;
  std::string value;
  std::string color;
  std::uint64_t order = 0;

  Parents parents() const { return {{Kind::field, field}}; }
  static void list(auto& self, auto& members) {
    members("field", self.field);
    members("value", self.value);
    members("color", self.color);
    members("order", self.order);
  }
};

struct View {
  static constexpr Kind kind = Kind::view;
  Id id = 0;
  Id table = 0;
  std::string name;
  std::string type = "grid";
  std::uint64_t order = 0;
  std::uint64_t orderings = 0;
  bool matches_any = false;  // of its filters, not all: filter_type OR
  bool filters_disabled = false;
  bool counts_rows = false;  // shows the place of a row beside it, not its number: row_identifier_type
  Id copied_from = 0;        // the view that it was made a duplicate of
  std::string slug;
  model::Value field_options;  // an object: field id -> what was said of it
  std::int64_t trashed_ms = 0;
  Id trashed_by = 0;

  Parents parents() const { return {{Kind::table, table}}; }
  static void list(auto& self, auto& members) {
    members("table", self.table);
    members("name", self.name);
    members("type", self.type);
    members("order", self.order);
    members("orderings", self.orderings);
    members("matchesAny", self.matches_any);
    members("filtersDisabled", self.filters_disabled);
    members("countsRows", self.counts_rows);
    members("copiedFrom", self.copied_from);
    members("slug", self.slug);
    members("fieldOptions", self.field_options);
    members("trashed", self.trashed_ms);
    members("trashedBy", self.trashed_by);
  }
};

struct Filter {
  static constexpr Kind kind = Kind::filter;
  Id id = 0;
  Id view = 0, field = 0;
  std::string type, value;

  Parents parents() const { return {{Kind::view, view}, {Kind::field, field}}; }
  static void list(auto& self, auto& members) {
    members("view", self.view);
    members("field", self.field);
    members("type", self.type);
    members("value", self.value);
  }
};

struct Sort {
  static constexpr Kind kind = Kind::sort;
  Id id = 0;
  Id view = 0, field = 0;
  bool descends = false;

  Parents parents() const { return {{Kind::view, view}, {Kind::field, field}}; }
  static void list(auto& self, auto& members) {
    members("view", self.view);
    members("field", self.field);
    members("descends", self.descends);
  }
};

struct Decoration {
  static constexpr Kind kind = Kind::decoration;
  Id id = 0;
  Id view = 0;
  std::string type, provider;
  model::Value provider_settings;  // an object: value_provider_conf
  std::uint64_t order = 0;

  Parents parents() const { return {{Kind::view, view}}; }
  static void list(auto& self, auto& members) {
    members("view", self.view);
    members("type", self.type);
    members("provider", self.provider);
    members("providerSettings", self.provider_settings);
    members("order", self.order);
  }
};

struct Comment {
  static constexpr Kind kind = Kind::comment;
  Id id = 0;
  Id table = 0;
  std::uint64_t row = 0;
  Id user = 0;  // who may be gone
  std::string text;
  std::int64_t created_ms = 0, updated_ms = 0;

  Parents parents() const { return {{Kind::table, table}}; }
  static void list(auto& self, auto& members) {
    members("table", self.table);
    members("row", self.row);
    members("user", self.user);
    members("text", self.text);
    members("created", self.created_ms);
    members("updated", self.updated_ms);
  }
};

// A row that was deleted, and all it takes to make it again.
struct TrashedRow {
  static constexpr Kind kind = Kind::trashed_row;
  Id id = 0;  // the row's number: no other row of the space has it
  Id table = 0;
  std::uint64_t row = 0;   // its number
  Id batch = 0;            // number of the first one of those deleted by one call; 0: it was one by itself
  std::string record;      // id of the record
  std::string data, meta;  // of the record, as JSON text
  Id user = 0;             // who deleted it
  std::int64_t trashed_ms = 0;

  Parents parents() const { return {{Kind::table, table}}; }
  static void list(auto& self, auto& members) {
    members("table", self.table);
    members("row", self.row);
    members("batch", self.batch);
    members("record", self.record);
    members("data", self.data);
    members("meta", self.meta);
    members("user", self.user);
    members("trashed", self.trashed_ms);
  }
};

// One of something for each kind.
template <template <typename> typename Of>
using OfEachKind =
    std::tuple<Of<User>, Of<Group>, Of<Member>, Of<Invitation>, Of<Application>, Of<Table>, Of<Field>,
               Of<View>, Of<Filter>, Of<Sort>, Of<Decoration>, Of<Comment>, Of<Option>, Of<TrashedRow>>;

// A row in the trash is a thing by itself that is there; it is the row that is not.
template <typename T>
bool is_trashed(const T& thing) {
  if constexpr (requires { thing.trashed_ms; } && T::kind != Kind::trashed_row) return thing.trashed_ms != 0;
  return false;
}

// ---- as records -------------------------------------------------------------------------------------------

std::string record_id(Kind kind, Id id);
std::string email_record(std::string_view email);
std::string counter_record(Kind kind);
// In lower case, as far as ASCII goes.
std::string lower_case(std::string_view email);

class ThingWriter {
 public:
  explicit ThingWriter(std::string& out) : object_(out) {}
  void operator()(std::string_view name, const std::string& held);
  void operator()(std::string_view name, std::uint64_t held);
  void operator()(std::string_view name, std::int64_t held);
  void operator()(std::string_view name, bool held);
  void operator()(std::string_view name, const model::Value& held);
  void end() { object_.end(); }

 private:
  dialect::ObjectText object_;
};

class ThingReader {
 public:
  explicit ThingReader(const model::Value& object) : object_(object) {}
  void operator()(std::string_view name, std::string& held);
  void operator()(std::string_view name, std::uint64_t& held);
  void operator()(std::string_view name, std::int64_t& held);
  void operator()(std::string_view name, bool& held);
  void operator()(std::string_view name, model::Value& held);

 private:
  const model::Value& object_;
};

template <typename T>
std::string stored_text(const T& thing) {
  std::string text;
  ThingWriter writer(text);
  T::list(thing, writer);
  writer.end();
  return text;
}

template <typename T>
T read_thing(Id id, const model::Value& stored) {
  T thing;
  ThingReader reader(stored);
  T::list(thing, reader);
  thing.id = id;
  return thing;
}

}  // namespace rockpool::dialects::baserow
