// The rules themselves are judged by graphql-js (tests/graphql); here is what it does not have: bounds.
#include "core/graphql/validate.h"

#include "core/graphql/world_test.h"

namespace rockpool::graphql {
namespace {

template <typename Part>
std::string repeat(std::size_t count, Part part) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part(std::to_string(i)) + ' ';
  return text;
}

std::string keys(std::size_t count) {
  return '{' + repeat(count, [](const std::string& i) { return "k" + i + ":named{name}"; }) + '}';
}

TEST(Validate, one_field_is_asked_for_under_a_bounded_number_of_keys) {
  EXPECT_EQ(error_of(keys(20)), "");
  EXPECT_EQ(error_of(keys(21)), "Field 'named' is asked for under more keys than a field may be");
  EXPECT_EQ(errors_of(keys(5000))[0].code, "tooManyAliases");
}

TEST(Validate, the_fields_of_an_operation_are_counted_through_its_fragments) {
  const auto names = [](std::size_t count) {
    return '{' + repeat(count, [](const std::string&) { return std::string("__typename"); }) + '}';
  };
  EXPECT_EQ(error_of(names(10'000)), "");
  EXPECT_EQ(error_of(names(10'001)), "The operation asks for more fields than an operation may");
  const std::string doubling = repeat(40, [](const std::string& i) {
    return "fragment F" + i + " on Query{...F" + std::to_string(std::stoi(i) + 1) + " a:__typename ...F" +
           std::to_string(std::stoi(i) + 1) + "}";
  });
  EXPECT_EQ(errors_of("{...F0}" + doubling + "fragment F40 on Query{__typename}")[0].code, "queryTooLarge");
}

TEST(Validate, depth_is_counted_through_fragments) {
  const auto chain = [](std::size_t length) {
    const std::string links = repeat(length, [](const std::string& i) {
      return "fragment F" + i + " on Person{friend{...F" + std::to_string(std::stoi(i) + 1) + "}}";
    });
    return "{person{...F0}}" + links + "fragment F" + std::to_string(length) + " on Person{name}";
  };
  EXPECT_EQ(error_of(chain(30)), "");
  EXPECT_EQ(errors_of(chain(40))[0].code, "queryTooDeep");
  EXPECT_EQ(errors_of(chain(3000))[0].code, "queryTooDeep");
}

TEST(Validate, many_fragments_in_a_circle_end_with_an_error) {
  const std::string circle = repeat(5000, [](const std::string& i) {
    return "fragment F" + i + " on Query{...F" + std::to_string((std::stoi(i) + 1) % 5000) + "}";
  });
  EXPECT_EQ(error_of("{...F0}" + circle), "Fragment F0 contains an infinite loop");
}

TEST(Validate, the_work_of_comparing_many_with_many_is_bounded) {
  const std::string operations =
      repeat(5000, [](const std::string& i) { return "query Q" + i + "{...F}"; }) + "fragment F on Query{" +
      repeat(3000, [](const std::string&) { return std::string("__typename"); }) + "}";
  const std::vector<Error> errors = errors_of(operations);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].message, "The document takes more work to check than a document may");
}

TEST(Validate, errors_are_as_many_as_anybody_reads) {
  EXPECT_EQ(errors_of('{' + repeat(500, [](const std::string& i) { return "nobody" + i; }) + '}').size(),
            100u);
}

TEST(Validate, introspection_is_not_asked_for_lists_of_lists_of_lists) {
  EXPECT_EQ(error_of("{__schema{types{fields{type{fields{name}}}}}}"), "");
  EXPECT_EQ(
      error_of("{__schema{types{...T}}}fragment T on __Type{fields{type{fields{type{interfaces{name}}}}}}"),
      "Maximum introspection depth exceeded");
}

}  // namespace
}  // namespace rockpool::graphql
