// Faults planted around pages that read again, and around what JSONPad, RESTED and Baserow tell them. Some
// checker has to notice each.
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

constexpr std::uint64_t places_of_entry = 1 << 14;

// A later place than the answer brings: all of the next entry is passed over.
void hurry(dialect::Body& body) {
  const std::size_t history = std::min(body.cursor.find('-'), body.cursor.size());  // RESTED says it behind
  const auto place = base::read_decimal(body.cursor.substr(0, history));
  if (place) body.cursor = base::decimal(*place + places_of_entry) + body.cursor.substr(history);
}

// What the server says of Baserow's tables, as frames.
Faults tell(const std::function<void(model::Value&)>& change) {
  Faults faults;
  faults.other_down = [=](const Link& link, std::string frame) {
    if (!is_page_of(link, Dialect::baserow)) return frame;
    model::Value said = model::read(frame).value();
    change(said);
    return said.is_null() ? std::string() : model::write(said);
  };
  return faults;
}

bool is_of_type(const model::Value& frame, std::string_view type) {
  const std::string* held = model::text_member(frame, "type");
  return held != nullptr && *held == type;
}

TEST(RereadingPlanted, nothing_is_found_where_nothing_is_planted) {
  for (const Dialect dialect : {Dialect::jsonpad, Dialect::rested, Dialect::baserow}) {
    EXPECT_EQ(caught({}, 20, dialect), "") << dialect_names[static_cast<std::size_t>(dialect)];
  }
}

TEST(RereadingPlanted, a_creation_that_is_sent_again_without_its_name) {
  EXPECT_EQ(caught(without(Dialect::jsonpad, "POST", "id"), 60, Dialect::jsonpad), invariant::once);
  EXPECT_TRUE(
      is_caught_by(without(Dialect::rested, "POST", "uniqueId"), invariant::once, 60, Dialect::rested));
  EXPECT_EQ(caught(without(Dialect::baserow, "POST", "rockpool_name"), 60, Dialect::baserow),
            invariant::once);
}

TEST(RereadingPlanted, a_write_that_ignores_the_version) {
  for (const Dialect dialect : {Dialect::jsonpad, Dialect::rested}) {
    EXPECT_TRUE(is_caught_by(without(dialect, "PUT", "version"), invariant::once, 60, dialect))
        << "sums of others are gone";
  }
  EXPECT_EQ(caught(without(Dialect::baserow, "PATCH", "rockpool_version"), 60, Dialect::baserow),
            invariant::blind);
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

TEST(RereadingPlanted, a_row_missing_from_its_page_that_is_taken_for_deleted) {
  const auto lacks = [](const Link& link, dialect::Body& body) {
    const bool is_page = link.target.find("rockpool_after=") != std::string::npos && body.status == 200;
    model::Value said = model::read(is_page ? body.bytes : "null").value();
    for (const char* list : {"results", "_rows"}) {
      const model::Value* all = model::member(said, list);
      if (all == nullptr || all->empty()) return;
      model::Value rest = model::Value::array();
      for (std::size_t i = 1; i < all->size(); ++i) rest.push_back(all->elements()[i]);
      said[list] = std::move(rest);
    }
    body.bytes = model::write(said);
  };
  EXPECT_TRUE(is_caught_by(answer(Dialect::baserow, lacks), invariant::agreement, 60, Dialect::baserow));
}

TEST(RereadingPlanted, a_cursor_that_moves_too_early) {
  const auto hurries = [](const Link& link, dialect::Body& body) {
    if (link.target.find("/lists?all=1") != std::string::npos) hurry(body);
  };
  EXPECT_EQ(caught(answer(Dialect::jsonpad, hurries), 60, Dialect::jsonpad), invariant::agreement);
  const auto hurries_too = [](const Link&, dialect::Body& body) { hurry(body); };
  EXPECT_TRUE(is_caught_by(answer(Dialect::rested, hurries_too), invariant::agreement, 60, Dialect::rested));
  const auto hurries_there = [](const Link& link, dialect::Body& body) {
    const bool is_page = link.target.find("rockpool_after=") != std::string::npos && body.status == 200;
    model::Value said = model::read(is_page ? body.bytes : "null").value();
    const auto place = model::count_member(said, "_event_id");
    if (!place) return;
    said["_event_id"] = *place + places_of_entry;
    body.bytes = model::write(said);
  };
  EXPECT_TRUE(
      is_caught_by(answer(Dialect::baserow, hurries_there), invariant::agreement, 60, Dialect::baserow));
}

TEST(RereadingPlanted, some_cells_of_a_row_that_are_taken_for_all) {
  const auto leaves_out = [](model::Value& frame) {
    if (!is_of_type(frame, "rows_updated")) return;
    model::Value rows = model::Value::array();
    const auto before = model::member(frame, "rows_before_update")->elements();
    for (std::size_t i = 0; i < before.size(); ++i) {
      model::Value row = model::member(frame, "rows")->elements()[i];
      for (const auto& [name, was] : before[i].members())
        if (name.starts_with("field_") && row[name] == was) row[name] = nullptr;
      rows.push_back(std::move(row));
    }
    frame["rows"] = std::move(rows);
  };
  EXPECT_TRUE(is_caught_by(tell(leaves_out), invariant::agreement, 60, Dialect::baserow));
}

TEST(RereadingPlanted, news_that_are_left_out) {
  Faults faults;
  int count = 0;
  faults.other_down = [count](const Link& link, const std::string& frame) mutable {
    return link.dialect == Dialect::rested && ++count % 7 == 0 ? std::string() : frame;
  };
  EXPECT_EQ(caught(faults, 60, Dialect::rested), invariant::agreement);
  const auto forgets = [rows_count = 0](model::Value& frame) mutable {
    if (is_of_type(frame, "rows_updated") && ++rows_count % 7 == 0) frame = nullptr;
  };
  EXPECT_EQ(caught(tell(forgets), 60, Dialect::baserow), invariant::agreement);
}

TEST(RereadingPlanted, a_write_answered_as_if_it_had_been_made) {
  const auto says_done = [](Dialect dialect) {
    return answer(dialect, [](const Link&, dialect::Body& body) {
      if (body.status == 412) body = {.status = 204, .bytes = ""};
    });
  };
  EXPECT_NE(caught(says_done(Dialect::jsonpad), 60, Dialect::jsonpad), "");
  EXPECT_NE(caught(says_done(Dialect::rested), 60, Dialect::rested), "");
  // A page of Baserow takes no such answer but for a removal, and few of those are overtaken.
  EXPECT_NE(caught(says_done(Dialect::baserow), 600, Dialect::baserow, 250), "");
}

TEST(RereadingPlanted, a_log_that_says_ok_and_stores_nothing) {
  for (const Dialect dialect : {Dialect::jsonpad, Dialect::rested, Dialect::baserow}) {
    Faults faults;
    faults.log_lies = true;
    EXPECT_TRUE(is_caught_by(faults, invariant::durable, 60, dialect));
  }
}

TEST(RereadingSeeds, the_same_seed_gives_the_same_trace) {
  for (const Dialect dialect : {Dialect::jsonpad, Dialect::rested, Dialect::baserow}) {
    const Outcome first = run_seed(7, Trace::Text::none, {}, dialect);
    const Outcome second = run_seed(7, Trace::Text::keep_last, {}, dialect);
    EXPECT_EQ(first.hash, second.hash);
    EXPECT_GT(first.events, 0u);
  }
}

}  // namespace
}  // namespace rockpool::sim
