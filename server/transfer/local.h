// A store of this machine as a target: the hub runs here, without a gateway.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/hub/hub.h"
#include "server/transfer/target.h"

namespace rockpool::transfer {

// What a backplane reports, from its own threads.
class EventQueue {
 public:
  void put(hub::Event event);
  // Waits for the next one, nothing after `ms_max`.
  std::optional<hub::Event> take(std::int64_t ms_max);

 private:
  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<hub::Event> events_;
};

class LocalTarget final : public Target {
 public:
  // The hub was loaded from the backplane, whose events come through the queue.
  LocalTarget(hub::Hub& hub, hub::Backplane& backplane, EventQueue& events, std::string space)
      : hub_(hub), backplane_(backplane), events_(events), space_(std::move(space)) {}

  base::Status push(std::vector<model::Group> groups) override;
  base::Result<std::vector<model::Outcome>> wait() override;
  std::size_t row_bytes_max() const override;
  base::Status read(const std::string& collection,
                    const std::function<base::Status(const model::Record&)>& take) override;

 private:
  void ask(model::Command command);
  void pump();
  // Until there is a reply; an error when the store does not answer any more.
  base::Result<model::Reply> next_reply();

  hub::Hub& hub_;
  hub::Backplane& backplane_;
  EventQueue& events_;
  std::string space_;
  model::Ticket last_ticket_ = 0;
  std::vector<model::Reply> replies_;
};

}  // namespace rockpool::transfer
