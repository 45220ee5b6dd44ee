// What the parts of a hub share: the view, where the log stands, and what is to be done.
#pragma once

#include <deque>
#include <string>

#include "core/hub/field_rules.h"
#include "core/hub/hub.h"
#include "core/hub/recent.h"
#include "core/hub/view.h"
#include "core/rights/rights.h"
#include "core/schema/schemas.h"

namespace rockpool::hub {

// Who reads the log. Catch-ups take their tickets after these.
enum ReadTicket : std::uint64_t { read_for_writer = 0, read_for_retention = 1, read_for_catch_up = 2 };

struct State {
  State(const Limits& with, base::Prng chance)
      : limits(with), prng(chance), recent(with.recent_entries_max, with.recent_bytes_max) {}

  Limits limits;
  base::Prng prng;
  View view;
  Recent recent;  // its end is the end of the log, as far as this hub has seen
  std::uint64_t epoch = 0;
  std::uint64_t first_seq = 1;  // oldest entry kept, as far as this hub knows
  base::Instant last_time;
  Figures figures;
  std::deque<Output> out;
  std::shared_ptr<const rights::Rights> rights = std::make_shared<rights::Rights>();
  std::shared_ptr<const schema::Schemas> schemas;  // null: anything goes
  FieldRules fields;

  void answer(model::Ticket ticket, model::Reply reply) { out.push_back(Answer{ticket, std::move(reply)}); }
  void fail(model::Ticket ticket, base::Error error, std::int64_t retry_after_ms = 0) {
    figures.errors[static_cast<std::size_t>(error.code)] += 1;
    answer(ticket, model::Failed{.error = std::move(error), .retry_after_ms = retry_after_ms});
  }

  // For readers of this space who have seen everything up to `seq`, whose chain hash is given.
  std::string cursor(const std::string& space, std::uint64_t seq, std::uint64_t chain) const;
  std::string cursor(const std::string& space) const {
    return cursor(space, recent.last_seq(), recent.last_chain());
  }

  // The log goes on with this entry: the view takes it, and the notices about it come back. Whoever waits for
  // an outcome in it has to be answered before they are told.
  Tell take(Entry entry);
};

// As it is told to who saw the record before and does not any more.
model::Change out_of_sight(const model::Change& change);

std::uint32_t checksum_of(const std::string& space);

}  // namespace rockpool::hub
