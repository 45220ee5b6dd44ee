// RESTED's files over a real hub; the edge that stores them is played by hand.
#include "core/dialect/file_meta.h"
#include "core/gateway/rested_place_test.h"

namespace rockpool::gateway {
namespace {

using Files = std::vector<std::string>;

std::string id_of(int number) {
  return base::hex(static_cast<std::uint64_t>(number), 16) + "0123456789abcdef";
}

dialect::StoredFile stored(int number, std::string name = "a.txt", std::string type = "text/plain") {
  return {.id = id_of(number), .name = std::move(name), .mime_type = std::move(type), .bytes = 10};
}

class RestedFiles : public testing::Test {
 protected:
  RestedFiles() {
    rested.make_project(R"(,"masterKey":true)");
    rested.make_endpoint("parts");
  }
  std::string at(const std::string& more = "") const { return rested.at("parts", more); }

  // A request with an upload; the edge is asked to take it exactly when `is_read`.
  dialect::CarrierId begin(const std::string& method, const std::string& target, Asks asks = {},
                           bool is_read = true) {
    asks.headers.emplace_back("Content-Type", "Multipart/Form-Data; boundary=b");
    const std::size_t before = rested.world.file_reads.size();
    const auto carrier = rested.send(method, target, nullptr, std::move(asks));
    EXPECT_EQ(rested.world.file_reads.size() - before, is_read ? 1u : 0u) << rested.answer(carrier);
    return carrier;
  }
  std::string upload(const std::string& method, const std::string& target, dialect::Uploaded uploaded,
                     Asks asks = {}) {
    const auto carrier = begin(method, target, std::move(asks));
    rested.world.feed(carrier, std::move(uploaded));
    return rested.answer(carrier);
  }
  std::string refused(const std::string& method, const std::string& target, Asks asks = {}) {
    return rested.answer(begin(method, target, std::move(asks), false));
  }
  // The uniqueId of a record with that file.
  std::string add(int number, std::string name = "a.txt", std::string type = "text/plain") {
    return Rested::member(upload("POST", at(), {{stored(number, std::move(name), std::move(type))}, {}}),
                          "uniqueId");
  }
  // How a download was answered; the status alone when no file is sent.
  const dialect::RespondFile* download(const std::string& more, wire::Headers headers = {},
                                       const std::string& method = "GET") {
    last_ = rested.send(method, at(more), nullptr, {.headers = std::move(headers)});
    for (const auto& one : rested.world.file_responses)
      if (one.carrier == last_) return &one;
    return nullptr;
  }
  std::string header(const dialect::RespondFile& file, std::string_view name) {
    const std::string* value = wire::find_header(file.head.headers, name);
    return value == nullptr ? "" : *value;
  }
  Files& dropped() { return rested.world.dropped; }

