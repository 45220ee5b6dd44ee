// The server's files and the threads that wait for the disk, so that neither the network nor the hub does.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/config/config.h"
#include "server/files/store.h"
#include "server/net/metrics.h"

namespace rockpool::files {

class Shelf {
 public:
  explicit Shelf(const config::Limits& limits);
  ~Shelf();

  // Of a data folder. A shelf that was never opened has no place for files.
  base::Status open(const std::string& data_folder);
  bool is_open() const { return store_ != nullptr; }
  Store& store() { return *store_; }
  const config::Limits& limits() const { return limits_; }

  // On one of the threads, whatever comes first. Any thread.
  void run(std::function<void()> job);
  void drop(std::vector<std::string> ids);
  // Waits for all jobs. One that comes afterwards is dropped.
  void finish();

  // False: so many uploads are under way already. Each true is followed by one leave().
  bool enter();
  void leave() { --uploads_; }

  struct Counts {
    std::atomic<std::uint64_t> uploads{0}, uploads_failed{0}, upload_bytes{0}, downloads{0},
        download_bytes{0};
  };
  Counts counts;
  void write_metrics(net::MetricsText& text) const;

 private:
  void work();

  const config::Limits limits_;
  std::unique_ptr<Store> store_;
  std::atomic<std::uint64_t> uploads_{0};

  std::mutex mutex_;  // guards what follows
  std::condition_variable news_;
  std::deque<std::function<void()>> jobs_;
  bool finishing_ = false;
  std::vector<std::thread> threads_;  // come with the folder
};

}  // namespace rockpool::files
