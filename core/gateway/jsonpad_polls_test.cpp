// JSONPad's realtime paths: every row of the contract's tables, over a real hub and with a clock that only
// the test moves.
#include "core/gateway/jsonpad_place_test.h"

namespace rockpool::gateway {
namespace {

constexpr const char* timeout = R"(200 {"object_id":null,"event_type":"timeout","event_data":null})";

std::string event(const std::string& id, const std::string& type, const std::string& data) {
  return R"(200 {"object_id":)" + id + R"(,"event_type":")" + type + R"(","event_data":)" + data + "}";
}

TEST(JsonpadPolls, answer_with_exactly_the_contracts_members) {
  Pad pad;
  pad.make_list("a");
  const auto poll = pad.poll("lists/a");
  EXPECT_FALSE(pad.is_answered(poll));
  const std::string id = pad.add("a", R"({"n":1})");
  const std::string item = R"({"created":"2023-11-14T22:13:20+00:00","data":{"n":1},"id":")" + id +
                           R"(","updated":"2023-11-14T22:13:20+00:00"})";
  EXPECT_EQ(pad.answer(poll), event(id, "item-create", item)) << "an integer beside a text";
  EXPECT_EQ(pad.header(poll, "Content-Type"), "application/json");
  EXPECT_EQ(pad.header(poll, "Cache-Control"), "no-store");
  EXPECT_EQ(pad.header(poll, "Access-Control-Expose-Headers"), "Rockpool-Cursor");
}

TEST(JsonpadPolls, hear_of_everything_that_happens_to_an_item) {
  Pad pad;
  pad.make_list("a");
  const std::string id = pad.add("a", "1");
  const std::string other = pad.add("a", "1");
  const auto updated = pad.poll("items/" + id);
  pad.write("PUT", "lists/a/items/" + other, "2");
  EXPECT_FALSE(pad.is_answered(updated)) << "that was another item";
  pad.write("PUT", "lists/a/items/" + id, "2");
  EXPECT_EQ(pad.event(updated), "item-update");
  EXPECT_EQ(Pad::member(pad.body(updated), "object_id"), id);
  const auto deleted = pad.poll("items/" + id);
  pad.ask("DELETE", "lists/a/items/" + id);
  EXPECT_EQ(pad.answer(deleted), event(id, "item-delete", "null"));
  const auto all = pad.poll("items/" + other);
  pad.ask("DELETE", "lists/a/items");
  EXPECT_EQ(pad.answer(all), event("\"a\"", "item-delete-all", "null"));
  const std::string third = pad.add("a", "1");
  const auto list = pad.poll("items/" + third);
  pad.ask("DELETE", "lists/a");
  EXPECT_EQ(pad.answer(list), event("\"a\"", "list-delete", "null"));
  pad.make_list("b");
  const std::string fourth = pad.add("b", "1");
  const auto lists = pad.poll("items/" + fourth);
  pad.ask("DELETE", "lists");
  EXPECT_EQ(pad.answer(lists), event("null", "list-delete-all", "null"));
}

TEST(JsonpadPolls, hear_of_everything_that_happens_to_a_list) {
  Pad pad;
  pad.make_list("a");
  pad.make_list("b");
  const auto heard = [&](const std::string& method, const std::string& path, const std::string& body) {
    const auto poll = pad.poll("lists/a");
    body.empty() ? pad.ask(method, path) : pad.write(method, path, body);
    return poll;
  };
  EXPECT_EQ(pad.event(heard("POST", "lists/a/items", "1")), "item-create");
  const std::string id = pad.add("a", "1");
  EXPECT_EQ(pad.event(heard("PUT", "lists/a/items/" + id, "2")), "item-update");
  EXPECT_EQ(pad.event(heard("DELETE", "lists/a/items/" + id, "")), "item-delete");
  EXPECT_EQ(pad.answer(heard("DELETE", "lists/a/items", "")), event("\"a\"", "item-delete-all", "null"));
  const auto waits = heard("POST", "lists/b/items", "1");
  EXPECT_FALSE(pad.is_answered(waits)) << "that was another list";
  const auto renamed = heard("PUT", "lists/a", R"({"name":"c"})");
  EXPECT_EQ(pad.event(renamed), "list-update");
  EXPECT_EQ(Pad::member(pad.body(renamed), "object_id"), "c") << "the new name";
  EXPECT_EQ(Pad::member(Pad::member(pad.body(renamed), "event_data"), "name"), "c");
  EXPECT_EQ(pad.event(waits), "list-update") << "by its old name";
  EXPECT_EQ(Pad::code(pad.poll_now("lists/a")), "404 7001");
  const auto poll = pad.poll("lists/c");
  pad.add("c", "1");
  const auto deleted = pad.poll("lists/c");
  pad.ask("DELETE", "lists/c");
  EXPECT_EQ(pad.event(poll), "item-create");
  EXPECT_EQ(pad.answer(deleted), event("\"c\"", "list-delete", "null")) << "and no item-delete";
  const auto all = pad.poll("lists/b");
  pad.ask("DELETE", "lists");
  EXPECT_EQ(pad.answer(all), event("null", "list-delete-all", "null"));
}

