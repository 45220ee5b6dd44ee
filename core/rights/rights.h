// The one place that says who may do what. Pure: the same question has the same answer until other rules take
// this object's place.
//
// Administrators and the server itself may do everything. A credential that only reads may read and
// subscribe, one for realtime use only subscribe, whatever the rules say. Everything else is asked of the
// rules.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/model/command.h"
#include "core/model/record.h"
#include "core/query/fields.h"
#include "core/rights/decisions.h"
#include "core/rights/rules.h"
#include "core/rights/sight.h"

namespace rockpool::rights {

// Of one collection. Cheap to make, good as long as the Rights it came from.
class CollectionRights {
 public:
  struct Entry {
    NameRules rules;
    query::Fields owner_fields;  // of the record's data
    bool names_owner = false;    // some rule is about owners
  };
  CollectionRights(const Entry* entry, Access access) : entry_(entry), access_(access) {}
  // As the service has decided.
  CollectionRights(const Decisions& decisions, std::string_view space, std::string_view name)
      : entry_(nullptr), access_(Access::service), decisions_(&decisions), space_(space), name_(name) {}

  // `verb` is read, subscribe or drafts.
  Sight sight(const model::Principal& principal, Verb verb) const;
  bool shows(const Sight& sight, const model::Record& record) const;
  // The record was shown in the version before and is not in this one.
  bool has_left(const Sight& sight, const model::Record& record) const;

  // May the record be changed from `before` (null or a tombstone: create) to `data` (empty: delete)?
  // `forbidden`. What the write makes of the record is not known yet: `data` is null, and only what is there
  // is asked about.
  base::Status check(const model::Principal& principal, Verb verb, const model::Record* before,
                     const std::string* data, std::string_view id) const;
  // What is kept beside the record's next version, so that its owner is known: `before` has the meta so far,
  // and what was `said` of it, if anything, takes its place.
  std::string meta(const model::Principal& principal, const model::Record* before, const std::string& data,
                   const std::string* said = nullptr) const;

  // Where a change is told. `left`: there the record goes out of sight.
  struct Told {
    std::string scope;
    bool left = false;
  };
  std::vector<Told> told(const model::Record& record) const;

 private:
  Extent extent(const model::Principal& principal, Verb verb, std::size_t part) const;
  const Who* who(Verb verb, std::size_t part) const;
  std::size_t part_of(std::string_view id) const;
  std::string owner_of(std::string_view data, std::string_view meta) const;
  bool has_owners() const { return entry_ != nullptr && entry_->names_owner; }

  const Entry* entry_;  // null: no rules for it
  Access access_;
  const Decisions* decisions_ = nullptr;
  std::string space_, name_;  // for the decisions
};

class Rights {
 public:
  void add_space(const std::string& space, const SpaceRules& rules);

  CollectionRights collection(std::string_view space, std::string_view name) const;
  // Of events, procedures and rooms. `forbidden`.
  base::Status check(const model::Principal& principal, std::string_view space, Verb verb, Kind kind,
                     std::string_view name) const;

  // Two principals with equal marks may do the same in the space. `seen` is about what they see of
  // collections alone, and is empty for who sees everything.
  struct Mark {
    std::string all;
    std::string seen;
    bool operator==(const Mark&) const = default;
  };
  Mark mark(const model::Principal& principal, std::string_view space) const;

  // Is a service to be asked before the hub is? `decisions` is where its answers belong.
  bool is_asked(std::string_view space) const { return this->space(space).access == Access::service; }
  const std::shared_ptr<Decisions>& decisions() const { return decisions_; }

 private:
  struct Space {
    Access access = Access::open;
    std::map<Kind, std::vector<CollectionRights::Entry>> names;  // the most particular pattern first
  };
  const Space& space(std::string_view name) const;
  static const CollectionRights::Entry* find(const Space& space, Kind kind, std::string_view name);

  std::map<std::string, Space, std::less<>> spaces_;
  Space other_;  // open, without rules
  std::shared_ptr<Decisions> decisions_ = std::make_shared<Decisions>();
};

}  // namespace rockpool::rights
