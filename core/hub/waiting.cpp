#include "core/hub/waiting.h"

#include <iterator>

namespace rockpool::hub {

void Asked::settle(std::size_t at, std::optional<model::Outcome> outcome) {
  Slot& slot = slots_[at];
  if (!slot.known) open_ -= 1;
  slot.known = true;
  slot.outcome = std::move(outcome);
}

std::optional<model::Written> Asked::written() {
  model::Written written;
  for (Slot& slot : slots_) {
    if (!slot.known || slot.said) continue;
    slot.said = true;
    if (!slot.outcome) continue;
    written.outcomes.push_back(std::move(*slot.outcome));
    if (author_.tells) written.made.push_back(std::move(slot.made).value_or(model::Record()));
  }
  written.more = open_ > 0;
  if (answered_ || (written.more && written.outcomes.empty())) return std::nullopt;
  answered_ = !written.more;
  return written;
}

std::size_t bytes_of(const model::Group& group) {
  std::size_t bytes = 0;
  for (const model::Mutation& mutation : group) {
    bytes +=
        mutation.data.size() + mutation.path.size() + mutation.key.collection.size() + mutation.key.id.size();
  }
  return bytes;
}

void Waiting::push(Job job) { by_space_[job.write->space()].push_back(std::move(job)); }

void Waiting::put_back(std::vector<Job> jobs) {
  if (jobs.empty()) return;
  std::deque<Job>& queue = by_space_[jobs.front().write->space()];
  queue.insert(queue.begin(), std::make_move_iterator(jobs.begin()), std::make_move_iterator(jobs.end()));
}

std::optional<std::string> Waiting::next_space() {
  if (by_space_.empty()) return std::nullopt;
  auto next = by_space_.upper_bound(last_);
  if (next == by_space_.end()) next = by_space_.begin();
  last_ = next->first;
  return last_;
}

const Job* Waiting::front(const std::string& space) const {
  const auto queue = by_space_.find(space);
  return queue == by_space_.end() ? nullptr : &queue->second.front();
}

Job Waiting::pop(const std::string& space) {
  const auto queue = by_space_.find(space);
  Job job = std::move(queue->second.front());
  queue->second.pop_front();
  if (queue->second.empty()) by_space_.erase(queue);
  return job;
}

std::vector<Job> Waiting::take_all() {
  std::vector<Job> jobs;
  for (auto& [space, queue] : by_space_) {
    for (Job& job : queue) jobs.push_back(std::move(job));
  }
  by_space_.clear();
  return jobs;
}

}  // namespace rockpool::hub