TEST(JsonpadPolls, hear_of_lists_and_not_of_their_items) {
  Pad pad;
  const auto created = pad.poll("lists");
  pad.make_list("a");
  EXPECT_EQ(pad.event(created), "list-create");
  EXPECT_EQ(Pad::member(pad.body(created), "object_id"), "a");
  EXPECT_EQ(Pad::member(Pad::member(pad.body(created), "event_data"), "item_count"), "0");
  const auto updated = pad.poll("lists");
  const std::string id = pad.add("a", "22");
  pad.write("PUT", "lists/a/items/" + id, "333");
  EXPECT_FALSE(pad.is_answered(updated));
  pad.write("PUT", "lists/a", R"({"name":"b"})");
  EXPECT_EQ(pad.event(updated), "list-update");
  EXPECT_EQ(Pad::member(Pad::member(pad.body(updated), "event_data"), "data_size"), "3");
  const auto deleted = pad.poll("lists");
  pad.ask("DELETE", "lists/b");
  EXPECT_EQ(pad.answer(deleted), event("\"b\"", "list-delete", "null"));
  const auto all = pad.poll("lists");
  pad.ask("DELETE", "lists");
  EXPECT_EQ(pad.answer(all), event("null", "list-delete-all", "null")) << "there was none any more";
}

