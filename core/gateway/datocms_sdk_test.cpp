// What our SDK says and hears over the one socket of its page: who is let in, and queries that it listens to.
#include "core/gateway/datocms_sdk_place_test.h"

namespace rockpool::gateway {
namespace {

using Socket = DatocmsSocket;

constexpr std::string_view titles = "{ allPosts(orderBy: id_ASC) { title } }";

std::string member(const std::string& frame, const std::string& way) { return Socket::member(frame, way); }

TEST(DatocmsSdk, is_welcome_with_the_models_and_where_the_log_stands) {
  Datocms cms;
  Socket socket(cms);
  EXPECT_EQ(cms.world.accepted.at(socket.carrier()).subprotocol, "rockpool.datocms.v1");
  socket.hello();
  const std::string welcome = socket.next();
  EXPECT_EQ(member(welcome, "type"), "welcome");
  EXPECT_EQ(member(welcome, "models.post.fields.author"), R"({"type":"link","model":"author"})");
  EXPECT_EQ(member(welcome, "models.author.fields.name"), R"({"type":"string","required":true})");
  EXPECT_EQ(member(welcome, "models.home_page.singleInstance"), "true");
  const std::string cursor = member(welcome, "cursor");
  EXPECT_EQ(cursor.size() - cursor.find('-'), 17u) << "behind it the epoch of the log: " << cursor;
  const auto asked = cms.send("POST", "graphql", Datocms::body_of("{ post { id } }"));
  EXPECT_EQ(cms.header(asked, "Rockpool-Cursor"), cursor);
}

TEST(DatocmsSdk, is_refused_as_a_request_would_be) {
  const std::vector<std::array<std::string, 3>> refused = {
      {"nobody knows it", "", "INSUFFICIENT_PERMISSIONS"},
      {"", "", "INVALID_AUTHORIZATION_HEADER"},
      {"writer", "", "INSUFFICIENT_PERMISSIONS"},
      {"reader", R"(,"drafts":true)", "INSUFFICIENT_PERMISSIONS"},
      {"side", "", "INSUFFICIENT_PERMISSIONS"},
      {"all", R"(,"environment":"none")", "INVALID_ENVIRONMENT"}};
  for (const auto& [token, more, code] : refused) {
    Datocms cms;
    Socket socket(cms);
    socket.hello(more, token);
    const std::string error = socket.next();
    EXPECT_EQ(member(error, "type"), "error") << token;
    EXPECT_EQ(member(error, "code"), code) << token;
    EXPECT_EQ(member(error, "fatal"), "true") << token;
    EXPECT_EQ(socket.closed(), 1008) << token;
  }
  Datocms cms;
  Socket::greeted(cms, R"(,"environment":"side","validOnly":true,"drafts":false)", "side");
  Socket::greeted(cms, R"(,"drafts":true)", "the administrator");
}

TEST(DatocmsSdk, says_hello_within_ten_seconds_and_once) {
  Datocms cms;
  Socket silent(cms);
  cms.world.wait(9'999);
  EXPECT_EQ(silent.closed(), 0);
  cms.world.wait(1);
  EXPECT_EQ(silent.closed(), 1008);
  Socket socket = Socket::greeted(cms);
  cms.world.wait(20'000);
  EXPECT_EQ(socket.closed(), 0);
  socket.hello();
  EXPECT_EQ(member(socket.next(), "message"), "hello was said already");
}

TEST(DatocmsSdk, may_say_more_before_it_is_welcome) {
  Datocms cms;
  Socket socket(cms);
  socket.say_early(R"({"type":"hello","token":"the administrator"})");
  socket.say_early(R"({"type":"listen","key":"a","query":"{ post { id } }"})");
  EXPECT_EQ(member(socket.next(), "type"), "welcome");
  EXPECT_EQ(member(socket.next(), "key"), "a");
}

TEST(DatocmsSdk, says_that_it_is_there) {
  Datocms cms;
  Socket socket = Socket::greeted(cms);
  socket.say(R"({"type":"ping"})");
  EXPECT_EQ(socket.next(), R"({"type":"pong"})");
}

TEST(DatocmsSdk, is_a_socket_of_its_sub_protocol_and_nothing_else) {
  Datocms cms;
  EXPECT_EQ(cms.ask("GET", "rockpool").substr(0, 3), "426");
  EXPECT_EQ(cms.ask("POST", "rockpool").substr(0, 3), "405");
  EXPECT_EQ(cms.ask("GET", "rockpool/more").substr(0, 3), "404");
}

TEST(DatocmsSdk, listens_to_queries_by_keys_of_its_own) {
  Datocms cms;
  Socket socket = Socket::greeted(cms);
  socket.listen("all", std::string(titles));
  const std::string first = socket.next();
  EXPECT_EQ(member(first, "type"), "update");
  EXPECT_EQ(member(first, "key"), "all");
  EXPECT_EQ(member(first, "response"), R"({"data":{"allPosts":[]}})");
  EXPECT_NE(member(first, "id").find('-'), std::string::npos);
  socket.listen("more", "query Q($n: IntType) { allPosts(first: $n) { id } }", R"(,"variables":{"n":0})");
  EXPECT_EQ(member(socket.next(), "response"), R"({"data":{"allPosts":[]}})");
  const std::string id = cms.create("post", R"({"title":"one"})");
  EXPECT_EQ(socket.next(), "") << "a draft";
  cms.publish(id);
  const std::string update = socket.next();
  EXPECT_EQ(member(update, "key"), "all");
  EXPECT_EQ(member(update, "response.data.allPosts.0.title"), "one");
  EXPECT_EQ(socket.next(), "");
  socket.leave("all");
  cms.ask("DELETE", "cma/items/" + id);
  EXPECT_EQ(socket.next(), "");
  socket.listen("all", std::string(titles));
  EXPECT_EQ(member(socket.next(), "response"), R"({"data":{"allPosts":[]}})") << "the key is free again";
}

TEST(DatocmsSdk, shares_an_evaluation_and_its_text_with_all_who_ask_the_same) {
  Datocms cms;
  Socket one = Socket::greeted(cms), other = Socket::greeted(cms);
  const auto evaluations = [&] { return cms.world.gateway->figures().by_dialect.back().second.evaluations; };
  const auto before = evaluations();
  one.listen("a", "{ post { title } }");
  one.listen("b", "{ post  { title } } # the same");
  other.listen("c", "{ post { title } }");
  const auto stream = cms.listen("{ post { title } }");
  EXPECT_EQ(evaluations(), before + 1);
  cms.publish(cms.create("post", R"({"title":"x"})"));
  for (const char* key : {"a", "b"}) EXPECT_EQ(member(one.next(), "key"), key) << "first";
  for (const char* key : {"a", "b"}) EXPECT_EQ(member(one.next(), "key"), key);
  EXPECT_EQ(cms.world.last_sent.at(one.carrier()), cms.world.last_sent.at(other.carrier()));
  EXPECT_EQ(cms.updates(stream), R"({"post":null}{"post":{"title":"x"}})");
  EXPECT_EQ(cms.world.gateway->figures().sessions.websocket, 2u);
  one.cut();
  EXPECT_EQ(cms.world.gateway->figures().sessions.websocket, 1u);
}

TEST(DatocmsSdk, is_told_that_a_result_is_the_one_it_has) {
  Datocms cms;
  Socket first = Socket::greeted(cms);
  first.listen("a", std::string(titles));
  const std::string id = member(first.next(), "id");
  const std::string have = R"(,"have":")" + id.substr(id.find('-') + 1) + '"';
  Socket second = Socket::greeted(cms);
  second.listen("a", std::string(titles), have);
  EXPECT_EQ(second.next(), R"({"type":"same","key":"a"})");
  cms.publish(cms.create("post", R"({"title":"x"})"));
  EXPECT_EQ(member(second.next(), "type"), "update");
  Socket third = Socket::greeted(cms);
  third.listen("a", std::string(titles), have);
  EXPECT_EQ(member(third.next(), "type"), "update");
}

TEST(DatocmsSdk, is_told_what_is_wrong_with_a_query_and_goes_on) {
  Datocms cms;
  Socket socket = Socket::greeted(cms);
  socket.listen("bad", "{ post { nope } }");
  const std::string error = socket.next();
  EXPECT_EQ(member(error, "type"), "error");
  EXPECT_EQ(member(error, "key"), "bad");
  EXPECT_EQ(member(error, "code"), "INVALID_QUERY");
  EXPECT_EQ(member(error, "fatal"), "true");
  EXPECT_EQ(member(error, "response.errors.0.message"), "Field 'nope' doesn't exist on type 'PostRecord'");
  socket.say(R"({"type":"listen","key":"bad","query":7})");
  EXPECT_EQ(member(socket.next(), "key"), "bad");
  socket.listen("bad", "{ post { id } }");
  EXPECT_EQ(member(socket.next(), "type"), "update") << "the key is free";
}

TEST(DatocmsSdk, is_told_what_was_wrong_and_closed_after_twenty_mistakes) {
  Datocms cms;
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"{", "no JSON"},
      {"[]", "type"},
      {R"({"type":7})", "type"},
      {R"({"type":"dance"})", "no such type"},
      {R"({"type":"listen","query":"{ post { id } }"})", "key"},
      {R"({"type":"listen","key":"","query":"{ post { id } }"})", "key"},
      {R"({"type":"listen","key":")" + std::string(301, 'k') + R"(","query":"{ post { id } }"})", "key"},
      {R"({"type":"leave"})", "key"}};
  Socket socket = Socket::greeted(cms);
  for (const auto& [text, what] : wrong) {
    socket.say(text);
    const std::string error = socket.next();
    EXPECT_EQ(member(error, "fatal"), "false") << text;
    EXPECT_NE(member(error, "message").find(what), std::string::npos) << error;
  }
  for (std::size_t i = wrong.size(); i < 19; ++i) socket.say("x");
  EXPECT_EQ(socket.closed(), 0);
  socket.say("x");
  EXPECT_EQ(socket.closed(), 1008);
  Socket early(cms);
  for (const char* text :
       {R"({"type":"hello"})", R"({"type":"hello","token":"all","drafts":1})",
        R"({"type":"hello","token":"all","environment":1})", R"({"type":"leave","key":"a"})"}) {
    early.say(text);
    EXPECT_NE(member(early.next(), "message").find("hello"), std::string::npos) << text;
  }
  early.hello();
  EXPECT_EQ(member(early.next(), "type"), "welcome");
}

TEST(DatocmsSdk, ends_with_frames_that_are_binary_or_too_large) {
  Datocms cms;
  Socket socket = Socket::greeted(cms);
  cms.world.feed(socket.carrier(), dialect::Frame{"{}", true});
  EXPECT_EQ(socket.closed(), 1003);
  Socket large = Socket::greeted(cms);
  large.say(std::string((1 << 20) + 1, ' '));
  EXPECT_EQ(large.closed(), 1009);
  Socket early(cms);
  early.say_early(R"({"type":"hello","token":"the administrator"})");
  for (int i = 0; i < 5; ++i) early.say_early(std::string(60'000, ' '));
  cms.world.perform();
  EXPECT_EQ(early.closed(), 1008) << "nobody knows yet who that is";
}

TEST(DatocmsSdk, has_at_most_200_queries) {
  Datocms cms;
  Socket socket = Socket::greeted(cms);
  for (int i = 0; i < 200; ++i) socket.listen(std::to_string(i), "{ post { id } }");
  for (int i = 0; i < 200; ++i) EXPECT_EQ(member(socket.next(), "type"), "update");
  socket.listen("one more", "{ post { id } }");
  EXPECT_EQ(member(socket.next(), "code"), "TOO_MANY_QUERIES");
  socket.leave("7");
  socket.listen("one more", "{ post { id } }");
  EXPECT_EQ(member(socket.next(), "type"), "update");
}

TEST(DatocmsSdk, that_does_not_read_is_told_the_newest_result_alone) {
  Datocms cms;
  Socket socket = Socket::greeted(cms);
  socket.listen("a", "{ _allPostsMeta { count } }");
  socket.next();
  socket.stall();
  for (int i = 0; i < 5; ++i) cms.publish(cms.create("post", "{}"));
  socket.listen("b", "{ __typename }");
  EXPECT_EQ(socket.next(), "");
  socket.drain();
  EXPECT_EQ(member(socket.next(), "response.data._allPostsMeta.count"), "5");
  EXPECT_EQ(member(socket.next(), "key"), "b");
  EXPECT_EQ(socket.next(), "");
}

TEST(DatocmsSdk, is_let_in_as_far_as_there_is_room) {
  Datocms cms(R"(,"channelsMax":1)");
  Socket first = Socket::greeted(cms);
  Socket second(cms);
  EXPECT_EQ(cms.answer(second.carrier()).substr(0, 3), "503");
  first.cut();
  Socket third = Socket::greeted(cms);
}

TEST(DatocmsSdk, has_so_many_sockets_of_a_token_at_an_address_and_channels_count) {
  Datocms cms(R"(,"channelsPerCaller":2)");
  const auto come = [&](const std::string& address) {
    Socket socket(cms);
    socket.cut();
    socket.connect(address);
    socket.hello();
    return socket;
  };
  const Datocms::As other = {"all", {}, "10.0.0.1"};
  EXPECT_TRUE(cms.channel("{ post { id } }", other).starts_with("listen/"));
  Socket first = come("10.0.0.1");
  EXPECT_EQ(member(first.next(), "type"), "welcome");
  Socket second = come("10.0.0.1");
  EXPECT_EQ(member(second.next(), "code"), "TOO_MANY_CONNECTIONS");
  EXPECT_EQ(second.closed(), 1013) << "it may come again";
  Socket elsewhere = come("10.0.0.2");
  EXPECT_EQ(member(elsewhere.next(), "type"), "welcome");
  first.cut();
  Socket third = come("10.0.0.1");
  EXPECT_EQ(member(third.next(), "type"), "welcome");
}

class Withdrawn final : public dialect::Standing {
 public:
  base::Result<model::Principal> renew(const model::Principal& principal) const override {
    if (principal.user == "key:one")
      return base::Error{.code = base::Code::auth, .message = "withdrawn", .path = {}};
    model::Principal renewed = principal;
    renewed.admin = principal.user != "key:two";
    return renewed;
  }
};

TEST(DatocmsSdk, ends_when_its_token_is_withdrawn_or_no_administrators_any_more) {
  Datocms cms;
  Socket own = Socket::greeted(cms), other = Socket::greeted(cms, "", "key:other");
  Socket one = Socket::greeted(cms, "", "key:one"), two = Socket::greeted(cms, "", "key:two");
  cms.world.gateway->review(cms.world.now, Withdrawn());
  cms.world.perform();
  for (Socket* socket : {&one, &two}) {
    const std::string error = socket->next();
    EXPECT_EQ(member(error, "code"), "INVALID_AUTHORIZATION_HEADER");
    EXPECT_EQ(member(error, "fatal"), "true");
    EXPECT_EQ(socket->closed(), 1008);
  }
  EXPECT_EQ(own.closed() + other.closed(), 0);
}

}  // namespace
}  // namespace rockpool::gateway
