// One mount of JSONPad: lets in, and hands on to the API and to those who wait for something to happen.
#include "core/dialects/jsonpad/server.h"

#include <map>

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/heads.h"
#include "core/dialects/jsonpad/api.h"
#include "core/dialects/jsonpad/door.h"
#include "core/dialects/jsonpad/polls.h"

namespace rockpool::dialects::jsonpad {
namespace {

// The old PHP connector says `put`.
std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return text;
}

class Server final : public dialect::ServerDialect {
 public:
  Server(const dialect::MountOptions& options, Settings settings) : desk_{{options}, std::move(settings)} {}

  // At the root only what is ours, so that pages may stand beside it.
  bool claims(const wire::RequestHead& head) const override {
    return !desk_.options.mount.empty() || head.path.starts_with("/api/v1.0/") || head.path == "/lists" ||
           head.path.starts_with("/lists/") || head.path.starts_with("/items/");
  }
  void receive(Instant now, CarrierId from, dialect::Arrival arrival, ServerSteps& out) override;
  void answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) override;
  void identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out) override;
  bool watches() const override { return true; }
  void watch(Instant now, const Notices& notices, ServerSteps& out) override {
    const auto happened = books_.watch(now, notices);
    if (!happened.empty()) polls_.happened(now, happened, out);
  }
  void review(Instant, const dialect::Standing& standing, ServerSteps& out) override {
    polls_.review(standing, out);
  }
  void drain(Instant now, ServerSteps& out) override {
    desk_.draining = true;
    polls_.drain(now, out);
  }
  void wake(Instant now, ServerSteps& out) override {
    polls_.wake(now, out);
    if (!std::exchange(is_begun_, true) || !waiting_.empty()) books_.load(out);
  }
  // The books are read at once: what was to be deleted goes on without anybody asking.
  std::optional<Instant> next_wake() const override { return is_begun_ ? polls_.next_wake() : Instant(); }
  void deliver(Instant, CarrierId, const dialect::Shared&, ServerSteps&) override {}
  dialect::Census census() const override { return {.poll = polls_.parked(), .commands = requests_}; }
  void count_limits(dialect::LimitsMet& met) const override {
    for (const auto& [limit, count] : desk_.met) met[limit] += count;
  }

 private:
  struct Visit {
    dialect::Arrived arrived;
    Instant came;
  };

  void arrive(Instant now, CarrierId from, dialect::Arrived arrived, ServerSteps& out);
  void judged(Instant now, CarrierId from, Visit visit, Door::Verdict verdict, ServerSteps& out);
  void serve(Instant now, CarrierId from, const Visit& visit, Caller caller, ServerSteps& out);

  Desk desk_;
  Door door_{desk_};
  Books books_{desk_};
  Api api_{desk_, books_};
  Polls polls_{desk_, books_};
  std::map<CarrierId, Visit> knocking_;                    // who they are is being found out
  std::map<CarrierId, std::pair<Visit, Caller>> waiting_;  // for the books to be read
  std::uint64_t requests_ = 0;
  bool is_begun_ = false;    // to read the books
  bool is_resumed_ = false;  // what the last server did not finish
};

void Server::receive(Instant now, CarrierId from, dialect::Arrival arrival, ServerSteps& out) {
  if (auto* arrived = std::get_if<dialect::Arrived>(&arrival))
    return arrive(now, from, std::move(*arrived), out);
  if (std::holds_alternative<dialect::Closed>(arrival)) {
    knocking_.erase(from);
    waiting_.erase(from);
    if (polls_.gone(from)) return;
  }
  api_.receive(now, from, arrival, out);
}

void Server::arrive(Instant now, CarrierId from, dialect::Arrived arrived, ServerSteps& out) {
  ++requests_;
  auto verdict = door_.knock(from, arrived, out);
  Visit visit{.arrived = std::move(arrived), .came = now};
  if (verdict) return judged(now, from, std::move(visit), std::move(*verdict), out);
  knocking_.emplace(from, std::move(visit));
}

void Server::identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out) {
  auto known = door_.identified(ticket, std::move(identity));
  if (!known) return;
  auto node = knocking_.extract(known->first);
  if (!node.empty()) judged(now, known->first, std::move(node.mapped()), std::move(known->second), out);
}

void Server::judged(Instant now, CarrierId from, Visit visit, Door::Verdict verdict, ServerSteps& out) {
  if (const Fault* fault = std::get_if<Fault>(&verdict)) return out.push_back(refuse(from, *fault));
  Caller caller = std::move(std::get<Caller>(verdict));
  if (books_.is_loaded()) return serve(now, from, visit, std::move(caller), out);
  waiting_.emplace(from, std::pair(std::move(visit), std::move(caller)));
  is_begun_ = true;
  books_.load(out);
}

void Server::serve(Instant now, CarrierId from, const Visit& visit, Caller caller, ServerSteps& out) {
  const wire::RequestHead& head = visit.arrived.head;
  Place place = place_of(head.path);
  if (place.kind == Place::Kind::unknown) return out.push_back(refuse(from, Fault::unknown_path));
  if (place.is_watched() != caller.realtime) return out.push_back(refuse(from, Fault::wrong_token));
  const std::string method = upper(head.method);
  if (!place.is_watched()) {
    return api_.ask(
        now, from,
        {.caller = std::move(caller),
         .place = std::move(place),
         .method = method,
         .query = head.query,
         .content_length = base::read_decimal(dialect::header_of(head, "Content-Length")).value_or(0),
         .content_type = dialect::header_of(head, "Content-Type"),
         .if_none_match = dialect::header_of(head, "If-None-Match"),
         .if_modified_since = dialect::header_of(head, "If-Modified-Since")},
        out);
  }
  if (method != "GET") {
    auto respond = refuse(from, Fault::method);
    respond.head.headers.emplace_back("Allow", "GET");
    return out.push_back(std::move(respond));
  }
  polls_.ask(now, from,
             {.caller = std::move(caller),
              .place = std::move(place),
              .query = head.query,
              .address = visit.arrived.peer,
              .came = visit.came},
             out);
}

void Server::answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) {
  if (api_.answer(now, ticket, reply, out) || polls_.answer(now, ticket, reply, out)) return;
  books_.answer(ticket, reply, out);
  if (!books_.is_loaded()) return;
  if (!std::exchange(is_resumed_, true)) api_.resume(out);
  for (auto& [carrier, one] : std::exchange(waiting_, {}))
    serve(now, carrier, one.first, std::move(one.second), out);
}

}  // namespace

base::Result<std::unique_ptr<dialect::ServerDialect>> make_server(const dialect::MountOptions& options,
                                                                  base::Prng) {
  auto settings = read_settings(options.settings);
  if (!settings) return settings.error();
  return std::unique_ptr<dialect::ServerDialect>(std::make_unique<Server>(options, std::move(*settings)));
}

}  // namespace rockpool::dialects::jsonpad