TEST(JsonpadPolls, time_out_after_thirty_seconds) {
  Pad pad;
  pad.make_list("a");
  const auto poll = pad.poll("lists/a");
  pad.world.wait(29'999);
  EXPECT_FALSE(pad.is_answered(poll));
  pad.world.wait(1);
  EXPECT_EQ(pad.answer(poll), timeout);
  EXPECT_NE(pad.cursor(poll), "");
}

TEST(JsonpadPolls, hear_of_the_events_they_name) {
  Pad pad;
  pad.make_list("a");
  const std::string id = pad.add("a", "1");
  const auto filtered = pad.poll("lists/a?events=item-delete%2Citem-update,item-update");
  const auto never = pad.poll("lists/a?events=list-create");
  const auto all = pad.poll("lists/a?events=");
  pad.add("a", "2");
  EXPECT_FALSE(pad.is_answered(filtered));
  EXPECT_EQ(pad.event(all), "item-create");
  pad.write("PUT", "lists/a/items/" + id, "2");
  EXPECT_EQ(pad.event(filtered), "item-update");
  EXPECT_FALSE(pad.is_answered(never));
  pad.world.wait(30'000);
  EXPECT_EQ(pad.answer(never), timeout);
  for (const char* events : {"timeout", "item-updated", "item-update,", "x", "ITEM-UPDATE", "%zz"})
    EXPECT_EQ(Pad::code(pad.poll_now(std::string("lists/a?events=") + events)), "400 7000") << events;
  const auto unknown = pad.poll("lists/a?foo=bar&baz");
  EXPECT_FALSE(pad.is_answered(unknown)) << "unknown parameters are ignored";
}

TEST(JsonpadPolls, each_event_name_is_taken) {
  Pad pad;
  for (const char* name : {"list-create", "list-update", "list-delete", "list-delete-all", "item-create",
                           "item-update", "item-delete", "item-delete-all"})
    EXPECT_EQ(pad.poll_now(std::string("lists?wait=0&events=") + name), timeout) << name;
}

TEST(JsonpadPolls, are_refused_in_the_contracts_words) {
  Pad pad;
  pad.make_list("a");
  const std::string denied = R"(401 {"status_code":401,"error_code":1000,"message":"Access denied"})";
  EXPECT_EQ(pad.answer(pad.poll("lists", Pad::nobody())), denied);
  EXPECT_EQ(pad.answer(pad.poll("lists", {.headers = {}, .user = "user:x"})), denied);
  EXPECT_EQ(Pad::code(pad.poll_now("lists/none")), "404 7001");
  for (const char* id : {"1", "x", "01"})
    EXPECT_EQ(Pad::code(pad.poll_now(std::string("items/") + id)), "404 7002");
  for (const char* query : {"since=x", "since=-1", "since=", "since=1.5", "batch=0", "batch=501", "batch=x"})
    EXPECT_EQ(Pad::code(pad.poll_now(std::string("lists?") + query)), "400 7003") << query;
  EXPECT_EQ(Pad::code(pad.answer(pad.send("HEAD", "/lists", Pad::realtime()))), "405 1003");
  EXPECT_EQ(Pad::code(pad.answer(pad.send("POST", "/lists/a", Pad::realtime()))), "405 1003");
  EXPECT_EQ(pad.last_header("Allow"), "GET");
  EXPECT_EQ(Pad::code(pad.poll_now("other")), "404 1002");
}

TEST(JsonpadPolls, lists_without_realtime_say_nothing) {
  Pad pad;
  const auto lists = pad.poll("lists");
  pad.make_list("a", false);
  const auto poll = pad.poll("lists/a");
  pad.add("a", "1");
  pad.write("PUT", "lists/a", R"({"name":"b"})");
  EXPECT_FALSE(pad.is_answered(lists));
  EXPECT_FALSE(pad.is_answered(poll)) << "it waits, and times out";
  pad.write("PUT", "lists/b", R"({"realtime_enabled":true})");
  EXPECT_EQ(pad.event(poll), "list-update") << "it is on afterwards";
  const auto off = pad.poll("lists/b");
  pad.write("PUT", "lists/b", R"({"realtime_enabled":false})");
  EXPECT_FALSE(pad.is_answered(off));
  pad.ask("DELETE", "lists");
  EXPECT_EQ(pad.event(off), "list-delete-all") << "whatever the flags are";
}

TEST(JsonpadPolls, nothing_is_lost_between_two_of_them) {
  Pad pad;
  pad.make_list("a");
  const auto first = pad.poll("lists/a");
  const std::string id = pad.add("a", "1");
  pad.write("PUT", "lists/a/items/" + id, "2");
  pad.write("PUT", "lists/a/items/" + id, "3");
  pad.ask("DELETE", "lists/a/items/" + id);
  std::string heard = pad.event(first);
  std::string cursor = pad.cursor(first);
  for (int i = 0; i < 3; ++i) {
    const auto next = pad.poll("lists/a?since=" + cursor);
    heard += ' ' + pad.event(next);
    cursor = pad.cursor(next);
  }
  EXPECT_EQ(heard, "item-create item-update item-update item-delete");
  const auto parked = pad.poll("lists/a?since=" + cursor);
  EXPECT_FALSE(pad.is_answered(parked));
  pad.add("a", "1");
  EXPECT_EQ(pad.event(parked), "item-create");
}

TEST(JsonpadPolls, a_timeouts_cursor_goes_on_where_it_was) {
  Pad pad;
  pad.make_list("a");
  const auto poll = pad.poll("lists/a?events=item-delete");
  pad.add("a", "1");
  pad.world.wait(30'000);
  pad.add("a", "2");
  const auto next = pad.poll("lists/a?since=" + pad.cursor(poll));
  EXPECT_EQ(Pad::member(Pad::member(pad.body(next), "event_data"), "data"), "2");
}

TEST(JsonpadPolls, batches_hold_all_that_happened) {
  Pad pad;
  pad.make_list("a");
  const std::string from = pad.cursor(pad.poll("lists?wait=0"));
  for (int i = 0; i < 5; ++i) pad.add("a", std::to_string(i));
  const auto types = [&](const std::string& query, std::string* cursor = nullptr) {
    const auto poll = pad.poll("lists/a?since=" + from + query);
    if (cursor != nullptr) *cursor = pad.cursor(poll);
    const auto value = model::read(pad.body(poll));
    return value ? value->size() : 999;
  };
  EXPECT_EQ(types("&batch=500"), 5u);
  std::string cursor;
  EXPECT_EQ(types("&batch=3", &cursor), 3u);
  EXPECT_EQ(pad.poll_now("lists/a?batch=3&wait=0&since=" + cursor).find("item-update"), std::string::npos);
  const auto rest = pad.poll("lists/a?batch=3&wait=0&since=" + cursor);
  EXPECT_EQ(model::read(pad.body(rest))->size(), 2u);
  EXPECT_EQ(pad.poll_now("lists/a?batch=3&wait=0&since=" + pad.cursor(rest)), "200 []");
  const auto waits = pad.poll("lists/a?batch=3&since=" + pad.cursor(rest));
  pad.world.page().push({{put(1, "x", "1", 0, "a"), put(2, "y", "1", 0, "a")}});
  EXPECT_EQ(model::read(pad.body(waits))->size(), 2u) << "what was written together";
}

TEST(JsonpadPolls, a_cursor_that_is_too_old_is_told_so) {
  Pad pad({}, R"({"accounts":{"user":{"tokens":["api"],"realtimeTokens":["rt"]}},"logEvents":2})");
  pad.make_list("a");
  const std::string from = pad.cursor(pad.poll("lists?wait=0"));
  pad.add("a", "1");
  pad.add("a", "2");
  EXPECT_EQ(pad.event(pad.poll("lists/a?since=" + from)), "item-create") << "that was the last moment";
  pad.add("a", "3");
  const auto late = pad.poll("lists/a?since=" + from);
  EXPECT_EQ(pad.event(late), "resync");
  EXPECT_EQ(pad.poll_now("lists/a?wait=0&since=" + pad.cursor(late)), timeout) << "its cursor is fresh";
  EXPECT_EQ(pad.event(pad.poll("lists/a?since=9007199254740991")), "resync") << "nobody gave that";
  EXPECT_EQ(pad.poll_now("lists/a?batch=2&since=" + from),
            R"(200 [{"object_id":null,"event_type":"resync","event_data":null}])");
  const auto old = pad.poll("lists/a?_=1");
  for (int i = 0; i < 3; ++i) pad.world.page().push({{put(1, "x" + std::to_string(i), "1", 0, "a")}});
  EXPECT_EQ(pad.event(old), "item-create") << "who sends no cursor never meets it";
}

TEST(JsonpadPolls, a_new_account_is_told_everything_from_the_beginning) {
  Pad pad;
  EXPECT_EQ(pad.poll_now("lists?since=0&wait=0"), timeout) << "nothing has happened yet";
  pad.make_list("a");
  pad.add("a", "1");
  EXPECT_EQ(pad.event(pad.poll("lists?since=0&wait=0")), "list-create");
  const auto all = pad.poll("lists?since=0&all=1&batch=500&wait=0");
  EXPECT_EQ(model::read(pad.body(all))->size(), 2u);
  EXPECT_EQ(pad.event(pad.poll("lists/a?since=0&wait=0")), "item-create");
  pad.restart();
  EXPECT_EQ(pad.event(pad.poll("lists?since=0&wait=0")), "resync") << "what happened is not known any more";
}

TEST(JsonpadPolls, lists_that_were_there_before_have_a_past_that_nobody_knows) {
  Pad pad;
  model::Mutation facet =
      put(1, "a", R"({"name":"a","facets":{"jsonpad:user":{"name":"a"}}})", 0, "$collections");
  model::Write write{.client = {}, .owns = true};
  write.groups = {{std::move(facet)}};
  pad.world.gateway->ask(pad.world.now, {.ticket = edge_tickets,
                                         .principal = {.system = true},
                                         .space = "default",
                                         .command = std::move(write)});
  pad.world.perform();
  pad.restart();
  EXPECT_EQ(pad.event(pad.poll("lists?since=0&wait=0")), "resync");
}

TEST(JsonpadPolls, events_are_kept_for_a_time) {
  Pad pad;
  pad.make_list("a");
  const std::string from = pad.cursor(pad.poll("lists?wait=0"));
  pad.add("a", "1");
  pad.world.wait(600'000);
  pad.add("a", "2");
  EXPECT_EQ(pad.event(pad.poll("lists/a?since=" + from)), "item-create");
  pad.world.wait(1);
  pad.add("a", "3");
  EXPECT_EQ(pad.event(pad.poll("lists/a?since=" + from)), "resync");
}

TEST(JsonpadPolls, cursors_survive_a_restart_when_nothing_happened_meanwhile) {
  Pad pad;
  pad.make_list("a");
  pad.add("a", "1");
  const std::string from = pad.cursor(pad.poll("lists?wait=0"));
  pad.restart();
  const auto poll = pad.poll("lists/a?since=" + from);
  EXPECT_FALSE(pad.is_answered(poll));
  pad.add("a", "2");
  EXPECT_EQ(pad.event(poll), "item-create");
  pad.restart();
  EXPECT_EQ(pad.event(pad.poll("lists/a?since=" + from)), "resync") << "what happened is not known any more";
}

TEST(JsonpadPolls, old_connectors_lose_nothing) {
  Pad pad;
  pad.make_list("a");
  const auto first = pad.poll("lists/a?_=17");
  const std::string id = pad.add("a", "1");
  pad.write("PUT", "lists/a/items/" + id, "2");
  pad.write("PUT", "lists/a/items/" + id, "3");
  EXPECT_EQ(pad.event(first), "item-create");
  const auto second = pad.poll("lists/a?_=17");
  EXPECT_EQ(Pad::member(Pad::member(pad.body(second), "event_data"), "data"), "2");
  const auto third = pad.poll("lists/a?_=17");
  EXPECT_EQ(Pad::member(Pad::member(pad.body(third), "event_data"), "data"), "3");
  EXPECT_FALSE(pad.is_answered(pad.poll("lists/a?_=18"))) << "another watch";
  EXPECT_FALSE(pad.is_answered(pad.poll("lists/a?_=17&events=item-update"))) << "another filter";
  EXPECT_FALSE(
      pad.is_answered(pad.poll("lists/a?_=17", {.headers = {}, .user = "user:rt", .address = "10.0.0.2"})))
      << "another address";
}

TEST(JsonpadPolls, old_connectors_are_remembered_for_a_minute) {
  Pad pad;
  pad.make_list("a");
  const auto first = pad.poll("lists/a?_=17");
  pad.add("a", "1");
  pad.add("a", "2");
  EXPECT_TRUE(pad.is_answered(first));
  pad.world.wait(60'000);
  EXPECT_FALSE(pad.is_answered(pad.poll("lists/a?_=17")));
}

TEST(JsonpadPolls, two_connectors_of_one_name_are_not_mixed_up) {
  Pad pad;
  pad.make_list("a");
  const auto one = pad.poll("lists/a?_=17");
  const auto other = pad.poll("lists/a?_=17");
  pad.add("a", "1");
  EXPECT_TRUE(pad.is_answered(one) && pad.is_answered(other));
  pad.add("a", "2");
  EXPECT_FALSE(pad.is_answered(pad.poll("lists/a?_=17"))) << "nobody knows whose cursor it was";
}

TEST(JsonpadPolls, one_poll_hears_of_a_whole_account) {
  Pad pad;
  pad.make_list("a");
  pad.make_list("b");
  const auto poll = pad.poll("lists?all=1");
  const std::string id = pad.add("b", "1");
  EXPECT_EQ(pad.event(poll), "item-create");
  EXPECT_EQ(Pad::member(pad.body(poll), "list"), "b");
  EXPECT_EQ(Pad::member(pad.body(poll), "object_id"), id);
  const auto next = pad.poll("lists?all=1&batch=9&since=" + pad.cursor(poll));
  pad.write("PUT", "lists/a", R"({"realtime_enabled":true,"name":"c"})");
  EXPECT_NE(pad.body(next).find("list-update"), std::string::npos);
}

TEST(JsonpadPolls, that_were_dropped_are_forgotten) {
  Pad pad;
  pad.make_list("a");
  const auto poll = pad.poll("lists/a?_=17");
  EXPECT_EQ(pad.world.gateway->figures().sessions.poll, 1u);
  pad.close(poll);
  EXPECT_EQ(pad.world.gateway->figures().sessions.poll, 0u);
  pad.add("a", "1");
  EXPECT_FALSE(pad.is_answered(poll));
}

TEST(JsonpadPolls, may_be_so_many_from_an_address) {
  dialect::SessionLimits limits = Pad::usual_limits();
  limits.of_an_address = 2;
  Pad pad({}, "{}", limits);
  pad.make_list("a");
  const Said far{.headers = {}, .user = "user:rt", .address = "10.0.0.2"};
  const auto first = pad.poll("lists/a", far);
  EXPECT_FALSE(pad.is_answered(pad.poll("lists/a", far)));
  const auto third = pad.poll("lists/a", far);
  EXPECT_EQ(Pad::code(pad.answer(third)), "429 1005");
  EXPECT_EQ(pad.header(third, "Retry-After"), "1");
  pad.close(first);
  EXPECT_FALSE(pad.is_answered(pad.poll("lists/a", far)));
  EXPECT_EQ(pad.world.gateway->figures().limits_met.at("sessions_per_address"), 1u);
}

TEST(JsonpadPolls, are_answered_when_the_server_goes) {
  Pad pad;
  pad.make_list("a");
  const auto poll = pad.poll("lists/a");
  pad.world.gateway->drain(pad.world.now);
  pad.world.perform();
  EXPECT_EQ(pad.answer(poll), timeout);
  EXPECT_EQ(pad.poll_now("lists/a"), timeout);
}

TEST(JsonpadPolls, lose_their_place_with_what_let_them_in) {
  class Nobody final : public dialect::Standing {
   public:
    base::Result<model::Principal> renew(const model::Principal&) const override {
      return base::Error{.code = base::Code::auth, .message = "gone", .path = ""};
    }
  };
  Pad pad;
  pad.make_list("a");
  const auto poll = pad.poll("lists/a");
  pad.world.gateway->review(pad.world.now, Nobody());
  pad.world.perform();
  EXPECT_FALSE(pad.is_answered(poll)) << "tokens of the configuration stay";
  pad.add("a", "1");
  EXPECT_EQ(pad.event(poll), "item-create") << "after it was asked again whether it may";
}

TEST(JsonpadPolls, hear_of_what_pages_write_and_the_reverse) {
  Pad pad;
  pad.make_list("tasks");
  Page& page = pad.world.page();
  page.subscribe("tasks");
  const auto poll = pad.poll("lists/tasks");
  page.push({{put(1, "mine", R"({"n":1})", 0, "tasks")}});
  EXPECT_EQ(pad.event(poll), "item-create");
  const std::string num = Pad::member(pad.body(poll), "object_id");
  EXPECT_EQ(Pad::member(Pad::member(pad.body(poll), "event_data"), "id"), num);
  pad.write("PUT", "lists/tasks/items/" + num, "2");
  EXPECT_EQ(page.records["tasks"]["mine"].data, "2");
  const std::string made = pad.add("tasks", "3");
  EXPECT_EQ(page.records["tasks"][made].data, "3") << "its id is its number";
  const auto cleared = pad.poll("lists/tasks");
  pad.ask("DELETE", "lists/tasks/items");
  EXPECT_EQ(pad.event(cleared), "item-delete-all");
  EXPECT_FALSE(page.records["tasks"]["mine"].exists());
  EXPECT_FALSE(page.records["tasks"][made].exists());
}

// More than go at once.
void fill(Pad& pad, std::size_t count = base::limits::clear_records_max + 10) {
  pad.make_list("a");
  Page& page = pad.world.page();
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < count;) {
    model::Group group;
    for (; group.size() < 200; ++i) group.push_back(put(++number, "x" + std::to_string(i), "1", 0, "a"));
    page.push({std::move(group)});
  }
}

TEST(JsonpadPages, the_data_of_all_items_is_one_array_and_never_a_part_of_it) {
  Pad pad;
  fill(pad, 10'000);
  const auto count = [&](const std::string& query) {
    return model::read(pad.ask("GET", "lists/a/items/data" + query).substr(4))->size();
  };
  EXPECT_EQ(count(""), 10'000u);
  EXPECT_EQ(count("?sort=created&descending=1"), 10'000u);
  EXPECT_EQ(count("?page=1"), 50u);
  EXPECT_EQ(count("?page_size=1000"), 1000u);
  pad.add("a", "1");
  const std::string over = pad.ask("GET", "lists/a/items/data");
  EXPECT_EQ(Pad::code(over), "400 1006");
  EXPECT_NE(over.find("more than 10,000 items"), std::string::npos) << over;
  EXPECT_EQ(count("?page=11&page_size=1000"), 1u);
}

TEST(JsonpadPolls, a_list_with_more_items_than_a_batch_holds_goes_with_all_of_them) {
  Pad pad;
  fill(pad);
  const auto poll = pad.poll("lists/a?batch=500");
  EXPECT_EQ(pad.ask("DELETE", "lists/a"), "204 ");
  EXPECT_EQ(pad.answer(poll), R"(200 [{"object_id":"a","event_type":"list-delete","event_data":null}])");
  EXPECT_TRUE(pad.world.stored("a").empty());
}

TEST(JsonpadPolls, more_items_than_a_batch_holds_are_deleted_with_one_event) {
  Pad pad;
  fill(pad);
  const std::string from = pad.cursor(pad.poll("lists?wait=0"));
  EXPECT_EQ(pad.ask("DELETE", "lists/a/items"), "204 ");
  EXPECT_EQ(pad.list("a", "item_count"), "0");
  EXPECT_EQ(pad.poll_now("lists/a?batch=500&since=" + from),
            R"(200 [{"object_id":"a","event_type":"item-delete-all","event_data":null}])");
}

}  // namespace
}  // namespace rockpool::gateway
