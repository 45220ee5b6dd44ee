// What a mount knows of its space: the lists of every account, what their collections come to, and what
// happened to them. Made from the hub's word at the start and from every log entry afterwards.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/dialect/facets.h"
#include "core/dialects/jsonpad/desk.h"
#include "core/dialects/jsonpad/events.h"
#include "core/dialects/jsonpad/resources.h"

namespace rockpool::dialects::jsonpad {

// One record for each account: its versions put an account's changes of lists into one order, and say when
// all of them were deleted at once, and which collections' records are still to go with their lists.
inline constexpr std::string_view accounts_collection = "$jsonpad";

class Books {
 public:
  explicit Books(Desk& desk) : desk_(desk), facets_("jsonpad", desk.options, desk.last_ticket) {}

  // ---- the beginning
  void load(ServerSteps& out);
  // False: not its question.
  bool answer(Ticket ticket, const model::Reply& reply, ServerSteps& out);
  bool is_loaded() const { return surveyed_ && facets_.is_loaded() && accounts_loaded_; }

  // ---- what happens
  struct Happened {
    std::string account;
    Event event;
  };
  // All of one entry. They are in the accounts' logs already.
  std::vector<Happened> watch(Instant now, const dialect::ServerDialect::Notices& notices);
  // The newest revision there can be by now.
  Revision newest() const { return last_of(seq_); }
  // Another one after the log was restored from a backup.
  std::uint64_t epoch() const { return epoch_; }
  const Log& log(const std::string& account);

  // ---- looking
  const std::vector<List>& lists(const std::string& account) const;
  std::optional<List> list_of(const std::string& account, std::string_view name) const;
  // The list of an account over the collection.
  std::optional<List> list_over(const std::string& account, const std::string& collection) const;
  const model::Totals& totals(const std::string& collection) const;

  // ---- writing lists: batches for Write::owns
  struct Plan {
    model::Group group;
    std::vector<std::string> clears;  // collections whose records go afterwards, being too many for the batch
  };
  Plan put(const std::string& account, const List& list) const;  // a new one, or as it is from now on
  Plan remove(const std::string& account, const std::vector<List>& lists, bool all) const;
  // Nothing is left of the collections that had to go.
  Plan cleared(const std::string& account, const std::vector<std::string>& collections) const;
  // What has to go still, by account: a server has ended before it was done.
  std::map<std::string, std::vector<std::string>> to_clear() const;
  bool is_cleared(const std::string& collection) const;
  // Has any dialect a facet over it?
  bool is_listed(const std::string& collection) const { return facets_.is_faceted(collection); }
  std::string collection_for(const std::string& account, const std::string& name) const {
    return facets_.collection_for(account, name);
  }

 private:
  struct Account {
    model::Version version = 0;
    bool exists = false;
    std::uint64_t cleared = 0;       // how often all lists were deleted
    std::set<std::string> clearing;  // collections whose records are still to go
  };

  using Notices = dialect::ServerDialect::Notices;
  // Makes the events of one entry.
  struct Teller {
    Books& books;
    Instant now;
    Revision next;
    std::vector<Happened> told = {};

    void tell(const std::string& account, Event event);
    void list(const dialect::Facets::Moved& moved);
    void items(const std::string& collection, const model::Changed& changed);
    void item(const std::vector<List>& lists, const std::vector<std::string>& owners,
              const model::Change& change, const model::Hint& hint);
  };

  void read_accounts(ServerSteps& out);
  // True: all of the account's lists were deleted.
  bool take_account(const model::Record& record);
  void tally(const model::Change& change, const model::Hint& hint);
  model::Mutation bump(const std::string& account, bool all,
                       const std::set<std::string>* clearing = nullptr) const;

  Desk& desk_;
  dialect::Facets facets_;
  std::map<std::string, model::Totals> totals_;  // by collection
  std::map<std::string, Account> accounts_;
  std::map<std::string, Log> logs_;
  mutable std::map<std::string, std::vector<List>> lists_;  // those that were looked at, by account
  std::optional<Ticket> survey_, scan_;
  bool surveyed_ = false;
  bool accounts_loaded_ = false;
  std::string accounts_read_to_;
  std::uint64_t began_seq_ = 0;
  std::set<std::string> began_with_;  // accounts that were there then
  std::uint64_t seq_ = 0;
  std::uint64_t epoch_ = 0;
};

}  // namespace rockpool::dialects::jsonpad
