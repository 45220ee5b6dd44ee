// One mount of Baserow: hands requests to the API, upgrades to the sockets, and to all of them what happens.
#include "core/dialects/baserow/server.h"

#include <algorithm>

#include "core/dialects/baserow/api.h"
#include "core/dialects/baserow/applications.h"
#include "core/dialects/baserow/comments.h"
#include "core/dialects/baserow/decorations.h"
#include "core/dialects/baserow/departures.h"
#include "core/dialects/baserow/field_options.h"
#include "core/dialects/baserow/fields.h"
#include "core/dialects/baserow/filters.h"
#include "core/dialects/baserow/grid_rows.h"
#include "core/dialects/baserow/groups.h"
#include "core/dialects/baserow/members.h"
#include "core/dialects/baserow/rows.h"
#include "core/dialects/baserow/sockets.h"
#include "core/dialects/baserow/sortings.h"
#include "core/dialects/baserow/sweeper.h"
#include "core/dialects/baserow/tables.h"
#include "core/dialects/baserow/teller.h"
#include "core/dialects/baserow/trash.h"
#include "core/dialects/baserow/users.h"
#include "core/dialects/baserow/views.h"

namespace rockpool::dialects::baserow {
namespace {

class Server final : public dialect::ServerDialect {
 public:
  Server(const dialect::MountOptions& options, Settings settings, base::Prng prng)
      : desk_{{options}, std::move(settings), prng} {
    api_.add(users_.routes());
    api_.add(groups_.routes());
    api_.add(members_.routes());
    api_.add(applications_.routes());
    api_.add(views_.routes());
    api_.add(filters_.routes());
    api_.add(sortings_.routes());
    api_.add(decorations_.routes());
    api_.add(field_options_.routes());
    api_.add(comments_.routes());
    api_.add(grid_rows_.routes());
    api_.add(trash_.routes());
    api_.add(tables_.routes());
    api_.add(fields_.routes());
    api_.add(rows_.routes());
  }

  // At the root only what is ours, so that pages may stand beside it.
  bool claims(const wire::RequestHead& head) const override {
    return !desk_.options.mount.empty() || head.path.starts_with("/api/") || Sockets::is_at(head.path);
  }
  void receive(Instant now, CarrierId from, dialect::Arrival arrival, ServerSteps& out) override;
  void answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) override;
  void identified(Instant, Ticket, dialect::Identity, ServerSteps&) override {}
  void worked(Instant now, Ticket ticket, dialect::SecretResult result, ServerSteps& out) override;
  bool watches() const override { return true; }
  void watch(Instant now, const Notices& notices, ServerSteps& out) override;
  // Accounts here are none of the server's.
  void review(Instant, const dialect::Standing&, ServerSteps&) override {}
  void drain(Instant, ServerSteps&) override {}
  void wake(Instant now, ServerSteps& out) override;
  std::optional<Instant> next_wake() const override;
  void deliver(Instant, CarrierId, const Shared&, ServerSteps&) override {}
  dialect::Census census() const override { return {.websocket = sockets_.size(), .commands = requests_}; }
  void count_limits(dialect::LimitsMet& met) const override {
    for (const auto* one : {&sockets_.met(), &api_.met()})
      for (const auto& [limit, count] : *one) met[limit] += count;
  }

 private:
  void arrive(Instant now, CarrierId from, Request request, ServerSteps& out);
  // What was answered since is no request under way any more.
  void finish(const ServerSteps& out, std::size_t since);

