// How a socket is told that the server would not, or could not, store what it wrote.
#include "core/dialects/deepstream/socket_place_test.h"

namespace rockpool::dialects::deepstream {
namespace {

Message told_of(base::Code code) {
  SocketPlace place;
  const CarrierId socket = place.open();
  place.say(socket, {.topic = Topic::record,
                     .action = record_action::create_and_update,
                     .version = 1,
                     .is_write_ack = true,
                     .data = "{}",
                     .correlation_id = "7",
                     .name = "todos/a"});
  const base::Error error{.code = code, .message = "why", .path = ""};
  place.answer(model::Written{.outcomes = {model::Declined{.number = 1, .error = error}}});
  EXPECT_EQ(place.told(socket).size(), 1u);
  return place.told(socket).empty() ? Message{} : place.told(socket).front();
}

TEST(Refusals, a_full_space_is_final_and_says_why) {
  const Message told = told_of(base::Code::quota);
  EXPECT_EQ(told.action, record_action::invalid_message_data);
  EXPECT_EQ(told.data, "\"why\"");
  EXPECT_EQ(told.correlation_id, "7");
}

TEST(Refusals, a_log_in_trouble_is_an_error_that_passes) {
  const Message passing = told_of(base::Code::storage);
  EXPECT_NE(passing.action, record_action::invalid_message_data);
  EXPECT_NE(passing.action, record_action::message_denied);
  EXPECT_EQ(passing.data, "\"why\"");
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
