// Faults planted around pages of DatoCMS and programs that listen to its channels: in what they are told of
// queries, and of the models that they keep. Some checker has to notice each.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "core/base/text.h"
#include "core/model/value.h"
#include "tests/sim/planted.h"

namespace rockpool::sim {
namespace {

// What the server says over pages' sockets. Null: it gets lost.
Faults tell(const std::function<void(const Link&, model::Value&)>& change) {
  Faults faults;
  faults.other_down = [=](const Link& link, std::string frame) {
    if (link.dialect != Dialect::datocms || link.kind != Link::Kind::websocket) return frame;
    model::Value said = model::read(frame).value();
    change(link, said);
    return said.is_null() ? std::string() : model::write(said);
  };
  return faults;
}

bool is_of_type(const model::Value& frame, std::string_view type) {
  const std::string* held = model::text_member(frame, "type");
  return held != nullptr && *held == type;
}

// A later place than is true: what comes next is passed over.
void hurry(model::Value& frame) {
  const std::string cursor = *model::text_member(frame, "cursor");
  const std::size_t mark = cursor.find('-');
  const std::uint64_t place = base::read_decimal(cursor.substr(0, mark)).value();
  frame["cursor"] = base::decimal(place + 1) + cursor.substr(mark);
}

std::string found_in(const Faults& faults) { return caught(faults, 60, Dialect::datocms); }
bool is_found(const Faults& faults, const std::string& invariant) {
  return is_caught_by(faults, invariant, 60, Dialect::datocms);
}

TEST(DatocmsPlanted, nothing_is_found_where_nothing_is_planted) {
  EXPECT_EQ(caught({}, 15, Dialect::datocms), "");
}

TEST(DatocmsPlanted, a_result_that_is_not_told) {
  const auto forgets = [count = 0](const Link&, model::Value& frame) mutable {
    if (is_of_type(frame, "update") && ++count % 5 == 0) frame = nullptr;
  };
  EXPECT_EQ(found_in(tell(forgets)), invariant::agreement);
}

TEST(DatocmsPlanted, a_result_that_a_channel_is_not_told) {
  Faults faults;
  faults.other_down = [count = 0](const Link& link, std::string frame) mutable {
    const bool is_update =
        link.kind == Link::Kind::events && frame.find("event: update") != std::string::npos;
    return is_update && ++count % 5 == 0 ? std::string() : frame;
  };
  EXPECT_EQ(found_in(faults), invariant::agreement);
}

TEST(DatocmsPlanted, a_result_of_another_query) {
  const auto confuses = [last = std::string()](const Link&, model::Value& frame) mutable {
    if (!is_of_type(frame, "update")) return;
    const std::string key = *model::text_member(frame, "key");
    if (!last.empty()) frame["key"] = last;
    last = key;
  };
  EXPECT_EQ(found_in(tell(confuses)), invariant::feed);
}

TEST(DatocmsPlanted, a_result_that_was_told_before) {
  const auto repeats = [first = std::map<std::string, model::Value>()](const Link&,
                                                                       model::Value& frame) mutable {
    if (!is_of_type(frame, "update")) return;
    const auto [held, is_new] = first.emplace(*model::text_member(frame, "key"), frame);
    if (!is_new) frame = held->second;
  };
  EXPECT_TRUE(is_found(tell(repeats), invariant::feed));
}

TEST(DatocmsPlanted, a_change_that_is_lost_behind_all_the_records) {
  const auto forgets = [begun = std::set<std::pair<CarrierId, std::string>>()](const Link& link,
                                                                               model::Value& frame) mutable {
    const std::string* model = model::text_member(frame, "model");
    if (is_of_type(frame, "records")) begun.emplace(link.id, *model);
    if (is_of_type(frame, "changes") && begun.erase({link.id, *model}) > 0) frame = nullptr;
  };
  EXPECT_EQ(found_in(tell(forgets)), invariant::agreement);
}

TEST(DatocmsPlanted, a_record_that_is_left_out_of_all_of_them) {
  const auto leaves_out = [](const Link&, model::Value& frame) {
    const model::Value* all = is_of_type(frame, "records") ? model::member(frame, "records") : nullptr;
    if (all == nullptr || all->empty()) return;
    model::Value rest = model::Value::array();
    for (std::size_t i = 1; i < all->size(); ++i) rest.push_back(all->elements()[i]);
    frame["records"] = std::move(rest);
  };
  EXPECT_EQ(found_in(tell(leaves_out)), invariant::agreement);
}

TEST(DatocmsPlanted, a_place_that_is_said_too_early) {
  const auto hurries = [](const Link&, model::Value& frame) {
    if (is_of_type(frame, "records") || is_of_type(frame, "changes")) hurry(frame);
  };
  EXPECT_EQ(found_in(tell(hurries)), invariant::agreement);
}

TEST(DatocmsPlanted, a_write_without_its_version) {
  Faults faults;
  faults.request = [](const Link& link, wire::RequestHead& head) {
    if (link.dialect == Dialect::datocms && head.method == "PUT") head.query.clear();
  };
  EXPECT_EQ(found_in(faults), invariant::blind);
}

TEST(DatocmsPlanted, a_creation_without_its_name) {
  Faults faults;
  faults.request = [](const Link& link, wire::RequestHead& head) {
    if (link.dialect == Dialect::datocms && head.path.ends_with("/items")) head.query.clear();
  };
  EXPECT_EQ(found_in(faults), invariant::once);
}

TEST(DatocmsPlanted, a_write_answered_as_if_it_had_been_made) {
  Faults faults;
  faults.answer = [](const Link& link, dialect::Body& body) {
    const auto asked = model::read(link.method == "PUT" && body.status == 412 ? link.body : "null");
    const model::Value* data = asked ? model::member(*asked, "data") : nullptr;
    const model::Value* fields = data == nullptr ? nullptr : model::member(*data, "attributes");
    if (fields == nullptr || link.dialect != Dialect::datocms) return;
    const std::size_t query = link.target.find("?version=");
    const auto version = base::read_decimal(link.target.substr(query + std::string("?version=").size()));
    const std::size_t id = link.target.rfind('/', query) + 1;
    body = {.status = 200,
            .bytes = R"({"record":{"id":")" + link.target.substr(id, query - id) + R"(","version":)" +
                     base::decimal(*version + 1) + R"(,"data":)" + model::write(*fields) + "}}"};
  };
  EXPECT_TRUE(is_found(faults, invariant::durable));
}

TEST(DatocmsPlanted, a_log_that_says_ok_and_stores_nothing) {
  Faults faults;
  faults.log_lies = true;
  EXPECT_TRUE(is_found(faults, invariant::durable));
}

TEST(DatocmsSeeds, the_same_seed_gives_the_same_trace) {
  for (const std::uint64_t seed : {7u, 8u}) {
    const Outcome first = run_seed(seed, Trace::Text::none, {}, Dialect::datocms);
    const Outcome second = run_seed(seed, Trace::Text::keep_last, {}, Dialect::datocms);
    EXPECT_EQ(first.hash, second.hash);
    EXPECT_GT(first.events, 0u);
  }
}

}  // namespace
}  // namespace rockpool::sim
