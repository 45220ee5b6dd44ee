// A mount's copy of its structure: everything in `$baserow`, and which collections are tables. Read once, at
// the start, and kept by what the log says, so that it can be looked at without waiting.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/dialect/facets.h"
#include "core/dialects/baserow/desk.h"
#include "core/dialects/baserow/things.h"

namespace rockpool::dialects::baserow {

template <typename T>
using Pointer = std::shared_ptr<const T>;

// A thing that came, changed or went, and the carrier of the request that did it (0: none of ours).
template <typename T>
struct Moved {
  Pointer<T> before, after;
  CarrierId author = 0;
};
template <typename T>
using AllMoved = std::vector<Moved<T>>;

// What a log entry comes to.
struct Happened {
  std::uint64_t seq = 0;
  OfEachKind<AllMoved> moved;
  std::vector<dialect::Facets::Moved> facets;
  // Of collections that are not the server's own, whether tables or not.
  std::vector<std::pair<std::string, const model::Changed*>> rows;

  template <typename T>
  const AllMoved<T>& of() const {
    return std::get<AllMoved<T>>(moved);
  }
};

class Books {
 public:
  explicit Books(Desk& desk) : desk_(desk), facets_("baserow", desk.options, desk.last_ticket) {}

  // ---- the beginning
  void load(ServerSteps& out);
  // False: not its question.
  bool answer(Ticket ticket, const model::Reply& reply, ServerSteps& out);
  bool is_loaded() const { return facets_.is_loaded() && own_loaded_; }

  // ---- what happens
  Happened watch(const dialect::ServerDialect::Notices& notices);
  // Of the log's history, as a number that JavaScript has.
  std::uint64_t epoch() const { return epoch_ % (std::uint64_t{1} << 53); }
  std::uint64_t seq() const { return seq_; }  // of the newest entry it has seen

  // ---- looking
  // In the trash or not; null: there is none.
  template <typename T>
  Pointer<T> find(Id id) const {
    const auto& held = shelf<T>().things;
    const auto found = held.find(id);
    return found == held.end() ? nullptr : found->second.thing;
  }
  // Neither it nor anything it belongs to is in the trash or gone.
  bool is_present(Kind kind, Id id) const;
  // What it belongs to; of nothing, nothing.
  Parents parents(Kind kind, Id id) const;
  template <typename T>
  Pointer<T> present(Id id) const {
    return is_present(T::kind, id) ? find<T>(id) : nullptr;
  }
  // What belongs to that thing, by id; in the trash or not.
  template <typename T>
  std::vector<Pointer<T>> below(Kind parent, Id id) const {
    std::vector<Pointer<T>> found;
    const auto held = shelf<T>().by_parent.find({parent, id});
    if (held == shelf<T>().by_parent.end()) return found;
    for (const Id one : held->second) found.push_back(find<T>(one));
    return found;
  }
  template <typename T>
  std::vector<Pointer<T>> present_below(Kind parent, Id id) const {
    std::vector<Pointer<T>> found = below<T>(parent, id);
    std::erase_if(found, [&](const auto& one) { return !is_present(T::kind, one->id); });
    return found;
  }
  template <typename T>
  std::vector<Pointer<T>> all() const {
    std::vector<Pointer<T>> found;
    for (const auto& [id, one] : shelf<T>().things) found.push_back(one.thing);
    return found;
  }
  Pointer<User> user_of(std::string_view email) const;
  // His membership, null: he is no member.
  Pointer<Member> member_of(Id group, Id user) const;
  // Those that are there for that email, in order.
  std::vector<Pointer<Invitation>> invitations_for(const std::string& email) const;
  // Tables over the collection, in the trash or not.
  std::vector<Pointer<Table>> tables_over(const std::string& collection) const;
  // Those of a row, by id.
  std::vector<Pointer<Comment>> comments_on(Id table, std::uint64_t row) const;
  std::size_t comment_count(Id table, std::uint64_t row) const;
  const dialect::Facets& facets() const { return facets_; }

  // ---- for writing
  // Of the record in `$baserow`, 0: there is none.
  model::Version version(const std::string& record) const;
  Id last_id(Kind kind) const;

 private:
  template <typename T>
  struct Shelf {
    struct Held {
      Pointer<T> thing;
      model::Version version = 0;
    };
    std::map<Id, Held> things;
    std::map<std::pair<Kind, Id>, std::set<Id>> by_parent;
  };
  template <typename T>
  const Shelf<T>& shelf() const {
    return std::get<Shelf<T>>(shelves_);
  }
  // An email or a counter.
  struct Mark {
    model::Version version = 0;
    std::uint64_t number = 0;
  };

  void read_on(ServerSteps& out);
  void take(const model::Record& record, CarrierId author, Happened* happened);
  template <typename T>
  void take_thing(Id id, const model::Record& record, CarrierId author, Happened* happened);
  template <typename T>
  void index(const T& thing, bool is_there);
  // In one index, under one key.
  static void index_under(auto& index, const auto& key, Id id, bool is_there);

  Desk& desk_;
  dialect::Facets facets_;
  OfEachKind<Shelf> shelves_;
  std::map<std::string, Mark> marks_;  // emails and counters, by record
  std::map<std::string, std::set<Id>> tables_by_collection_, invitations_by_email_;
  std::map<std::pair<Id, std::uint64_t>, std::set<Id>> comments_by_row_;  // by table and row
  std::optional<Ticket> asked_;
  std::string read_to_;
  bool own_loaded_ = false;
  std::uint64_t seq_ = 0;
  std::uint64_t epoch_ = 0;
};

}  // namespace rockpool::dialects::baserow
