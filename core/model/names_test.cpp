#include "core/model/names.h"

#include <string>

#include <gtest/gtest.h>

namespace rockpool::model {
namespace {

using base::Code;

TEST(Names, of_1_to_256_bytes_are_taken) {
  EXPECT_TRUE(check_collection("a"));
  EXPECT_TRUE(check_collection(std::string(256, 'x')));
  EXPECT_TRUE(check_id("a/b c.\xc3\xa9\xf0\x9f\x92\xa9~$"));
  EXPECT_TRUE(check_space("default"));
  EXPECT_TRUE(check_id("..."));
  EXPECT_TRUE(check_id("$own"));
}

TEST(Names, of_records_have_up_to_2048_bytes_all_others_256) {
  EXPECT_TRUE(check_id(std::string(2047, 'x')));
  EXPECT_TRUE(check_id(std::string(2048, 'x')));
  EXPECT_EQ(check_id(std::string(2049, 'x')).error().message, "id of the record is longer than 2048 bytes");
  EXPECT_TRUE(check_event(std::string(256, 'x')));
  EXPECT_EQ(check_event(std::string(257, 'x')).error().message, "name of the event is longer than 256 bytes");
  EXPECT_FALSE(check_procedure(std::string(257, 'x')));
}

TEST(Names, that_are_empty_long_dots_controls_or_not_utf8_are_invalid) {
  for (const std::string& name :
       {std::string(), std::string(257, 'x'), std::string("."), std::string(".."), std::string("a\nb"),
        std::string("a\0b", 3), std::string("\x7f"), std::string("\xff"), std::string("a\xed\xa0\x80")}) {
    const std::string id = name.size() == 257 ? std::string(2049, 'x') : name;
    for (const auto& checked : {check_collection(name), check_space(name), check_id(id)}) {
      ASSERT_FALSE(checked) << name;
      EXPECT_EQ(checked.error().code, Code::invalid);
    }
  }
}

TEST(Names, beginning_with_a_dollar_are_closed_to_clients) {
  EXPECT_EQ(check_collection("$collections").error().code, Code::forbidden);
  EXPECT_EQ(check_space("$").error().code, Code::forbidden);
}

TEST(Names, of_clients_are_8_to_64_letters_digits_dashes_and_underscores) {
  EXPECT_TRUE(check_client("abcDEF-1"));
  EXPECT_TRUE(check_client(std::string(64, '_')));
  EXPECT_FALSE(check_client("1234567"));
  EXPECT_FALSE(check_client(std::string(65, 'a')));
  EXPECT_FALSE(check_client("abcdefgh."));
  EXPECT_FALSE(check_client("abcdefg\xc3\xa9"));
}

TEST(Names, of_what_a_dialect_keeps_to_itself_are_nobody_elses) {
  for (const char* name : {"jsonpad:ann/tasks", "rested:p/shop/orders"})
    EXPECT_EQ(check_collection(name).error().code, base::Code::forbidden) << name;
  for (const char* name : {"jsonpad:tasks", "ann:jsonpad/tasks", "jsonpad/tasks", "native:ann/tasks"})
    EXPECT_TRUE(check_collection(name)) << name;
}

}  // namespace
}  // namespace rockpool::model
