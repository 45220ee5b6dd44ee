#include "core/dialects/datocms/door.h"

#include "core/base/text.h"
#include "core/dialect/heads.h"

namespace rockpool::dialects::datocms {
namespace {

// Empty: there is none.
std::string bearer_of(const wire::RequestHead& head) {
  constexpr std::string_view scheme = "bearer ";
  const std::string field = dialect::header_of(head, "Authorization");
  if (field.size() <= scheme.size()) return {};
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = field[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != scheme[i]) return {};
  }
  const std::size_t begin = field.find_first_not_of(' ', scheme.size());
  const std::size_t end = field.find_last_not_of(' ');
  return begin == std::string::npos ? std::string() : field.substr(begin, end + 1 - begin);
}

}  // namespace

std::optional<Door::Verdict> Door::knock(CarrierId who, const dialect::Arrived& arrived, ServerSteps& out) {
  const std::string said = bearer_of(arrived.head);
  if (said.empty()) return Fault::denied;
  const Token* found = nullptr;
  const std::vector<Token>& tokens = desk_.settings.tokens;
  for (const Token& one : tokens)
    if (dialect::is_same_secret(one.text, said)) found = &one;
  if (found != nullptr) {
    model::Principal principal{.user = found->user, .read_only = !found->writes, .roles = {}};
    return Caller{.name = "token " + base::decimal(static_cast<std::uint64_t>(found - tokens.data())),
                  .reads = found->reads,
                  .drafts = found->drafts,
                  .writes = found->writes,
                  .environments = found->environments,
                  .principal = std::make_shared<const model::Principal>(std::move(principal))};
  }
  out.push_back(dialect::Identify{.ticket = ++desk_.last_ticket,
                                  .token = said,
                                  .origin = dialect::header_of(arrived.head, "Origin"),
                                  .space = desk_.options.space,
                                  .user = {},
                                  .password = {},
                                  .address = arrived.peer});
  questions_[desk_.last_ticket] = who;
  return std::nullopt;
}

std::optional<std::pair<CarrierId, Door::Verdict>> Door::identified(Ticket ticket,
                                                                    dialect::Identity identity) {
  const auto node = questions_.extract(ticket);
  if (node.empty()) return std::nullopt;
  if (const auto* denied = std::get_if<dialect::Denied>(&identity)) {
    const bool is_passing = denied->error.code == base::Code::overloaded;
    return std::pair(node.mapped(), Verdict(is_passing ? Fault::too_often : Fault::denied));
  }
  model::Principal& principal = std::get<dialect::Identified>(identity).principal;
  if (!lets_in(principal)) return std::pair(node.mapped(), Verdict(Fault::forbidden));
  Caller caller{.name = principal.credential, .reads = true, .drafts = true, .writes = !principal.read_only};
  caller.principal = std::make_shared<const model::Principal>(std::move(principal));
  return std::pair(node.mapped(), Verdict(std::move(caller)));
}

void Door::gone(CarrierId who) {
  std::erase_if(questions_, [&](const auto& one) { return one.second == who; });
}

}  // namespace rockpool::dialects::datocms
