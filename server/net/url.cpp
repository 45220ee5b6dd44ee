#include "server/net/url.h"

#include <algorithm>

#include "core/base/text.h"

namespace rockpool::net {
namespace {

constexpr std::string_view plain_scheme = "http://";
constexpr std::string_view secure_scheme = "https://";
constexpr std::uint64_t port_max = 65535;

base::Error wrong(std::string_view why) {
  return {base::Code::usage, "is no URL that can be called: " + std::string(why), ""};
}

// Spaces, control bytes and all beyond ASCII have to be written as %xx.
bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_host_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

base::Status read_authority(std::string_view text, Url& url) {
  std::size_t end = std::min(text.find(':'), text.size());
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos) return wrong("the address has no closing bracket");
    url.host = text.substr(1, end - 1);
    ++end;
    const bool is_address = url.host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string::npos;
    if (!is_address || url.host.find(':') == std::string::npos) return wrong("the brackets hold no address");
  } else {
    url.host = text.substr(0, end);
    if (!std::all_of(url.host.begin(), url.host.end(), is_host_byte)) return wrong("the host is no name");
  }
  if (url.host.empty()) return wrong("the host is missing");
  url.port = url.is_secure ? "443" : "80";
  if (end == text.size()) return base::done();
  if (text[end] != ':') return wrong("behind the host only a port may stand");
  const auto port = base::read_decimal(text.substr(end + 1));
  if (!port || *port == 0 || *port > port_max) return wrong("the port is no number from 1 to 65535");
  url.port = text.substr(end + 1);
  return base::done();
}

}  // namespace

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (is_secure ? "443" : "80") ? name : name + ":" + port;
}

std::string Url::origin() const {
  return std::string(is_secure ? secure_scheme : plain_scheme) + host + " " + port;
}

base::Result<Url> read_url(std::string_view text) {
  Url url;
  url.is_secure = text.starts_with(secure_scheme);
  if (!url.is_secure && !text.starts_with(plain_scheme))
    return wrong("it begins with neither https:// nor http://");
  if (!is_printable(text)) return wrong("it holds a space or another byte that has to be written as %xx");
  if (text.find('#') != std::string_view::npos) return wrong("a fragment is never sent");
  const std::string_view rest = text.substr(url.is_secure ? secure_scheme.size() : plain_scheme.size());
  const std::size_t slash = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  if (authority.find('@') != std::string_view::npos) return wrong("user and password do not belong into it");
  if (auto fine = read_authority(authority, url); !fine) return fine.error();
  url.target = rest.substr(slash);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

}  // namespace rockpool::net
