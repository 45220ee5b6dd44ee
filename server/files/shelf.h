// The server's files and the threads that wait for the disk, so that neither the network nor the hub does.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
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

  // So many uploads are under way already, of all or of this address. After `welcome` comes one leave().
  enum class Entry : std::uint8_t { welcome, full, full_of_address };
  Entry enter(const std::string& address);
  void leave(const std::string& address);

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

  mutable std::mutex mutex_;  // guards what follows
  std::uint64_t uploads_ = 0;
  std::map<std::string, std::uint64_t> by_address_;
  std::condition_variable news_;
  std::deque<std::function<void()>> jobs_;
  bool finishing_ = false;
  std::vector<std::thread> threads_;  // come with the folder
};

}  // namespace rockpool::files
