#include "core/dialects/deepstream/socket_place_test.h"

namespace rockpool::dialects::deepstream {
namespace {

using Actions = std::vector<std::int32_t>;

Message record(std::int32_t action, const std::string& name = "desk/1") {
  return {.topic = Topic::record, .action = action, .correlation_id = "7", .name = name};
}
Message records(std::int32_t action, std::vector<std::string> names = {"desk/1"}) {
  return {.topic = Topic::record, .action = action, .correlation_id = "7", .names = std::move(names)};
}
Message update(std::int32_t version, const std::string& data) {
  Message message = record(record_action::update);
  message.version = version;
  message.data = data;
  message.is_write_ack = true;
  return message;
}
Message rpc(std::int32_t action, const std::string& correlation, const std::string& data = "") {
  return {.topic = Topic::rpc, .action = action, .data = data, .correlation_id = correlation, .name = "add"};
}
dialect::Identity denied() { return dialect::Denied{{base::Code::auth, "no", ""}}; }

// ---- coming in --------------------------------------------------------------------------------------------

TEST(DeepstreamSession, begins_with_a_challenge_and_a_log_in) {
  SocketPlace place;
  const CarrierId socket = place.connect();
  EXPECT_EQ(place.actions(socket), Actions{connection_action::accept});
  place.say(
      socket,
      {.topic = Topic::auth, .action = auth_action::request, .data = R"({"username":"ada","password":"p"})"});
  EXPECT_EQ(place.all<Identify>().back().user, "ada");
  place.identify(dialect::Identified{.principal = {.user = "ada"}});
  EXPECT_EQ(place.actions(socket), Actions{auth_action::successful});
}

TEST(DeepstreamSession, messages_before_their_time_are_named_and_nothing_happens) {
  SocketPlace place;
  const CarrierId socket = 1;
  place.hear(socket, dialect::Arrived{.head = {.method = "GET", .path = "/deepstream", .upgrade = true}});
  place.say(socket, {.topic = Topic::auth, .action = auth_action::request, .data = "{}"});
  EXPECT_EQ(place.actions(socket), Actions{connection_action::invalid_message});
  place.say(socket, {.topic = Topic::connection, .action = connection_action::challenge});
  place.say(socket, record(record_action::read));
  EXPECT_EQ(place.actions(socket), Actions{auth_action::invalid_message});
  EXPECT_TRUE(place.questions.empty());
}

TEST(DeepstreamSession, the_third_wrong_log_in_is_the_last) {
  SocketPlace place;
  const CarrierId socket = place.connect();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(place.closed(socket), 0);
    place.say(socket, {.topic = Topic::auth, .action = auth_action::request, .data = R"({"username":"x"})"});
    place.identify(denied());
    EXPECT_EQ(place.actions(socket).front(), auth_action::unsuccessful);
  }
  EXPECT_EQ(place.actions(socket).back(), auth_action::too_many_attempts);
  EXPECT_EQ(place.closed(socket), 1008);
}

TEST(DeepstreamSession, credentials_that_are_no_object_close) {
  SocketPlace place;
  const CarrierId socket = place.connect();
  place.say(socket, {.topic = Topic::auth, .action = auth_action::request, .data = "[1]"});
  EXPECT_EQ(place.actions(socket), Actions{auth_action::invalid_message_data});
  EXPECT_EQ(place.closed(socket), 1008);
}

TEST(DeepstreamSession, data_may_be_as_deep_as_is_set_and_what_is_deeper_counts) {
  SocketPlace place(R"({"jsonDepth":4,"arrayGap":3})");
  const CarrierId socket = place.open();
  place.say(socket, update(1, R"({"a":[[[]]]})"));
  ASSERT_EQ(place.commands<model::Write>().size(), 1u);
  EXPECT_EQ(place.commands<model::Write>()[0].array_gap_max, 3u);
  place.say(socket, update(1, R"({"a":[[[[]]]]})"));
  EXPECT_EQ(place.actions(socket), Actions{record_action::invalid_message_data});
  dialect::LimitsMet met;
  place.server->count_limits(met);
  EXPECT_EQ(met["json"], 1u);
}

TEST(DeepstreamSession, who_has_not_logged_in_after_180_seconds_goes) {
  SocketPlace place;
  const CarrierId socket = place.connect();
  place.wait(179'999);
  EXPECT_EQ(place.closed(socket), 0);
  place.wait(1);
  EXPECT_EQ(place.actions(socket), Actions{connection_action::authentication_timeout});
  EXPECT_EQ(place.closed(socket), 1008);
}

TEST(DeepstreamSession, who_is_silent_for_65_seconds_goes_and_a_ping_is_a_word) {
  SocketPlace place;
  const CarrierId socket = place.open();
  place.wait(64'999);
  place.say(socket, {.topic = Topic::connection, .action = connection_action::ping});
  EXPECT_EQ(place.actions(socket), Actions{connection_action::pong});
  place.wait(64'999);
  EXPECT_EQ(place.closed(socket), 0);
  place.wait(1);
  EXPECT_EQ(place.closed(socket), 1008);
}

TEST(DeepstreamSession, ends_with_its_token) {
  SocketPlace place;
  const CarrierId socket = place.open("ada", place.now.ms + 5'000);
  place.wait(4'999);
  EXPECT_EQ(place.closed(socket), 0);
  place.wait(1);
  EXPECT_EQ(place.closed(socket), 1008);
}

TEST(DeepstreamSession, frames_that_make_no_sense_close) {
  SocketPlace place;
  const CarrierId text = place.open(), garbage = place.open();
  place.hear(text, dialect::Frame{.bytes = "{}", .binary = false});
  EXPECT_EQ(place.closed(text), 1003);
  place.hear(garbage, dialect::Frame{.bytes = std::string(9, '\xff'), .binary = true});
  EXPECT_EQ(place.actions(garbage), Actions{parser_action::message_parse_error});
  EXPECT_EQ(place.closed(garbage), 1008);
}

TEST(DeepstreamSession, too_many_messages_wait_and_are_served_later) {
  SocketPlace place("{}", {.messages = {.per_second = 10, .burst = 3}});
  const CarrierId socket = place.open();
  std::string frame;
  for (int i = 0; i < 5; ++i)
    frame += encode({.topic = Topic::connection, .action = connection_action::ping});
  place.hear(socket, dialect::Frame{.bytes = frame, .binary = true});
  EXPECT_EQ(place.actions(socket).size(), 3u);
  place.wait(1'000);
  EXPECT_EQ(place.actions(socket).size(), 2u);
  EXPECT_EQ(place.closed(socket), 0);
}

TEST(DeepstreamSession, so_much_waits_and_not_more) {
  SocketPlace place("{}", {.messages = {.per_second = 1, .burst = 1}});
  const CarrierId socket = place.open();
  Message large{
      .topic = Topic::event, .action = event_action::emit, .data = '"' + std::string(1 << 19, 'x') + '"'};
  large.name = "e";
  for (int i = 0; i < 20 && place.closed(socket) == 0; ++i) place.say(socket, large);
  EXPECT_EQ(place.closed(socket), 1008);
}

// ---- records ----------------------------------------------------------------------------------------------

TEST(DeepstreamSession, a_record_that_is_not_there_is_made_when_it_is_opened) {
  SocketPlace place;
  const CarrierId socket = place.open();
  place.say(socket, records(record_action::subscribe_create_and_read));
  EXPECT_TRUE(place.told(socket).at(0).is_ack);
  EXPECT_TRUE(place.commands<model::Read>().at(0).listens);
  place.answer(found(""));
  const auto writes = place.commands<model::Write>();
  ASSERT_EQ(writes.size(), 1u);
  EXPECT_TRUE(writes[0].groups[0][0].blank);
  EXPECT_EQ(writes[0].author, socket);
  place.answer(acked());
  place.answer(found("{}", 4, 4));
  const Message answer = place.told(socket).at(0);
  EXPECT_EQ(answer.action, record_action::read_response);
  EXPECT_EQ(answer.version, 0);
  EXPECT_EQ(place.all<dialect::Join>().at(0).topic, model::record_topic("team", {"desk", "1"}, ""));
}

TEST(DeepstreamSession, writes_say_their_age_or_none_or_that_nothing_may_be_there) {
  SocketPlace place;
  const CarrierId socket = place.open();
  const auto mutation = [&](std::int32_t version) {
    place.say(socket, update(version, "{}"));
    return place.commands<model::Write>().at(0).groups[0][0];
  };
  EXPECT_EQ(mutation(5).base, 4u);
  EXPECT_TRUE(mutation(5).by_age);
  EXPECT_FALSE(mutation(-1).base);
  EXPECT_EQ(mutation(0).base, 0u);
  EXPECT_FALSE(mutation(0).by_age);
}

TEST(DeepstreamSession, a_write_is_acknowledged_or_told_what_is_there) {
  SocketPlace place;
  const CarrierId socket = place.open();
  place.say(socket, update(1, "{}"));
  place.answer(acked());
  EXPECT_EQ(place.actions(socket), Actions{record_action::write_ack});
  place.say(socket, update(1, "{}"));
  place.answer(model::Written{
      .outcomes = {model::Conflicted{.number = 1, .version = 9, .data = R"({"h":7})", .born = 5}}});
  const Message conflict = place.told(socket).at(0);
  EXPECT_EQ(conflict.action, record_action::version_exists);
  EXPECT_EQ(conflict.version, 4);
  EXPECT_EQ(conflict.data, R"({"h":7})");
  EXPECT_TRUE(conflict.is_write_ack);
  EXPECT_EQ(conflict.original_action, record_action::update);
}

TEST(DeepstreamSession, data_that_is_no_record_is_refused) {
  SocketPlace place;
  const CarrierId socket = place.open();
  for (const char* data : {"1", "\"x\"", "{", ""}) {
    place.say(socket, update(1, data));
    EXPECT_EQ(place.actions(socket), Actions{record_action::invalid_message_data}) << data;
  }
}

TEST(DeepstreamSession, what_reads_a_record_waits_for_the_socket_s_own_writes) {
  SocketPlace place;
  const CarrierId socket = place.open();
  place.say(socket, update(1, R"({"a":1})"));
  const dialect::Ticket first = place.questions.back().ticket;
  place.say(socket, update(2, R"({"a":2})"));
  const dialect::Ticket second = place.questions.back().ticket;
  place.say(socket, record(record_action::read));
  EXPECT_TRUE(place.commands<model::Read>().empty());
  place.answer(first, acked());
  EXPECT_TRUE(place.commands<model::Read>().empty());
  place.say(socket, record(record_action::head, "desk/2"));
  EXPECT_EQ(place.commands<model::Read>().size(), 1u);
  place.answer(second, acked());
  EXPECT_EQ(place.commands<model::Read>().size(), 1u);
}

TEST(DeepstreamSession, heads_of_many_come_together_and_missing_ones_alone) {
  SocketPlace place;
  const CarrierId socket = place.open();
  place.say(socket, records(record_action::subscribe_and_head, {"a/1", "a/2", "a/3"}));
  const std::size_t from = place.questions.size() - 3;
  place.answer(place.questions[from].ticket, found("{}", 3));
  EXPECT_TRUE(place.told(socket).empty());
  place.answer(place.questions[from + 1].ticket, found(""));
  EXPECT_EQ(place.told(socket).at(0).version, -1);
  place.answer(place.questions[from + 2].ticket, found("{}", 1));
  const Message bulk = place.told(socket).at(0);
  EXPECT_EQ(bulk.action, record_action::head_response_bulk);
  EXPECT_EQ(bulk.versions.size(), 2u);
}

TEST(DeepstreamSession, deleting_succeeds_whatever_was_there) {
  SocketPlace place;
  const CarrierId socket = place.open();
  for (const model::Outcome& outcome :
       {model::Outcome(model::Acked{1, 2, 2}), model::Outcome(model::Conflicted{1})}) {
    place.say(socket, record(record_action::remove));
    place.answer(model::Written{.outcomes = {outcome}});
    EXPECT_EQ(place.actions(socket), Actions{record_action::remove_success});
  }
}

TEST(DeepstreamSession, a_deleted_record_has_no_subscribers_any_more) {
  SocketPlace place;
  const CarrierId socket = place.open();
  place.say(socket, records(record_action::subscribe_and_read));
  place.answer(found("{}"));
  place.steps.clear();
  place.server->ended(place.now, model::record_topic("team", {"desk", "1"}, ""), {socket}, place.steps);
  EXPECT_EQ(place.all<dialect::Leave>().size(), 1u);
  place.say(socket, records(record_action::unsubscribe));
  EXPECT_EQ(place.actions(socket).front(), record_action::not_subscribed);
}

TEST(DeepstreamSession, what_is_denied_is_said_by_name_and_not_asked) {
  SocketPlace place(R"({"permissions":{"record":{"denied/*":false},"rpc":{"*":{"request":false}}}})");
  const CarrierId socket = place.open();
  const std::size_t before = place.questions.size();
  Message write = update(1, "{}");
  write.name = "denied/1";
  place.say(socket, write);
  EXPECT_EQ(place.told(socket).at(0).action, record_action::message_denied);
  EXPECT_TRUE(place.told(socket).at(0).is_write_ack);
  place.say(socket, records(record_action::subscribe_create_and_read, {"denied/1"}));
  EXPECT_EQ(place.actions(socket).front(), record_action::message_denied);
  place.say(socket, rpc(rpc_action::request, "c"));
  EXPECT_EQ(place.actions(socket), Actions{rpc_action::message_denied});
  EXPECT_EQ(place.questions.size(), before);
}

TEST(DeepstreamSession, who_may_write_and_not_create_writes_what_is_there) {
  SocketPlace place(R"({"permissions":{"record":{"*":{"create":false}}}})");
  const CarrierId socket = place.open();
  place.say(socket, update(-1, "{}"));
  place.answer(found(""));
  EXPECT_EQ(place.actions(socket), Actions{record_action::message_denied});
  place.say(socket, update(-1, "{}"));
  place.answer(found("{}", 7, 4));
  ASSERT_EQ(place.commands<model::Write>().size(), 1u);
  EXPECT_EQ(place.commands<model::Write>()[0].groups[0][0].base, 7u);
  place.answer(model::Written{.outcomes = {model::Conflicted{.number = 1}}});
  EXPECT_EQ(place.commands<model::Read>().size(), 1u) << "it is looked at again";
  place.answer(found(""));
  EXPECT_EQ(place.actions(socket), Actions{record_action::message_denied});
  place.say(socket, update(1, "{}"));
  place.answer(found("{}", 7, 4));
  EXPECT_EQ(place.actions(socket), Actions{record_action::version_exists});
}

TEST(DeepstreamSession, subscriptions_of_all_kinds_count_together) {
  SocketPlace place("{}", {.subscriptions = 3});
  const CarrierId socket = place.open();
  place.say(socket, records(record_action::subscribe, {"a/1"}));
  place.answer(found("{}"));
  Message events{.topic = Topic::event, .action = event_action::subscribe, .names = {"e1", "e2", "e3"}};
  place.say(socket, events);
  EXPECT_EQ(place.commands<model::Listen>().size(), 2u);
  EXPECT_EQ(place.actions(socket).front(), event_action::message_denied);
  place.say(socket, records(record_action::subscribe, {"a/2"}));
  EXPECT_EQ(place.actions(socket).front(), record_action::load_error);
  place.say(socket,
            {.topic = Topic::presence, .action = presence_action::subscribe, .names = {"1", "2", "3", "4"}});
  EXPECT_EQ(place.actions(socket), Actions{presence_action::message_denied});
  dialect::LimitsMet met;
  place.server->count_limits(met);
  EXPECT_EQ(met.at("subscriptions"), 3u);
}

// ---- calls and presence -----------------------------------------------------------------------------------

TEST(DeepstreamSession, a_caller_hears_each_way_a_call_can_end) {
  SocketPlace place;
  const CarrierId socket = place.open();
  const auto ends = [&](model::Reply reply) {
    place.say(socket, rpc(rpc_action::request, "c1", "[1]"));
    place.answer(std::move(reply));
    return place.told(socket).at(0);
  };
  EXPECT_EQ(ends(model::Returned{.data = "3"}).data, "3");
  EXPECT_EQ(ends(model::Returned{.error = R"({"no":1})"}).action, rpc_action::request_error);
  EXPECT_EQ(ends(model::Unaccepted{}).action, rpc_action::accept_timeout);
  const auto failed = [](base::Code code) { return model::Failed{.error = {code, "", ""}}; };
  EXPECT_EQ(ends(failed(base::Code::timeout)).action, rpc_action::response_timeout);
  EXPECT_EQ(ends(failed(base::Code::not_found)).action, rpc_action::no_rpc_provider);
  EXPECT_EQ(ends(failed(base::Code::closed)).action, rpc_action::no_rpc_provider);
  EXPECT_EQ(ends(failed(base::Code::forbidden)).action, rpc_action::message_denied);
  place.say(socket, rpc(rpc_action::request, "c2"));
  place.answer(model::Accepted{});
  EXPECT_EQ(place.actions(socket), Actions{rpc_action::accept});
  place.answer(model::Returned{});
  EXPECT_EQ(place.told(socket).at(0).correlation_id, "c2");
}

TEST(DeepstreamSession, a_provider_s_words_reach_the_hub) {
  SocketPlace place;
  const CarrierId socket = place.open();
  Message provide{
      .topic = Topic::rpc, .action = rpc_action::provide, .correlation_id = "1", .names = {"add"}};
  place.say(socket, provide);
  EXPECT_TRUE(place.commands<model::Provide>().at(0).accepts);
  EXPECT_EQ(place.all<dialect::Join>().size(), 1u);
  place.say(socket, provide);
  EXPECT_EQ(place.actions(socket).front(), rpc_action::multiple_providers);
  place.say(socket, rpc(rpc_action::accept, "12"));
  EXPECT_EQ(place.commands<model::Accept>().at(0).call, 12u);
  place.say(socket, rpc(rpc_action::reject, "12"));
  EXPECT_TRUE(place.commands<model::Return>().at(0).rejected);
  place.say(socket, rpc(rpc_action::request_error, "12", "\"no\""));
  EXPECT_EQ(place.commands<model::Return>().at(0).error, "\"no\"");
  place.say(socket, rpc(rpc_action::response, "x"));
  EXPECT_EQ(place.actions(socket), Actions{rpc_action::invalid_rpc_correlation_id});
}

TEST(DeepstreamSession, users_are_there_from_their_first_socket_to_their_last) {
  SocketPlace place;
  const CarrierId ada = place.open("ada");
  place.say(ada, {.topic = Topic::presence, .action = presence_action::subscribe_all});
  const auto moves = [&](const std::string& member, bool is_there) {
    place.steps.clear();
    const model::PresenceMoved moved{{.member = member, .user = "bob", .state = is_there ? "{}" : ""}};
    const model::Topic room{.space = "team", .kind = model::Topic::Kind::presence, .name = "deepstream"};
    place.server->deliver(place.now, dialect::kept_carriers,
                          std::make_shared<const std::string>(encode_notice(room, moved)), place.steps);
    return place.actions(ada);
  };
  EXPECT_EQ(moves("2.x", true), Actions{presence_action::join_all});
  EXPECT_EQ(moves("3.x", true), Actions{});
  place.say(ada, {.topic = Topic::presence, .action = presence_action::query_all});
  EXPECT_EQ(place.told(ada).at(0).names, std::vector<std::string>{"bob"});
  EXPECT_EQ(moves("2.x", false), Actions{});
  EXPECT_EQ(moves("3.x", false), Actions{presence_action::leave_all});
}

TEST(DeepstreamSession, names_that_are_denied_are_told_one_by_one_and_all_is_acknowledged) {
  SocketPlace place(R"({"permissions":{"event":{"denied/*":false}}})");
  const CarrierId socket = place.open();
  Message events{.topic = Topic::event, .action = event_action::subscribe, .names = {"denied/1", "bell"}};
  place.say(socket, events);
  EXPECT_EQ(place.actions(socket), (Actions{event_action::message_denied, event_action::subscribe}));
  EXPECT_EQ(place.told(socket).at(0).name, "denied/1");
  EXPECT_EQ(place.told(socket).at(1).names.size(), 2u);
}

TEST(DeepstreamSession, what_the_hub_refuses_is_not_subscribed_or_provided) {
  SocketPlace place;
  const CarrierId socket = place.open();
  const model::Failed refused{.error = {base::Code::forbidden, "no", ""}};
  Message events{.topic = Topic::event, .action = event_action::subscribe, .names = {"bell"}};
  Message provide{.topic = Topic::rpc, .action = rpc_action::provide, .names = {"add"}};
  for (const auto& [message, denied] :
       {std::pair{events, event_action::message_denied}, std::pair{provide, rpc_action::message_denied}}) {
    for (int twice = 0; twice < 2; ++twice) {
      place.say(socket, message);
      EXPECT_EQ(place.actions(socket), Actions{message.action});
      place.answer(refused);
      EXPECT_EQ(place.actions(socket), Actions{denied});
    }
  }
}

TEST(DeepstreamSession, a_user_who_is_subscribed_to_twice_is_named) {
  SocketPlace place;
  const CarrierId socket = place.open();
  Message users{.topic = Topic::presence, .action = presence_action::subscribe, .names = {"bob"}};
  place.say(socket, users);
  EXPECT_EQ(place.actions(socket), Actions{presence_action::subscribe});
  place.say(socket, users);
  EXPECT_EQ(place.actions(socket),
            (Actions{presence_action::multiple_subscriptions, presence_action::subscribe}));
}

// ---- listening --------------------------------------------------------------------------------------------

class DeepstreamListening : public ::testing::Test {
 protected:
  void listen(CarrierId socket, const std::string& pattern) {
    place.say(socket, record(record_action::listen, pattern));
  }
  void subscribe(CarrierId socket, const std::string& name) {
    place.say(socket, records(record_action::subscribe, {name}));
    place.answer(found("{}"));
  }
  void respond(CarrierId socket, std::int32_t action, const std::string& name) {
    Message message = record(action, "^w/.*");
    message.subscription = name;
    place.say(socket, message);
  }

  SocketPlace place;
};

TEST_F(DeepstreamListening, one_listener_after_another_is_asked_until_one_accepts) {
  const CarrierId first = place.open(), second = place.open(), reader = place.open();
  listen(first, "^w/.*");
  EXPECT_TRUE(place.told(first).at(0).is_ack);
  listen(second, "^w/.*");
  subscribe(reader, "w/rome");
  EXPECT_EQ(place.actions(first), Actions{record_action::pattern_found});
  EXPECT_TRUE(place.told(second).empty());
  respond(first, record_action::listen_reject, "w/rome");
  EXPECT_EQ(place.actions(second), Actions{record_action::pattern_found});
  respond(second, record_action::listen_accept, "w/rome");
  EXPECT_EQ(place.actions(reader), Actions{record_action::has_provider});
  place.say(reader, records(record_action::unsubscribe, {"w/rome"}));
  EXPECT_EQ(place.actions(second), Actions{record_action::pattern_removed});
}

TEST_F(DeepstreamListening, who_does_not_answer_within_half_a_second_is_passed_over) {
  const CarrierId first = place.open(), second = place.open(), reader = place.open();
  listen(first, "^w/.*");
  listen(second, "^w/.*");
  subscribe(reader, "w/rome");
  place.wait(499);
  EXPECT_TRUE(place.told(second).empty());
  place.wait(1);
  EXPECT_EQ(place.actions(first), Actions{record_action::listen_response_timeout});
  EXPECT_EQ(place.actions(second), Actions{record_action::pattern_found});
}

TEST_F(DeepstreamListening, another_one_is_asked_when_the_provider_goes) {
  const CarrierId first = place.open(), second = place.open(), reader = place.open();
  listen(first, "^w/.*");
  subscribe(reader, "w/rome");
  respond(first, record_action::listen_accept, "w/rome");
  listen(second, "^w/.*");
  EXPECT_EQ(place.told(second).size(), 1u);
  place.close(first);
  EXPECT_EQ(place.actions(reader), Actions{record_action::has_no_provider});
  EXPECT_EQ(place.actions(second), Actions{record_action::pattern_found});
}

TEST_F(DeepstreamListening, who_listens_late_hears_what_is_subscribed_to_already) {
  const CarrierId reader = place.open(), late = place.open();
  subscribe(reader, "w/rome");
  subscribe(reader, "x/rome");
  listen(late, "^w/.*");
  EXPECT_EQ(place.actions(late), (Actions{record_action::listen, record_action::pattern_found}));
  EXPECT_EQ(place.told(late).back().subscription, "w/rome");
}

TEST_F(DeepstreamListening, a_pattern_that_is_none_is_refused) {
  const CarrierId socket = place.open();
  listen(socket, "(");
  EXPECT_EQ(place.actions(socket), Actions{record_action::invalid_listen_regex});
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
