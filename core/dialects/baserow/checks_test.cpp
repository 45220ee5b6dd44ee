#include "core/dialects/baserow/checks.h"

#include <array>

#include <gtest/gtest.h>

namespace rockpool::dialects::baserow {
namespace {

// What the checks say of a body, or nothing.
template <typename Read>
std::string said_of(const std::string& body, const Read& read) {
  const auto value = model::read(body);
  EXPECT_TRUE(value.ok()) << body;
  Checks checks(*value);
  read(checks);
  const auto fault = checks.fault();
  return fault ? fault->details : "";
}

std::string problem(const std::string& name, const std::string& error, const std::string& code) {
  return R"({")" + name + R"(":[{"error":")" + error + R"(","code":")" + code + R"("}]})";
}

TEST(BaserowChecks, of_texts) {
  const auto read = [](Checks& checks) { checks.text("a", {.letters_max = 3, .letters_min = 2}); };
  EXPECT_EQ(said_of(R"({"a":"xy"})", read), "");
  EXPECT_EQ(said_of(R"({"a":"äöü"})", read), "") << "letters count, not bytes";
  EXPECT_EQ(said_of("{}", read), problem("a", "This field is required.", "required"));
  EXPECT_EQ(said_of(R"({"a":null})", read), problem("a", "This field may not be null.", "null"));
  EXPECT_EQ(said_of(R"({"a":7})", read), problem("a", "Not a valid string.", "invalid"));
  EXPECT_EQ(said_of(R"({"a":""})", read), problem("a", "This field may not be blank.", "blank"));
  EXPECT_EQ(said_of(R"({"a":"x"})", read),
            problem("a", "Ensure this field has at least 2 characters.", "min_length"));
  EXPECT_EQ(said_of(R"({"a":"wxyz"})", read),
            problem("a", "Ensure this field has no more than 3 characters.", "max_length"));
  EXPECT_EQ(said_of("{}", [](Checks& checks) { EXPECT_FALSE(checks.maybe_text("a")); }), "");
}

TEST(BaserowChecks, of_choices_ids_and_flags) {
  constexpr std::array<std::string_view, 2> words = {"x", "y"};
  const auto choice = [&](Checks& checks) { checks.choice("a", words); };
  EXPECT_EQ(said_of(R"({"a":"y"})", choice), "");
  EXPECT_EQ(said_of(R"({"a":"z"})", choice),
            problem("a", R"(\"z\" is not a valid choice.)", "invalid_choice"));
  EXPECT_EQ(said_of(R"({"a":7})", choice), problem("a", R"(\"7\" is not a valid choice.)", "invalid_choice"));
  const auto id = [](Checks& checks) {
    const Id read = checks.id("a");
    EXPECT_EQ(read, checks.fault() ? 0u : 7u);
  };
  EXPECT_EQ(said_of(R"({"a":7})", id), "");
  EXPECT_EQ(said_of(R"({"a":"7"})", id), "");
  for (const char* body : {R"({"a":"x"})", R"({"a":-7})", R"({"a":7.5})", R"({"a":9007199254740993})"})
    EXPECT_EQ(said_of(body, id), problem("a", "A valid integer is required.", "invalid")) << body;
  const auto flag = [](Checks& checks) { checks.maybe_flag("a"); };
  EXPECT_EQ(said_of(R"({"a":false})", flag), "");
  EXPECT_EQ(said_of(R"({"a":0})", flag), problem("a", "Must be a valid boolean.", "invalid"));
}

TEST(BaserowChecks, of_lists_and_objects) {
  const auto ids = [](Checks& checks) { checks.ids("a", 3); };
  EXPECT_EQ(said_of(R"({"a":[1,2,3]})", ids), "");
  EXPECT_EQ(said_of(R"({"a":[1,2,3,4]})", ids),
            problem("a", "Ensure this field has no more than 3 elements.", "max_length"));
  EXPECT_EQ(said_of(R"({"a":[1,1]})", ids), problem("a", "The id 1 is there more than once.", "unique"));
  EXPECT_EQ(said_of(R"({"a":{}})", ids),
            problem("a", R"(Expected a list of items but got type \"dict\".)", "not_a_list"));
  const auto object = [](Checks& checks) { checks.object("a"); };
  EXPECT_EQ(said_of(R"({"a":{}})", object), "");
  EXPECT_EQ(said_of(R"({"a":[]})", object),
            problem("a", R"(Expected a dictionary of items but got type \"list\".)", "not_a_dict"));
}

TEST(BaserowChecks, of_bodies_that_are_no_objects_or_have_more_than_is_known) {
  const auto nothing = [](Checks&) {};
  EXPECT_EQ(said_of("[]", nothing),
            problem("non_field_errors", "Invalid data. Expected a dictionary, but got list.", "invalid"));
  EXPECT_EQ(said_of("[]", [](Checks& checks) { checks.text("a"); }), said_of("[]", nothing));
  constexpr std::array<std::string_view, 1> known = {"a"};
  EXPECT_NE(said_of(R"({"a":1,"b":2})", [&](Checks& checks) { checks.only(known); }), "");
  EXPECT_EQ(said_of(R"({"a":1})", [&](Checks& checks) { checks.only(known); }), "");
}

TEST(BaserowChecks, of_emails) {
  for (const char* fine : {"a@x.test", "a.b+c@x.y.test", "\xc3\xa4@x.test"})
    EXPECT_TRUE(is_email(fine)) << fine;
  for (const char* wrong : {"", "a", "@x.test", "a@x", "a@.test", "a@x.", "a@x..test", "a b@x.test",
                            "a@b@x.test", "a/b@x.test", "a\n@x.test"})
    EXPECT_FALSE(is_email(wrong)) << wrong;
  std::string longest(247, 'a');
  longest += "@x.test";
  EXPECT_TRUE(is_email(longest));
  EXPECT_FALSE(is_email('a' + longest));
}

TEST(BaserowFaults, are_worded_as_the_contract_says) {
  EXPECT_EQ(text_of({.wrong = Wrong::no_group}),
            R"({"error":"ERROR_GROUP_DOES_NOT_EXIST","detail":"The group does not exist."})");
  EXPECT_EQ(status_of({.wrong = Wrong::no_group}), 404);
  EXPECT_EQ(text_of({.wrong = Wrong::body, .details = "{}"}),
            R"({"error":"ERROR_REQUEST_BODY_VALIDATION","detail":{}})");
  EXPECT_EQ(status_of(fault_of({.code = base::Code::overloaded, .message = {}, .path = {}})), 503);
  EXPECT_EQ(status_of(fault_of({.code = base::Code::too_large, .message = {}, .path = {}})), 413);
}

}  // namespace
}  // namespace rockpool::dialects::baserow
