// Models that pages of our SDK follow: whole at first, then what happens, and what they missed.
#include "core/gateway/datocms_sdk_place_test.h"

namespace rockpool::gateway {
namespace {

using Socket = DatocmsSocket;

std::string member(const std::string& frame, const std::string& way) { return Socket::member(frame, way); }

// `changes 12:one 13:-`: the type, and the ids with what is in the field, or that they are gone.
std::string sketch(const std::string& frame, const std::string& field = "title") {
  if (frame.empty()) return "";
  const auto value = model::read(frame);
  const std::string type = *model::text_member(*value, "type");
  std::string text = type;
  const model::Value* list = model::member(*value, type);
  if (list == nullptr) return text;
  for (const model::Value& one : *list) {
    const model::Value* record = type == "records" ? &one : model::member(one, "record");
    text += ' ' + *model::text_member(one, "id") + ':';
    if (record == nullptr)
      text += '-';
    else
      text += member(model::write(*record), "data." + field);
  }
  return text;
}

// One view more of a post.
model::Mutation view(std::uint64_t number, const std::string& id) {
  return {.number = number, .key = {"post", id}, .op = model::Op::add, .path = "/views", .data = "1"};
}

// Posts p0, p1, ... by groups of a log entry each.
void fill(Datocms& cms, Page& writer, std::uint64_t& number, int groups) {
  for (int i = 0; i < groups; ++i) {
    model::Group group;
    for (int one = 0; one < 200; ++one, ++number)
      group.push_back(put(number, "p" + std::to_string(number), R"({"title":"x","views":0})", 0, "post"));
    writer.push({group});
    cms.world.perform();
  }
}

TEST(DatocmsFollow, begins_with_all_records_in_the_order_of_their_numbers) {
  Datocms cms;
  const std::string author = cms.create("author", R"({"name":"Ada"})");
  const std::string id = cms.create("post", R"({"title":"one","views":3,"author":")" + author + R"("})");
  Page& writer = cms.world.page();
  writer.push({{put(1, "mine", R"({"title":"two","tags":["no tag"]})", 0, "post")}});
  cms.world.perform();
  Socket socket = Socket::with_drafts(cms);
  socket.follow("post");
  const std::string all = socket.next();
  EXPECT_EQ(member(all, "type"), "records");
  EXPECT_EQ(member(all, "model"), "post");
  EXPECT_EQ(member(all, "begin") + member(all, "done"), "truetrue");
  const std::string now = std::to_string(cms.world.now.ms);
  EXPECT_EQ(member(all, "records.0"),
            R"({"id":")" + id + R"(","version":)" + member(all, "records.0.version") + R"(,"createdAt":)" +
                now + R"(,"updatedAt":)" + now +
                R"(,"data":{"title":"one","slug":null,"views":3,"rating":null,"day":null,"starts_at":null,)"
                R"("extra":null,"hot":null,"author":")" +
                author +
                R"(","tags":null,"_status":"draft","_publishedAt":null,)"
                R"("_firstPublishedAt":null,"_isValid":true}})");
  EXPECT_EQ(member(all, "records.1.name"), "mine");
  EXPECT_EQ(member(all, "records.1.data.tags"), "[null]") << "there is no such record";
  cms.publish(id);
  const std::string changes = socket.next();
  EXPECT_EQ(member(changes, "changes.0.record.data._status"), "published");
  EXPECT_EQ(member(changes, "changes.0.record.data._publishedAt"),
            member(cms.query("{ post { _publishedAt } }"), "data.post._publishedAt"));
}

