#include "core/dialects/baserow/api.h"

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/dialect/members.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::size_t body_bytes_max = base::limits::record_bytes_max;
constexpr std::size_t buckets_max = 10'000;
constexpr std::string_view prefix = "/api/";

bool has_body(const std::string& method) { return method == "POST" || method == "PATCH"; }

// Groups are called workspaces where that is wanted, and nothing else where only that is.
bool rename_pieces(std::vector<std::string_view>& pieces, Keys keys) {
  if (keys == Keys::group) return true;
  for (std::string_view& piece : pieces) {
    const bool is_old = piece == "groups" || piece == "group";
    if (is_old && keys == Keys::workspace) return false;
    if (piece == "workspaces") piece = "groups";
    if (piece == "workspace") piece = "group";
  }
  return true;
}

// Nothing: it is another path.
std::optional<std::vector<Id>> ids_in(const std::vector<std::string_view>& pieces, std::string_view path) {
  std::vector<Id> ids;
  const auto wanted = base::split(path, '/');
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (wanted[i] != "#") {
      if (wanted[i] != pieces[i]) return std::nullopt;
      continue;
    }
    const auto id = base::read_decimal(pieces[i]);
    if (!id || *id > dialect::count_max) return std::nullopt;
    ids.push_back(*id);
  }
  return ids;
}

}  // namespace

void Api::add(Routes routes) {
  for (Route& route : routes) routes_[base::split(route.path, '/').size()].push_back(std::move(route));
}

// ---- who asks for what ------------------------------------------------------------------------------------

std::variant<Api::Knock, Fault> Api::find(Request request) const {
  if (!request.path.starts_with(prefix)) return Fault{.wrong = Wrong::no_path};
  auto pieces = base::split(std::string_view(request.path).substr(prefix.size()), '/');
  const auto same_length = routes_.find(pieces.size());
  if (same_length == routes_.end() || !rename_pieces(pieces, office_.desk.settings.keys))
    return Fault{.wrong = Wrong::no_path};
  Wrong wrong = Wrong::no_path;
  for (const Route& route : same_length->second) {
    auto ids = ids_in(pieces, route.path);
    if (!ids) continue;
    if (route.method == request.method)
      return Knock{.carrier = 0, .asked = std::move(request), .ids = *ids, .route = &route, .user = {}};
    wrong = Wrong::method;
  }
  return Fault{.wrong = wrong};
}

void Api::ask(Instant now, CarrierId carrier, Request request, ServerSteps& out) {
  auto found = find(std::move(request));
  if (const auto* fault = std::get_if<Fault>(&found)) return out.push_back(refuse(carrier, *fault));
  Knock knock = std::move(std::get<Knock>(found));
  knock.carrier = carrier;
  if (knock.route->is_open)
    return has_body(knock.asked.method) ? read_body(std::move(knock), out)
                                        : begin(now, std::move(knock), "", out);
  if (knock.asked.token.empty())
    return out.push_back(refuse(carrier, {.wrong = Wrong::access_token,
                                          .detail = "Authentication credentials were not provided; "
                                                    "send Authorization: JWT <access_token>."}));
  const Ticket ticket = office_.desk.work({.what = dialect::SecretWork::What::open,
                                           .text = knock.asked.token,
                                           .key = office_.desk.settings.jwt_secret},
                                          out);
  judging_.emplace(ticket, std::move(knock));
}

bool Api::worked(Instant now, Ticket ticket, const dialect::SecretResult& result, ServerSteps& out) {
  auto node = judging_.extract(ticket);
  if (node.empty()) return false;
  Knock knock = std::move(node.mapped());
  if (const auto fault = judged(now, knock, result))
    out.push_back(refuse(knock.carrier, *fault));
  else if (has_body(knock.asked.method))
    read_body(std::move(knock), out);
  else
    begin(now, std::move(knock), "", out);
  return true;
}

MaybeFault Api::judged(Instant now, Knock& knock, const dialect::SecretResult& result) {
  Judgement judgement = judge(office_.books, now, result, false);
  if (!judgement.user) return Fault{.wrong = judgement.wrong};
  if (!is_within_rate(now, judgement.user->id))
    return Fault{.wrong = Wrong::too_often, .retry_after_ms = 1000};
  knock.user = std::move(judgement.user);
  return std::nullopt;
}

bool Api::is_within_rate(Instant now, Id user) {
  // A full bucket that is made anew gives nothing away.
  if (buckets_.size() > buckets_max) buckets_.clear();
  const auto bucket = buckets_.try_emplace(user, office_.desk.options.limits.messages_of_a_user, now).first;
  if (bucket->second.take(now)) return true;
  ++met_["messages_of_user"];
  return false;
}

// ---- the body ---------------------------------------------------------------------------------------------

void Api::read_body(Knock knock, ServerSteps& out) {
  const CarrierId carrier = knock.carrier;
  if (knock.asked.content_length > body_bytes_max)
    return out.push_back(
        refuse(carrier, {.wrong = Wrong::too_large, .detail = "The body is larger than 1 MiB."}));
  reading_.emplace(carrier, std::move(knock));
  out.push_back(dialect::ReadBody{.carrier = carrier, .bytes_max = body_bytes_max});
}

bool Api::receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out) {
  auto node = reading_.extract(carrier);
  if (node.empty()) {
    if (std::holds_alternative<dialect::Closed>(arrival))
      std::erase_if(judging_, [&](const auto& one) { return one.second.carrier == carrier; });
    return false;
  }
  if (const auto* body = std::get_if<dialect::Body>(&arrival))
    begin(now, std::move(node.mapped()), body->bytes, out);
  return true;
}

void Api::begin(Instant now, Knock knock, const std::string& body, ServerSteps& out) {
  const auto refused = [&](const Fault& fault) { out.push_back(refuse(knock.carrier, fault)); };
  if (!body.empty() && knock.asked.content_type != "application/json")
    return refused({.wrong = Wrong::media_type});
  auto value = model::read(body.empty() ? "{}" : body);
  if (!value && value.error().code == base::Code::too_large) ++met_["json"];
  if (!value) {
    const model::Value none = model::Value::object();
    Checks checks(none);
    checks.wrong("non_field_errors", "JSON parse error: " + value.error().message, "parse_error");
    return refused(*checks.fault());
  }
  if (knock.user) {  // it may be another one since
    knock.user = office_.books.find<User>(knock.user->id);
    if (!knock.user) return refused({.wrong = Wrong::access_token});
    if (!knock.user->is_active()) return refused({.wrong = Wrong::deactivated});
    authors_[knock.carrier] = {.user = knock.user->id, .web_socket_id = knock.asked.web_socket_id};
  }
  const Route* route = knock.route;
  route->handle(std::make_shared<const Visit>(Visit{.carrier = knock.carrier,
                                                    .now = now,
                                                    .asked = std::move(knock.asked),
                                                    .ids = std::move(knock.ids),
                                                    .user = std::move(knock.user),
                                                    .body = std::move(*value)}),
                out);
}

}  // namespace rockpool::dialects::baserow
