// A mount's copy of all projects and endpoints, and of the access tokens that were withdrawn.
//
// Endpoints are facets of collections; everything else is in the collection `$rested`:
//
//   project/<id>      a project
//   name/<name>       whose name of an endpoint it is: nobody else can take it
//   revoked/<jti>     an access token that is good no longer, until it would have run out
//   clearing/<name>   a collection whose last facet went, and whose records are still to go
//
// The users of an authentication endpoint have names in `$rested.<endpoint>`: <member>/<name> -> uniqueId.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/dialect/facets.h"
#include "core/dialects/rested/desk.h"
#include "core/dialects/rested/resources.h"

namespace rockpool::dialects::rested {

inline constexpr std::string_view own_collection = "$rested";
// Of the names of an authentication endpoint's users.
std::string users_collection(const Endpoint& endpoint);

class Registry {
 public:
  explicit Registry(Desk& desk) : desk_(desk), facets_("rested", desk.options, desk.last_ticket) {}

  // ---- the beginning
  void load(ServerSteps& out);
  // False: not its question.
  bool answer(Ticket ticket, const model::Reply& reply, ServerSteps& out);
  bool is_loaded() const { return facets_.is_loaded() && own_loaded_; }
  std::uint64_t seq() const { return seq_; }      // of the newest entry it has seen
  std::uint64_t epoch() const { return epoch_; }  // of the log

  // ---- what happens
  struct Happened {
    std::set<std::string>
        endpoints;                  // ids of those that are new, or whose options or project's are others now
    std::set<std::string> made;     // those of them that are new
    std::set<std::string> revoked;  // jti
    // Users that were deleted, beside the id of their endpoint. Where that itself went, they are not named.
    std::set<std::pair<std::string, std::string>> gone_users;
  };
  Happened watch(const dialect::ServerDialect::Notices& notices);

  // ---- looking
  using ProjectPointer = std::shared_ptr<const Project>;
  using EndpointPointer = std::shared_ptr<const Endpoint>;
  ProjectPointer project(const std::string& id) const;
  EndpointPointer endpoint_named(const std::string& name) const;
  EndpointPointer endpoint(const std::string& id) const;
  std::vector<EndpointPointer> endpoints_of(const std::string& project) const;
  std::vector<EndpointPointer> endpoints_over(const std::string& collection) const;
  // Those whose project was deleted.
  std::vector<EndpointPointer> orphans() const;
  bool is_revoked(const std::string& jti) const { return revoked_.contains(jti); }
  bool is_cleared(const std::string& collection) const { return clearing_.contains(collection); }
  // Collections that are being cleared and have no facet any more.
  std::vector<std::string> to_clear() const;
  bool has_facets(const std::string& collection) const { return facets_.is_faceted(collection); }

  // ---- writing: for Write::owns
  model::Mutation put_project(const Project& project) const;
  model::Mutation remove_project(const Project& project) const;
  std::string collection_for(const Endpoint& endpoint, const std::string& wanted) const;
  bool is_shared_in_full(const std::string& collection) const { return facets_.is_shared(collection, true); }
  // As it is from now on; `before` is what it was, if there was any.
  model::Group put_endpoint(const Endpoint& endpoint, const Endpoint* before) const;
  struct Removal {
    model::Group group;
    bool takes_data = false;  // its facet is the last one
  };
  Removal remove_endpoint(const Endpoint& endpoint) const;
  model::Mutation revoke(const std::string& jti, std::int64_t until_ms) const;
  model::Mutation begin_clearing(const std::string& collection) const;
  model::Mutation end_clearing(const std::string& collection) const;
  // Withdrawn tokens that have run out since, at most so many.
  model::Group forget_revoked(Instant now, std::size_t count_max) const;

 private:
  void read_own(ServerSteps& out);
  void take_own(const model::Record& record, Happened* happened);
  void take_project(const std::string& id, const model::Record& record, Happened* happened);
  void take_endpoint(const dialect::Facets::Moved& moved, Happened& happened);
  void take_users(const std::string& collection, const model::Changed& changed, Happened& happened) const;
  void add_endpoint(Endpoint endpoint);
  model::Mutation write(const std::string& id, std::string data) const;
  model::Mutation remove(const std::string& id) const;

  Desk& desk_;
  dialect::Facets facets_;
  struct Own {
    model::Version version = 0;
    bool exists = false;
  };
  std::map<std::string, Own> own_;  // records of `$rested`, by id
  std::map<std::string, ProjectPointer> projects_;
  std::map<std::string, EndpointPointer> endpoints_;  // by id
  std::map<std::string, std::string> names_;          // of endpoints -> id
  std::map<std::string, std::int64_t> revoked_;       // jti -> when it runs out
  std::set<std::string> clearing_;
  std::optional<Ticket> scan_;
  bool own_loaded_ = false;
  bool facets_taken_ = false;
  std::string read_to_;
  std::uint64_t seq_ = 0;
  std::uint64_t epoch_ = 0;
};

}  // namespace rockpool::dialects::rested