TEST(DatocmsFollow, tells_what_happens_once_a_turn_and_of_followed_models_alone) {
  Datocms cms;
  Socket socket = Socket::with_drafts(cms);
  socket.follow("post");
  EXPECT_EQ(sketch(socket.next()), "records");
  cms.create("tag", R"({"label":"x"})");
  EXPECT_EQ(socket.next(), "");
  const std::string id = cms.create("post", R"({"title":"one"})");
  EXPECT_EQ(sketch(socket.next()), "changes " + id + ":one");
  Page& writer = cms.world.page();
  writer.push({{view(1, id)}, {view(2, id)}});
  cms.world.perform();
  std::string told;
  for (std::string frame = socket.next(); !frame.empty(); frame = socket.next())
    told = sketch(frame, "views");
  EXPECT_EQ(told, "changes " + id + ":2");
  cms.ask("DELETE", "cma/items/" + id);
  const std::string gone = socket.next();
  EXPECT_EQ(sketch(gone), "changes " + id + ":-");
  EXPECT_EQ(member(gone, "changes.0.version"), "4") << "its removal made one";
  socket.say(R"({"type":"unfollow","model":"post"})");
  cms.create("post", R"({"title":"four"})");
  EXPECT_EQ(socket.next(), "");
}

TEST(DatocmsFollow, tells_in_the_published_view_of_what_can_be_seen_there) {
  Datocms cms;
  Socket socket = Socket::greeted(cms);
  socket.follow("post");
  EXPECT_EQ(sketch(socket.next()), "records");
  const std::string id = cms.create("post", R"({"title":"one"})");
  cms.change(id, R"({"title":"two"})");
  EXPECT_EQ(socket.next(), "") << "it never was published";
  cms.publish(id);
  const std::string published = socket.next();
  EXPECT_EQ(sketch(published), "changes " + id + ":two");
  cms.change(id, R"({"title":"three"})");
  const std::string edited = socket.next();
  EXPECT_EQ(sketch(edited), "changes " + id + ":two");
  EXPECT_NE(member(edited, "changes.0.record.version"), member(published, "changes.0.record.version"))
      << "whoever writes it has to name the newest";
  EXPECT_EQ(member(edited, "changes.0.record.data._status"), "published");
  cms.publish(id);
  EXPECT_EQ(sketch(socket.next()), "changes " + id + ":three");
  cms.ask("PUT", "cma/items/" + id + "/unpublish");
  EXPECT_EQ(sketch(socket.next()), "changes " + id + ":-");
  cms.change(id, R"({"title":"four"})");
  cms.ask("DELETE", "cma/items/" + id);
  EXPECT_EQ(socket.next(), "");
}

TEST(DatocmsFollow, tells_who_was_away_of_what_was_withdrawn_however_often_it_was_edited_since) {
  Datocms cms;
  const std::string id = cms.create("post", R"({"title":"one"})");
  cms.publish(id);
  Socket socket = Socket::greeted(cms);
  socket.follow("post");
  const std::string cursor = member(socket.next(), "cursor");
  cms.world.feed(socket.carrier(), dialect::Stalled{});
  cms.ask("PUT", "cma/items/" + id + "/unpublish");
  cms.change(id, R"({"title":"two"})");
  Socket again = Socket::greeted(cms);
  again.follow("post", cursor);
  EXPECT_EQ(sketch(again.next()), "changes " + id + ":-");
  EXPECT_EQ(socket.next(), "");
  socket.drain();
  EXPECT_EQ(sketch(socket.next()), "changes " + id + ":-");
}

TEST(DatocmsFollow, leaves_out_what_is_not_valid_where_that_was_asked_for) {
  Datocms cms;
  Socket socket = Socket::greeted(cms, R"(,"drafts":true,"validOnly":true)");
  socket.follow("author");
  EXPECT_EQ(sketch(socket.next()), "records");
  const std::string id = cms.create("author", R"({"name":"Ada"})");
  EXPECT_EQ(sketch(socket.next(), "name"), "changes " + id + ":Ada");
  cms.change(id, R"({"name":null})");
  EXPECT_EQ(sketch(socket.next(), "name"), "changes " + id + ":-");
}

