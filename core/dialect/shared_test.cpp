#include <gtest/gtest.h>

#include "core/dialect/deadlines.h"
#include "core/dialect/frames.h"
#include "core/dialect/members.h"
#include "core/dialect/object_text.h"
#include "core/dialect/pulse.h"

namespace rockpool::dialect {
namespace {

TEST(ObjectText, writes_members_in_order_and_escapes_texts) {
  std::string out = "x";
  ObjectText text(out);
  text.text("a", "q\"\n").count("b", 9007199254740991).integer("c", -1).flag("d", false).raw("e", "[1]");
  ObjectText(text.member("f")).end();
  text.end();
  EXPECT_EQ(out, R"(x{"a":"q\"\n","b":9007199254740991,"c":-1,"d":false,"e":[1],"f":{}})");
}

TEST(ObjectText, writes_lists_of_any_length) {
  std::string out;
  const auto each = [&](int one) { out += std::to_string(one); };
  append_list(out, std::vector<int>{}, each);
  append_list(out, std::vector<int>{1}, each);
  append_list(out, std::vector<int>{1, 2}, each);
  EXPECT_EQ(out, "[][1][1,2]");
}

TEST(Members, reads_what_fits_and_takes_null_for_absent) {
  const auto value = model::read(R"({"t":"x","n":7.0,"f":true,"l":[1,2],"z":null})");
  Members members(*value, "m");
  EXPECT_EQ(members.text("t"), "x");
  EXPECT_EQ(members.count("n"), 7u);
  EXPECT_TRUE(members.flag_or("f", false));
  EXPECT_EQ(members.counts("l", 2), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(members.text_or("z", "o"), "o");
  EXPECT_EQ(members.maybe_count("z"), std::nullopt);
  EXPECT_TRUE(members.flag_or("z", true));
  EXPECT_EQ(members.error(), std::nullopt);
}

TEST(Members, keeps_the_first_thing_that_was_wrong) {
  const auto value = model::read(R"({"t":7,"n":9007199254740992,"l":[1,2,3]})");
  Members members(*value, "m");
  members.text("t");
  members.count("n");
  members.counts("l", 2);
  ASSERT_TRUE(members.error());
  EXPECT_EQ(members.error()->code, base::Code::bad_message);
  EXPECT_EQ(members.error()->message, "m.t is no text");
}

TEST(Members, names_each_kind_of_fault) {
  const auto value = model::read(R"({"t":7,"n":9007199254740992,"l":[1,2,3],"f":0,"o":[]})");
  const auto fault = [&](const auto& act) {
    Members members(*value, "m");
    act(members);
    return members.error() ? members.error()->message : "";
  };
  EXPECT_EQ(fault([](Members& m) { m.text("x"); }), "m.x is missing, give a text");
  EXPECT_EQ(fault([](Members& m) { m.count("x"); }), "m.x is missing, give a whole number");
  EXPECT_EQ(fault([](Members& m) { m.count("n"); }), "m.n is no whole number from 0 to 2^53-1");
  EXPECT_EQ(fault([](Members& m) { m.counts("l", 2); }), "m.l has more than 2 numbers");
  EXPECT_EQ(fault([](Members& m) { m.flag_or("f", true); }), "m.f is neither true nor false");
  EXPECT_EQ(fault([](Members& m) { m.object("o"); }), "m.o is no object");
  EXPECT_EQ(fault([](Members& m) { m.array("t"); }), "m.t is no array");
}

TEST(Deadlines, wake_in_order_of_time_and_once) {
  Deadlines deadlines;
  deadlines.set(1, {300});
  deadlines.set(2, {100});
  deadlines.set(3, {200});
  EXPECT_EQ(deadlines.next(), Instant{100});
  EXPECT_EQ(deadlines.take({200}), (std::vector<CarrierId>{2, 3}));
  EXPECT_EQ(deadlines.take({200}), std::vector<CarrierId>{});
  EXPECT_EQ(deadlines.next(), Instant{300});
}

TEST(Deadlines, take_an_earlier_one_and_let_a_later_one_be) {
  Deadlines deadlines;
  deadlines.set(1, {300});
  deadlines.set(1, {500});
  EXPECT_EQ(deadlines.next(), Instant{300});
  deadlines.set(1, {100});
  EXPECT_EQ(deadlines.take({100}), std::vector<CarrierId>{1});
  EXPECT_TRUE(deadlines.empty());
}

TEST(Deadlines, forget_who_has_left) {
  Deadlines deadlines;
  deadlines.set(1, {300});
  deadlines.forget(1);
  deadlines.forget(2);
  EXPECT_TRUE(deadlines.empty());
  EXPECT_EQ(deadlines.next(), std::nullopt);
}

TEST(Frames, joins_messages_into_one_array) {
  EXPECT_EQ(join_json({share("{}")}), "[{}]");
  EXPECT_EQ(join_json({share("{}"), share("[1]")}), "[{},[1]]");
}

TEST(Frames, gives_each_carrier_a_prefix_that_begins_no_other) {
  EXPECT_EQ(member_prefix(1), "0000000000000001.");
  EXPECT_FALSE(member_prefix(16).starts_with(member_prefix(1)));
}

TEST(Frames, knows_an_answer_that_goes_on) {
  EXPECT_TRUE(stays_open(model::Written{.outcomes = {}, .more = true}));
  EXPECT_FALSE(stays_open(model::Written{}));
  EXPECT_FALSE(stays_open(model::Greeted{}));
}

TEST(Pulse, counts_each_direction_by_itself) {
  Pulse pulse(base::seconds(10), base::seconds(25));
  pulse.begin({0});
  pulse.said({4'000});
  pulse.heard({7'000});
  EXPECT_EQ(pulse.speak_at(), Instant{14'000});
  EXPECT_EQ(pulse.dead_at(), Instant{32'000});
}

}  // namespace
}  // namespace rockpool::dialect
