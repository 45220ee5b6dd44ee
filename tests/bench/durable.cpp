// Durable changes a second of a hub on SQLite, beside the bare database doing the same rows in the same run:
// `npm run bench -- durable [CHANGES]`. Everything is synced before it counts.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <mutex>

#include <sqlite3.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/hub/hub.h"
#include "server/backplane/sqlite/database.h"
#include "server/backplane/sqlite/schema.h"
#include "server/backplane/sqlite/sqlite_backplane.h"

namespace {

using namespace rockpool;
using Clock = std::chrono::steady_clock;

constexpr std::size_t per_commit = 256;
constexpr std::size_t pushes_under_way = 4;
constexpr std::uint64_t records = 100'000;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// In the order of creation, as the SDK's time-ordered ids are.
std::string id_of(std::uint64_t number) { return "018f3a" + base::hex(number % records, 16) + "9c4b2d7e10"; }

std::string data_of(std::uint64_t number) {
  std::string data = R"({"title":"bench","done":false,"count":)" + std::to_string(number) + R"(,"text":")";
  data.append(254 - data.size(), 'x');
  return data + R"("})";
}

// ---- the floor: one upsert a change and one log row a commit, nothing else

double floor_rate(const std::string& folder, std::uint64_t changes) {
  std::filesystem::create_directories(folder);
  auto database = backplane::Database::open(folder + "/floor.db", backplane::Database::Mode::create);
  if (!database) return 0;
  backplane::Database& on = **database;
  backplane::configure(on, true);
  on.exec(
      "create table log(seq integer primary key, batch blob);"
      "create table rec(coll text, id text, ver integer, data text, primary key(coll, id)) without rowid");
  const auto put = on.prepare("insert or replace into rec values(?1, ?2, ?3, ?4)");
  const auto log = on.prepare("insert into log(batch) values(?1)");
  const auto start = Clock::now();
  for (std::uint64_t done = 0; done < changes;) {
    std::string batch;
    on.exec("begin immediate");
    for (std::size_t i = 0; i < per_commit; ++i, ++done) {
      const std::string id = id_of(done);
      const std::string data = data_of(done);
      put->bind(1, std::string_view("tasks")).bind(2, std::string_view(id)).bind(3, done);
      put->bind(4, std::string_view(data)).run();
      batch += data;
    }
    log->bind_blob(1, batch).run();
    if (on.exec("commit") != SQLITE_OK) return 0;
  }
  return static_cast<double>(changes) / seconds_since(start);
}

// ---- the hub

class Bench {
 public:
  explicit Bench(const std::string& folder) {
    backplane::SqliteOptions options;
    options.deliver = [this](hub::Event event) {
      {
        const std::lock_guard lock(mutex_);
        events_.push_back(std::move(event));
      }
      arrived_.notify_one();
    };
    auto opened = backplane::SqliteBackplane::open(folder, std::move(options));
    if (!opened || !hub_.load(**opened, now())) std::exit(1);
    backplane_ = std::move(*opened);
  }

  double rate(std::uint64_t changes) {
    acked_ = 0;
    const auto start = Clock::now();
    for (std::size_t i = 0; i < pushes_under_way; ++i) push(per_commit);
    while (acked_ < changes) {
      if (drain()) push(per_commit);
      if (acked_ < changes) take();
    }
    const double rate = static_cast<double>(acked_) / seconds_since(start);
    finish();
    return rate;
  }

  // Of single writes, one after the other: milliseconds until each is acknowledged.
  std::vector<double> latencies(int count) {
    std::vector<double> all;
    for (int i = 0; i < count; ++i) {
      const auto start = Clock::now();
      push(1);
      finish();
      all.push_back(seconds_since(start) * 1000);
    }
    std::sort(all.begin(), all.end());
    return all;
  }

 private:
  static base::Instant now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
  }

  void push(std::size_t mutations) {
    model::Write write;
    write.client = "bench-client";
    write.settled = number_ > 10 * per_commit ? number_ - 10 * per_commit : 0;
    for (std::size_t i = 0; i < mutations; ++i) {
      model::Mutation mutation;
      mutation.key = {"tasks", id_of(number_)};
      mutation.data = data_of(number_);
      mutation.base = number_ / records;
      mutation.number = ++number_;
      write.groups.push_back({std::move(mutation)});
    }
    under_way_ += 1;
    hub_.handle(
        now(), hub::Ask{.ticket = number_, .principal = {}, .space = "default", .command = std::move(write)});
  }

  // Is there room for another push?
  bool drain() {
    bool answered = false;
    while (auto output = hub_.poll()) {
      if (auto* request = std::get_if<hub::Request>(&*output)) backplane_->submit(std::move(*request));
      const auto* answer = std::get_if<hub::Answer>(&*output);
      if (answer == nullptr) continue;
      const auto* written = std::get_if<model::Written>(&answer->reply);
      if (written == nullptr) std::exit(1);
      for (const model::Outcome& outcome : written->outcomes) {
        if (!std::holds_alternative<model::Acked>(outcome)) std::exit(1);
        acked_ += 1;
      }
      if (written->more) continue;
      under_way_ -= 1;
      answered = true;
    }
    return answered;
  }

  void take() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return !events_.empty(); });
    hub::Event event = std::move(events_.front());
    events_.pop_front();
    lock.unlock();
    hub_.handle(now(), std::move(event));
  }

  void finish() {
    for (drain(); under_way_ > 0; drain()) take();
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<hub::Event> events_;
  hub::Hub hub_{{}, base::Prng(1)};
  std::unique_ptr<backplane::SqliteBackplane> backplane_;
  std::uint64_t number_ = 0;
  std::uint64_t acked_ = 0;
  std::size_t under_way_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
  const std::uint64_t changes = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 200'000;
  const std::string folder =
      (std::filesystem::temp_directory_path() / ("rockpool-bench-" + std::to_string(getpid()))).string();
  const double floor = floor_rate(folder, changes);
  double rate = 0;
  std::vector<double> latencies;
  {
    Bench bench(folder + "/store");
    rate = bench.rate(changes);
    latencies = bench.latencies(500);
  }
  std::filesystem::remove_all(folder);
  std::printf("durable changes, SQLite, 256 B      %9.0f /s   %.2f x bare SQLite (%.0f)   goal >= 40000\n",
              rate, rate / floor, floor);
  std::printf("one write to acknowledged, p50      %9.3f ms   p99 %.3f ms                goal <= 1 ms\n",
              latencies[latencies.size() / 2], latencies[latencies.size() * 99 / 100]);
  return floor > 0 ? 0 : 1;
}
