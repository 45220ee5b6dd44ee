// One mount of DatoCMS: lets in, and hands on to queries, channels and the records' API.
#include "core/dialects/datocms/server.h"

#include <map>
#include <utility>

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/heads.h"
#include "core/dialects/datocms/channels.h"
#include "core/dialects/datocms/door.h"
#include "core/dialects/datocms/items.h"
#include "core/dialects/datocms/sdk_socket.h"

namespace rockpool::dialects::datocms {
namespace {

using Kind = Place::Kind;

constexpr std::size_t body_bytes_max = 1 << 20;
constexpr base::Duration load_again = base::seconds(1);
constexpr base::Duration waits_max = base::seconds(10);

Shape shape_of(const std::string& query) {
  const auto said = wire::query_value(query, "shape");
  return said == "response" ? Shape::response : said == "data" ? Shape::data : Shape::both;
}

class Server final : public dialect::ServerDialect {
 public:
  Server(const dialect::MountOptions& options, Settings settings, Types types, base::Prng prng)
      : desk_{{options}, std::move(settings)}, types_(std::move(types)), channels_(desk_, lives_, prng) {}

  // At the root only what is ours, so that pages may stand beside it.
  bool claims(const wire::RequestHead& head) const override {
    const Kind kind = place_of(head.path).kind;
    return !desk_.options.mount.empty() || (kind == Kind::socket ? head.upgrade : kind != Kind::unknown);
  }
  void receive(Instant now, CarrierId from, dialect::Arrival arrival, ServerSteps& out) override;
  void answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) override;
  void identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out) override;
  void worked(Instant now, Ticket ticket, dialect::SecretResult result, ServerSteps& out) override {
    channels_.worked(now, ticket, result, out);
  }
  bool watches() const override { return true; }
  void watch(Instant, const Notices& notices, ServerSteps&) override {
    library_.watch(notices,
                   [this](const Environment& environment, std::size_t model, const Shelf::Moved& moved) {
                     lives_.moved(environment, model, moved);
                     sockets_.moved(environment, model, moved);
                   });
  }
  void review(Instant now, const dialect::Standing& standing, ServerSteps& out) override {
    channels_.review(now, standing, out);
    sockets_.review(standing, out);
  }
  void drain(Instant, ServerSteps& out) override {
    desk_.draining = true;
    channels_.drain(out);
  }
  void wake(Instant now, ServerSteps& out) override {
    if (!library_.is_loaded() && load_at_ <= now) load(now, out);
    const auto refreshed = lives_.refresh();
    channels_.refresh(now, refreshed, out);
    sockets_.refresh(refreshed, out);
    sockets_.tell_touched(out);
    channels_.wake(now, out);
    sockets_.wake(now, out);
  }
  // Records are read at once, many of them in steps; and all writes of a turn are one reason to look at
  // results again.
  std::optional<Instant> next_wake() const override {
    if (lives_.has_stale() || sockets_.has_work()) return Instant();
    std::optional<Instant> first = channels_.next_wake();
    const auto other = sockets_.next_wake();
    if (other && (!first || *other < *first)) first = other;
    if (!library_.is_loaded() && (!first || load_at_ < *first)) first = load_at_;
    return first;
  }
  void deliver(Instant, CarrierId, const Shared&, ServerSteps&) override {}
  dialect::Census census() const override {
    return {.websocket = sockets_.size(),
            .sse = channels_.open_count(),
            .commands = requests_,
            .evaluations = lives_.evaluations()};
  }
  void count_limits(dialect::LimitsMet& met) const override {
    for (const auto& [limit, count] : desk_.met) met[limit] += count;
  }

 private:
  struct Visit {
    wire::RequestHead head;
    std::string base;  // of the mount, as whoever asked reaches it
    std::string address;
    Place place;
    Scope scope;
    Caller caller;
    std::string body;
    Instant waits_since;  // for the records
  };

  void arrive(Instant now, CarrierId from, dialect::Arrived arrived, ServerSteps& out);
  void knock(Instant now, CarrierId from, Visit visit, const dialect::Arrived& arrived, ServerSteps& out);
  void judged(Instant now, CarrierId from, Visit visit, Door::Verdict verdict, ServerSteps& out);
  void has_body(Instant now, CarrierId from, Visit visit, ServerSteps& out);
  void load(Instant now, ServerSteps& out);
  void serve(Instant now, CarrierId from, Visit visit, ServerSteps& out);
  void turn_away(CarrierId from, const Visit& visit, Fault fault, ServerSteps& out);
  void ask(CarrierId from, Environment& environment, const Visit& visit, ServerSteps& out);
  void listen(CarrierId from, Environment& environment, Visit visit, ServerSteps& out);
  std::optional<Fault> fault_of(const Visit& visit);

