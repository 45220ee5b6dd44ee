#include "core/dialects/native/credentials.h"

#include <algorithm>

#include "core/base/text.h"

namespace rockpool::dialects::native {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool same_text(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

// The other alphabet, with padding or without.
std::optional<std::string> read_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string other(text);
  for (char& c : other) {
    if (c == '-' || c == '_') return std::nullopt;
    c = c == '+' ? '-' : c == '/' ? '_' : c;
  }
  return base::read_base64url(other);
}

// `user:password` (RFC 7617); what is none is taken as a wrong password.
void read_basic(std::string_view encoded, Credentials& into) {
  into.by_password = true;
  const auto text = read_base64(encoded);
  if (!text) return;
  const auto parts = base::split(*text, ':');
  into.user = parts.front();
  if (parts.size() > 1) into.password = text->substr(into.user.size() + 1);
}

void read_authorization(std::string_view field, Credentials& into) {
  const std::string_view all = trimmed(field);
  const std::size_t end = std::min(all.find(' '), all.size());
  const std::string_view scheme = all.substr(0, end);
  const std::string_view rest = trimmed(all.substr(end));
  if (same_text(scheme, "basic")) return read_basic(rest, into);
  // Of a scheme that is not known it is a token that nobody knows.
  into.token = same_text(scheme, "bearer") && !rest.empty() ? rest : all;
}

// A name that is there twice was set by somebody else than us.
std::string cookie_in(std::string_view field) {
  std::string value;
  std::size_t found = 0;
  for (std::string_view pair : base::split(field, ';')) {
    pair = trimmed(pair);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != cookie_name) continue;
    value = pair.substr(equals + 1);
    ++found;
  }
  return found == 1 ? value : "";
}

bool may_use_cookies(const wire::RequestHead& head) {
  if (wire::find_header(head.headers, "Origin") != nullptr) return true;  // the edge let it pass
  const std::string* site = wire::find_header(head.headers, "Sec-Fetch-Site");
  return site != nullptr && *site == "same-origin";
}

}  // namespace

void Credentials::fill(dialect::Identify& question) const {
  if (!question.token.empty() || question.by_password) return;
  question.token = token;
  question.by_password = by_password;
  question.user = user;
  question.password = password;
}

Credentials credentials_of(const wire::RequestHead& head) {
  Credentials credentials;
  if (const std::string* field = wire::find_header(head.headers, "Authorization")) {
    read_authorization(*field, credentials);
    return credentials;
  }
  const std::string* cookies = wire::find_header(head.headers, "Cookie");
  if (cookies == nullptr || !may_use_cookies(head)) return credentials;
  credentials.token = cookie_in(*cookies);
  credentials.by_cookie = !credentials.token.empty();
  return credentials;
}

Visitor visitor_of(const dialect::Arrived& arrived) {
  const std::string* origin = wire::find_header(arrived.head.headers, "Origin");
  return {.origin = origin == nullptr ? "" : *origin,
          .address = arrived.peer,
          .credentials = credentials_of(arrived.head)};
}

}  // namespace rockpool::dialects::native
