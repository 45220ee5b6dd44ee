#include "core/wire/disposition.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/wire/http.h"
#include "core/wire/letters.h"

namespace rockpool::wire {
namespace {

constexpr std::size_t media_type_bytes_max = 255;

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
  });
}

// Takes a quoted text off the front of `rest`.
std::optional<std::string> take_quoted(std::string_view& rest) {
  std::string out;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    const char next = i + 1 < rest.size() ? rest[i + 1] : '\0';
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return out;
    }
    if (rest[i] == '\\' && (next == '"' || next == '\\')) ++i;
    out += rest[i];
  }
  return std::nullopt;
}

// Takes `name=value` off the front of `rest`.
std::optional<std::pair<std::string, std::string>> take_parameter(std::string_view& rest) {
  const std::size_t equals = rest.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string name = lower(trimmed(rest.substr(0, equals)));
  if (!is_token(name)) return std::nullopt;
  rest = trimmed(rest.substr(equals + 1));
  if (rest.starts_with('"')) {
    auto value = take_quoted(rest);
    return value ? std::optional(std::pair(name, std::move(*value))) : std::nullopt;
  }
  const std::string_view value = trimmed(rest.substr(0, rest.find(';')));
  rest.remove_prefix(std::min(rest.size(), rest.find(';')));
  // Some senders leave the quotes out although the value is no token.
  if (value.empty() || value.find_first_of("\" \t") != std::string_view::npos) return std::nullopt;
  return std::pair(name, std::string(value));
}

// RFC 8187 section 3.2.1.
bool is_attribute_char(char c) {
  constexpr std::string_view others = "!#$&+-.^_`|~";
  return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
}

}  // namespace

const std::string* Parametrized::find(std::string_view name) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const auto& parameter) { return parameter.first == name; });
  return found == parameters.end() ? nullptr : &found->second;
}

std::optional<Parametrized> read_parametrized(std::string_view text) {
  Parametrized read{.value = lower(trimmed(text.substr(0, text.find(';')))), .parameters = {}};
  if (read.value.empty()) return std::nullopt;
  text.remove_prefix(std::min(text.size(), text.find(';')));
  while (!(text = trimmed(text)).empty()) {
    if (text.front() != ';') return std::nullopt;
    text = trimmed(text.substr(1));
    if (text.empty()) break;
    auto parameter = take_parameter(text);
    if (!parameter || read.find(parameter->first) != nullptr) return std::nullopt;
    read.parameters.push_back(std::move(*parameter));
  }
  return read;
}

bool is_media_type(std::string_view text) {
  if (text.size() > media_type_bytes_max) return false;
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; })) return false;
  const auto read = read_parametrized(text);
  if (!read) return false;
  const std::size_t slash = read->value.find('/');
  return slash != std::string::npos && is_token(read->value.substr(0, slash)) &&
         is_token(read->value.substr(slash + 1));
}

base::Result<std::string> read_extended(std::string_view text) {
  const auto wrong = [](std::string reason) {
    return base::Error{base::Code::invalid, std::move(reason), ""};
  };
  const std::size_t charset = text.find('\'');
  const std::size_t language = charset == std::string_view::npos ? charset : text.find('\'', charset + 1);
  if (language == std::string_view::npos) return wrong("filename* must be UTF-8''name");
  if (lower(text.substr(0, charset)) != "utf-8") return wrong("filename* must be in UTF-8");
  const std::string_view escaped = text.substr(language + 1);
  const bool is_clean =
      std::all_of(escaped.begin(), escaped.end(), [](char c) { return c == '%' || is_attribute_char(c); });
  auto name = is_clean ? percent_decode(escaped) : std::nullopt;
  if (!name) return wrong("filename* has a character that must be escaped, or a broken escape");
  return std::move(*name);
}

std::string content_disposition(std::string_view kind, std::string_view file_name) {
  std::string plain;
  bool is_plain = true;
  for (const char c : file_name) {
    const bool fits = c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '%';
    is_plain = is_plain && fits;
    // One sign for each character that old clients could not read.
    const bool continues = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
    if (!continues) plain += fits ? c : '_';
  }
  std::string out(kind);
  if (file_name.empty()) return out;
  out.append("; filename=\"").append(plain).append("\"");
  if (!is_plain) out.append("; filename*=UTF-8''").append(percent_encode(file_name));
  return out;
}

}  // namespace rockpool::wire