  Desk desk_;
  Types types_;
  Door door_{desk_};
  Library library_{desk_};
  Lives lives_{types_, library_, desk_.settings.live_bytes};
  Channels channels_;
  Items items_{desk_};
  SdkSockets sockets_{desk_, lives_, library_,
                      [this](Instant now, CarrierId from, const dialect::Arrived& hello, ServerSteps& out) {
                        knock(now, from, {.head = hello.head, .base = {}, .place = {.kind = Kind::socket}},
                              hello, out);
                      }};
  std::map<CarrierId, Visit> knocking_;  // who they are is being found out
  std::map<CarrierId, Visit> reading_;   // bodies
  std::map<CarrierId, Visit> waiting_;   // for the records to be read
  std::uint64_t requests_ = 0;
  Instant load_at_;  // until the records are there it is tried again and again
};

void Server::receive(Instant now, CarrierId from, dialect::Arrival arrival, ServerSteps& out) {
  if (auto* arrived = std::get_if<dialect::Arrived>(&arrival))
    return arrive(now, from, std::move(*arrived), out);
  if (std::holds_alternative<dialect::Closed>(arrival)) {
    door_.gone(from);
    for (auto* held : {&knocking_, &reading_, &waiting_}) held->erase(from);
  }
  if (channels_.receive(now, from, arrival, out) || sockets_.receive(now, from, arrival, out)) return;
  auto node = reading_.extract(from);
  auto* body = std::get_if<dialect::Body>(&arrival);
  if (node.empty() || body == nullptr) return;
  node.mapped().body = std::move(body->bytes);
  has_body(now, from, std::move(node.mapped()), out);
}

void Server::arrive(Instant now, CarrierId from, dialect::Arrived arrived, ServerSteps& out) {
  ++requests_;
  Visit visit{.head = arrived.head,
              .base = dialect::base_url(arrived, desk_.options),
              .address = arrived.peer,
              .place = place_of(arrived.head.path)};
  if (visit.place.kind == Kind::unknown) return out.push_back(refuse(from, Fault::unknown_path));
  const std::string_view methods = methods_of(visit.place.kind);
  bool is_allowed = false;
  for (std::string_view one : base::split(methods, ',')) {
    if (one.starts_with(' ')) one.remove_prefix(1);
    is_allowed = is_allowed || one == visit.head.method;
  }
  if (!is_allowed) {
    auto respond = refuse(from, Fault::method);
    respond.head.headers.emplace_back("Allow", methods);
    return out.push_back(std::move(respond));
  }
  // An EventSource cannot send tokens: the channel's id is what lets it in.
  if (visit.place.kind == Kind::channel)
    return channels_.open(now, from, visit.place.id, dialect::header_of(visit.head, "Last-Event-ID"), out);
  if (visit.place.kind == Kind::socket) return sockets_.open(now, from, arrived, out);
  knock(now, from, std::move(visit), arrived, out);
}

void Server::knock(Instant now, CarrierId from, Visit visit, const dialect::Arrived& arrived,
                   ServerSteps& out) {
  auto verdict = door_.knock(from, arrived, out);
  if (verdict) return judged(now, from, std::move(visit), std::move(*verdict), out);
  knocking_.emplace(from, std::move(visit));
}

void Server::identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out) {
  auto known = door_.identified(ticket, std::move(identity));
  if (!known) return;
  auto node = knocking_.extract(known->first);
  if (!node.empty()) judged(now, known->first, std::move(node.mapped()), std::move(known->second), out);
}

// What can be said of a request before its body is read.
std::optional<Fault> Server::fault_of(const Visit& visit) {
  const Caller& caller = visit.caller;
  const Environment* environment = library_.find(visit.scope.environment);
  if (environment == nullptr) return Fault::unknown_environment;
  const bool is_open = caller.environments.empty() || caller.environments.contains(environment->name);
  const bool writes = visit.place.kind >= Kind::items;
  const bool sees_drafts = visit.scope.sight.view == View::newest;
  if (!is_open || (writes ? !caller.writes : !caller.reads) || (!writes && sees_drafts && !caller.drafts))
    return Fault::forbidden;
  return std::nullopt;
}

void Server::turn_away(CarrierId from, const Visit& visit, Fault fault, ServerSteps& out) {
  if (visit.place.kind == Kind::socket) return sockets_.refuse(from, fault, out);
  // Clients that listen take 429 for the last word.
  const bool is_passing = fault == Fault::too_often;
  out.push_back(refuse(from, visit.place.is_listening() && is_passing ? Fault::too_many : fault));
}

