#include "server/verbs/verbs.h"

#include <gtest/gtest.h>

#include "server/log.h"
#include "server/transfer/progress.h"
#include "server/verbs/arguments.h"
#include "server/verbs/common.h"
#include "server/verbs/duration.h"

namespace rockpool::verbs {
namespace {

const Grammar grammar{.options = {"--data", "--listen"},
                      .switches = {"--realtime"},
                      .places = {"FILE", "OTHER"},
                      .places_min = 1};

std::string mistake(const Words& words) {
  const auto arguments = Arguments::read(words, grammar);
  return arguments.ok() ? "" : arguments.error().message;
}

TEST(Arguments, takes_options_switches_and_places_in_any_order) {
  const auto arguments = Arguments::read({"a", "--data", "x", "--realtime", "--listen=h:1", "b"}, grammar);
  ASSERT_TRUE(arguments.ok());
  EXPECT_EQ(arguments->place(0), "a");
  EXPECT_EQ(arguments->place(1), "b");
  EXPECT_EQ(arguments->place(2), std::nullopt);
  EXPECT_EQ(arguments->value("--data"), "x");
  EXPECT_EQ(arguments->value("--listen"), "h:1");
  EXPECT_TRUE(arguments->has("--realtime"));
}

TEST(Arguments, after_two_dashes_everything_is_a_place) {
  const auto arguments = Arguments::read({"--", "--data", "-x"}, grammar);
  ASSERT_TRUE(arguments.ok());
  EXPECT_EQ(arguments->place(0), "--data");
  EXPECT_EQ(arguments->place(1), "-x");
}

TEST(Arguments, says_what_is_wrong) {
  EXPECT_EQ(mistake({"a", "--dta", "x"}), "unknown option --dta; did you mean --data?");
  EXPECT_EQ(mistake({"a", "-x"}), "unknown option -x");
  EXPECT_EQ(mistake({"a", "--data"}), "--data needs a value");
  EXPECT_EQ(mistake({"a", "--data", "x", "--data", "y"}), "--data is given twice");
  EXPECT_EQ(mistake({"a", "--realtime=yes"}), "--realtime takes no value");
  EXPECT_EQ(mistake({"a", "b", "c"}), "'c' is one too many");
  EXPECT_EQ(mistake({}), "FILE is missing");
}

TEST(Settings, the_command_line_wins) {
  const Grammar own{.options = {"--data", "--listen"}, .switches = {}, .places = {}, .places_min = 0};
  const auto config = read_settings(*Arguments::read({"--data", ":memory:", "--listen", "[::1]:5"}, own));
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(config->in_memory());
  EXPECT_EQ(config->listen.host, "::1");
  EXPECT_FALSE(read_settings(*Arguments::read({"--listen", "x"}, own)).ok());
}

TEST(Duration, is_a_number_and_a_unit) {
  EXPECT_EQ(read_duration("30s")->ms, 30'000);
  EXPECT_EQ(read_duration("15m")->ms, 900'000);
  EXPECT_EQ(read_duration("1h")->ms, 3'600'000);
  EXPECT_EQ(read_duration("7d")->ms, 604'800'000);
  for (const char* text : {"", "s", "1", "1x", "-1s", "1.5h", "1 h", "99999999999d"}) {
    EXPECT_FALSE(read_duration(text)) << text;
  }
}

TEST(Token, wants_a_user_a_sensible_time_and_a_secret) {
  EXPECT_EQ(token({}).error().code, base::Code::usage);
  EXPECT_EQ(token({"--user", "ada", "--ttl", "0s"}).error().code, base::Code::usage);
  EXPECT_NE(token({"--user", "ada"}).error().message.find("jwt.secret"), std::string::npos);
}

TEST(Log, is_one_line_of_json_whatever_the_text) {
  using server::log_line;
  using server::LogLevel;
  EXPECT_EQ(log_line("T", LogLevel::warn, "a\"b\nc", {{"path", "/x\\y"}}),
            R"({"time":"T","level":"warn","message":"a\"b\u000ac","path":"/x\\y"})");
  EXPECT_EQ(log_line("T", LogLevel::info, "\xff\x80", {}), R"({"time":"T","level":"info","message":"??"})");
  EXPECT_EQ(log_line("T", LogLevel::info, "é", {}), R"({"time":"T","level":"info","message":"é"})");
  EXPECT_TRUE(server::Log(LogLevel::warn).shows(LogLevel::error));
  EXPECT_FALSE(server::Log(LogLevel::warn).shows(LogLevel::info));
  EXPECT_FALSE(server::log_level_of("loud"));
}

TEST(Progress, writes_numbers_for_people) {
  EXPECT_EQ(transfer::grouped(0), "0");
  EXPECT_EQ(transfer::grouped(999), "999");
  EXPECT_EQ(transfer::grouped(1000), "1,000");
  EXPECT_EQ(transfer::grouped(1234567), "1,234,567");
  EXPECT_EQ(transfer::in_seconds(1449), "1.4");
}

}  // namespace
}  // namespace rockpool::verbs
