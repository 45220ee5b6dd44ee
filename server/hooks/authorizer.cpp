#include "server/hooks/authorizer.h"

#include "core/base/text.h"
#include "core/model/value.h"
#include "server/clock.h"
#include "server/hooks/payload.h"

namespace rockpool::hooks {
namespace {

constexpr int status_good = 200;

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out.append(",\"").append(name).append("\":");
  model::append_quoted(out, text);
}

base::Error no_answer(const std::string& why) {
  return {base::Code::overloaded, "the authorization webhook gave no answer: " + why, ""};
}

}  // namespace

std::string body_of(const gateway::Authorize& question) {
  const model::Principal& principal = question.principal;
  std::string out = "{\"user\":";
  if (principal.user.empty()) {
    out += "null";
  } else {
    model::append_quoted(out, principal.user);
  }
  out += ",\"roles\":[";
  for (std::size_t i = 0; i < principal.roles.size(); ++i) {
    if (i > 0) out += ',';
    model::append_quoted(out, principal.roles[i]);
  }
  out += ']';
  append_member(out, "space", question.space);
  append_member(out, "verb", rights::name_of(question.verb));
  append_member(out, "kind", rights::name_of(question.kind));
  append_member(out, "name", question.name);
  return out + "}";
}

base::Result<gateway::Permitted> answer_of(const Guard& guard, const base::Result<net::Reply>& reply) {
  if (!reply.ok()) return no_answer(reply.error().message);
  if (reply->status != status_good) return no_answer("status " + base::decimal(std::int64_t{reply->status}));
  const auto value = model::read(reply->body);
  const auto allow = value.ok() ? model::bool_member(*value, "allow") : std::nullopt;
  if (!allow) return no_answer("its body is not {\"allow\": true} or {\"allow\": false}");
  return gateway::Permitted{.allowed = *allow,
                            .holds = base::seconds(static_cast<std::int64_t>(guard.cache_seconds))};
}

void ask(net::HttpClient& client, Guard guard, const gateway::Authorize& question, Authorized done) {
  const auto make = [guard, body = body_of(question)] {
    net::Call call{.url = guard.url, .headers = {}, .body = body, .ms_max = 0};
    call.ms_max = static_cast<std::int64_t>(guard.ms_max);
    const std::int64_t seconds = server::now().ms / 1000;
    call.headers.emplace_back("Rockpool-Signature", signature_of(guard.secret, seconds, body));
    return call;
  };
  client.post(make, [guard = std::move(guard), done = std::move(done)](
                        const base::Result<net::Reply>& reply) { done(answer_of(guard, reply)); });
}

}  // namespace rockpool::hooks