  Rested rested;
  dialect::CarrierId last_ = 0;
};

TEST_F(RestedFiles, one_file_is_one_record) {
  const std::string made =
      upload("POST", at(), {{stored(1)}, {{"title", "a title"}, {"tag", "x"}, {"tag", "y"}}});
  EXPECT_EQ(
      Rested::member(made, "data"),
      R"({"name":"a.txt","size":10,"mimeType":"text/plain","metadata":{"title":"a title","tag":["x","y"]}})");
  const std::string id = Rested::member(made, "uniqueId");
  EXPECT_EQ(rested.ask("GET", at("&uniqueId=" + id)), made);
  EXPECT_EQ(rested.world.file_reads.back().files_name, "file");
  EXPECT_EQ(rested.world.file_reads.back().files_max, 10u);
  EXPECT_EQ(rested.world.file_reads.back().file_bytes_max, 100u << 20);
  EXPECT_TRUE(dropped().empty());
}

TEST_F(RestedFiles, several_are_an_array_of_records_in_one_entry) {
  const auto socket = rested.socket(at());
  const std::uint64_t before = rested.world.hub->end().seq;
  const std::string made =
      upload("POST", at(), {{stored(1), stored(2, "b"), stored(3, "c", "")}, {{"k", "v"}}});
  EXPECT_EQ(rested.world.hub->end().seq, before + 1);
  const auto value = model::read(made.substr(4));
  ASSERT_TRUE(value && value->elements().size() == 3) << made;
  EXPECT_EQ(model::write(*model::member(value->elements()[2], "data")),
            R"({"name":"c","size":10,"mimeType":"application/octet-stream","metadata":{"k":"v"}})");
  ASSERT_EQ(rested.frames(socket).size(), 1u);
  EXPECT_TRUE(rested.frames(socket)[0].starts_with(R"({"type":"POST","record":[{"data":{"name":"a.txt")"));
}

TEST_F(RestedFiles, the_message_of_one_file_is_no_array) {
  const auto socket = rested.socket(at());
  add(1);
  ASSERT_EQ(rested.frames(socket).size(), 1u);
  EXPECT_TRUE(rested.frames(socket)[0].starts_with(R"({"type":"POST","record":{"data":{"name":"a.txt")"));
}

TEST_F(RestedFiles, data_only_answers_with_the_data) {
  EXPECT_EQ(upload("POST", at("&dataOnly=true"), {{stored(1)}, {}}),
            R"(200 {"name":"a.txt","size":10,"mimeType":"text/plain","metadata":{}})");
  EXPECT_EQ(upload("POST", at("&dataOnly=true"), {{stored(2, "b"), stored(3, "c")}, {}}),
            R"(200 [{"name":"b","size":10,"mimeType":"text/plain","metadata":{}},)"
            R"({"name":"c","size":10,"mimeType":"text/plain","metadata":{}}])");
}

TEST_F(RestedFiles, what_the_edge_refuses_is_told_in_our_words) {
  const auto carrier = begin("POST", at());
  rested.world.feed(carrier,
                    dialect::NotUploaded{.status = 507, .reason = "no room", .retry_after_ms = 5000});
  EXPECT_EQ(rested.answer(carrier), R"(507 {"error":"no room"})");
  EXPECT_EQ(rested.header(carrier, "Retry-After"), "5");
}

TEST_F(RestedFiles, nobody_uploads_who_may_not_write) {
  rested.make_endpoint("vault", R"(,"secure":true)");
  rested.make_endpoint("users", R"(,"authentication":true)");
  EXPECT_EQ(Rested::status(refused("POST", rested.at("vault"))), "401");
  EXPECT_EQ(Rested::status(refused("POST", "/api/1/ce/parts?key=wrong")), "400");
  EXPECT_EQ(Rested::status(refused("POST", rested.at("nothing"))), "400");
  const auto [ada, ada_token] = rested.make_user("users", "ada");
  const auto [bob, bob_token] = rested.make_user("users", "bob");
  const std::string made = upload("POST", rested.at("vault"), {{stored(1)}, {}}, Rested::as(ada_token));
  const std::string target = rested.at("vault", "&uniqueId=" + Rested::member(made, "uniqueId"));
  EXPECT_EQ(Rested::status(refused("PUT", target, Rested::as(bob_token))), "403");
  EXPECT_EQ(Rested::status(rested.ask("GET", target + "&fileOnly=true", Rested::as(bob_token))), "403");
  EXPECT_EQ(Rested::status(rested.ask("DELETE", target, Rested::as(bob_token))), "403");
  EXPECT_EQ(Rested::status(refused("PUT", rested.at("users", "&uniqueId=" + ada), Rested::as(ada_token))),
            "400");
  EXPECT_TRUE(dropped().empty());
}

TEST_F(RestedFiles, rights_of_the_space_are_looked_at_before_anything_is_read) {
  const std::string id = add(1);
  const std::uint64_t before = rested.world.hub->end().seq;
  rights::SpaceRules rules{.access = rights::Access::rules, .names = {}};
  rules.names[rights::Kind::collection] = {
      {.pattern = "parts", .verbs = {{rights::Verb::read, {.anyone = true}}}, .owner = {}, .records = {}}};
  auto all = std::make_shared<rights::Rights>();
  all->add_space("default", rules);
  rested.world.gateway->set_rights(all);
  EXPECT_EQ(Rested::status(refused("POST", at())), "403");
  EXPECT_EQ(Rested::status(refused("PUT", at("&uniqueId=" + id))), "403");
  EXPECT_EQ(Rested::status(rested.ask("GET", at("&uniqueId=" + id))), "200");
  EXPECT_EQ(rested.world.hub->end().seq, before);
}

TEST_F(RestedFiles, requests_that_cannot_work_are_refused_before_anything_is_read) {
  const std::string id = add(1);
  const std::string json = rested.add("parts", R"({"a":1})");
  EXPECT_EQ(Rested::status(refused("PUT", at())), "400");
  EXPECT_EQ(Rested::status(refused("PUT", at("&uniqueId=" + std::string(32, '0')))), "404");
  EXPECT_EQ(Rested::status(refused("PUT", at("&uniqueId=" + id + "&strategy=merge"))), "400");
  EXPECT_EQ(Rested::status(refused("PUT", at("&strategy=replace&uniqueId=" + json))), "400");
  EXPECT_EQ(Rested::status(refused("PATCH", at("&uniqueId=" + json))), "400");
  EXPECT_EQ(Rested::status(refused("PUT", at("&uniqueId=" + id), {.headers = {{"If-Match", "\"99\""}}})),
            "412");
  EXPECT_EQ(Rested::status(rested.write("PUT", at("&strategy=replace&uniqueId=" + id), "{}")), "400");
  EXPECT_EQ(Rested::status(rested.write("PATCH", at("&uniqueId=" + id), "{}")), "400");
}

TEST_F(RestedFiles, a_put_replaces_the_file_and_drops_the_old_one) {
  const std::string id = add(1);
  const auto socket = rested.socket(at());
  const std::string put = upload("PUT", at("&uniqueId=" + id), {{stored(2, "new")}, {{"k", "v"}}});
  EXPECT_EQ(Rested::member(put, "data"),
            R"({"name":"new","size":10,"mimeType":"text/plain","metadata":{"k":"v"}})");
  EXPECT_EQ(Rested::member(put, "uniqueId"), id);
  EXPECT_EQ(rested.world.file_reads.back().files_max, 1u);
  EXPECT_EQ(dropped(), Files{id_of(1)});
  EXPECT_EQ(download("&fileOnly=true&uniqueId=" + id)->file, id_of(2));
  ASSERT_EQ(rested.frames(socket).size(), 1u);
  EXPECT_TRUE(rested.frames(socket)[0].starts_with(R"({"type":"PUT","record":{)"));
}

TEST_F(RestedFiles, a_file_with_the_same_facts_is_another_file) {
  const std::string id = add(1);
  upload("PUT", at("&strategy=replace&uniqueId=" + id), {{stored(2)}, {}});
  EXPECT_EQ(dropped(), Files{id_of(1)});
  EXPECT_EQ(download("&fileOnly=true&uniqueId=" + id)->file, id_of(2));
}

TEST_F(RestedFiles, a_patch_replaces_the_file_and_merges_what_is_said_of_it) {
  const std::string made = upload("POST", at(), {{stored(1)}, {{"a", "1"}, {"b", "2"}}});
  const std::string id = Rested::member(made, "uniqueId");
  const std::string patched =
      upload("PATCH", at("&uniqueId=" + id), {{stored(2, "new")}, {{"b", "3"}, {"c", "4"}}});
  EXPECT_EQ(Rested::member(patched, "data"),
            R"({"name":"new","size":10,"mimeType":"text/plain","metadata":{"a":"1","b":"3","c":"4"}})");
  EXPECT_EQ(dropped(), Files{id_of(1)});
}

TEST_F(RestedFiles, what_is_said_of_a_file_keeps_to_the_limits_of_records) {
  const std::string id = add(1);
  std::string metadata;
  for (int i = 0; i < 10'000; ++i)
    metadata.append(metadata.empty() ? "{" : ",").append("\"m" + std::to_string(i) + "\":1");
  Page& page = rested.world.page();
  page.subscribe("parts");
  const auto version = page.records.at("parts").at(id).version;
  page.push({{put(1, id, R"({"metadata":)" + metadata + "}}", version, "parts")}});
  EXPECT_EQ(Rested::status(upload("PATCH", at("&uniqueId=" + id), {{stored(2)}, {{"m1", "2"}}})), "200");
  const std::string over = upload("PATCH", at("&uniqueId=" + id), {{stored(3)}, {{"one", "more"}}});
  EXPECT_EQ(Rested::status(over), "413") << over;
  EXPECT_EQ(dropped(), (Files{id_of(1), id_of(3)}));
}

TEST_F(RestedFiles, any_record_may_become_a_file_and_be_one_no_more) {
  const std::string id = rested.add("parts", R"({"a":1})");
  upload("PUT", at("&uniqueId=" + id), {{stored(1)}, {}});
  ASSERT_NE(download("&fileOnly=true&uniqueId=" + id), nullptr);
  rested.write("PUT", at("&uniqueId=" + id), "[1]");
  EXPECT_EQ(dropped(), Files{id_of(1)});
  EXPECT_EQ(download("&fileOnly=true&uniqueId=" + id), nullptr);
  EXPECT_EQ(rested.answer(last_), R"(400 {"error":"the record has no file"})");
}

TEST_F(RestedFiles, a_record_that_goes_meanwhile_takes_the_upload_along) {
  const std::string id = add(1);
  const auto carrier = begin("PUT", at("&uniqueId=" + id));
  rested.ask("DELETE", at("&uniqueId=" + id));
  rested.world.feed(carrier, dialect::Uploaded{{stored(2)}, {}});
  EXPECT_EQ(Rested::status(rested.answer(carrier)), "404");
  EXPECT_EQ(dropped(), (Files{id_of(1), id_of(2)}));
}

TEST_F(RestedFiles, a_record_that_others_changed_meanwhile_gets_the_file_all_the_same) {
  const std::string id = add(1);
  const auto carrier = begin("PUT", at("&uniqueId=" + id));
  rested.write("PUT", at("&uniqueId=" + id), "1");
  rested.world.feed(carrier, dialect::Uploaded{{stored(2)}, {}});
  EXPECT_EQ(Rested::status(rested.answer(carrier)), "200");
  EXPECT_EQ(dropped(), Files{id_of(1)});
}

TEST_F(RestedFiles, an_upload_whose_sender_is_gone_is_dropped) {
  const auto carrier = begin("POST", at());
  rested.world.feed(carrier, dialect::Closed{});
  rested.world.feed(carrier, dialect::Uploaded{{stored(1)}, {}});
  EXPECT_EQ(dropped(), Files{id_of(1)});
  EXPECT_EQ(rested.ask("GET", at()), "200 []");
}

TEST_F(RestedFiles, the_file_goes_with_its_record_whichever_way_that_goes) {
  const std::string first = add(1), second = add(2);
  add(3);
  rested.ask("DELETE", at("&uniqueId=" + first));
  EXPECT_EQ(dropped(), Files{id_of(1)});
  Page& page = rested.world.page();
  page.subscribe("parts");
  const auto held = page.records.at("parts").at(second);
  page.push({{{.number = 1, .key = {"parts", second}, .op = model::Op::remove, .base = held.version}}});
  EXPECT_EQ(dropped(), (Files{id_of(1), id_of(2)}));
  rested.manage("DELETE", "projects/" + rested.project);
  EXPECT_EQ(dropped(), (Files{id_of(1), id_of(2), id_of(3)}));
}

TEST_F(RestedFiles, other_dialects_change_what_is_said_of_it_and_not_the_file) {
  const std::string id = add(1);
  Page& page = rested.world.page();
  page.subscribe("parts");
  const auto held = page.records.at("parts").at(id);
  page.push({{put(1, id, R"({"name":"x\r\ny","size":99999,"mimeType":"text/html\r\nX: y"})", held.version,
                  "parts")}});
  const auto* file = download("&fileOnly=true&uniqueId=" + id);
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->bytes, 10u) << "what is there counts, not what is said";
  EXPECT_EQ(header(*file, "Content-Type"), "application/octet-stream");
  EXPECT_EQ(header(*file, "Content-Disposition"), "attachment; filename=\"x__y\"; filename*=UTF-8''x%0D%0Ay");
  EXPECT_TRUE(dropped().empty());
}

TEST_F(RestedFiles, a_download_says_what_it_is_and_runs_nothing) {
  const auto* text = download("&fileOnly=true&uniqueId=" + add(1));
  ASSERT_NE(text, nullptr);
  EXPECT_EQ(text->head.status, 200);
  EXPECT_EQ(text->file, id_of(1));
  EXPECT_EQ(text->offset, 0u);
  EXPECT_EQ(text->bytes, 10u);
  EXPECT_EQ(header(*text, "Content-Type"), "text/plain");
  EXPECT_EQ(header(*text, "Content-Disposition"), "inline; filename=\"a.txt\"");
  EXPECT_EQ(header(*text, "Cache-Control"), "private, no-cache");
  EXPECT_EQ(header(*text, "Accept-Ranges"), "none");
  EXPECT_NE(header(*text, "Content-Security-Policy").find("sandbox"), std::string::npos);
  int number = 1;
  for (const char* type :
       {"text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "application/pdf"}) {
    const auto* active = download("&fileOnly=true&uniqueId=" + add(++number, "a", type));
    EXPECT_EQ(header(*active, "Content-Disposition"), "attachment; filename=\"a\"") << type;
    EXPECT_EQ(header(*active, "Content-Type"), type);
  }
}

TEST_F(RestedFiles, a_file_is_wanted_by_one_id) {
  const std::string one = add(1), two = add(2);
  EXPECT_EQ(download("&fileOnly=true"), nullptr);
  EXPECT_EQ(Rested::status(rested.answer(last_)), "400");
  EXPECT_EQ(download("&fileOnly=true&uniqueId=" + one + "," + two), nullptr);
  EXPECT_EQ(Rested::status(rested.answer(last_)), "400");
  EXPECT_EQ(download("&fileOnly=true&uniqueId=" + std::string(32, '0')), nullptr);
  EXPECT_EQ(Rested::status(rested.answer(last_)), "404");
}

TEST_F(RestedFiles, what_is_known_already_is_not_sent_again) {
  const std::string id = add(1);
  const std::string tag = header(*download("&fileOnly=true&uniqueId=" + id), "ETag");
  EXPECT_EQ(download("&fileOnly=true&uniqueId=" + id, {{"If-None-Match", "\"x\", W/" + tag}}), nullptr);
  EXPECT_EQ(Rested::status(rested.answer(last_)), "304");
  EXPECT_EQ(rested.header(last_, "ETag"), tag);
  EXPECT_NE(download("&fileOnly=true&uniqueId=" + id, {{"If-None-Match", "\"x\""}}), nullptr);
  upload("PUT", at("&uniqueId=" + id), {{stored(2)}, {}});
  EXPECT_NE(download("&fileOnly=true&uniqueId=" + id, {{"If-None-Match", tag}}), nullptr)
      << "it is another one";
}

TEST_F(RestedFiles, streams_come_in_ranges) {
  const std::string more = "&fileOnly=true&stream=true&uniqueId=" + add(1);
  const auto* part = download(more, {{"Range", "bytes=2-5"}});
  ASSERT_NE(part, nullptr);
  EXPECT_EQ(part->head.status, 206);
  EXPECT_EQ(part->offset, 2u);
  EXPECT_EQ(part->bytes, 4u);
  EXPECT_EQ(header(*part, "Content-Range"), "bytes 2-5/10");
  EXPECT_EQ(header(*part, "Accept-Ranges"), "bytes");
  EXPECT_EQ(download(more, {{"Range", "bytes=10-"}}), nullptr);
  EXPECT_EQ(Rested::status(rested.answer(last_)), "416");
  EXPECT_EQ(rested.header(last_, "Content-Range"), "bytes */10");
}

TEST_F(RestedFiles, the_whole_file_comes_where_a_range_does_not_count) {
  const std::string id = add(1);
  const std::string whole = "&fileOnly=true&uniqueId=" + id, stream = whole + "&stream=true";
  const std::string tag = header(*download(whole), "ETag");
  EXPECT_EQ(download(whole, {{"Range", "bytes=2-5"}})->head.status, 200) << "only streams have ranges";
  EXPECT_EQ(download(stream, {{"Range", "bytes=2-5"}}, "HEAD")->head.status, 200);
  EXPECT_EQ(download(stream, {{"Range", "bytes=0-1,3-4"}})->bytes, 10u);
  EXPECT_EQ(download(stream, {{"Range", "bytes=2-5"}, {"If-Range", "\"x\""}})->head.status, 200);
  EXPECT_EQ(download(stream, {{"Range", "bytes=2-5"}, {"If-Range", "Wed, 21 Oct 2015 07:28:00 GMT"}})->bytes,
            10u);
  EXPECT_EQ(download(stream, {{"Range", "bytes=2-5"}, {"If-Range", tag}})->head.status, 206);
}

TEST_F(RestedFiles, ids_of_files_stay_within_the_server) {
  const std::string made = upload("POST", at(), {{stored(1)}, {}});
  EXPECT_EQ(made.find(id_of(1)), std::string::npos);
  Page& page = rested.world.page();
  page.subscribe("parts");
  for (const std::string& frame : page.frames) EXPECT_EQ(frame.find(id_of(1)), std::string::npos);
}

}  // namespace
}  // namespace rockpool::gateway
