#include "core/dialects/jsonpad/door.h"

#include "core/base/text.h"
#include "core/dialect/heads.h"

namespace rockpool::dialects::jsonpad {
namespace {

bool holds(const std::vector<std::string>& tokens, std::string_view token) {
  bool found = false;
  for (const std::string& one : tokens) found = dialect::is_same_secret(token, one) || found;
  return found;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

Caller caller_of(model::Principal principal, bool realtime) {
  return {.user = principal.user,
          .realtime = realtime,
          .principal = std::make_shared<const model::Principal>(std::move(principal))};
}

}  // namespace

std::optional<Credentials> read_credentials(const wire::RequestHead& head) {
  const std::string* field = wire::find_header(head.headers, "Authorization");
  if (field == nullptr || field->size() < 6) return std::nullopt;
  for (std::size_t i = 0; i < 6; ++i) {
    const char c = (*field)[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != std::string_view("basic ")[i])
      return std::nullopt;
  }
  std::string encoded(trimmed(std::string_view(*field).substr(6)));
  while (encoded.ends_with('=')) encoded.pop_back();
  for (char& c : encoded) {
    if (c == '-' || c == '_') return std::nullopt;
    c = c == '+' ? '-' : c == '/' ? '_' : c;
  }
  const auto decoded = base::read_base64url(encoded);
  const std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos || !base::is_utf8(*decoded)) return std::nullopt;
  return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

std::optional<Door::Verdict> Door::knock(CarrierId who, const dialect::Arrived& arrived, ServerSteps& out) {
  const auto said = read_credentials(arrived.head);
  if (!said || said->user.empty() || said->token.empty()) return Fault::denied;
  const auto account = desk_.settings.accounts.find(said->user);
  if (account != desk_.settings.accounts.end()) {
    const bool is_api = holds(account->second.tokens, said->token);
    const bool is_realtime = holds(account->second.realtime, said->token);
    if (is_api || is_realtime) {
      return caller_of({.user = said->user, .realtime = !is_api, .roles = {}, .credential = {}}, !is_api);
    }
  }
  const std::string* origin = wire::find_header(arrived.head.headers, "Origin");
  out.push_back(dialect::Identify{.ticket = ++desk_.last_ticket,
                                  .token = said->token,
                                  .origin = origin == nullptr ? "" : *origin,
                                  .space = desk_.options.space,
                                  .user = {},
                                  .password = {},
                                  .address = arrived.peer});
  questions_[desk_.last_ticket] = {.who = who, .user = said->user};
  return std::nullopt;
}

std::optional<std::pair<CarrierId, Door::Verdict>> Door::identified(Ticket ticket,
                                                                    dialect::Identity identity) {
  const auto node = questions_.extract(ticket);
  if (node.empty()) return std::nullopt;
  const Question& question = node.mapped();
  if (const auto* denied = std::get_if<dialect::Denied>(&identity)) {
    const bool is_passing = denied->error.code == base::Code::overloaded;
    return std::pair(question.who, Verdict(is_passing ? Fault::too_often : Fault::denied));
  }
  model::Principal& principal = std::get<dialect::Identified>(identity).principal;
  if (principal.user != question.user) return std::pair(question.who, Verdict(Fault::denied));
  const bool realtime = principal.realtime;
  return std::pair(question.who, Verdict(caller_of(std::move(principal), realtime)));
}

}  // namespace rockpool::dialects::jsonpad