TEST(DatocmsFollow, goes_on_from_where_the_page_was) {
  Datocms cms;
  const std::string id = cms.create("post", R"({"title":"one"})");
  Socket socket = Socket::with_drafts(cms);
  socket.follow("post");
  const std::string cursor = member(socket.next(), "cursor");
  socket.cut();
  Socket idle = Socket::with_drafts(cms);
  idle.follow("post", cursor);
  const std::string nothing = idle.next();
  EXPECT_EQ(sketch(nothing), "changes");
  EXPECT_EQ(member(nothing, "cursor"), cursor);
  cms.change(id, R"({"title":"two"})");
  cms.change(id, R"({"title":"three"})");
  const std::string gone = cms.create("post", R"({"title":"short"})");
  cms.ask("DELETE", "cma/items/" + gone);
  Socket again = Socket::with_drafts(cms);
  again.follow("post", cursor);
  EXPECT_EQ(sketch(again.next()), "changes " + id + ":three " + gone + ":-");
  for (const std::string& wrong :
       {std::string("x"), "99999" + cursor.substr(cursor.find('-')),
        cursor.substr(0, cursor.find('-')) + "-1", "0" + cursor.substr(cursor.find('-'))}) {
    Socket other = Socket::with_drafts(cms);
    other.follow("post", wrong);
    EXPECT_EQ(sketch(other.next()), "records " + id + ":three") << wrong;
  }
  cms.restart();
  Socket after = Socket::with_drafts(cms);
  after.follow("post", cursor);
  EXPECT_EQ(sketch(after.next()), "records " + id + ":three") << "what happened before is not known";
}

TEST(DatocmsFollow, tells_who_comes_back_of_the_end_of_what_it_may_have_heard_beyond_its_place) {
  Datocms cms;
  Socket socket = Socket::with_drafts(cms);
  socket.follow("post");
  const std::string place = member(socket.next(), "cursor");
  // An answer to the page, or news that it kept with the place of another model, told it of this one.
  const std::string id = cms.create("post", R"({"title":"one"})");
  cms.ask("DELETE", "cma/items/" + id);
  Socket again = Socket::with_drafts(cms);
  again.follow("post", place);
  EXPECT_EQ(sketch(again.next()), "changes " + id + ":-");
  Socket other = Socket::greeted(cms);
  other.follow("post", place);
  EXPECT_EQ(sketch(other.next()), "changes") << "it was never to be seen there";
}

TEST(DatocmsFollow, is_whole_again_when_too_much_happened) {
  Datocms cms;
  Socket socket = Socket::with_drafts(cms);
  socket.follow("tag");
  const std::string cursor = member(socket.next(), "cursor");
  socket.follow("post");
  socket.next();
  socket.cut();
  Page& writer = cms.world.page();
  std::uint64_t number = 1;
  fill(cms, writer, number, 1);
  for (int i = 0; i < 50; ++i) {
    model::Group group;
    for (int one = 1; one <= 200; ++one)
      group.push_back(view(static_cast<std::uint64_t>(200 * i + one), "p" + std::to_string(one)));
    cms.world.page().push({group});
    cms.world.perform();
  }
  Socket again = Socket::with_drafts(cms);
  again.follow("post", cursor);
  EXPECT_EQ(member(again.next(), "type"), "records");
  Socket quiet = Socket::with_drafts(cms);
  quiet.follow("tag", cursor);
  EXPECT_EQ(sketch(quiet.next(), "label"), "changes") << "nothing happened to this model";
}

