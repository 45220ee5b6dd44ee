#include "server/auth/gatekeeper.h"

#include <condition_variable>
#include <deque>
#include <mutex>

#include <gtest/gtest.h>

#include "server/auth/password.h"

namespace rockpool::auth {
namespace {

// Of one test run; hashing takes a while.
const std::string& adas_hash() {
  static const std::string hash = hash_password("correct horse");
  return hash;
}

class Gate {
 public:
  explicit Gate(std::uint64_t queue = 20, bool count_loopback = false) {
    settings.spaces["default"].rules.access = rights::Access::closed;
    settings.identities.users["ada"] = {.password = adas_hash(), .roles = {"editor"}};
    settings.limits.password_queue = queue;
    settings.limits.count_loopback = count_loopback;
    keeper = std::make_unique<Gatekeeper>(
        std::make_shared<const config::Config>(settings), [](const model::Key&) { return nullptr; },
        [this](const Gatekeeper::Checked& result) {
          const std::lock_guard lock(mutex);
          results.push_back(result);
          news.notify_one();
        });
  }
  ~Gate() { keeper.reset(); }

  std::optional<dialect::Identity> ask(const std::string& user, const std::string& password,
                                       const std::string& address = "192.0.2.1") {
    return keeper->identify(now, {.ticket = ++ticket,
                                  .space = "default",
                                  .by_password = true,
                                  .user = user,
                                  .password = password,
                                  .address = address,
                                  .issue = true});
  }
  dialect::Identity settle() {
    std::unique_lock lock(mutex);
    news.wait(lock, [this] { return !results.empty(); });
    const auto result = results.front();
    results.pop_front();
    lock.unlock();
    return keeper->checked(now, result)->identity;
  }
  dialect::Identity log_in(const std::string& user, const std::string& password,
                           const std::string& address = "192.0.2.1") {
    if (auto at_once = ask(user, password, address)) return *at_once;
    return settle();
  }

