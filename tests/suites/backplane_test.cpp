// The suite, for each backplane there is.
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>

#include <unistd.h>

#include "server/backplane/memory/memory_backplane.h"
#include "server/backplane/sqlite/sqlite_backplane.h"
#include "tests/suites/backplane_hub_suite.h"
#include "tests/suites/backplane_load_suite.h"
#include "tests/suites/backplane_suite.h"

namespace rockpool::suites {
namespace {

class MemoryUnderTest final : public BackplaneUnderTest {
 public:
  explicit MemoryUnderTest(std::uint64_t seed) : log_(seed) { reopen(); }

  hub::Backplane& backplane() override { return *backplane_; }
  hub::Event wait() override {
    auto event = backplane_->poll();
    EXPECT_TRUE(event.has_value()) << "no result";
    return event ? std::move(*event) : hub::Event();
  }
  void reopen() override { backplane_ = std::make_unique<backplane::MemoryBackplane>(log_); }
  void reopen_as_copy() override {
    log_.renew_epoch();
    reopen();
  }

 private:
  backplane::MemoryLog log_;
  std::unique_ptr<backplane::MemoryBackplane> backplane_;
};

class SqliteUnderTest final : public BackplaneUnderTest {
 public:
  explicit SqliteUnderTest(std::uint64_t number)
      : folder_((std::filesystem::temp_directory_path() /
                 ("rockpool-suite-" + std::to_string(getpid()) + "-" + std::to_string(number)))
                    .string()) {
    std::filesystem::remove_all(folder_);
    reopen();
  }
  ~SqliteUnderTest() override {
    backplane_.reset();
    std::filesystem::remove_all(folder_);
    std::filesystem::remove(folder_ + ".backup");
  }

  hub::Backplane& backplane() override { return *backplane_; }
  hub::Event wait() override {
    std::unique_lock lock(mutex_);
    const bool came = arrived_.wait_for(lock, std::chrono::seconds(30), [&] { return !events_.empty(); });
    EXPECT_TRUE(came) << "no result";
    if (!came) return {};
    hub::Event event = std::move(events_.front());
    events_.pop_front();
    return event;
  }
  void reopen() override {
    backplane_.reset();
    events_.clear();
    backplane::SqliteOptions options;
    options.deliver = [this](hub::Event event) {
      {
        const std::lock_guard lock(mutex_);
        events_.push_back(std::move(event));
      }
      arrived_.notify_one();
    };
    auto opened = backplane::SqliteBackplane::open(folder_, std::move(options));
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    backplane_ = std::move(*opened);
  }
  void reopen_as_copy() override {
    const auto saved = backplane::backup(folder_, folder_ + ".backup");
    ASSERT_TRUE(saved.ok()) << saved.error().message;
    backplane_.reset();
    std::filesystem::remove_all(folder_);
    const auto restored = backplane::restore(folder_ + ".backup", folder_);
    ASSERT_TRUE(restored.ok()) << restored.error().message;
    reopen();
  }

 private:
  std::string folder_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<hub::Event> events_;
  std::unique_ptr<backplane::SqliteBackplane> backplane_;
};

template <typename T>
BackplaneKind kind(const std::string& name) {
  return {name, [] {
            static std::uint64_t count = 0;
            return std::make_unique<T>(++count);
          }};
}

std::string name_of(const ::testing::TestParamInfo<BackplaneKind>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(All, BackplaneSuite,
                         ::testing::Values(kind<MemoryUnderTest>("memory"), kind<SqliteUnderTest>("sqlite")),
                         name_of);

}  // namespace
}  // namespace rockpool::suites
