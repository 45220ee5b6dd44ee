#include "core/gateway/mounts.h"

#include <gtest/gtest.h>

#include "core/dialect/frames.h"

namespace rockpool::gateway {
namespace {

// Claims what is below its settings; writes down which path it was given.
class Fake final : public dialect::ServerDialect {
 public:
  explicit Fake(std::string claimed) : claimed_(std::move(claimed)) {}
  bool claims(const wire::RequestHead& head) const override { return head.path.starts_with(claimed_); }
  void receive(base::Instant, dialect::CarrierId from, dialect::Arrival arrival,
               dialect::ServerSteps& out) override {
    if (const auto* arrived = std::get_if<dialect::Arrived>(&arrival)) {
      out.push_back(dialect::text_response(from, 200, claimed_ + " " + arrived->head.path));
    }
  }
  void answer(base::Instant, model::Ticket, model::Reply, dialect::ServerSteps&) override {}
  void identified(base::Instant, model::Ticket, dialect::Identity, dialect::ServerSteps&) override {}
  void review(base::Instant, const dialect::Standing&, dialect::ServerSteps&) override {}
  void drain(base::Instant, dialect::ServerSteps&) override {}
  void wake(base::Instant, dialect::ServerSteps&) override {}
  std::optional<base::Instant> next_wake() const override { return std::nullopt; }
  void deliver(base::Instant, dialect::CarrierId, const dialect::Shared&, dialect::ServerSteps&) override {}
  void count_limits(dialect::LimitsMet&) const override {}
  dialect::Census census() const override { return {}; }

 private:
  std::string claimed_;
};

const dialect::Dialect fake = {
    .name = "fake",
    .server = [](const dialect::MountOptions& options,
                 base::Prng) -> base::Result<std::unique_ptr<dialect::ServerDialect>> {
      if (options.settings == "wrong") {
        return base::Error{.code = base::Code::usage, .message = "wrong settings", .path = ""};
      }
      return std::unique_ptr<dialect::ServerDialect>(std::make_unique<Fake>(options.settings));
    },
};

struct Place {
  base::Status mount(const std::string& path, const std::string& claimed,
                     std::vector<std::string> hosts = {}) {
    return gateway.mount({.path = path, .hosts = std::move(hosts), .dialect = &fake, .settings = claimed});
  }
  // What the dialect that was asked says.
  std::string ask(const std::string& path, const std::string& host = "") {
    wire::RequestHead head{.method = "GET", .path = path, .query = "", .headers = {}};
    if (!host.empty()) head.headers.emplace_back("host", host);
    const bool claimed = gateway.mount_of(head) != nullptr;
    gateway.receive({}, ++last, dialect::Arrived{head, ""});
    const auto effect = gateway.poll();
    const auto* response = effect ? std::get_if<dialect::Respond>(&*effect) : nullptr;
    EXPECT_NE(response, nullptr);
    if (response == nullptr) return "";
    EXPECT_EQ(claimed, response->head.status == 200);
    return claimed ? *response->body : "nobody";
  }

  hub::Hub hub{hub::Limits{}, base::Prng(1)};
  Gateway gateway{hub, base::Prng(1)};
  dialect::CarrierId last = 0;
};

TEST(Mounts, give_a_request_to_the_longest_path_that_wants_it) {
  Place place;
  ASSERT_TRUE(place.mount("", "/base").ok());
  ASSERT_TRUE(place.mount("/a", "/").ok());
  ASSERT_TRUE(place.mount("/a/b", "/x").ok());
  EXPECT_EQ(place.ask("/a/b/x1"), "/x /x1\n");
  EXPECT_EQ(place.ask("/a/b/y"), "/ /b/y\n");
  EXPECT_EQ(place.ask("/base/y"), "/base /base/y\n");
  EXPECT_EQ(place.ask("/ab"), "nobody");
  EXPECT_EQ(place.ask("/"), "nobody");
}

TEST(Mounts, serve_a_host_at_its_root_before_any_path) {
  Place place;
  ASSERT_TRUE(place.mount("", "/v1").ok());
  ASSERT_TRUE(place.mount("/a", "/api", {"API.example"}).ok());
  EXPECT_EQ(place.ask("/api/x", "api.Example:8787"), "/api /api/x\n");
  EXPECT_EQ(place.ask("/v1/x", "api.example"), "/v1 /v1/x\n");
  EXPECT_EQ(place.ask("/api/x", "other.example"), "nobody");
  EXPECT_EQ(place.ask("/a/api/x", "other.example"), "/api /api/x\n");
}

TEST(Mounts, refuse_what_is_there_already) {
  Place place;
  ASSERT_TRUE(place.mount("/a", "/", {"one.example"}).ok());
  EXPECT_EQ(place.mount("/a", "/").error().code, base::Code::usage);
  EXPECT_EQ(place.mount("/b", "/", {"two.example", "ONE.example:80"}).error().code, base::Code::usage);
  EXPECT_TRUE(place.mount("/b", "/", {"two.example"}).ok());
}

TEST(Mounts, refuse_the_servers_own_paths_and_what_is_no_path) {
  Place place;
  for (const char* path : {"/v1", "/v1/x", "/health", "/ready", "/metrics", "/sdk", "/sdk/a", "a", "/", "/a/",
                           "//a", "/a b", "/a?b", "/\xc3\xa9"}) {
    EXPECT_EQ(place.mount(path, "/").error().code, base::Code::usage) << path;
  }
  EXPECT_TRUE(place.mount("/v11", "/").ok());
}

TEST(Mounts, pass_on_what_a_dialect_says_of_its_settings) {
  Place place;
  EXPECT_EQ(place.mount("/a", "wrong").error().message, "wrong settings");
  EXPECT_TRUE(place.mount("/a", "/").ok()) << "a mount that failed takes no place";
}

TEST(Mounts, refuse_a_wrong_space) {
  Place place;
  EXPECT_FALSE(place.gateway.mount({.path = "/a", .hosts = {}, .dialect = &fake, .space = "$x"}).ok());
}

}  // namespace
}  // namespace rockpool::gateway
