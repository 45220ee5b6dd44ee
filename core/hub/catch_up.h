// Brings a reader from its cursor to where the log stands: from the recent entries, or by reading the log.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>

#include "core/hub/state.h"

namespace rockpool::hub {

class CatchUps {
 public:
  // What a reader is shown, of each collection it asks for.
  using Sights = std::map<std::string, rights::Sight>;

  explicit CatchUps(State& state) : state_(state) {}

  // `refresh` is called when the cursor is ahead of what this hub has read; `refreshed` is expected some time
  // after.
  void ask(model::Ticket ticket, const std::string& space, const model::CatchUp& command, Sights sights,
           const std::function<void()>& refresh);
  void refreshed();
  void read(LogRead result);

 private:
  struct Reader {
    model::Ticket ticket = 0;
    std::string space;
    Sights sights;
    std::size_t bytes_max = 0;
    std::size_t bytes = 0;
    model::Cursor at;
    model::Since since;
  };

  void begin(Reader reader);
  void go_on(std::uint64_t read_ticket, Reader reader);
  void start_waiting();
  void collect(Reader& reader, const Entry& entry) const;
  void finish(Reader reader);
  void gone(const Reader& reader, std::string_view reason);
  void answer(Reader reader, bool more);

  State& state_;
  std::deque<Reader> ahead_;                 // wait for a refresh
  std::deque<Reader> waiting_;               // wait for their turn to read
  std::map<std::uint64_t, Reader> reading_;  // by the ticket of their read
  std::uint64_t next_ticket_ = read_for_catch_up;
};

}  // namespace rockpool::hub
