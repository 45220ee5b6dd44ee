#include "server/transfer/local.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/base/limits.h"
#include "server/clock.h"

namespace rockpool::transfer {
namespace {

constexpr std::int64_t turn_ms_max = 100;
constexpr int silent_turns_max = 600;
constexpr std::size_t page_records_max = 1000;
constexpr std::size_t page_bytes_max = 1 << 20;

}  // namespace

void EventQueue::put(hub::Event event) {
  {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }
  news_.notify_one();
}

std::optional<hub::Event> EventQueue::take(std::int64_t ms_max) {
  std::unique_lock lock(mutex_);
  news_.wait_for(lock, std::chrono::milliseconds(ms_max), [this] { return !events_.empty(); });
  if (events_.empty()) return std::nullopt;
  hub::Event event = std::move(events_.front());
  events_.erase(events_.begin());
  return event;
}

void LocalTarget::ask(model::Command command) {
  hub_.handle(server::now(), hub::Ask{++last_ticket_,
                                      {.user = "", .admin = true, .roles = {}, .expires_ms = 0},
                                      space_,
                                      std::move(command)});
  pump();
}

void LocalTarget::pump() {
  while (auto output = hub_.poll()) {
    if (auto* answer = std::get_if<hub::Answer>(&*output)) replies_.push_back(std::move(answer->reply));
    if (auto* request = std::get_if<hub::Request>(&*output)) backplane_.submit(std::move(*request));
  }
}

base::Result<model::Reply> LocalTarget::next_reply() {
  for (int silent = 0; replies_.empty() && silent < silent_turns_max; ++silent) {
    if (auto event = events_.take(turn_ms_max)) {
      hub_.handle(server::now(), std::move(*event));
      silent = 0;
    } else {
      hub_.handle(server::now(), hub::Woke{});
    }
    pump();
  }
  if (replies_.empty()) return base::Error{base::Code::storage, "the store does not answer", ""};
  model::Reply reply = std::move(replies_.front());
  replies_.erase(replies_.begin());
  if (const auto* failed = std::get_if<model::Failed>(&reply)) return failed->error;
  return reply;
}

base::Status LocalTarget::push(std::vector<model::Group> groups) {
  ask(model::Write{.client = "", .settled = 0, .except = {}, .groups = std::move(groups)});
  return base::done();
}

base::Result<std::vector<model::Outcome>> LocalTarget::wait() {
  auto reply = next_reply();
  if (!reply.ok()) return reply.error();
  auto* written = std::get_if<model::Written>(&*reply);
  if (written == nullptr) {
    return base::Error{base::Code::internal, "the hub answered a write with something else", ""};
  }
  return std::move(written->outcomes);
}

std::size_t LocalTarget::row_bytes_max() const { return base::limits::record_bytes_max; }

base::Status LocalTarget::read(const std::string& collection,
                               const std::function<base::Status(const model::Record&)>& take) {
  std::string after;
  for (bool done = false; !done;) {
    ask(model::Scan{collection, after, page_records_max, page_bytes_max});
    const auto reply = next_reply();
    if (!reply.ok()) return reply.error();
    const auto* page = std::get_if<model::Page>(&*reply);
    if (page == nullptr) {
      return base::Error{base::Code::internal, "the hub answered a scan with something else", ""};
    }
    for (const model::Record& record : page->records) {
      if (const auto taken = take(record); !taken.ok()) return taken;
    }
    done = page->done || page->records.empty();
    if (!page->records.empty()) after = page->records.back().key.id;
  }
  return base::done();
}

}  // namespace rockpool::transfer
