// A change of structure that is being made up: all of it happens at once, or nothing. Fenced by the versions
// in the books, so that it is made of what there is.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/dialects/baserow/books.h"
#include "core/dialects/baserow/faults.h"

namespace rockpool::dialects::baserow {

class Plan {
 public:
  Plan(const Books& books, Instant at) : now(at), books_(books) {}

  // The next id of that kind; each call gives another one.
  Id next_id(Kind kind);
  // It is new, or is so from now on. Of two calls for a thing the last one counts.
  template <typename T>
  void put(const T& thing) {
    write(record_id(T::kind, thing.id), stored_text(thing));
  }
  // They stand in that order from now on. Where they did before the first of them says that it was wished.
  template <typename T>
  void put_in_order(std::vector<T> things) {
    bool is_another = false;
    for (std::size_t i = 0; i < things.size(); ++i) {
      if (std::exchange(things[i].order, i + 1) == i + 1) continue;
      put(things[i]);
      is_another = true;
    }
    if (is_another || things.empty()) return;
    ++things.front().orderings;
    put(things.front());
  }
  // It is gone, and its id is never given again. What belongs to it stays, unless that is removed, too.
  template <typename T>
  void remove(const T& thing) {
    write(record_id(T::kind, thing.id), {});
  }
  // Into the trash, by that user.
  template <typename T>
  void trash(T thing, Id user) {
    thing.trashed_ms = now.ms;
    thing.trashed_by = user;
    put(thing);
  }
  void put_email(std::string_view email, Id user);
  void remove_email(std::string_view email) { write(email_record(email), {}); }
  // Something else, such as a row, that happens along with it.
  void add(model::Mutation mutation) { others_.push_back(std::move(mutation)); }

  bool is_empty() const { return written_.empty() && others_.empty(); }
  model::Group take();

  const Instant now;

 private:
  void write(std::string record, std::string data) { written_[std::move(record)] = std::move(data); }

  const Books& books_;
  std::map<Kind, Id> given_;                    // the last id of each kind
  std::map<std::string, std::string> written_;  // record -> data, empty: it goes
  model::Group others_;
};

}  // namespace rockpool::dialects::baserow
