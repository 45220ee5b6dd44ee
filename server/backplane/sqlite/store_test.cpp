// The helpers of test_store.h.
#include <unistd.h>

#include "server/backplane/sqlite/database.h"
#include "server/backplane/sqlite/test_store.h"

namespace rockpool::backplane::testing {

Folder::Folder(const std::string& name)
    : path_((std::filesystem::temp_directory_path() / ("rockpool-" + name + "-" + std::to_string(getpid())))
                .string()) {
  std::filesystem::remove_all(path_);
  std::filesystem::create_directories(path_);
}

Opened::Opened(const std::string& folder, const std::string& vfs) {
  SqliteOptions options;
  options.vfs = vfs;
  options.deliver = [this](hub::Event event) {
    {
      const std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
    }
    arrived_.notify_one();
  };
  auto opened = SqliteBackplane::open(folder, std::move(options));
  if (!opened) {
    error_ = opened.error();
    return;
  }
  backplane_ = std::move(*opened);
  last = start().last_seq;
}

hub::Event Opened::wait() {
  std::unique_lock lock(mutex_);
  const bool came = arrived_.wait_for(lock, std::chrono::seconds(30), [&] { return !events_.empty(); });
  EXPECT_TRUE(came) << "no result";
  if (!came) return {};
  hub::Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

hub::Appended Opened::append_at(std::uint64_t expected_seq, hub::Batch batch) {
  backplane_->submit(hub::Append{.expected_seq = expected_seq, .batch = std::move(batch)});
  return std::get<hub::Appended>(wait());
}

hub::Appended Opened::append(hub::Batch batch) {
  hub::Appended result = append_at(last, std::move(batch));
  if (result.what == hub::Appended::What::ok) last = result.seq;
  return result;
}

hub::LogRead Opened::read(std::uint64_t after) {
  backplane_->submit(hub::ReadLog{.ticket = 1, .after = after, .bytes_max = 64 << 20});
  return std::get<hub::LogRead>(wait());
}

hub::Start Opened::start() {
  const auto start = backplane_->load(
      [](const std::string&, const model::Record&) {}, [](const std::string&, const hub::ClientMark&) {},
      [](const std::string&, const hub::ClientMark&, std::uint64_t, model::Version, std::uint64_t) {});
  EXPECT_TRUE(start.ok());
  return start.ok() ? *start : hub::Start{};
}

hub::Batch write_of(const std::string& id, model::Version version, std::size_t bytes) {
  model::Change change;
  change.record.key = {"tasks", id};
  change.record.version = version;
  change.record.num = 5;
  change.record.data = std::string(bytes, '1');
  change.previous = version - 1;
  hub::Batch batch{.space = "garden",
                   .write_id = id + std::to_string(version),
                   .time = {static_cast<std::int64_t>(version)},
                   .changes = {change},
                   .marks = {},
                   .outcomes = {}};
  batch.marks = {
      {.user = "", .client = "client-1", .settled = 0, .except = {}, .highest = version, .seen = {1}}};
  batch.outcomes = {{.mark = 0, .number = version, .version = version}};
  return batch;
}

void damage(const std::string& file, const std::string& sql) {
  auto database = Database::open(file, Database::Mode::write);
  ASSERT_TRUE(database.ok());
  ASSERT_EQ((*database)->exec(sql.c_str()), 0) << (*database)->problem();
}

}  // namespace rockpool::backplane::testing
