// A mount's copy of its records: every model of every environment, made known to all dialects as a facet of
// its collection, read once at the start and kept by what the log says.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/dialect/facets.h"
#include "core/dialects/datocms/content.h"
#include "core/dialects/datocms/desk.h"

namespace rockpool::dialects::datocms {

struct Environment {
  Environment(std::string environment_name, Models models)
      : name(std::move(environment_name)), content(std::move(models)) {}

  std::string name;
  Content content;
  std::vector<std::string> collections;  // by the model's place
};

class Library {
 public:
  explicit Library(Desk& desk);

  // ---- the beginning
  void load(ServerSteps& out);
  // False: not its question.
  bool answer(Ticket ticket, const model::Reply& reply, ServerSteps& out);
  bool is_loaded() const { return is_attached_ && next_read_ == reads_.size(); }

  // ---- what happens
  // Of one log entry. `each` is told of every record that came, changed or went, one after the other: the
  // rows live as long as the call.
  using Each = std::function<void(const Environment&, std::size_t model, const Shelf::Moved&)>;
  void watch(const dialect::ServerDialect::Notices& notices, const Each& each);
  std::uint64_t seq() const { return seq_; }  // of the newest entry it has seen
  // Of that entry, as our SDK is told it: its number, and in which history.
  std::string cursor() const { return cursor_at(seq_); }
  std::string cursor_at(std::uint64_t seq) const;
  // Nothing: it is none, of another history, or of an entry that is still to come.
  std::optional<std::uint64_t> seq_at(std::string_view cursor) const;

  // ---- looking
  // An empty name: the first one. Null: there is none of that name.
  Environment* find(std::string_view name);

 private:
  // A model's records are read.
  struct Read {
    Environment* environment = nullptr;
    std::size_t model = 0;
  };

  void attach(ServerSteps& out);
  void read_on(ServerSteps& out);
  void take(const model::Record& record, Read where, const Each* each);
  void heard(const std::string& cursor);

  Desk& desk_;
  dialect::Facets facets_;
  std::vector<std::unique_ptr<Environment>> environments_;
  std::multimap<std::string, Read, std::less<>> by_collection_;
  std::vector<Read> reads_;
  std::size_t next_read_ = 0;
  std::string read_to_;
  std::optional<Ticket> writing_, reading_;
  bool is_written_ = true;  // what has been answered of the write so far
  bool is_attached_ = false;
  std::uint64_t seq_ = 0;
  std::uint64_t epoch_ = 0;  // of the log
};

}  // namespace rockpool::dialects::datocms
