#include "tests/sim/server.h"

#include "core/gateway/secrets_test.h"
#include "core/wire/sse.h"
#include "tests/sim/mounts.h"

namespace rockpool::sim {

void Server::start() {
  setting_.note("server", "starts");
  ++process_;
  hub_ = std::make_unique<hub::Hub>(setting_.scenario.hub, setting_.prng.fork());
  if (base::Status loaded = hub_->load(log_, clock()); !loaded.ok()) {
    return setting_.judge.fail(invariant::contract, "the hub cannot start: " + loaded.error().message);
  }
  gateway_ = std::make_unique<gateway::Gateway>(*hub_, setting_.prng.fork());
  mount("", spoken(Dialect::native), "");
  // What not everybody may read is not told as a whole, and then lists say what there is.
  const std::string reads = setting_.scenario.lists ? R"("*/for nobody":{"read":false})" : "";
  const std::string auth =
      setting_.scenario.tokens ? R"("type":"jwt","anonymous":false)" : R"("type":"open")";
  mount(mount_of(Dialect::deepstream), spoken(Dialect::deepstream),
        R"({"auth":{)" + auth + R"(},"permissions":{"record":{)" + reads + "}}}");
  for (const Dialect dialect : {Dialect::jsonpad, Dialect::rested, Dialect::baserow, Dialect::datocms})
    if (setting_.scenario.speaks(dialect))
      mount(mount_of(dialect), spoken(dialect), settings_of(dialect, setting_.scenario));
  log_.attach([this](hub::Event event) {
    gateway_->happened(clock(), std::move(event));
    pump();
  });
  pump();
}

void Server::mount(const std::string& path, const dialect::Dialect& dialect, const std::string& settings) {
  const base::Status mounted =
      gateway_->mount({.path = path, .hosts = {}, .dialect = &dialect, .settings = settings});
  if (!mounted.ok()) setting_.judge.fail(invariant::contract, "no mount: " + mounted.error().message);
}

void Server::crash() {
  setting_.note("server", "crashes");
  ++process_;
  gateway_.reset();
  hub_.reset();
  log_.detach();
  network_.server_gone();
}

void Server::drain() {
  gateway_->drain(clock());
  pump();
}

void Server::hears(CarrierId carrier, dialect::Arrival arrival) {
  if (!is_up()) return;
  const bool closed = std::holds_alternative<dialect::Closed>(arrival);
  if (closed && setting_.faults.closed_swallowed) return;
  const auto* arrived = std::get_if<dialect::Arrived>(&arrival);
  const Link* link = network_.find_link(carrier);
  if (arrived != nullptr && gateway_->mount_of(arrived->head) == nullptr)
    return network_.respond(carrier, {.status = 404, .bytes = ""});
  if (arrived != nullptr && link != nullptr && is_tapped(*link)) tap_.opened(link->line, log_.lineage());
  if (closed) setting_.note("server", "hears that a connection ended", std::to_string(carrier));
  gateway_->receive(clock(), carrier, std::move(arrival));
  pump();
}

bool Server::is_tapped(const Link& link) { return !link.is_copy && link.is_native(); }

void Server::wake() {
  gateway_->wake(clock());
  pump();
}

std::optional<std::int64_t> Server::next_wake() const {
  if (!is_up()) return std::nullopt;
  const std::optional<base::Instant> at = gateway_->next_wake();
  return at ? std::optional(at->ms - clock_ms_) : std::nullopt;
}

void Server::pump() {
  while (std::optional<gateway::Effect> effect = gateway_->poll()) perform(std::move(*effect));
}

void Server::perform(gateway::Effect effect) {
  if (auto* send = std::get_if<dialect::SendFrame>(&effect)) {
    setting_.note("server", "says", send->before + *send->bytes);
    const Link* link = network_.find_link(send->carrier);
    if (link != nullptr && !link->is_native()) return say(*link, send->before + *send->bytes + send->after);
    const bool is_comment = *send->bytes == wire::sse_comment;
    if (!is_comment) listen(send->carrier, *send->bytes);
    network_.send_down(send->carrier,
                       send->before + (is_comment ? *send->bytes : spoil(*send->bytes)) + send->after);
  } else if (auto* close = std::get_if<dialect::CloseStream>(&effect)) {
    setting_.note("server", "closes", close->reason);
    network_.close_by_server(close->carrier, static_cast<std::uint16_t>(close->code), close->reason);
  } else if (auto* accept = std::get_if<dialect::AcceptStream>(&effect)) {
    network_.accept(accept->carrier, accept->terms);
  } else if (auto* respond = std::get_if<dialect::Respond>(&effect)) {
    answer(*respond);
  } else if (const auto* read = std::get_if<dialect::ReadBody>(&effect)) {
    network_.read_body(read->carrier);
  } else if (auto* question = std::get_if<dialect::Identify>(&effect)) {
    identify(*question);
  } else if (const auto* work = std::get_if<dialect::SecretWork>(&effect)) {
    soon([this, ticket = work->ticket, result = gateway::work_openly(*work, ++secret_works_)] {
      gateway_->worked(clock(), ticket, result);
    });
  } else if (auto* request = std::get_if<hub::Request>(&effect)) {
    log_.submit(std::move(*request));
  }
}

// By a dialect that the wiretap does not understand.
void Server::say(const Link& link, std::string bytes) {
  if (setting_.faults.other_down) bytes = setting_.faults.other_down(link, std::move(bytes));
  if (!bytes.empty()) network_.send_down(link.id, std::move(bytes));
}

void Server::answer(const dialect::Respond& respond) {
  dialect::Body body{.status = respond.head.status, .bytes = respond.body ? *respond.body : ""};
  setting_.note("server", "answers " + std::to_string(body.status), body.bytes);
  const Link* link = network_.find_link(respond.carrier);
  if (link != nullptr && !link->is_native()) {
    const std::string* cursor = wire::find_header(respond.head.headers, "Rockpool-Cursor");
    if (cursor != nullptr) body.cursor = *cursor;
    if (setting_.faults.answer) setting_.faults.answer(*link, body);
    return network_.respond(respond.carrier, std::move(body));
  }
  const bool lost =
      setting_.faults.polls_lost && body.bytes.starts_with("{\"n\":") && setting_.prng.once_in(4);
  body.bytes = in_messages(body.bytes, [&](const std::string& frame) {
    listen(respond.carrier, frame);
    return lost ? "[]" : spoil(frame);
  });
  network_.respond(respond.carrier, std::move(body));
}

void Server::listen(CarrierId carrier, const std::string& frame) {
  const Link* link = network_.find_link(carrier);
  if (link != nullptr && is_tapped(*link)) tap_.sent_down(link->line, frame);
}

std::string Server::spoil(std::string frame) {
  return setting_.faults.down ? setting_.faults.down(std::move(frame)) : frame;
}

std::string in_messages(const std::string& body,
                        const std::function<std::string(const std::string&)>& change) {
  constexpr std::string_view before = "\"messages\":";
  const std::size_t at = body.find(before);
  if (at == std::string::npos) return body;
  const std::size_t begin = at + before.size();
  return body.substr(0, begin) + change(body.substr(begin, body.size() - begin - 1)) + "}";
}

std::optional<std::string> Server::user_of(const std::string& token) {
  if (token.empty()) return "";
  return token.starts_with("good-") ? std::optional<std::string>("ann") : std::nullopt;
}

void Server::identify(const dialect::Identify& question) {
  const std::optional<std::string> user = user_of(question.token);
  dialect::Identity identity = dialect::Denied{{base::Code::auth, "the token is not good", ""}};
  if (user) identity = dialect::Identified{{.user = *user, .admin = false, .roles = {}, .expires_ms = 0}};
  soon([this, ticket = question.ticket, identity = std::move(identity)] {
    gateway_->identified(clock(), ticket, identity);
  });
}

// Unless the process ends before.
void Server::soon(std::function<void()> act) {
  const std::int64_t delay = setting_.calm ? 0 : setting_.some_ms(30);
  setting_.schedule.in(delay, [this, process = process_, act = std::move(act)] {
    if (process != process_) return;
    act();
    pump();
  });
}

}  // namespace rockpool::sim
