// Tokens: asked for, renewed before they end, refused.
#include "core/sync/fake_server_test.h"

namespace rockpool::sync::test {
namespace {

using Reason = WantToken::Reason;

class Visitor : public Page {
 public:
  explicit Visitor(const dialect::Dialect& dialect = fake_dialect) : Page(asking(), {}, dialect) {}

  static Options asking() {
    Options options;
    options.asks_token = true;
    return options;
  }
  Visitor& give(std::optional<std::string> token) {
    engine->token(now, std::move(token));
    settle();
    return *this;
  }
  // Online with a token that ends in so many ms; 0: never.
  Visitor& online(std::int64_t expires_in_ms) {
    give("first");
    connect({.epoch = 7, .writer = "me", .expires_in_ms = expires_in_ms});
    effects.clear();
    script().asked.clear();
    return *this;
  }
  Visitor& wait(std::int64_t ms) {
    const Instant until = now + base::milliseconds(ms);
    for (int i = 0; i < 100; ++i) {
      const auto at = engine->next_wake();
      if (!at || *at > until) break;
      now = std::max(now, *at);
      engine->wake(now);
      settle();
    }
    now = until;
    return *this;
  }
  Visitor& refused() {
    hear(dialect::Trouble{.error = {base::Code::auth, "no", ""}});
    return *this;
  }
  std::vector<Reason> asked() const {
    std::vector<Reason> reasons;
    for (const WantToken& want : seen<WantToken>()) reasons.push_back(want.reason);
    return reasons;
  }
  std::vector<std::string> renewed() const {
    std::vector<std::string> tokens;
    for (const dialect::ClientCommand& command : script().asked) {
      if (const auto* renew = std::get_if<dialect::RenewToken>(&command)) tokens.push_back(renew->token);
    }
    return tokens;
  }
  State state() const { return engine->status().state; }
};

using Reasons = std::vector<Reason>;

TEST(Token, is_asked_for_half_a_minute_before_it_ends_and_renewed_in_place) {
  Visitor visitor;
  visitor.online(600'000).wait(569'999);
  EXPECT_TRUE(visitor.asked().empty());
  visitor.wait(1);
  EXPECT_EQ(visitor.asked(), (Reasons{Reason::expiring}));
  const int opened = script().opened;
  visitor.give("second");
  EXPECT_EQ(visitor.renewed(), (std::vector<std::string>{"second"}));
  EXPECT_EQ(script().opened, opened) << "the link lives on";
  visitor.wait(570'000);
  EXPECT_EQ(visitor.asked().size(), 2u) << "the next one lives about as long";
}

TEST(Token, a_short_one_is_renewed_in_its_last_fifth) {
  Visitor visitor;
  visitor.online(10'000).wait(7'999);
  EXPECT_TRUE(visitor.asked().empty());
  visitor.wait(1);
  EXPECT_EQ(visitor.asked(), (Reasons{Reason::expiring}));
}

TEST(Token, one_that_never_ends_is_never_asked_for_again) {
  Visitor visitor;
  visitor.online(0).wait(100'000'000);
  EXPECT_TRUE(visitor.asked().empty());
}

TEST(Token, an_app_that_cannot_say_now_is_asked_again_while_the_link_lives) {
  Visitor visitor;
  visitor.online(600'000).wait(570'000).give(std::nullopt).wait(10'000);
  EXPECT_EQ(visitor.asked(), (Reasons{Reason::expiring, Reason::expiring}));
  EXPECT_EQ(visitor.state(), State::online);
}

TEST(Token, a_page_that_slept_past_the_end_asks_before_it_connects) {
  Visitor visitor;
  visitor.online(60'000);
  const int opened = script().opened;
  visitor.engine->arrived(visitor.now, visitor.carrier, dialect::Closed{});
  visitor.settle();
  visitor.now.ms += 3'600'000;
  visitor.engine->wake(visitor.now);
  visitor.settle();
  EXPECT_EQ(visitor.asked(), (Reasons{Reason::expiring}));
  EXPECT_EQ(script().opened, opened) << "not with a token that is known to be dead";
  visitor.give("second");
  EXPECT_EQ(script().opened, opened + 1);
  EXPECT_EQ(script().greeting.token, "second");
}

TEST(Token, an_end_at_the_server_is_no_refusal) {
  Visitor visitor;
  visitor.online(60'000);
  visitor.now.ms += 59'000;
  visitor.refused();
  EXPECT_EQ(visitor.asked(), (Reasons{Reason::expiring}));
  visitor.give("second").refused();
  EXPECT_EQ(visitor.asked(), (Reasons{Reason::expiring, Reason::refused})) << "there is one more try";
}

TEST(Token, a_second_refusal_stops_it) {
  Visitor visitor;
  visitor.give("first").refused().give("second").refused();
  EXPECT_EQ(visitor.asked(), (Reasons{Reason::start, Reason::refused}));
  EXPECT_EQ(visitor.state(), State::auth);
  const int opened = script().opened;
  visitor.wait(100'000'000);
  EXPECT_EQ(script().opened, opened) << "it does not hammer";
}

TEST(Token, where_collections_are_let_in_one_by_one_a_refused_one_is_an_answer_too) {
  Visitor visitor(bookless_dialect);
  visitor.give("first");
  const auto begin = [&] { visitor.hear(dialect::Ready{.epoch = 7, .user = ""}); };
  const auto refuse = [&] {
    visitor.hear(dialect::Trouble{.error = {base::Code::forbidden, "no", "notes"}});
  };
  begin();
  refuse();
  visitor.refused().give("second");
  begin();
  refuse();
  visitor.refused();
  EXPECT_EQ(visitor.asked(), (Reasons{Reason::start, Reason::refused, Reason::refused}));
  EXPECT_NE(visitor.state(), State::auth);
  visitor.give("third");
  begin();
  visitor.refused().give("fourth").refused();
  EXPECT_EQ(visitor.state(), State::auth) << "of the last two no collection has said anything";
}

TEST(Token, signed_out_while_live_hangs_up) {
  Visitor visitor;
  visitor.online(60'000).wait(48'000).give("");
  EXPECT_EQ(visitor.state(), State::auth);
  EXPECT_FALSE(visitor.seen<dialect::CloseStream>().empty());
}

TEST(Token, who_signed_in_again_goes_on_without_closing) {
  const auto acts = {+[](Visitor& visitor) { visitor.engine->resume(visitor.now); },
                     +[](Visitor& visitor) { visitor.engine->visible(visitor.now, true); },
                     +[](Visitor& visitor) { visitor.engine->online(visitor.now, true); }};
  for (const auto act : acts) {
    Visitor visitor;
    visitor.give("first").refused().give("second").refused();
    ASSERT_EQ(visitor.state(), State::auth);
    visitor.effects.clear();
    act(visitor);
    visitor.settle();
    EXPECT_EQ(visitor.asked(), (Reasons{Reason::start}));
    visitor.give("third").connect();
    EXPECT_EQ(visitor.state(), State::online);
  }
}

TEST(Token, who_comes_back_signed_out_stays_so) {
  Visitor visitor;
  visitor.give("").engine->visible(visitor.now, true);
  visitor.settle();
  EXPECT_EQ(visitor.state(), State::auth);
  visitor.give("");
  EXPECT_EQ(visitor.state(), State::auth);
  EXPECT_EQ(script().opened, 0);
}

TEST(Token, a_fatal_refusal_stops_until_the_app_says_otherwise) {
  Visitor visitor;
  visitor.give("first");
  visitor.hear(dialect::Trouble{.error = {base::Code::forbidden, "no", ""}, .fatal = true});
  EXPECT_EQ(visitor.state(), State::stopped);
  const int opened = script().opened;
  visitor.engine->online(visitor.now, true);
  visitor.engine->visible(visitor.now, true);
  visitor.wait(1'000'000);
  EXPECT_EQ(script().opened, opened);
  visitor.engine->resume(visitor.now);
  visitor.settle();
  EXPECT_EQ(script().opened, opened + 1);
}

TEST(Waiting, is_cut_short_when_the_page_comes_to_the_front_even_in_an_attempt_that_hangs) {
  Page page;
  const int opened = script().opened;
  page.now.ms += 1'500;
  page.engine->visible(page.now, true);
  page.settle();
  EXPECT_EQ(script().opened, opened + 1);
  page.engine->visible(page.now, true);
  page.settle();
  EXPECT_EQ(script().opened, opened + 1) << "one that has just begun goes on";
}

}  // namespace
}  // namespace rockpool::sync::test
