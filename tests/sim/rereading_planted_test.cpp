// Faults planted around pages that read again, and around what JSONPad and RESTED tell them. Some checker has
// to notice each.
#include <algorithm>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "core/base/text.h"
#include "core/model/value.h"
#include "core/wire/url.h"
#include "tests/sim/planted.h"

namespace rockpool::sim {
namespace {

bool is_page_of(const Link& link, Dialect dialect) { return link.dialect == dialect && !link.is_copy; }

// Takes `name=value` out of a query.
void strip(std::string& query, const std::string& name) {
  std::string rest;
  for (const std::string_view part : base::split(query, '&')) {
    if (part.substr(0, part.find('=')) != name) (rest += rest.empty() ? "" : "&") += part;
  }
  query = rest;
}

Faults without(Dialect dialect, const std::string& method, const std::string& name) {
  Faults faults;
  faults.request = [=](const Link& link, wire::RequestHead& head) {
    if (is_page_of(link, dialect) && head.method == method) strip(head.query, name);
  };
  return faults;
}

Faults answer(Dialect dialect, const std::function<void(const Link&, dialect::Body&)>& change) {
  Faults faults;
  faults.answer = [=](const Link& link, dialect::Body& body) {
    if (is_page_of(link, dialect)) change(link, body);
  };
  return faults;
}

// A later place than the answer brings: all of the next entry is passed over.
void hurry(dialect::Body& body) {
  constexpr std::uint64_t places_of_entry = 1 << 14;
  const std::size_t history = std::min(body.cursor.find('-'), body.cursor.size());  // RESTED says it behind
  const auto place = base::read_decimal(body.cursor.substr(0, history));
  if (place) body.cursor = base::decimal(*place + places_of_entry) + body.cursor.substr(history);
}

TEST(RereadingPlanted, nothing_is_found_where_nothing_is_planted) {
  for (const Dialect dialect : {Dialect::jsonpad, Dialect::rested}) {
    EXPECT_EQ(caught({}, 20, dialect), "") << dialect_names[static_cast<std::size_t>(dialect)];
  }
}

TEST(RereadingPlanted, a_creation_that_is_sent_again_without_its_name) {
  EXPECT_EQ(caught(without(Dialect::jsonpad, "POST", "id"), 60, Dialect::jsonpad), invariant::once);
  EXPECT_TRUE(
      is_caught_by(without(Dialect::rested, "POST", "uniqueId"), invariant::once, 60, Dialect::rested));
}

TEST(RereadingPlanted, a_write_that_ignores_the_version) {
  for (const Dialect dialect : {Dialect::jsonpad, Dialect::rested}) {
    EXPECT_TRUE(is_caught_by(without(dialect, "PUT", "version"), invariant::once, 60, dialect))
        << "sums of others are gone";
  }
}

TEST(RereadingPlanted, an_item_missing_from_its_page_that_is_taken_for_deleted) {
  // Also from where it is looked for alone.
  const auto lacks = [](const Link& link, dialect::Body& body) {
    const bool is_page = link.target.find("page_size=200") != std::string::npos;
    auto said = is_page && body.status == 200 ? model::read(body.bytes) : model::read("null");
    model::Value* items = said ? model::member(*said, "items") : nullptr;
    if (items == nullptr || items->size() < 2) return;
    const std::size_t begin = body.bytes.find("[{");
    const std::size_t next = body.bytes.find("},{\"created\"", begin);
    if (next != std::string::npos) body.bytes.erase(begin + 1, next + 1 - begin);
  };
  EXPECT_EQ(caught(answer(Dialect::jsonpad, lacks), 60, Dialect::jsonpad), invariant::agreement);
}

TEST(RereadingPlanted, a_cursor_that_moves_too_early) {
  const auto hurries = [](const Link& link, dialect::Body& body) {
    if (link.target.find("/lists?all=1") != std::string::npos) hurry(body);
  };
  EXPECT_EQ(caught(answer(Dialect::jsonpad, hurries), 60, Dialect::jsonpad), invariant::agreement);
  const auto hurries_too = [](const Link&, dialect::Body& body) { hurry(body); };
  EXPECT_TRUE(is_caught_by(answer(Dialect::rested, hurries_too), invariant::agreement, 60, Dialect::rested));
}

TEST(RereadingPlanted, news_that_are_left_out) {
  Faults faults;
  int count = 0;
  faults.other_down = [count](const Link& link, const std::string& frame) mutable {
    return link.dialect == Dialect::rested && ++count % 7 == 0 ? std::string() : frame;
  };
  EXPECT_EQ(caught(faults, 60, Dialect::rested), invariant::agreement);
}

TEST(RereadingPlanted, a_write_answered_as_if_it_had_been_made) {
  for (const Dialect dialect : {Dialect::jsonpad, Dialect::rested}) {
    const auto faults = answer(dialect, [](const Link&, dialect::Body& body) {
      if (body.status == 412) body = {.status = 204, .bytes = ""};
    });
    EXPECT_NE(caught(faults, 60, dialect), "");
  }
}

TEST(RereadingPlanted, a_log_that_says_ok_and_stores_nothing) {
  for (const Dialect dialect : {Dialect::jsonpad, Dialect::rested}) {
    Faults faults;
    faults.log_lies = true;
    EXPECT_TRUE(is_caught_by(faults, invariant::durable, 60, dialect));
  }
}

TEST(RereadingSeeds, the_same_seed_gives_the_same_trace) {
  for (const Dialect dialect : {Dialect::jsonpad, Dialect::rested}) {
    const Outcome first = run_seed(7, Trace::Text::none, {}, dialect);
    const Outcome second = run_seed(7, Trace::Text::keep_last, {}, dialect);
    EXPECT_EQ(first.hash, second.hash);
    EXPECT_GT(first.events, 0u);
  }
}

}  // namespace
}  // namespace rockpool::sim
