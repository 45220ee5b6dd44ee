// RESTED's `since`: nothing is lost over a new connection, and what cannot be found is said to be lost.
#include "core/gateway/rested_sockets_test.h"

namespace rockpool::gateway {
namespace {

class RestedResume : public RestedSockets {
 protected:
  std::string first_said(dialect::CarrierId carrier) {
    const Frames frames = rested.frames(carrier);
    return frames.empty() ? "nothing" : Rested::member(frames[0], "type");
  }
};

TEST_F(RestedResume, who_resumes_gets_what_it_missed_and_then_what_happens) {
  rested.ask("GET", rested.at("parts"));
  const std::string begin = rested.last_header("Rockpool-Cursor");
  const auto always = join("parts", "&since=" + begin);
  const auto plain = join();
  const auto short_while = join("parts", "&since=" + begin);
  const std::string id = rested.add("parts", "1");
  const std::string seq = seq_of(rested.frames(short_while).at(0));
  rested.world.feed(short_while, dialect::Closed{});
  rested.add("parts", "2");
  rested.ask("DELETE", rested.at("parts", "&uniqueId=" + id));
  const auto again = join("parts", "&since=" + seq);
  rested.add("parts", "3");
  Frames all = rested.frames(short_while);
  for (const std::string& frame : rested.frames(again)) all.push_back(frame);
  EXPECT_EQ(all, rested.frames(always));
  ASSERT_EQ(all.size(), 4u);
  EXPECT_LT(std::stoull(seq_of(all[0])), std::stoull(seq_of(all[3])));
  EXPECT_EQ(all[2].substr(0, 25), R"({"type":"DELETE","record")");
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string with_seq = rested.frames(plain)[i].substr(0, rested.frames(plain)[i].size() - 1) +
                                 R"(,"seq":)" + seq_of(all[i]) + "}";
    EXPECT_EQ(all[i], with_seq) << "seq comes last, and to nobody who did not ask";
  }
}

TEST_F(RestedResume, what_happens_in_other_spaces_is_no_reason_to_read_again) {
  model::Write write;
  write.groups = {{put(1, "x", "1", 0, "elsewhere")}};
  rested.world.gateway->ask(
      rested.world.now,
      {.ticket = edge_tickets, .principal = {.system = true}, .space = "other", .command = std::move(write)});
  rested.world.perform();
  rested.ask("GET", rested.at("parts"));
  const auto socket = join("parts", "&since=" + rested.last_header("Rockpool-Cursor"));
  EXPECT_EQ(rested.frames(socket), Frames());
  rested.add("parts", "1");
  EXPECT_EQ(rested.frames(socket).size(), 1u);
}

TEST_F(RestedResume, a_new_endpoints_messages_are_told_from_the_beginning) {
  const auto early = join("parts", "&since=0");
  EXPECT_EQ(rested.frames(early), Frames()) << "nothing has happened yet";
  rested.add("parts", "1");
  const std::string second = rested.add("parts", "2");
  rested.ask("DELETE", rested.at("parts", "&uniqueId=" + second));
  EXPECT_EQ(rested.frames(early).size(), 3u);
  EXPECT_EQ(rested.frames(join("parts", "&since=0")), rested.frames(early));
  EXPECT_EQ(rested.frames(join("parts", "&since=" + seq_of(rested.frames(early)[1]))).size(), 1u);
  rested.manage("PATCH", rested.endpoint_path(open_id), R"({"description":"other"})");
  EXPECT_EQ(first_said(join("parts", "&since=0")), "RESYNC");
}

TEST_F(RestedResume, messages_are_not_all_where_there_were_records_before) {
  rested.world.page().push({{put(1, "x", "1", 0, "older")}});
  rested.world.wait(1);
  rested.make_endpoint("older");
  rested.add("older", "2");
  EXPECT_EQ(first_said(join("older", "&since=0")), "RESYNC");
  rested.make_endpoint("newer");
  rested.add("newer", "1");
  rested.restart();
  EXPECT_EQ(first_said(join("newer", "&since=0")), "RESYNC") << "what happened is not known any more";
}

TEST_F(RestedResume, what_cannot_be_resumed_is_to_be_read_again) {
  rested.manage("PATCH", rested.endpoint_path(open_id), R"({"description":"other"})");
  for (const char* since : {"x", "", "0", "1", "9007199254740991", "-1"}) {
    const auto socket = join("parts", std::string("&since=") + since);
    const Frames said = rested.frames(socket);
    ASSERT_EQ(said.size(), 1u) << since;
    EXPECT_EQ(said[0].substr(0, 23), R"({"type":"RESYNC","seq":)") << said[0];
    EXPECT_EQ(rested.state(socket), "open");
    rested.add("parts", "1");
    EXPECT_EQ(rested.frames(socket).size(), 2u) << "and it goes on";
    EXPECT_LT(std::stoull(seq_of(said[0])), std::stoull(seq_of(rested.frames(socket)[1])));
  }
}

TEST_F(RestedResume, after_a_restart_only_what_was_missed_is_lost) {
  rested.add("parts", "1");
  rested.ask("GET", rested.at("parts"));
  const std::string cursor = rested.last_header("Rockpool-Cursor");
  rested.restart();
  const auto good = join("parts", "&since=" + cursor);
  EXPECT_EQ(rested.frames(good), Frames()) << "nothing has happened since";
  rested.add("parts", "2");
  rested.restart();
  EXPECT_EQ(rested.frames(join("parts", "&since=" + cursor))[0].substr(0, 16), R"({"type":"RESYNC")");
}

TEST_F(RestedResume, a_place_in_another_history_is_none) {
  rested.ask("GET", rested.at("parts", "&versions=true"));
  const std::string cursor = rested.last_header("Rockpool-Cursor");
  ASSERT_EQ(cursor.size(), cursor.find('-') + 17) << cursor;
  rested.add("parts", "1");
  EXPECT_EQ(first_said(join("parts", "&since=" + cursor)), "POST");
  std::string other = cursor;
  other.back() = other.back() == '0' ? '1' : '0';
  for (const std::string& wrong : {other, cursor + "0", cursor.substr(0, cursor.find('-') + 1)})
    EXPECT_EQ(first_said(join("parts", "&since=" + wrong)), "RESYNC") << wrong;
}

TEST_F(RestedResume, the_log_is_kept_for_so_long_and_no_longer) {
  Rested brief({}, R"({"adminToken":"admin","logSeconds":10,"logEvents":2})");
  brief.make_project();
  brief.make_endpoint("parts");
  brief.ask("GET", brief.at("parts"));
  const std::string begin = brief.last_header("Rockpool-Cursor");
  const auto since = [&](const std::string& cursor) {
    return brief.frames(brief.socket(brief.at("parts", "&since=" + cursor)));
  };
  brief.add("parts", "1");
  brief.add("parts", "2");
  EXPECT_EQ(since(begin).size(), 2u);
  brief.add("parts", "3");
  EXPECT_EQ(since(begin).at(0).substr(0, 16), R"({"type":"RESYNC")");
  brief.ask("GET", brief.at("parts"));
  const std::string later = brief.last_header("Rockpool-Cursor");
  brief.world.wait(11'000);
  brief.add("parts", "4");
  EXPECT_EQ(since(later).size(), 1u) << "the newest is always there";
  EXPECT_EQ(Rested::member(since(later).at(0), "type"), "POST");
}

TEST_F(RestedResume, nobody_resumes_at_another_endpoint_of_the_same_name) {
  rested.add("parts", "1");
  rested.ask("GET", rested.at("parts"));
  const std::string cursor = rested.last_header("Rockpool-Cursor");
  rested.manage("DELETE", rested.endpoint_path(open_id));
  rested.make_endpoint("parts");
  EXPECT_EQ(first_said(join("parts", "&since=" + cursor)), "RESYNC");
  rested.ask("GET", rested.at("parts"));
  const auto later = join("parts", "&since=" + rested.last_header("Rockpool-Cursor"));
  EXPECT_EQ(rested.frames(later), Frames());
  rested.add("parts", "2");
  EXPECT_EQ(rested.frames(later).size(), 1u);
}

TEST_F(RestedResume, nobody_resumes_over_other_options) {
  const auto [ann, ann_token] = rested.make_user("users", "ann");
  const auto [ben, ben_token] = rested.make_user("users", "ben");
  rested.add("vault", "1", ann_token);
  const auto cursor_of = [&] {
    rested.ask("GET", rested.at("vault"), Rested::as(ben_token));
    return rested.last_header("Rockpool-Cursor");
  };
  for (const char* patch : {R"({"readByOthers":true})", R"({"readByOthers":false})"}) {
    const std::string cursor = cursor_of();
    EXPECT_EQ(Rested::status(rested.manage("PATCH", rested.endpoint_path(vault_id), patch)), "200");
    const auto again = join("vault", "&accessToken=" + ben_token + "&since=" + cursor);
    EXPECT_EQ(first_said(again), "RESYNC") << "it sees other records than before";
    EXPECT_EQ(rested.frames(join("vault", "&accessToken=" + ben_token + "&since=" + cursor_of())), Frames());
  }
  const std::string cursor = cursor_of();
  rested.manage("PATCH", "projects/" + rested.project, R"({"masterKey":false})");
  EXPECT_EQ(first_said(join("vault", "&accessToken=" + ben_token + "&since=" + cursor)), "RESYNC");
}

TEST_F(RestedResume, what_is_too_old_to_be_resumed_goes_though_nothing_happens) {
  Rested brief({}, R"({"adminToken":"admin","logSeconds":10})");
  brief.make_project();
  brief.make_endpoint("parts");
  brief.ask("GET", brief.at("parts"));
  const std::string begin = brief.last_header("Rockpool-Cursor");
  brief.add("parts", "1");
  brief.ask("GET", brief.at("parts"));
  const std::string end = brief.last_header("Rockpool-Cursor");
  const auto due = brief.world.gateway->next_wake();
  ASSERT_TRUE(due) << "somebody has to come and clear up";
  EXPECT_GT(due->ms, brief.world.now.ms + 10'000);
  brief.world.wait(due->ms - brief.world.now.ms);
  const auto late = brief.socket(brief.at("parts", "&since=" + begin));
  EXPECT_EQ(Rested::member(brief.frames(late).at(0), "type"), "RESYNC");
  EXPECT_EQ(brief.frames(brief.socket(brief.at("parts", "&since=" + end))), Frames());
  EXPECT_FALSE(brief.world.gateway->next_wake()) << "nothing is left";
}

TEST_F(RestedResume, all_endpoints_together_keep_so_much_and_no_more) {
  Rested brief({}, R"({"adminToken":"admin","logBytes":100000})");
  brief.make_project();
  const auto cursor_of = [&](const std::string& name) {
    brief.ask("GET", brief.at(name));
    return brief.last_header("Rockpool-Cursor");
  };
  const auto since = [&](const std::string& name, const std::string& cursor) {
    return brief.frames(brief.socket(brief.at(name, "&since=" + cursor)));
  };
  const auto fill = [&](const std::string& name, int count) {
    for (int i = 0; i < count; ++i) brief.add(name, '"' + std::string(5'000, 'x') + '"');
  };
  for (const char* name : {"shop/a", "shop/b", "shop/c"}) brief.make_endpoint(name);
  const std::string of_a = cursor_of("shop/a");
  fill("shop/a", 9);
  const std::string of_b = cursor_of("shop/b");
  fill("shop/b", 9);
  EXPECT_EQ(since("shop/a", of_a).size(), 9u);
  fill("shop/c", 2);
  for (const auto& [name, cursor] : {std::pair("shop/a", of_a), std::pair("shop/b", of_b)})
    EXPECT_EQ(Rested::member(since(name, cursor).at(0), "type"), "RESYNC") << "the older half of each went";
  const std::string later = cursor_of("shop/b");
  fill("shop/a", 3);
  fill("shop/b", 3);
  EXPECT_EQ(since("shop/b", later).size(), 3u) << "there is room again";
}

TEST_F(RestedResume, a_long_past_comes_piece_by_piece_as_it_is_read) {
  rested.ask("GET", rested.at("parts"));
  const std::string begin = rested.last_header("Rockpool-Cursor");
  const std::string large = '"' + std::string(200'000, 'x');
  for (int i = 0; i < 5; ++i) rested.add("parts", large + std::to_string(i) + '"');
  const auto quick = join("parts", "&since=" + begin);
  EXPECT_EQ(rested.frames(quick).size(), 5u);
  const auto slow = rested.next_carrier();
  rested.world.unread.insert(slow);
  EXPECT_EQ(join("parts", "&since=" + begin), slow);
  EXPECT_EQ(rested.frames(slow).size(), 2u);
  rested.add("parts", "6");
  EXPECT_EQ(rested.frames(slow).size(), 2u) << "in its turn";
  for (const std::size_t count : {4u, 6u, 6u}) {
    rested.world.feed(slow, dialect::Drained{});
    EXPECT_EQ(rested.frames(slow).size(), count);
  }
  rested.add("parts", "7");
  EXPECT_EQ(rested.frames(slow), rested.frames(quick));
}

TEST_F(RestedResume, who_stalls_and_resumes_goes_on_from_the_log) {
  const auto plain = join();
  rested.ask("GET", rested.at("parts"));
  const auto slow = join("parts", "&since=" + rested.last_header("Rockpool-Cursor"));
  rested.add("parts", "1");
  rested.world.feed(slow, dialect::Stalled{});
  rested.world.feed(plain, dialect::Stalled{});
  rested.add("parts", "2");
  rested.add("parts", "3");
  EXPECT_EQ(rested.frames(slow).size(), 1u);
  EXPECT_EQ(rested.frames(plain).size(), 3u) << "there is no other way to tell it";
  rested.world.feed(slow, dialect::Drained{});
  rested.world.feed(plain, dialect::Drained{});
  rested.add("parts", "4");
  EXPECT_EQ(rested.frames(slow).size(), 4u);
  EXPECT_EQ(rested.frames(plain).size(), 4u);
}

TEST_F(RestedResume, who_stalls_for_longer_than_the_log_reaches_is_to_read_again) {
  Rested brief({}, R"({"adminToken":"admin","logEvents":2})");
  brief.make_project();
  brief.make_endpoint("parts");
  brief.ask("GET", brief.at("parts"));
  const auto slow = brief.socket(brief.at("parts", "&since=" + brief.last_header("Rockpool-Cursor")));
  brief.world.feed(slow, dialect::Stalled{});
  for (int i = 0; i < 4; ++i) brief.add("parts", "1");
  brief.world.feed(slow, dialect::Drained{});
  ASSERT_EQ(brief.frames(slow).size(), 1u);
  EXPECT_EQ(brief.frames(slow)[0].substr(0, 16), R"({"type":"RESYNC")");
  brief.add("parts", "2");
  EXPECT_EQ(brief.frames(slow).size(), 2u);
}

TEST_F(RestedResume, who_resumes_is_shown_what_it_may_see_alone) {
  const auto [ann, ann_token] = rested.make_user("users", "ann");
  const auto [ben, ben_token] = rested.make_user("users", "ben");
  rested.ask("GET", rested.at("vault"), Rested::as(ann_token));
  const std::string begin = rested.last_header("Rockpool-Cursor");
  rested.add("vault", "1", ann_token);
  rested.add("vault", "2", ben_token);
  const Frames heard = rested.frames(join("vault", "&accessToken=" + ben_token + "&since=" + begin));
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_NE(heard[0].find(R"("data":2)"), std::string::npos);
}

}  // namespace
}  // namespace rockpool::gateway