TEST(DatocmsFollow, sends_a_piece_only_when_the_last_one_has_left) {
  Datocms cms;
  Page& writer = cms.world.page();
  std::uint64_t number = 1;
  fill(cms, writer, number, 6);
  Socket socket = Socket::with_drafts(cms);
  socket.listen("count", "{ _allPostsMeta { count } }");
  socket.next();
  cms.world.unread.insert(socket.carrier());
  socket.follow("post");
  const std::string first = socket.next();
  EXPECT_EQ(member(first, "records.499.name"), "p500");
  EXPECT_EQ(member(first, "records.500"), "none in " + first);
  EXPECT_EQ(member(first, "begin"), "true");
  EXPECT_EQ(socket.next(), "");
  writer.push({{view(number, "p1"), put(number + 1, "new", "{}", 0, "post")}});
  cms.world.perform();
  EXPECT_EQ(socket.next(), "");
  socket.drain();
  EXPECT_EQ(member(socket.next(), "key"), "count") << "results are told before the next piece";
  const std::string second = socket.next(), third = socket.next(), changes = socket.next();
  EXPECT_EQ(member(second, "records.0.name"), "p501");
  EXPECT_EQ(member(third, "done"), "true");
  EXPECT_EQ(member(third, "cursor"), member(first, "cursor")) << "what happened since is still to come";
  EXPECT_EQ(member(changes, "type"), "changes");
  EXPECT_EQ(member(changes, "changes.0.record.name"), "p1");
  EXPECT_EQ(socket.next(), "");
}

TEST(DatocmsFollow, tells_when_a_record_that_is_linked_to_comes_or_goes) {
  Datocms cms;
  const std::string author = cms.create("author", R"({"name":"Ada"})");
  const std::string post = cms.create("post", R"({"title":"t","author":")" + author + R"("})");
  Socket socket = Socket::with_drafts(cms);
  socket.follow("post");
  EXPECT_EQ(sketch(socket.next(), "author"), "records " + post + ":" + author);
  cms.change(author, R"({"name":"Bea"})");
  EXPECT_EQ(socket.next(), "");
  cms.ask("DELETE", "cma/items/" + author);
  EXPECT_EQ(sketch(socket.next(), "author"), "changes " + post + ":null");
}

TEST(DatocmsFollow, writes_a_change_once_for_all_who_follow) {
  Datocms cms;
  Socket one = Socket::with_drafts(cms), other = Socket::with_drafts(cms);
  for (Socket* socket : {&one, &other}) socket->follow("post");
  cms.create("post", R"({"title":"one"})");
  one.next();
  EXPECT_EQ(cms.world.last_sent.at(one.carrier()), cms.world.last_sent.at(other.carrier()));
  EXPECT_EQ(member(*cms.world.last_sent.at(one.carrier()), "type"), "changes");
}

TEST(DatocmsFollow, reads_single_records_by_number_or_name) {
  Datocms cms;
  Page& writer = cms.world.page();
  writer.push({{put(1, "mine", R"({"title":"two"})", 0, "post")}});
  cms.world.perform();
  Socket socket = Socket::with_drafts(cms);
  const auto read = [&](const std::string& id) {
    socket.say(R"({"type":"read","model":"post","id":")" + id + R"("})");
    return socket.next();
  };
  const std::string found = read("mine");
  EXPECT_EQ(member(found, "type"), "record");
  EXPECT_EQ(member(found, "id"), "mine");
  EXPECT_EQ(member(found, "record.data.title"), "two");
  EXPECT_EQ(member(read(member(found, "record.id")), "record.name"), "mine");
  EXPECT_EQ(read("none"), R"({"type":"record","model":"post","id":"none"})");
  EXPECT_EQ(read("999"), R"({"type":"record","model":"post","id":"999"})");
  Socket other = Socket::greeted(cms);
  other.say(R"({"type":"read","model":"post","id":"mine"})");
  EXPECT_EQ(other.next(), R"({"type":"record","model":"post","id":"mine"})") << "a draft";
}

TEST(DatocmsFollow, says_what_is_wrong_with_a_message) {
  Datocms cms;
  Socket socket = Socket::greeted(cms);
  for (const char* wrong :
       {R"({"type":"follow"})", R"({"type":"follow","model":"nope"})", R"({"type":"unfollow","model":7})",
        R"({"type":"follow","model":"post","since":7})", R"({"type":"read","model":"post"})",
        R"({"type":"read","id":"1"})"}) {
    socket.say(wrong);
    const std::string error = socket.next();
    EXPECT_EQ(member(error, "fatal"), "false") << wrong;
    EXPECT_NE(member(error, "message").size(), 0u) << wrong;
  }
}

}  // namespace
}  // namespace rockpool::gateway
