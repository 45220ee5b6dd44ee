// Threads that check and hash passwords, and the queue before them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace rockpool::auth {

class PasswordPool {
 public:
  struct Job {
    std::uint64_t ticket = 0;
    std::string password;
    std::string hash;    // to compare with
    bool makes = false;  // one, instead
  };
  struct Result {
    std::uint64_t ticket = 0;
    bool right = false;
    std::string hash = {};  // that was made
  };
  // Told on a thread of the pool.
  using Done = std::function<void(Result)>;

  static constexpr unsigned threads = 2;

  // Threads begin with the first job.
  PasswordPool(std::size_t waiting_max, Done done);
  // What waits is dropped, what is under way is told before this returns.
  ~PasswordPool();

  // False: as many as may wait do already.
  bool begin(Job job);

 private:
  void run();

  const std::size_t waiting_max_;
  const Done done_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable news_;
  std::deque<Job> waiting_;
  unsigned idle_ = threads;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace rockpool::auth