  Desk desk_;
  Authors authors_;
  Books books_{desk_};
  Clerk clerk_{desk_, books_};
  Office office_{.desk = desk_, .books = books_, .clerk = clerk_};
  Api api_{office_, authors_};
  Users users_{office_};
  Groups groups_{office_};
  Members members_{office_};
  Applications applications_{office_};
  Departures departures_{office_};
  Views views_{office_};
  Filters filters_{office_};
  Sortings sortings_{office_};
  Decorations decorations_{office_};
  FieldOptions field_options_{office_};
  Comments comments_{office_, row_desk_};
  GridRows grid_rows_{office_, row_desk_};
  Trash trash_{office_, row_desk_};
  Sweeper sweeper_{office_};
  Tables tables_{office_};
  Fields fields_{office_};
  RowDesk row_desk_{office_};
  Rows rows_{office_, row_desk_, authors_};
  Sockets sockets_{desk_, books_};
  std::map<CarrierId, Request> waiting_;  // for the books to be read
  bool is_begun_ = false;                 // to read the books
  bool is_ready_ = false;
  std::uint64_t requests_ = 0;
};

void Server::finish(const ServerSteps& out, std::size_t since) {
  for (std::size_t i = since; i < out.size(); ++i)
    if (const auto* respond = std::get_if<dialect::Respond>(&out[i])) authors_.erase(respond->carrier);
}

void Server::receive(Instant now, CarrierId from, dialect::Arrival arrival, ServerSteps& out) {
  const std::size_t since = out.size();
  if (const auto* arrived = std::get_if<dialect::Arrived>(&arrival)) {
    Request request = read_request(*arrived, desk_.options);
    if (!request.upgrade) ++requests_;
    if (is_ready_) {
      arrive(now, from, std::move(request), out);
    } else {
      waiting_.emplace(from, std::move(request));
      is_begun_ = true;
      books_.load(out);
    }
  } else {
    if (std::holds_alternative<dialect::Closed>(arrival)) waiting_.erase(from);
    if (!sockets_.receive(now, from, arrival, out)) api_.receive(now, from, arrival, out);
  }
  finish(out, since);
}

void Server::arrive(Instant now, CarrierId from, Request request, ServerSteps& out) {
  if (request.upgrade && Sockets::is_at(request.path)) return sockets_.open(from, request, out);
  if (request.upgrade) return out.push_back(refuse(from, {.wrong = Wrong::no_path}));
  api_.ask(now, from, std::move(request), out);
}

void Server::worked(Instant now, Ticket ticket, dialect::SecretResult result, ServerSteps& out) {
  const std::size_t since = out.size();
  if (!sockets_.worked(now, ticket, result, out) && !api_.worked(now, ticket, result, out))
    users_.worked(now, ticket, result, out);
  finish(out, since);
}

void Server::answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) {
  const std::size_t since = out.size();
  if (!clerk_.answer(now, ticket, reply, out) && !row_desk_.answer(now, ticket, reply, out) &&
      !sweeper_.answer(now, ticket, reply, out))
    books_.answer(ticket, reply, out);
  if (!is_ready_ && books_.is_loaded()) {
    is_ready_ = true;
    sockets_.begin();
    departures_.look(nullptr);
    sweeper_.begin();
    for (auto& [carrier, request] : std::exchange(waiting_, {}))
      arrive(now, carrier, std::move(request), out);
  }
  finish(out, since);
}

// First everybody is told, then those who asked are answered: what an answer shows has been told.
void Server::watch(Instant now, const Notices& notices, ServerSteps& out) {
  const std::size_t since = out.size();
  const Happened happened = books_.watch(notices);
  if (is_ready_) {
    sockets_.happened(now, happened, tell(desk_, books_, authors_, happened), out);
    departures_.look(&happened);
    sweeper_.happened(happened);
    clerk_.seen(now, out);
    row_desk_.seen(out);
  }
  finish(out, since);
}

void Server::wake(Instant now, ServerSteps& out) {
  const std::size_t since = out.size();
  sockets_.wake(now);
  departures_.wake(now, out);
  if (is_ready_) sweeper_.wake(now, out);
  if (!std::exchange(is_begun_, true) || !waiting_.empty()) books_.load(out);
  finish(out, since);
}

// The books are read at once: what was to be deleted goes on without anybody asking.
std::optional<Instant> Server::next_wake() const {
  if (!is_begun_) return Instant();
  std::optional<Instant> earliest;
  for (const auto& at : {sockets_.next_wake(), departures_.next_wake(), sweeper_.next_wake()})
    if (at && (!earliest || *at < *earliest)) earliest = at;
  return earliest;
}

}  // namespace

base::Result<std::unique_ptr<dialect::ServerDialect>> make_server(const dialect::MountOptions& options,
                                                                  base::Prng prng) {
  auto settings = read_settings(options.settings);
  if (!settings) return settings.error();
  return std::unique_ptr<dialect::ServerDialect>(
      std::make_unique<Server>(options, std::move(*settings), prng));
}

}  // namespace rockpool::dialects::baserow
