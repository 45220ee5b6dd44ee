// What dialects add to collections: RESTED's endpoints, JSONPad's lists, tables, models. They are records of
// `$collections`, one for each collection that has any:
//
//   id = collection    data = {"name": collection, "facets": {"<dialect>:<owner>": {...}, ...}}
//
// A mount holds a copy of all of them, asks for it once and follows the changes, so that it can be looked at
// without waiting. What is written is fenced by the version in the copy: `Conflicted` means to look again.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialect/dialect.h"
#include "core/model/value.h"

namespace rockpool::dialect {

inline constexpr std::string_view collections_collection = "$collections";

// One dialect's facets, as one mount has them.
class Facets {
 public:
  // `options` and `last_ticket` stay where they are. `dialect` begins the names of its facets.
  Facets(std::string_view dialect, const MountOptions& options, Ticket& last_ticket)
      : dialect_(dialect), options_(options), last_ticket_(last_ticket) {}

  // ---- the copy
  void load(ServerSteps& out);
  // False: not its question. Whoever waits looks at is_loaded() then; a question that failed is asked again
  // by the next load().
  bool answer(Ticket ticket, const model::Reply& reply, ServerSteps& out);
  bool is_loaded() const { return loaded_; }
  // Where the log stood when the last page was read: later changes are watched.
  std::uint64_t loaded_seq() const { return loaded_seq_; }

  // A facet of this dialect that came, changed or went; its data before and after as JSON text, or nothing.
  struct Moved {
    std::string collection, owner;
    std::optional<std::string> before, after;
  };
  std::vector<Moved> watch(const ServerDialect::Notices& notices);

  // ---- looking
  // All of this dialect, by owner, then collection.
  using Owned = std::map<std::string, std::string>;  // collection -> data
  const Owned& of(const std::string& owner) const;
  // Who has a facet of this dialect over the collection.
  std::vector<std::string> owners(const std::string& collection) const;
  const std::string* find(const std::string& collection, const std::string& owner) const;
  struct Facet {
    std::string owner, collection, data;
  };
  std::vector<Facet> all() const;
  // Has any dialect a facet over it?
  bool is_faceted(const std::string& collection) const;

  // Is a collection of that name one of all dialects? `in_full`: no pattern says so, but its whole name.
  bool is_shared(std::string_view name, bool in_full = false) const;
  // The collection that something of that name belongs to, when its owner makes it: the shared one of that
  // name, or `<dialect>:<owner>/<name>` when it is not shared, or the owner is at it already. A name that is
  // too long for that is cut, with a hash in place of its end.
  std::string collection_for(const std::string& owner, std::string_view name, bool in_full = false) const;

  // ---- writing, to be sent with Write::owns
  model::Mutation put(const std::string& collection, const std::string& owner, const std::string& data) const;
  // The same with the fields that the facet demands of the collection's records (core/schema/fields.h); they
  // go with it. Nothing: all of that is so already.
  std::optional<model::Mutation> put(const std::string& collection, const std::string& owner,
                                     const std::string& data, const model::Value& fields) const;
  // The facet goes. With the last one the collection's data has to go as well.
  struct Detached {
    model::Mutation mutation;
    bool is_last = false;
  };
  Detached detach(const std::string& collection, const std::string& owner) const;

 private:
  struct Entry {
    model::Version version = 0;
    bool exists = false;
    model::Value data;  // the whole record's
  };

  void take(const model::Record& record, std::vector<Moved>* moved);
  std::map<std::string, std::string> own_facets(const Entry& entry) const;
  std::string key_of(const std::string& owner) const { return dialect_ + ':' + owner; }
  model::Value with(const std::string& collection, const std::string& owner, const std::string& data) const;
  model::Value other_fields(const model::Value& collection, const std::string& owner) const;
  model::Mutation write(const std::string& collection, model::Value data) const;

  std::string dialect_;
  const MountOptions& options_;
  Ticket& last_ticket_;
  std::optional<Ticket> asked_;
  std::string read_to_;  // id, by load()
  bool loaded_ = false;
  std::uint64_t loaded_seq_ = 0;
  std::map<std::string, Entry> entries_;  // by collection, those that are gone too
  std::map<std::string, Owned> by_owner_;
  std::map<std::string, std::set<std::string>> by_collection_;  // owners
};

}  // namespace rockpool::dialect
