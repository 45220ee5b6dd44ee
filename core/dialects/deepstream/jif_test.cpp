#include "core/dialects/deepstream/jif.h"

#include <gtest/gtest.h>

#include "core/model/value.h"

namespace rockpool::dialects::deepstream {
namespace {

using Kind = Command::Kind;

// The command, alone in a batch.
base::Result<Command> command(const std::string& text) {
  const auto batch = read_batch(R"({"body":[)" + text + "]}", true);
  if (!batch) return batch.error();
  if (!batch->commands) return batch->commands.error();
  return batch->commands->front();
}

std::string reason(const std::string& text) {
  constexpr std::string_view start = "Failed to parse JIF object at index 0. Reason: ";
  const auto read = command(text);
  if (read) return "";
  EXPECT_TRUE(read.error().message.starts_with(start)) << read.error().message;
  return read.error().message.substr(start.size());
}

std::string refusal(const std::string& body, bool may_have_auth_data = true) {
  const auto batch = read_batch(body, may_have_auth_data);
  return batch ? "" : batch.error().message;
}

// ---- the body ---------------------------------------------------------------------------------------------

TEST(Jif, a_body_has_to_be_there) {
  for (const char* body : {"", "{}", "[]", "[{}]", R"({"body":null})", R"({"body":0})", R"({"body":""})",
                           R"({"body":false})", R"({"token":"t"})"}) {
    EXPECT_EQ(refusal(body), "Invalid message: the \"body\" parameter must exist.") << body;
  }
}

TEST(Jif, a_body_is_a_list_that_is_not_empty) {
  for (const char* body : {R"({"body":[]})", R"({"body":{}})", R"({"body":"x"})", R"({"body":1})"}) {
    EXPECT_EQ(refusal(body), "Invalid message: the \"body\" parameter must be a non-empty array of Objects.")
        << body;
  }
}

TEST(Jif, what_is_no_json_is_said_to_be_none) {
  for (const char* body : {"{", "1", "\"x\"", "null", " ", "\xff", "{\"body\":[{\"topic\":\"\xff\"}]}"}) {
    EXPECT_TRUE(refusal(body).starts_with("Failed to parse body of request: ")) << refusal(body);
  }
}

TEST(Jif, nesting_ends_at_64_levels) {
  const auto nested = [](int depth) {
    const auto levels = static_cast<std::size_t>(depth);
    return R"({"body":[{"topic":"event","action":"emit","eventName":"e","data":)" + std::string(levels, '[') +
           std::string(levels, ']') + "}]}";
  };
  EXPECT_EQ(refusal(nested(61)), "");
  EXPECT_TRUE(refusal(nested(62)).starts_with("Failed to parse body of request: "));
  EXPECT_TRUE(refusal(nested(100'000)).starts_with("Failed to parse body of request: "));
}

TEST(Jif, a_byte_order_mark_is_passed_over) {
  EXPECT_EQ(refusal("\xef\xbb\xbf{\"body\":[{\"topic\":\"presence\",\"action\":\"query\"}]}"), "");
}

TEST(Jif, of_a_key_that_comes_twice_the_last_one_counts) {
  const auto read = command(R"({"topic":"event","action":"emit","eventName":"a","eventName":"b"})");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->name, "b");
}

TEST(Jif, unknown_keys_beside_the_body_are_passed_over) {
  EXPECT_EQ(refusal(R"({"x":1,"data":{"body":1},"body":[{"topic":"presence","action":"query"}]})"), "");
}

TEST(Jif, a_batch_holds_as_many_commands_as_fit_into_a_body) {
  const auto batch = [](int count) {
    std::string body = R"({"body":[)";
    for (int i = 0; i < count; ++i) body += R"({"topic":"presence","action":"query"},)";
    body.back() = ']';
    return body + "}";
  };
  EXPECT_EQ(refusal(batch(1)), "");
  EXPECT_EQ(refusal(batch(25'000)), "");
}

TEST(Jif, credentials_are_judged_before_commands) {
  const std::string token = "Invalid message: the \"token\" parameter must be a non-empty string";
  const std::string data = "Invalid message: the \"authData\" parameter must be an object";
  for (const char* said : {"null", "\"\"", "1", "{}"})
    EXPECT_EQ(refusal(R"({"body":[1],"token":)" + std::string(said) + "}"), token) << said;
  for (const char* said : {"null", "\"x\"", "1", "[]", "true"})
    EXPECT_EQ(refusal(R"({"body":[1],"authData":)" + std::string(said) + "}"), data) << said;
  EXPECT_EQ(refusal(R"({"body":[1],"authData":{}})", false),
            "Authentication using authData is disabled. Try using a token instead.");
  const auto both = read_batch(R"({"body":[1],"token":"t","authData":{"username":"mara","data":[1]}})", true);
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->token, "t");
  EXPECT_EQ(both->auth_data, R"({"username":"mara","data":[1]})");
  EXPECT_FALSE(both->commands.ok());
}

TEST(Jif, a_log_in_is_an_object) {
  EXPECT_EQ(*read_log_in(R"({ "username": "mara" })"), R"({"username":"mara"})");
  EXPECT_EQ(*read_log_in(""), "{}");
  for (const char* body : {"[]", "1", "{", "null"})
    EXPECT_TRUE(read_log_in(body).error().message.starts_with("Failed to parse body of request: ")) << body;
}

// ---- commands ---------------------------------------------------------------------------------------------

TEST(Jif, all_commands_are_read) {
  const auto same = [](const std::string& text, const Command& expected) {
    const auto read = command(text);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_TRUE(*read == expected) << text;
  };
  same(R"({"topic":"event","action":"emit","eventName":"e","data": { "a" : 1 }})",
       {.kind = Kind::emit, .topic = Topic::event, .name = "e", .data = R"({"a":1})"});
  same(R"({"topic":"event","action":"emit","eventName":" "})",
       {.kind = Kind::emit, .topic = Topic::event, .name = " "});
  same(R"({"topic":"record","action":"read","recordName":"r"})", {.kind = Kind::read, .name = "r"});
  same(R"({"topic":"record","action":"head","recordName":"r"})", {.kind = Kind::head, .name = "r"});
  same(R"({"topic":"record","action":"delete","recordName":"r"})", {.kind = Kind::remove, .name = "r"});
  same(R"({"topic":"record","action":"write","recordName":"r","data":[1],"version":-1})",
       {.kind = Kind::write, .name = "r", .data = "[1]", .version = -1});
  same(R"({"topic":"record","action":"write","recordName":"r","path":"a.b","data":null})",
       {.kind = Kind::write, .name = "r", .data = "null", .path = "a.b"});
  same(R"({"topic":"record","action":"notify","recordNames":["a","b"]})",
       {.kind = Kind::notify, .names = {{"a", "b"}}});
  same(R"({"topic":"rpc","action":"make","rpcName":"add","data":"x"})",
       {.kind = Kind::make, .topic = Topic::rpc, .name = "add", .data = "\"x\""});
  same(R"({"topic":"presence","action":"query"})", {.kind = Kind::query, .topic = Topic::presence});
  same(R"({"topic":"presence","action":"query","names":[]})",
       {.kind = Kind::query, .topic = Topic::presence, .names = std::vector<std::string>()});
  same(R"({"topic":"list","action":"read","listName":"l"})", {.kind = Kind::read, .name = "l"});
  same(R"({"topic":"list","action":"delete","listName":"l"})", {.kind = Kind::remove, .name = "l"});
  same(R"({"topic":"list","action":"write","listName":"l","data":["a"],"version":2})",
       {.kind = Kind::write, .name = "l", .data = "[\"a\"]", .version = 2});
}

TEST(Jif, a_whole_number_is_a_version_however_it_is_written) {
  const auto version = [](const std::string& text) {
    const auto read =
        command(R"({"topic":"record","action":"write","recordName":"r","data":{},"version":)" + text + "}");
    return read ? read->version : std::nullopt;
  };
  EXPECT_EQ(version("0"), 0);
  EXPECT_EQ(version("1.0"), 1);
  EXPECT_EQ(version("1e3"), 1000);
  EXPECT_EQ(version("9007199254740991"), 9007199254740991);
  EXPECT_EQ(version("1e300"), std::int64_t{1} << 53);
  for (const char* wrong : {"-2", "1.5", "null", "\"1\"", "true", "[]", "-1e300"}) {
    EXPECT_EQ(reason(R"({"topic":"record","action":"write","recordName":"r","data":{},"version":)" +
                     std::string(wrong) + "}"),
              "property 'version' must be a whole number from -1")
        << wrong;
  }
}

TEST(Jif, the_reason_names_what_is_wrong) {
  EXPECT_EQ(reason("1"), "a command is an object");
  EXPECT_EQ(reason("{}"), "property 'topic' is required, and text");
  EXPECT_EQ(reason(R"({"topic":"x","action":"read"})"), "there is no topic 'x'");
  EXPECT_EQ(reason(R"({"topic":"record"})"), "property 'action' is required for topic 'record'");
  EXPECT_EQ(reason(R"({"topic":"event","action":"read"})"), "topic 'event' has no action 'read'");
  EXPECT_EQ(reason(R"({"topic":"record","action":"read"})"),
            "property 'recordName' is required for topic 'record'");
  EXPECT_EQ(reason(R"({"topic":"record","action":"read","recordName":""})"),
            "property 'recordName' must not be empty");
  EXPECT_EQ(reason(R"({"topic":"record","action":"read","recordName":1})"),
            "property 'recordName' must be text");
  EXPECT_EQ(reason(R"({"topic":"record","action":"read","recordName":"r","x":1})"),
            "property 'x' is not permitted for topic 'record' and action 'read'");
  EXPECT_EQ(reason(R"({"topic":"record","action":"read","recordName":"r","":1})"),
            "property '' is not permitted for topic 'record' and action 'read'");
  EXPECT_EQ(reason(R"({"topic":"record","action":"read","recordName":"r","data":1})"),
            "property 'data' is not permitted for topic 'record' and action 'read'");
  EXPECT_EQ(reason(R"({"topic":"record","action":"write","recordName":"r"})"),
            "property 'data' is required for topic 'record'");
  EXPECT_EQ(reason(R"({"topic":"record","action":"write","recordName":"r","data":1})"),
            "property 'data' must be an object or an array where no path is given");
  EXPECT_EQ(reason(R"({"topic":"record","action":"write","recordName":"r","data":1,"path":""})"),
            "property 'data' must be an object or an array where no path is given");
  EXPECT_EQ(reason(R"({"topic":"record","action":"write","recordName":"r","data":1,"path":1})"),
            "property 'path' must be text");
  EXPECT_EQ(reason(R"({"topic":"record","action":"notify"})"),
            "property 'recordNames' is required for topic 'record'");
  EXPECT_EQ(reason(R"({"topic":"record","action":"notify","recordNames":[]})"),
            "property 'recordNames' must not be empty");
  EXPECT_EQ(reason(R"({"topic":"presence","action":"query","names":["a",1]})"),
            "property 'names' must be an array of text");
  EXPECT_EQ(reason(R"({"topic":"list","action":"write","listName":"l","data":["a",1]})"),
            "property 'data' must be an array of text");
  EXPECT_EQ(reason(R"({"topic":"list","action":"write","listName":"l","data":["a"],"path":"x"})"),
            "property 'path' is not permitted for topic 'list' and action 'write'");
}

TEST(Jif, the_first_command_that_is_wrong_refuses_them_all) {
  const auto batch = read_batch(R"({"body":[{"topic":"presence","action":"query"},{},1]})", true);
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->commands.error().message,
            "Failed to parse JIF object at index 1. Reason: property 'topic' is required, and text");
}

// ---- entries ----------------------------------------------------------------------------------------------

TEST(Jif, entries_have_the_fields_of_the_contract) {
  EXPECT_EQ(read_entry(2, R"({"foo":"bar"})"), R"({"success":true,"version":2,"data":{"foo":"bar"}})");
  EXPECT_EQ(head_entry(-1), R"({"success":true,"version":-1})");
  EXPECT_EQ(result_entry("7"), R"({"success":true,"data":7})");
  EXPECT_EQ(result_entry(""), R"({"success":true})");
  EXPECT_EQ(users_entry(std::vector<std::string>{"a", "b\""}), R"({"success":true,"users":["a","b\""]})");
  EXPECT_EQ(users_entry(std::vector<std::pair<std::string, bool>>{{"one", true}, {"two", false}}),
            R"({"success":true,"users":{"one":true,"two":false}})");
  EXPECT_EQ(users_entry(std::vector<std::pair<std::string, bool>>{}), R"({"success":true,"users":{}})");
  EXPECT_EQ(denied_entry(Topic::record, "write", false),
            R"({"success":false,"error":"Message denied. Action \"write\" is not permitted.",)"
            R"("errorTopic":"record","errorEvent":"MESSAGE_DENIED","errorAction":"write"})");
  EXPECT_EQ(conflict_entry({Topic::record, record_action::version_exists, "e"}, 4, R"({"h":72})", false),
            R"({"success":false,"error":"e","errorTopic":"record","errorEvent":"VERSION_EXISTS",)"
            R"("currentVersion":4,"currentData":{"h":72}})");
  EXPECT_EQ(timeout_entry(),
            R"({"success":false,"error":"Request exceeded timeout before a response was received.",)"
            R"("errorTopic":"connection","errorEvent":"HTTP_REQUEST_TIMEOUT"})");
}

TEST(Jif, an_error_of_a_provider_stays_text_and_keeps_its_value) {
  EXPECT_EQ(provider_error_entry("\"no\""), R"({"success":false,"error":"no","errorTopic":"rpc"})");
  EXPECT_EQ(provider_error_entry(R"({"a":1})"),
            R"({"success":false,"error":"{\"a\":1}","errorTopic":"rpc","errorData":{"a":1}})");
}

TEST(Jif, numbers_stand_for_events_where_the_original_has_them) {
  EXPECT_EQ(failure_entry({Topic::record, record_action::not_found, "e"}, true),
            R"({"success":false,"error":"e","errorTopic":"record","errorEvent":107})");
  EXPECT_TRUE(denied_entry(Topic::event, "emit", true).find(R"("errorEvent":"MESSAGE_DENIED")") !=
              std::string::npos);
}

TEST(Jif, the_answer_says_whether_all_some_or_none_went_well) {
  const std::string good(success_entry), bad = timeout_entry();
  EXPECT_EQ(write_answer({good, good}), R"({"result":"SUCCESS","body":[)" + good + "," + good + "]}");
  EXPECT_EQ(write_answer({good, bad}), R"({"result":"PARTIAL_SUCCESS","body":[)" + good + "," + bad + "]}");
  EXPECT_EQ(write_answer({bad}), R"({"result":"FAILURE","body":[)" + bad + "]}");
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
