// What the gateway does with requests whose bodies go to disk, with a dialect that does nothing else.
#include <gtest/gtest.h>

#include "core/gateway/gateway.h"

namespace rockpool::gateway {
namespace {

using dialect::ServerSteps;

// Takes every body as files, and answers with the first of them.
class Shelf final : public dialect::ServerDialect {
 public:
  bool claims(const wire::RequestHead&) const override { return true; }
  void receive(base::Instant, dialect::CarrierId from, dialect::Arrival arrival, ServerSteps& out) override {
    if (std::holds_alternative<dialect::Arrived>(arrival)) {
      out.push_back(dialect::ReadFiles{.carrier = from, .files_name = "file"});
    } else if (const auto* uploaded = std::get_if<dialect::Uploaded>(&arrival)) {
      const dialect::StoredFile& file = uploaded->files.front();
      out.push_back(dialect::RespondFile{
          .carrier = from, .head = {200, {}}, .file = file.id, .offset = 0, .bytes = file.bytes});
    }
  }
  void answer(base::Instant, model::Ticket, model::Reply, ServerSteps&) override {}
  void identified(base::Instant, model::Ticket, dialect::Identity, ServerSteps&) override {}
  void review(base::Instant, const dialect::Standing&, ServerSteps&) override {}
  void drain(base::Instant, ServerSteps&) override {}
  void wake(base::Instant, ServerSteps&) override {}
  std::optional<base::Instant> next_wake() const override { return std::nullopt; }
  void deliver(base::Instant, dialect::CarrierId, const dialect::Shared&, ServerSteps&) override {}
  dialect::Census census() const override { return {}; }
  void count_limits(dialect::LimitsMet&) const override {}
};

base::Result<std::unique_ptr<dialect::ServerDialect>> make_shelf(const dialect::MountOptions&, base::Prng) {
  return std::unique_ptr<dialect::ServerDialect>(std::make_unique<Shelf>());
}

class Files : public testing::Test {
 protected:
  Files() {
    EXPECT_TRUE(gateway_.mount({.path = "/shelf", .hosts = {}, .dialect = &shelf_, .settings = "{}"}).ok());
    gateway_.receive(now_, carrier_, dialect::Arrived{{.method = "POST", .path = "/shelf/x"}, "peer"});
  }

  template <typename Wanted>
  Wanted next() {
    auto effect = gateway_.poll();
    EXPECT_TRUE(effect && std::holds_alternative<Wanted>(*effect));
    return effect && std::holds_alternative<Wanted>(*effect) ? std::get<Wanted>(*effect) : Wanted{};
  }
  void arrives(dialect::Arrival arrival) { gateway_.receive(now_, carrier_, std::move(arrival)); }
  static dialect::Uploaded two_files() {
    return {.files = {{.id = "a1", .name = "a.txt", .mime_type = "", .bytes = 7},
                      {.id = "b2", .name = "b.txt", .mime_type = "", .bytes = 9}},
            .fields = {}};
  }

  static constexpr dialect::CarrierId carrier_ = 5;
  base::Instant now_{1000};
  dialect::Dialect shelf_{.name = "shelf", .abilities = {}, .server = make_shelf};
  hub::Hub hub_{hub::Limits{}, base::Prng(1)};
  Gateway gateway_{hub_, base::Prng(2)};
};

TEST_F(Files, a_body_is_asked_for_as_files_and_answered_from_one) {
  EXPECT_EQ(next<dialect::ReadFiles>().files_name, "file");
  arrives(two_files());
  const auto respond = next<dialect::RespondFile>();
  EXPECT_EQ(respond.carrier, carrier_);
  EXPECT_EQ(respond.file, "a1");
  EXPECT_EQ(respond.bytes, 7u);
  EXPECT_EQ(gateway_.figures().carriers, 0u) << "an exchange is over with its answer";
}

TEST_F(Files, come_to_nothing_when_whoever_sent_them_is_gone) {
  next<dialect::ReadFiles>();
  arrives(dialect::Closed{});
  arrives(two_files());
  EXPECT_EQ(next<dialect::DropFiles>().files, (std::vector<std::string>{"a1", "b2"}));
  EXPECT_FALSE(gateway_.poll().has_value());
}

}  // namespace
}  // namespace rockpool::gateway
