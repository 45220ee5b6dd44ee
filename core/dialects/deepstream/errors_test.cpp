#include "core/dialects/deepstream/errors.h"

#include <gtest/gtest.h>

namespace rockpool::dialects::deepstream {
namespace {

TEST(Errors, a_number_means_what_its_topic_says) {
  EXPECT_EQ(event_text(Topic::record, 107), "RECORD_NOT_FOUND");
  EXPECT_EQ(event_text(Topic::rpc, 107), "MESSAGE_DENIED");
  EXPECT_EQ(event_text(Topic::presence, 102), "MESSAGE_DENIED");
  EXPECT_EQ(event_text(Topic::record, 102), "VERSION_EXISTS");
  EXPECT_EQ(event_text(Topic::event, 999), "");
}

TEST(Errors, the_accept_timeout_is_read_under_both_of_its_names) {
  EXPECT_EQ(event_number(Topic::rpc, "ACK_TIMEOUT"), 101);
  EXPECT_EQ(event_number(Topic::rpc, "ACCEPT_TIMEOUT"), 101);
  EXPECT_EQ(event_text(Topic::rpc, 101), "ACK_TIMEOUT");
  EXPECT_EQ(event_number(Topic::event, "ACK_TIMEOUT"), std::nullopt);
}

TEST(Errors, sentences_name_what_failed) {
  EXPECT_EQ(version_exists_text("desk/7", 4),
            "Record update failed. Version 4 exists for record \"desk/7\".");
  EXPECT_EQ(version_invalid_text("desk/7", 9),
            "Record update failed. Version 9 is not valid for record \"desk/7\".");
  EXPECT_EQ(not_found_text("x"), "Record read failed. Record \"x\" could not be found.");
  EXPECT_EQ(path_text("x", "l[-1]"), "Record update failed. Path \"l[-1]\" is not valid for record \"x\".");
  EXPECT_EQ(denied_text("write"), "Message denied. Action \"write\" is not permitted.");
  EXPECT_EQ(no_provider_text("x"), "No provider was available to handle the RPC \"x\".");
}

TEST(Errors, topics_are_in_small_letters) {
  EXPECT_EQ(topic_text(Topic::record), "record");
  EXPECT_EQ(topic_text(Topic::connection), "connection");
  EXPECT_EQ(topic_text(Topic::unknown), "");
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
