// Writes that wait for the log, in the order they came, space by space.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/hub/draft.h"

namespace rockpool::hub {

// One Write command: answered when every mutation of it is, in parts if it takes several entries.
class Asked {
 public:
  Asked(model::Ticket ticket, std::string space, Author author, std::size_t mutations)
      : ticket_(ticket),
        space_(std::move(space)),
        author_(std::move(author)),
        slots_(mutations),
        open_(mutations) {}

  model::Ticket ticket() const { return ticket_; }
  const std::string& space() const { return space_; }
  const Author& author() const { return author_; }

  void settle(std::size_t at, std::optional<model::Outcome> outcome);
  void made(std::size_t at, const model::Record& record) { slots_[at].made = record; }
  // What was settled since the last time; nothing when there is nothing to say yet.
  std::optional<model::Written> written();

 private:
  struct Slot {
    std::optional<model::Outcome> outcome;
    std::optional<model::Record> made;
    bool known = false;
    bool said = false;
  };

  model::Ticket ticket_;
  std::string space_;
  Author author_;
  std::vector<Slot> slots_;
  std::size_t open_;
  bool answered_ = false;
};

// One group of it.
struct Job {
  std::shared_ptr<Asked> write;
  std::size_t at = 0;  // where its mutations stand within the write
  model::Group group;
  std::uint64_t came = 0;            // how many appends had been submitted when it came
  std::optional<base::Error> wrong;  // declined, whatever the view says
};

std::size_t bytes_of(const model::Group& group);

class Waiting {
 public:
  void push(Job job);
  // Puts jobs of one space back in front, in their order.
  void put_back(std::vector<Job> jobs);

  // Spaces take turns. Empty when nothing waits.
  std::optional<std::string> next_space();
  const Job* front(const std::string& space) const;
  Job pop(const std::string& space);
  std::vector<Job> take_all();

  bool empty() const { return by_space_.empty(); }

 private:
  std::map<std::string, std::deque<Job>> by_space_;  // none of them empty
  std::string last_;
};

}  // namespace rockpool::hub
