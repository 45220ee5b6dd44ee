#include "server/auth/password_pool.h"

#include "server/auth/password.h"

namespace rockpool::auth {

PasswordPool::PasswordPool(std::size_t waiting_max, Done done)
    : waiting_max_(waiting_max), done_(std::move(done)) {}

PasswordPool::~PasswordPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  news_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool PasswordPool::begin(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= waiting_max_ + idle_) return false;
    if (threads_.empty()) {
      for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
    }
    waiting_.push_back(std::move(job));
  }
  news_.notify_one();
  return true;
}

void PasswordPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    news_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    const Job job = std::move(waiting_.front());
    waiting_.pop_front();
    --idle_;
    lock.unlock();
    Result result{.ticket = job.ticket};
    if (job.makes)
      result.hash = hash_password(job.password);
    else
      result.right = is_password(job.password, job.hash);
    done_(std::move(result));
    lock.lock();
    ++idle_;
  }
}

}  // namespace rockpool::auth
