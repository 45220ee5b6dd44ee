#include "server/files/shelf.h"

namespace rockpool::files {
namespace {

// One that syncs, which may take seconds, and one for who reads and writes meanwhile.
constexpr std::size_t thread_count = 2;

}  // namespace

Shelf::Shelf(const config::Limits& limits) : limits_(limits) {}
Shelf::~Shelf() { finish(); }

base::Status Shelf::open(const std::string& data_folder) {
  auto opened = Store::open(data_folder + "/files", {.bytes_max = limits_.files_bytes});
  if (!opened) return opened.error();
  store_ = std::move(*opened);
  for (std::size_t i = 0; i < thread_count; ++i) threads_.emplace_back([this] { work(); });
  return base::done();
}

void Shelf::run(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (finishing_) return;
    jobs_.push_back(std::move(job));
  }
  news_.notify_one();
}

void Shelf::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    news_.wait(lock, [this] { return finishing_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    {
      const auto job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
    }
    lock.lock();
  }
}

void Shelf::drop(std::vector<std::string> ids) {
  if (!is_open() || ids.empty()) return;
  run([this, ids = std::move(ids)] {
    for (const std::string& id : ids) store_->drop(id);
  });
}

void Shelf::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
  }
  news_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

Shelf::Entry Shelf::enter(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (uploads_ >= limits_.uploads) return Entry::full;
  std::uint64_t& of_address = by_address_[address];
  const bool is_counted = limits_.count_loopback || !config::is_loopback({address, 0});
  if (is_counted && of_address >= limits_.uploads_per_address) return Entry::full_of_address;
  ++of_address;
  ++uploads_;
  return Entry::welcome;
}

void Shelf::leave(const std::string& address) {
  const std::lock_guard lock(mutex_);
  --uploads_;
  if (--by_address_[address] == 0) by_address_.erase(address);
}

void Shelf::write_metrics(net::MetricsText& text) const {
  text.gauge("rockpool_files", "Files of records.", is_open() ? store_->files() : 0);
  text.gauge("rockpool_file_bytes", "Their size, with those that are coming.",
             is_open() ? store_->bytes() : 0);
  {
    const std::lock_guard lock(mutex_);
    text.gauge("rockpool_uploads", "Uploads under way.", uploads_);
  }
  text.counter("rockpool_uploads_total", "Uploads that were stored.", counts.uploads);
  text.counter("rockpool_uploads_failed_total", "Uploads refused, broken off, or not stored.",
               counts.uploads_failed);
  text.counter("rockpool_upload_bytes_total", "Bytes of bodies that were uploaded.", counts.upload_bytes);
  text.counter("rockpool_downloads_total", "Files sent, whole or in part.", counts.downloads);
  text.counter("rockpool_download_bytes_total", "Bytes of files that were sent.", counts.download_bytes);
}

}  // namespace rockpool::files
