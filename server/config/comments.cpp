#include "server/config/comments.h"

namespace rockpool::config {
namespace {

// Past the end of the string that begins at `at`; a backslash takes the next byte along.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

// Where the comment that begins at `at` ends, `at` when none begins there.
std::size_t skip_comment(std::string_view text, std::size_t at) {
  const std::string_view sign = text.substr(at, 2);
  if (sign == "//") {
    const std::size_t end = text.find('\n', at);
    return end == std::string_view::npos ? text.size() : end;
  }
  if (sign == "/*") {
    const std::size_t end = text.find("*/", at + 2);
    return end == std::string_view::npos ? at : end + 2;
  }
  return at;
}

}  // namespace

std::string without_comments(std::string_view text) {
  std::string out(text);
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      at = skip_string(text, at);
      continue;
    }
    const std::size_t end = skip_comment(text, at);
    if (end == at) {
      ++at;
      continue;
    }
    for (; at < end; ++at) {
      if (out[at] != '\n' && out[at] != '\r') out[at] = ' ';
    }
  }
  return out;
}

}  // namespace rockpool::config