  base::Instant now{1'700'000'000'000};
  config::Config settings;
  std::uint64_t ticket = 0;
  std::mutex mutex;
  std::condition_variable news;
  std::deque<Gatekeeper::Checked> results;
  std::unique_ptr<Gatekeeper> keeper;
};

const dialect::Denied& denial(const dialect::Identity& identity) {
  return std::get<dialect::Denied>(identity);
}

TEST(Password, is_right_for_its_own_hash_alone) {
  EXPECT_TRUE(is_password("correct horse", adas_hash()));
  EXPECT_FALSE(is_password("correct horse ", adas_hash()));
  EXPECT_FALSE(is_password("", adas_hash()));
  EXPECT_FALSE(is_password("correct horse", "no hash"));
  EXPECT_TRUE(is_password_hash(adas_hash()));
  EXPECT_TRUE(is_password_hash(nobodys_hash()));
  for (const char* text :
       {"", "correct horse", "$argon2id$", "$2b$10$abcdefghijklmnopqrstuv", "$argon2i$v=19$m=1"}) {
    EXPECT_FALSE(is_password_hash(text)) << text;
  }
}

TEST(Gatekeeper, a_right_password_lets_in_and_gives_a_session) {
  Gate gate;
  const auto identity = gate.log_in("ada", "correct horse");
  const auto& known = std::get<dialect::Identified>(identity);
  EXPECT_EQ(known.principal.user, "ada");
  EXPECT_EQ(known.secret.size(), 32u);
  ASSERT_TRUE(known.issued);
  EXPECT_TRUE(known.issued->token.starts_with("rs_" + known.issued->id + "_"));
  EXPECT_EQ(known.issued->record.find(known.issued->token.substr(28)), std::string::npos);
}

TEST(Gatekeeper, a_wrong_password_and_an_unknown_account_are_told_the_same) {
  Gate gate;
  const auto wrong = gate.log_in("ada", "wrong");
  const auto unknown = gate.log_in("nobody", "correct horse");
  EXPECT_EQ(denial(wrong).error, denial(unknown).error);
  EXPECT_EQ(denial(wrong).error.code, base::Code::auth);
  EXPECT_EQ(denial(wrong).retry_after_ms, denial(unknown).retry_after_ms);
}

TEST(Gatekeeper, names_and_passwords_that_cannot_be_are_wrong_as_well) {
  Gate gate;
  EXPECT_EQ(denial(gate.log_in("", "x")).error.code, base::Code::auth);
  EXPECT_EQ(denial(gate.log_in(std::string(300, 'a'), "x")).error.code, base::Code::auth);
  EXPECT_EQ(denial(gate.log_in("ada", std::string(password_bytes_max + 1, 'a'))).error.code,
            base::Code::auth);
}

TEST(Gatekeeper, ten_failures_of_an_account_close_it_for_a_minute_from_everywhere) {
  Gate gate;
  for (int i = 0; i < 10; ++i) gate.log_in("ada", "wrong", "192.0.2." + std::to_string(i));
  const auto identity = gate.log_in("ada", "correct horse", "198.51.100.1");
  EXPECT_EQ(denial(identity).error.code, base::Code::overloaded);
  EXPECT_EQ(denial(identity).retry_after_ms, 60'000);
  gate.now = gate.now + base::milliseconds(60'000);
  EXPECT_TRUE(std::holds_alternative<dialect::Identified>(gate.log_in("ada", "correct horse")));
}

TEST(Gatekeeper, ten_failures_of_an_address_close_it_for_all_accounts) {
  Gate gate;
  for (int i = 0; i < 10; ++i) gate.log_in("guess " + std::to_string(i), "wrong");
  EXPECT_EQ(denial(gate.log_in("ada", "correct horse")).error.code, base::Code::overloaded);
  EXPECT_TRUE(
      std::holds_alternative<dialect::Identified>(gate.log_in("ada", "correct horse", "198.51.100.1")));
}

TEST(Gatekeeper, loopback_is_no_address_unless_it_is_counted) {
  Gate gate;
  Gate strict(20, true);
  for (int i = 0; i < 10; ++i) {
    gate.log_in("guess " + std::to_string(i), "wrong", "127.0.0.1");
    strict.log_in("guess " + std::to_string(i), "wrong", "127.0.0.1");
  }
  EXPECT_TRUE(std::holds_alternative<dialect::Identified>(gate.log_in("ada", "correct horse", "127.0.0.1")));
  EXPECT_EQ(denial(strict.log_in("ada", "correct horse", "127.0.0.1")).error.code, base::Code::overloaded);
}

TEST(Gatekeeper, addresses_of_one_network_of_ipv6_are_one) {
  Gate gate;
  for (int i = 0; i < 10; ++i) {
    gate.log_in("guess " + std::to_string(i), "wrong", "2001:db8:1:2::" + std::to_string(i));
  }
  EXPECT_EQ(denial(gate.log_in("ada", "correct horse", "2001:db8:1:2:3::4")).error.code,
            base::Code::overloaded);
  EXPECT_TRUE(
      std::holds_alternative<dialect::Identified>(gate.log_in("ada", "correct horse", "2001:db8:1:3::1")));
}

TEST(Gatekeeper, how_many_failures_are_too_many_is_a_setting) {
  Gate gate;
  gate.settings.limits.log_in_failures = 2;
  Gatekeeper keeper(
      std::make_shared<const config::Config>(gate.settings), [](const model::Key&) { return nullptr; },
      [](const Gatekeeper::Checked&) {});
  const auto ask = [&](std::uint64_t ticket) {
    return keeper.identify(gate.now,
                           {.ticket = ticket, .by_password = true, .user = "ada", .password = "wrong"});
  };
  EXPECT_FALSE(ask(1));
  EXPECT_FALSE(ask(2));
  EXPECT_EQ(denial(*ask(3)).error.code, base::Code::overloaded) << "what is being checked counts";
}

TEST(Gatekeeper, log_ins_that_are_right_count_for_nothing) {
  Gate gate;
  for (int i = 0; i < 15; ++i) {
    EXPECT_TRUE(std::holds_alternative<dialect::Identified>(gate.log_in("ada", "correct horse")));
  }
}

TEST(Gatekeeper, more_than_may_wait_are_told_to_come_again) {
  Gate gate(1);
  std::size_t waiting = 0;
  std::optional<dialect::Identity> refused;
  while (!refused) {
    refused = gate.ask("user " + std::to_string(waiting), "wrong", "192.0.2." + std::to_string(waiting));
    waiting += refused ? 0 : 1;
    ASSERT_LE(waiting, 200u);
  }
  EXPECT_GE(waiting, 1u);
  EXPECT_EQ(denial(*refused).error.code, base::Code::overloaded);
  EXPECT_EQ(denial(*refused).retry_after_ms, 0);
  for (; waiting > 0; --waiting) EXPECT_EQ(denial(gate.settle()).error.code, base::Code::auth);
}

TEST(Gatekeeper, an_account_that_changed_meanwhile_is_not_let_in) {
  Gate gate;
  ASSERT_FALSE(gate.ask("ada", "correct horse"));
  gate.settings.identities.users["ada"].disabled = true;
  gate.keeper->configure(std::make_shared<const config::Config>(gate.settings));
  EXPECT_EQ(denial(gate.settle()).error.code, base::Code::auth);
}

TEST(Gatekeeper, an_account_that_is_disabled_is_told_what_unknown_ones_are) {
  Gate gate;
  gate.settings.identities.users["ada"].disabled = true;
  gate.keeper->configure(std::make_shared<const config::Config>(gate.settings));
  EXPECT_EQ(denial(gate.log_in("ada", "correct horse")).error.message, "user or password is wrong");
}

// ---- for dialects that keep accounts themselves

using What = dialect::SecretWork::What;

class Work : public testing::Test {
 protected:
  dialect::SecretResult work(dialect::SecretWork wanted) {
    wanted.ticket = ++gate.ticket;
    if (auto at_once = gate.keeper->work(gate.now, wanted)) return *at_once;
    std::unique_lock lock(gate.mutex);
    gate.news.wait(lock, [this] { return !gate.results.empty(); });
    const auto result = gate.results.front();
    gate.results.pop_front();
    lock.unlock();
    EXPECT_FALSE(gate.keeper->checked(gate.now, result)) << "that is nobody's log-in";
    return gate.keeper->finished(result)->result;
  }
  std::string text(const dialect::SecretWork& wanted) {
    const auto result = work(wanted);
    const auto* made = std::get_if<std::string>(&result);
    return made == nullptr ? "denied: " + std::get<dialect::Denied>(result).error.message : *made;
  }
  dialect::SecretWork check(const std::string& password, const std::string& hash) {
    return {.what = What::check_password,
            .text = password,
            .key = hash,
            .account = "rested:e/ann",
            .address = "192.0.2.1"};
  }

  Gate gate;
};

TEST_F(Work, what_is_random_is_never_the_same) {
  const std::string one = text({.what = What::random});
  EXPECT_EQ(one.size(), 32u);
  EXPECT_NE(text({.what = What::random}), one);
}

TEST_F(Work, a_hash_is_of_its_password_alone) {
  const std::string hash = text({.what = What::hash_password, .text = "a long word"});
  EXPECT_TRUE(is_password_hash(hash)) << hash;
  EXPECT_EQ(text(check("a long word", hash)), "");
  EXPECT_EQ(text(check("another", hash)), "denied: user or password is wrong");
  EXPECT_EQ(text(check("another", "")), "denied: user or password is wrong") << "there is no such account";
  EXPECT_EQ(text(check("another", "no hash")), "denied: user or password is wrong");
  EXPECT_EQ(text({.what = What::hash_password, .text = std::string(1025, 'x')}),
            "denied: user or password is wrong");
}

TEST_F(Work, who_guesses_an_account_of_a_dialect_has_to_wait) {
  for (int i = 0; i < 10; ++i) text(check("guess", ""));
  const auto refused = work(check("guess", ""));
  EXPECT_EQ(std::get<dialect::Denied>(refused).error.code, base::Code::overloaded);
  EXPECT_EQ(std::get<dialect::Denied>(refused).retry_after_ms, 60'000);
  EXPECT_EQ(gate.keeper->figures().throttled, 1u);
  gate.now = gate.now + base::seconds(61);
  EXPECT_EQ(text(check("guess", "")), "denied: user or password is wrong");
}

TEST_F(Work, a_token_opens_with_its_own_key_alone) {
  const std::string key(32, 'k'), other(32, 'o');
  const std::string token = text({.what = What::sign, .text = R"({"sub":"ann","exp":1})", .key = key});
  EXPECT_EQ(text({.what = What::open, .text = token, .key = key}), R"({"sub":"ann","exp":1})");
  for (const std::string& bad : {token + "x", token.substr(1), std::string(), std::string("a.b.c"),
                                 token.substr(0, token.rfind('.') + 1)})
    EXPECT_EQ(text({.what = What::open, .text = bad, .key = key}).substr(0, 8), "denied: ") << bad;
  EXPECT_EQ(text({.what = What::open, .text = token, .key = other}), "denied: token: its signature is wrong");
  EXPECT_EQ(text({.what = What::open, .text = token, .key = ""}), "denied: token: its signature is wrong");
}

}  // namespace
}  // namespace rockpool::auth