void Server::judged(Instant now, CarrierId from, Visit visit, Door::Verdict verdict, ServerSteps& out) {
  const auto refuse_it = [&](Fault fault) { turn_away(from, visit, fault, out); };
  if (const Fault* fault = std::get_if<Fault>(&verdict)) return refuse_it(*fault);
  visit.caller = std::move(std::get<Caller>(verdict));
  auto scope = read_scope(visit.head, visit.place);
  if (const Fault* fault = std::get_if<Fault>(&scope)) return refuse_it(*fault);
  visit.scope = std::move(std::get<Scope>(scope));
  if (const auto fault = fault_of(visit)) return refuse_it(*fault);
  if (!desk_.takes(now, visit.caller.name)) return refuse_it(Fault::too_often);
  if (visit.head.method == "GET" || visit.head.method == "DELETE")
    return has_body(now, from, std::move(visit), out);
  reading_.emplace(from, std::move(visit));
  out.push_back(dialect::ReadBody{.carrier = from, .bytes_max = body_bytes_max});
}

void Server::has_body(Instant now, CarrierId from, Visit visit, ServerSteps& out) {
  if (library_.is_loaded()) return serve(now, from, std::move(visit), out);
  visit.waits_since = now;
  waiting_.emplace(from, std::move(visit));
  load(now, out);
}

void Server::load(Instant now, ServerSteps& out) {
  load_at_ = now + load_again;
  library_.load(out);
  std::erase_if(waiting_, [&](const auto& one) {
    const bool is_late = one.second.waits_since + waits_max <= now;
    if (is_late) turn_away(one.first, one.second, Fault::unavailable, out);
    return is_late;
  });
}

void Server::serve(Instant now, CarrierId from, Visit visit, ServerSteps& out) {
  Environment& environment = *library_.find(visit.scope.environment);
  if (visit.place.kind == Kind::socket)
    return sockets_.welcome(
        now, from,
        {.caller = std::move(visit.caller), .environment = &environment, .sight = visit.scope.sight}, out);
  if (visit.place.kind == Kind::query) return ask(from, environment, visit, out);
  if (visit.place.kind == Kind::listen) return listen(from, environment, std::move(visit), out);
  items_.ask(from,
             {.caller = std::move(visit.caller),
              .environment = &environment,
              .place = std::move(visit.place),
              .method = visit.head.method,
              .query = visit.head.query,
              .body = std::move(visit.body)},
             out);
}

void Server::ask(CarrierId from, Environment& environment, const Visit& visit, ServerSteps& out) {
  const auto query = read_query(visit.body);
  if (!query) return out.push_back(refuse(from, Fault::not_json, query.error().message));
  std::string body =
      answer_to({.query = query->text, .variables = query->variables, .operation_name = query->operation},
                environment.content, types_, visit.scope.sight);
  auto respond = datocms::answer(from, 200, dialect::share(std::move(body)));
  // By this our SDK knows that it may open its socket.
  respond.head.headers.emplace_back("Rockpool-Cursor", library_.cursor());
  out.push_back(std::move(respond));
}

void Server::listen(CarrierId from, Environment& environment, Visit visit, ServerSteps& out) {
  auto query = read_query(visit.body);
  if (!query) return out.push_back(refuse(from, Fault::not_json, query.error().message));
  channels_.make(from,
                 {.caller = std::move(visit.caller),
                  .environment = &environment,
                  .sight = visit.scope.sight,
                  .query = std::move(*query),
                  .shape = shape_of(visit.head.query),
                  .base = std::move(visit.base),
                  .address = std::move(visit.address)},
                 out);
}

void Server::answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) {
  if (items_.answer(now, ticket, reply, out)) return;
  library_.answer(ticket, reply, out);
  if (!library_.is_loaded()) return;
  for (auto& [carrier, visit] : std::exchange(waiting_, {})) serve(now, carrier, std::move(visit), out);
}

}  // namespace

base::Result<std::unique_ptr<dialect::ServerDialect>> make_server(const dialect::MountOptions& options,
                                                                  base::Prng prng) {
  auto settings = read_settings(options.settings);
  if (!settings) return settings.error();
  auto types = make_types(settings->models);
  if (!types) return base::Error{.code = base::Code::usage, .message = "models: " + types.error().message};
  return std::unique_ptr<dialect::ServerDialect>(
      std::make_unique<Server>(options, std::move(*settings), std::move(*types), prng));
}

}  // namespace rockpool::dialects::datocms
