// How a gateway is made, for the files that make it up.
//
// Private to the module.
#pragma once

#include <deque>

#include "core/dialect/frames.h"
#include "core/gateway/audience.h"
#include "core/gateway/gateway.h"
#include "core/gateway/mounts.h"

namespace rockpool::gateway {

using base::Instant;
using dialect::CarrierId;
using dialect::ServerSteps;
using dialect::Shared;
using model::Ticket;

using Told = std::pair<model::Topic, model::Notice>;

class Gateway::Impl {
 public:
  Impl(hub::Hub& hub, base::Prng prng, std::string server)
      : hub_(hub), prng_(prng), server_(std::move(server)) {}

  base::Status mount(const Mount& mount);
  void receive(Instant now, CarrierId carrier, dialect::Arrival arrival);
  void identified(Instant now, Ticket ticket, dialect::Identity identity);
  void fetched(Instant now, Ticket ticket, base::Result<dialect::Fetched> answer);
  void worked(Instant now, Ticket ticket, dialect::SecretResult result);
  void happened(Instant now, hub::Event event);
  void set_rights(std::shared_ptr<const rights::Rights> rights);
  void authorized(Instant now, Ticket ticket, base::Result<Permitted> answer);
  void review(Instant now, const dialect::Standing& standing);
  void ask(Instant now, hub::Ask ask);
  void drain(Instant now);
  void wake(Instant now);
  std::optional<Instant> next_wake() const;
  Figures figures() const;

  Mounts mounts_;
  std::deque<Effect> effects_;

 private:
  struct Carrier {
    std::size_t mount = 0;
    bool is_stream = false;
    bool is_closing = false;  // by us; its Closed is still to come
  };
  struct Asker {
    std::size_t mount = 0;
    Ticket ticket = 0;
  };

  void arrive(Instant now, CarrierId id, dialect::Arrived arrived);
  // Hands over what a dialect wants, and everything that follows from it.
  void run(Instant now, std::size_t mount, ServerSteps steps);
  void settle(Instant now);

  void act(Instant now, std::size_t mount, dialect::ServerStep& step);
  void act_one(Instant now, std::size_t mount, dialect::SendFrame& step);
  void act_one(Instant now, std::size_t mount, dialect::CloseStream& step);
  void act_one(Instant now, std::size_t mount, dialect::AcceptStream& step);
  void act_one(Instant now, std::size_t mount, dialect::ReadBody& step);
  void act_one(Instant now, std::size_t mount, dialect::Respond& step);
  void act_one(Instant now, std::size_t mount, dialect::ReadFiles& step);
  void act_one(Instant now, std::size_t mount, dialect::RespondFile& step);
  void act_one(Instant now, std::size_t mount, dialect::DropFiles& step);
  void act_one(Instant now, std::size_t mount, dialect::Asked& step);
  void act_one(Instant now, std::size_t mount, dialect::Identify& step);
  void act_one(Instant now, std::size_t mount, dialect::Fetch& step);
  void act_one(Instant now, std::size_t mount, dialect::SecretWork& step);
  void act_one(Instant now, std::size_t mount, dialect::Join& step);
  void act_one(Instant now, std::size_t mount, dialect::Leave& step);

  void permit(Instant now, Permits::Turn turn);
  void answer_exchange(CarrierId carrier, Effect effect);
  void drop_unwanted(const dialect::Arrival& arrival);
  void answer(Instant now, Ticket ticket, model::Reply reply);
  Ticket open_ticket(std::size_t mount, Ticket ticket);
  std::optional<Asker> take_ticket(Ticket ticket, bool stays_open);
  void withdraw(Instant now, CarrierId id, std::size_t mount);

  void tell(Instant now, const hub::Tell& tell);
  void show_watchers(Instant now, const hub::Tell& tell);
  void tell_one(Instant now, const Told& told);
  void tell_all(Instant now, const hub::Tell& tell);
  void tell_records(Instant now, const Told& told);
  void end(Instant now, std::size_t mount, const model::Topic& topic, const Audience::Listeners& listeners);
  Shared encode(std::size_t mount, const Told& told);
  // What this listener gets of it: what all get, but for what came from itself.
  Shared encode_for(CarrierId listener, std::size_t mount, const Told& told, const Shared& bytes);
  void deliver(Instant now, std::size_t mount, CarrierId carrier, const Shared& bytes);

  hub::Hub& hub_;
  std::shared_ptr<const rights::Rights> rights_ = std::make_shared<rights::Rights>();
  Permits permits_{hub_};
  base::Prng prng_;
  std::string server_;
  std::map<CarrierId, Carrier> carriers_;
  std::map<Ticket, Asker> askers_;  // of hub and edge
  Ticket last_ticket_ = 0;
  Audience audience_;
  // What dialects want for their kept carriers while all are being told; done when all have been.
  std::vector<std::pair<std::size_t, ServerSteps>> following_;
  Figures figures_;
};

}  // namespace rockpool::gateway
