#include "core/model/mutation.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/model/value.h"

namespace rockpool::model {
namespace {

using base::Code;

Mutation make(Op op, std::string data, std::string path = "") {
  Mutation mutation;
  mutation.number = 1;
  mutation.key = {.collection = "tasks", .id = "a"};
  mutation.op = op;
  mutation.data = std::move(data);
  mutation.path = std::move(path);
  return mutation;
}

std::string json_string(std::size_t bytes) {
  std::string text(bytes + 2, 'x');
  text.front() = text.back() = '"';
  return text;
}

// The data afterwards, or the error's code and pointer.
std::string after(const Mutation& mutation, std::string_view before) {
  auto result = apply(mutation, before);
  if (result) return *result;
  return std::string(name_of(result.error().code)) + " at " + result.error().path;
}

std::string add(std::string_view before, std::string path, std::string addend) {
  return after(make(Op::add, std::move(addend), std::move(path)), before);
}

TEST(Mutation, names_of_ops_are_those_of_the_wire) {
  for (const auto op : {Op::put, Op::patch, Op::remove, Op::add, Op::set_insert, Op::set_remove}) {
    EXPECT_EQ(op_of(name_of(op)), op);
  }
  EXPECT_EQ(name_of(Op::remove), "delete");
  EXPECT_EQ(name_of(Op::set_insert), "setInsert");
  EXPECT_EQ(op_of("remove"), std::nullopt);
}

// ---- put, delete, patch

TEST(Apply, put_gives_its_data_as_it_is) {
  const std::string data = R"({"a":1.0,"b":"\u0041"})";
  EXPECT_EQ(after(make(Op::put, data), ""), data);
  EXPECT_EQ(after(make(Op::put, data), R"({"old":1})"), data);
}

TEST(Apply, put_takes_1_mib_and_no_byte_more) {
  const std::size_t most = base::limits::record_bytes_max;
  EXPECT_TRUE(apply(make(Op::put, json_string(most - 2)), ""));
  EXPECT_EQ(after(make(Op::put, json_string(most - 1)), ""), "too_large at ");
}

TEST(Apply, delete_leaves_nothing) {
  EXPECT_EQ(after(make(Op::remove, ""), "{}"), "");
  EXPECT_EQ(after(make(Op::remove, ""), ""), "");
}

TEST(Apply, a_patch_that_is_an_object_is_merged) {
  EXPECT_EQ(after(make(Op::patch, R"({"b":null,"c":{"d":1}})"), R"({"a":1,"b":2})"),
            R"({"a":1,"c":{"d":1}})");
}

TEST(Apply, a_patch_that_is_an_array_is_a_json_patch) {
  EXPECT_EQ(after(make(Op::patch, R"([{"op":"add","path":"/l/0","value":0}])"), R"({"l":[1]})"),
            R"({"l":[0,1]})");
  EXPECT_EQ(
      after(make(Op::patch, R"([{"op":"add","path":"/x","value":0},{"op":"remove","path":"/y"}])"), "{}"),
      "invalid at /y");
}

TEST(Apply, everything_but_put_and_delete_needs_a_record) {
  EXPECT_EQ(after(make(Op::patch, "{}"), ""), "not_found at ");
  EXPECT_EQ(after(make(Op::add, "1", "/n"), ""), "not_found at ");
  EXPECT_EQ(after(make(Op::set_insert, "[1]", "/s"), ""), "not_found at ");
}

TEST(Apply, keeps_integers_beyond_2_to_the_53_when_other_fields_change) {
  EXPECT_EQ(after(make(Op::patch, R"({"a":2})"), R"({"big":9007199254740993,"a":1})"),
            R"({"big":9007199254740993,"a":2})");
}

TEST(Apply, refuses_a_result_that_could_not_be_read_again) {
  std::string deep = "1";
  for (int i = 0; i < 63; ++i) deep = "[" + deep + "]";
  EXPECT_NE(after(make(Op::patch, "{\"a\":" + deep + "}"), "{}").substr(0, 9), "too_large");
  EXPECT_EQ(after(make(Op::patch, R"([{"op":"copy","from":"/a","path":"/a/0/-"}])"), "{\"a\":" + deep + "}"),
            "too_large at ");
  const std::string half = json_string(600'000);
  EXPECT_EQ(after(make(Op::patch, "{\"b\":" + half + "}"), "{\"a\":" + half + "}"), "too_large at ");
}

TEST(Apply, answers_texts_that_are_no_json_with_an_error) {
  EXPECT_EQ(after(make(Op::patch, "{"), "{}"), "invalid at ");
  EXPECT_EQ(after(make(Op::patch, "{}"), "{"), "invalid at ");
  EXPECT_EQ(after(make(Op::add, "\"1\"", "/n"), "{}"), "invalid at ");
  EXPECT_EQ(after(make(Op::set_insert, "1", "/n"), "{}"), "invalid at ");
}

// ---- add

TEST(Add, keeps_integers_integers) {
  EXPECT_EQ(add(R"({"n":1})", "/n", "2"), R"({"n":3})");
  EXPECT_EQ(add(R"({"n":1})", "/n", "-2"), R"({"n":-1})");
  EXPECT_EQ(add(R"({"n":-5})", "/n", "-2"), R"({"n":-7})");
  EXPECT_EQ(add(R"({"n":-5})", "/n", "7"), R"({"n":2})");
  EXPECT_EQ(add(R"({"n":9007199254740993})", "/n", "2"), R"({"n":9007199254740995})");
  EXPECT_EQ(add(R"({"n":-1})", "/n", "18446744073709551615"), R"({"n":18446744073709551614})");
}

TEST(Add, refuses_what_64_bits_do_not_hold) {
  EXPECT_EQ(add(R"({"n":18446744073709551615})", "/n", "0"), R"({"n":18446744073709551615})");
  EXPECT_EQ(add(R"({"n":18446744073709551615})", "/n", "1"), "invalid at /n");
  EXPECT_EQ(add(R"({"n":-9223372036854775808})", "/n", "-1"), "invalid at /n");
}

TEST(Add, adds_doubles_and_refuses_infinity) {
  EXPECT_EQ(add(R"({"n":1})", "/n", "0.25"), R"({"n":1.25})");
  EXPECT_EQ(add(R"({"n":1.5})", "/n", "0.5"), R"({"n":2})");
  EXPECT_EQ(add(R"({"n":1e308})", "/n", "1e308"), "invalid at /n");
}

TEST(Add, takes_an_absent_last_member_for_0) {
  EXPECT_EQ(add("{}", "/n", "5"), R"({"n":5})");
  EXPECT_EQ(add(R"({"a":{}})", "/a/b", "-1.5"), R"({"a":{"b":-1.5}})");
  EXPECT_EQ(add(R"({"a":[{}]})", "/a/0/b", "1"), R"({"a":[{"b":1}]})");
}

TEST(Add, refuses_what_is_no_number_and_a_missing_parent) {
  EXPECT_EQ(add("{}", "/a/b", "1"), "invalid at /a/b");
  EXPECT_EQ(add(R"({"a":1})", "/a/b", "1"), "invalid at /a/b");
  EXPECT_EQ(add(R"({"a":"1"})", "/a", "1"), "invalid at /a");
  EXPECT_EQ(add(R"({"a":null})", "/a", "1"), "invalid at /a");
  EXPECT_EQ(add(R"({"a":[1]})", "/a/1", "1"), "invalid at /a/1");
  EXPECT_EQ(add(R"({"a":[1]})", "/a/-", "1"), "invalid at /a/-");
  EXPECT_EQ(add("{}", "/__proto__/x", "1"), "invalid at /__proto__/x");
}

TEST(Add, adds_to_a_record_that_is_a_number) { EXPECT_EQ(add("41", "", "1"), "42"); }

// ---- sets

TEST(SetInsert, appends_what_is_not_there_in_the_order_given) {
  EXPECT_EQ(
      after(make(Op::set_insert, R"(["c","a","c",1,{"y":2,"x":1}])", "/t"), R"({"t":["a",{"x":1,"y":2.0}]})"),
      R"({"t":["a",{"x":1,"y":2.0},"c",1]})");
}

TEST(SetInsert, takes_an_absent_array_for_an_empty_one) {
  EXPECT_EQ(after(make(Op::set_insert, R"([1,1.0,2])", "/t"), "{}"), R"({"t":[1,2]})");
}

TEST(SetRemove, removes_every_equal_value_and_keeps_the_order) {
  EXPECT_EQ(after(make(Op::set_remove, R"([2.0,{"b":1,"a":2}])", "/t"), R"({"t":[3,2,{"a":2,"b":1},1,2]})"),
            R"({"t":[3,1]})");
  EXPECT_EQ(after(make(Op::set_remove, "[1]", "/t"), "{}"), R"({"t":[]})");
}

TEST(Set, refuses_what_is_no_array_and_a_missing_parent) {
  EXPECT_EQ(after(make(Op::set_insert, "[1]", "/t"), R"({"t":{}})"), "invalid at /t");
  EXPECT_EQ(after(make(Op::set_remove, "[1]", "/t"), R"({"t":null})"), "invalid at /t");
  EXPECT_EQ(after(make(Op::set_insert, "[1]", "/a/t"), "{}"), "invalid at /a/t");
}

// ---- check

Code checked(const Mutation& mutation) {
  const auto status = check(mutation);
  return status ? Code::usage : status.error().code;
}
constexpr Code fine = Code::usage;

TEST(Check, takes_a_fitting_mutation_of_each_op) {
  EXPECT_EQ(checked(make(Op::put, "null")), fine);
  EXPECT_EQ(checked(make(Op::patch, "{}")), fine);
  EXPECT_EQ(checked(make(Op::patch, "[]")), fine);
  EXPECT_EQ(checked(make(Op::remove, "")), fine);
  EXPECT_EQ(checked(make(Op::add, "-1.5", "/n")), fine);
  EXPECT_EQ(checked(make(Op::set_insert, "[]", "/s")), fine);
  EXPECT_EQ(checked(make(Op::set_remove, "[1]", "")), fine);
}

TEST(Check, refuses_data_that_does_not_fit_the_op) {
  for (const Mutation& wrong :
       {make(Op::put, ""), make(Op::patch, ""), make(Op::patch, "1"), make(Op::patch, "[1]"),
        make(Op::remove, "{}"), make(Op::add, "\"1\"", "/n"), make(Op::add, "", "/n"),
        make(Op::set_insert, "{}", "/s"), make(Op::set_remove, "1", "/s"), make(Op::patch, "[{")}) {
    EXPECT_EQ(checked(wrong), Code::invalid) << name_of(wrong.op) << ' ' << wrong.data;
  }
}

TEST(Check, refuses_paths_that_are_none_or_not_wanted) {
  EXPECT_EQ(checked(make(Op::put, "1", "/a")), Code::invalid);
  EXPECT_EQ(checked(make(Op::add, "1", "a")), Code::invalid);
  EXPECT_EQ(checked(make(Op::add, "1", "/a/constructor")), Code::invalid);
}

TEST(Check, refuses_names_that_are_none_and_those_closed_to_clients) {
  Mutation mutation = make(Op::put, "1");
  mutation.key.id = "";
  EXPECT_EQ(checked(mutation), Code::invalid);
  mutation.key = {.collection = "$collections", .id = "a"};
  EXPECT_EQ(checked(mutation), Code::forbidden);
}

TEST(Check, refuses_fences_that_contradict_each_other) {
  Mutation mutation = make(Op::put, "1");
  mutation.base = 1;
  EXPECT_EQ(checked(mutation), fine);
  mutation.after = 2;
  EXPECT_EQ(checked(mutation), Code::invalid);
  Mutation add_to = make(Op::add, "1", "/n");
  add_to.base = 1;
  EXPECT_EQ(checked(add_to), Code::invalid);
}

TEST(Check, refuses_more_than_1_mib) {
  EXPECT_EQ(checked(make(Op::put, std::string(base::limits::record_bytes_max, '1'))), fine);
  EXPECT_EQ(checked(make(Op::put, std::string(base::limits::record_bytes_max + 1, '1'))), Code::too_large);
}

}  // namespace
}  // namespace rockpool::model
