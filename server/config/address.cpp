#include <arpa/inet.h>

#include "core/base/text.h"
#include "server/config/config.h"

namespace rockpool::config {
namespace {

base::Error bad_address(std::string_view text) {
  return {base::Code::usage,
          "'" + std::string(text) + "' is no address; write HOST:PORT, such as 127.0.0.1:8787 or [::1]:8787",
          ""};
}

bool is_host_name(std::string_view host) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  if (host.empty() || host.size() > 253) return false;
  for (const char c : host) {
    if (!fits(c)) return false;
  }
  return true;
}

}  // namespace

base::Result<Address> read_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad_address(text);
  const auto port = base::read_decimal(text.substr(colon + 1));
  if (!port || *port > 65535) return bad_address(text);
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    in6_addr parsed{};
    if (inet_pton(AF_INET6, std::string(host).c_str(), &parsed) != 1) return bad_address(text);
  } else if (!is_host_name(host)) {
    return bad_address(text);
  }
  return Address{std::string(host), static_cast<std::uint16_t>(*port)};
}

std::string host_in_url(const Address& address) {
  return address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
}

bool is_loopback(const Address& address) {
  if (address.host == "localhost") return true;
  in_addr four{};
  if (inet_pton(AF_INET, address.host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  in6_addr six{};
  return inet_pton(AF_INET6, address.host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

}  // namespace rockpool::config
