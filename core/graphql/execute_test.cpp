#include "core/graphql/execute.h"

#include "core/graphql/world_test.h"

namespace rockpool::graphql {
namespace {

// A query over answers, run until nothing is missing.
struct Ran {
  std::string result;
  int rounds = 0;
};

Ran run(std::string_view query, Answers& answers, const ExecuteLimits& limits = {},
        std::string_view variables = "") {
  const SchemaPointer schema = small_schema();
  Request request;
  const std::vector<Error> errors = request.prepare(*schema, {.query = query, .variables = variables});
  EXPECT_TRUE(errors.empty()) << errors[0].message;
  Execution execution({*schema, request.document(), request.operation(), request.variables()}, answers,
                      limits);
  Ran ran{.rounds = 1};
  while (!execution.run()) ++ran.rounds;
  execution.append_result(ran.result);
  return ran;
}

Answers::Function person(Handle handle) {
  static const SchemaPointer schema = small_schema();
  const TypeIndex type = schema->find("Person");
  return [type, handle](const Question&, Answer& into) { into.object(type, handle); };
}

TEST(Execute, keys_come_in_the_order_of_the_selection_and_selections_are_merged) {
  Answers answers;
  answers.functions["person"] = person(1);
  EXPECT_EQ(run("{z:person{name} person{b:name} ...{z:person{a:name __typename}}}", answers).result,
            R"({"data":{"z":{"name":"name","a":"name","__typename":"Person"},"person":{"b":"name"}}})");
}

TEST(Execute, a_field_is_asked_with_its_arguments_made_fit) {
  Answers answers;
  std::string seen;
  answers.functions["person"] = [&](const Question& question, Answer& into) {
    seen = model::write(question.arguments);
    EXPECT_EQ(question.parent.name, "Query");
    into.null();
  };
  run("query($i:ItemId $n:[Filter!]){person(by:{OR:$n,age:3},id:$i){name}}", answers, {},
      R"({"i":7,"n":{"age":1.0}})");
  EXPECT_EQ(seen, R"({"id":"7","by":{"age":3,"OR":[{"age":1}]}})");
}

TEST(Execute, null_goes_up_to_where_it_may_stand) {
  Answers answers;
  const Answers::Function one = person(1);
  answers.functions["people"] = [&](const Question& question, Answer& into) {
    into.begin_list();
    one(question, into);
    into.end_list();
  };
  answers.functions["person"] = one;
  answers.functions["name"] = [](const Question&, Answer& into) { into.null(); };
  EXPECT_EQ(run("{person{age:tags name}}", answers).result,
            R"({"data":{"person":null},"errors":[{"message":"[String!] cannot represent \"tags\"",)"
            R"("locations":[{"line":1,"column":13}],"path":["person","age"],)"
            R"("extensions":{"code":"executionError"}},)"
            R"({"message":"Cannot return null for non-nullable field name",)"
            R"("locations":[{"line":1,"column":18}],"path":["person","name"],)"
            R"("extensions":{"code":"executionError"}}]})");
  EXPECT_TRUE(run("{a:person{__typename} people{n:name}}", answers)
                  .result.starts_with(R"({"data":null,"errors":[{"message":"Cannot return null)"));
}

TEST(Execute, lists_of_lists_lose_only_what_cannot_hold_null) {
  Answers answers;
  const Answers::Function one = person(1);
  answers.functions["person"] = one;
  answers.functions["grid"] = [&](const Question& question, Answer& into) {
    into.begin_list();
    into.begin_list();
    into.null();
    one(question, into);
    into.end_list();
    into.begin_list();
    one(question, into);
    into.end_list();
    into.null();
    into.end_list();
  };
  const std::string result = run("{person{grid{age:__typename}}}", answers).result;
  EXPECT_TRUE(result.starts_with(R"({"data":{"person":{"grid":[null,[{"age":"Person"}],null]}})")) << result;
  EXPECT_NE(result.find(R"("path":["person","grid",0,0])"), std::string::npos) << result;
}

TEST(Execute, one_round_asks_for_everything_that_is_missing) {
  Answers answers;
  bool here = false;
  const Answers::Function one = person(1);
  const auto missing_once = [&](const Question& question, Answer& into) {
    here ? one(question, into) : into.missing();
  };
  answers.functions["person"] = missing_once;
  answers.functions["named"] = [&](const Question& question, Answer& into) {
    missing_once(question, into);
    here = true;
  };
  const Ran ran = run("{person{name} named{name}}", answers);
  EXPECT_EQ(ran.rounds, 2);
  EXPECT_EQ(answers.asked, 2 + 4);
  EXPECT_EQ(ran.result, R"({"data":{"person":{"name":"name"},"named":{"name":"name"}}})");
}

TEST(Execute, an_answer_that_is_not_of_its_type_is_an_error_there) {
  const SchemaPointer schema = small_schema();
  const auto result = [&](Answers::Function function, std::string_view field) {
    Answers answers;
    answers.functions["person"] = person(1);
    answers.functions[std::string(field)] = std::move(function);
    const bool composite = field != "age" && field != "tags";
    return run(join({"{person{", field, composite ? "{name}" : "", "}}"}), answers).result;
  };
  const auto has = [](const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  };
  EXPECT_TRUE(
      has(result([](auto&, Answer& into) { into.leaf("1.5"); }, "age"), "IntType cannot represent 1.5"));
  EXPECT_TRUE(has(result([](auto&, Answer&) {}, "age"), "There is no answer"));
  EXPECT_TRUE(
      has(result([](auto&, Answer& into) { into.begin_list(); }, "age"), "A list was given for IntType"));
  EXPECT_TRUE(has(result([](auto&, Answer& into) { into.begin_list(); }, "friends"), "list without an end"));
  EXPECT_TRUE(
      has(result([](auto&, Answer& into) { into.leaf("1"); }, "friend"), "Person cannot represent 1"));
  EXPECT_TRUE(has(result([&](auto&, Answer& into) { into.object(schema->query(), 0); }, "friend"),
                  "A Query was given for Person"));
  EXPECT_TRUE(has(result([](auto&, Answer& into) { into.fail("gone \"away\""); }, "friend"),
                  R"("message":"gone \"away\"")"));
  EXPECT_TRUE(has(result([](auto&, Answer& into) { into.leaf(R"(["a",1])"); }, "tags"),
                  R"({"person":{"tags":null}})"));
}

TEST(Execute, a_result_and_the_work_for_it_are_bounded) {
  Answers answers;
  answers.functions["person"] = person(1);
  answers.functions["friends"] = [](const Question& question, Answer& into) {
    into.begin_list();
    for (int i = 0; i < 100; ++i) person(1)(question, into);
    into.end_list();
  };
  constexpr std::string_view query = "{person{friends{friends{friends{friends{friends{name}}}}}}}";
  const std::string asked = run(query, answers, {.asked_max = 1000}).result;
  EXPECT_EQ(asked, R"({"data":null,"errors":[{"message":"The operation asks for more than an operation may",)"
                   R"("extensions":{"code":"resultTooLarge"}}]})");
  EXPECT_LT(answers.asked, 1010);
  const std::string large = run(query, answers, {.bytes_max = 10'000}).result;
  EXPECT_NE(large.find("The result is larger than a result may be"), std::string::npos);
}

TEST(Execute, what_is_asked_in_all_rounds_together_is_bounded) {
  Answers answers;
  answers.functions["person"] = [](const Question&, Answer& into) { into.missing(); };
  EXPECT_NE(run("{person{name}}", answers, {.asked_max = 50}).result.find("resultTooLarge"),
            std::string::npos);
  EXPECT_EQ(answers.asked, 51);
}

TEST(Execute, introspection_never_reaches_the_source) {
  Answers answers;
  EXPECT_EQ(
      run(R"({__schema{queryType{name}} __type(name:"Filter"){inputFields{name type{kind ofType{name}}}}})",
          answers)
          .result,
      R"({"data":{"__schema":{"queryType":{"name":"Query"}},"__type":{"inputFields":[)"
      R"({"name":"age","type":{"kind":"NON_NULL","ofType":{"name":"IntType"}}},)"
      R"({"name":"OR","type":{"kind":"LIST","ofType":{"name":null}}}]}}})");
  EXPECT_EQ(answers.asked, 0);
}

}  // namespace
}  // namespace rockpool::graphql
