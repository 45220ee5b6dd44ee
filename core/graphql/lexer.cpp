#include "core/graphql/lexer.h"

#include <algorithm>

#include "core/base/text.h"

namespace rockpool::graphql {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_line_end(char c) { return c == '\n' || c == '\r'; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_high_half(std::uint32_t code) { return code >= 0xd800 && code <= 0xdbff; }
bool is_low_half(std::uint32_t code) { return code >= 0xdc00 && code <= 0xdfff; }

constexpr std::string_view mark = "\xef\xbb\xbf";
constexpr std::string_view quotes = "\"\"\"";

// The line at the front of `rest`, which keeps what follows its end.
std::string_view take_line(std::string_view& rest, bool& last) {
  const std::size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
  const std::string_view line = rest.substr(0, end);
  last = end == rest.size();
  rest.remove_prefix(end);
  if (!last) rest.remove_prefix(rest.starts_with("\r\n") ? 2 : 1);
  return line;
}

std::size_t indent_of(std::string_view line) {
  return static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_blank) - line.begin());
}

}  // namespace

bool Lexer::fail(std::size_t at, std::string message) {
  error_.message = join({"Syntax error: ", message});
  error_.code = "parseError";
  error_.locations = {locate(at)};
  return false;
}

bool Lexer::fail_character(std::size_t at) {
  if (at >= source_.size()) return fail(at, "unexpected end of the document");
  const char c = source_[at];
  if (c > ' ' && c <= '~') return fail(at, join({"unexpected character \"", source_.substr(at, 1), "\""}));
  return fail(at, "unexpected character that no document may have outside of texts");
}

// Only ever asked for a place behind the one before, so that all is counted once.
Location Lexer::locate(std::size_t at) {
  for (; located_ < at; ++located_) {
    const char c = source_[located_];
    if (c == '\n' || (c == '\r' && this->at(located_ + 1) != '\n')) {
      ++location_.line;
      location_.column = 1;
    } else if ((c & 0xc0) != 0x80 && c != '\r') {
      ++location_.column;
    }
  }
  return location_;
}

void Lexer::skip_ignored() {
  while (at_ < source_.size()) {
    const char c = source_[at_];
    if (is_blank(c) || is_line_end(c) || c == ',') {
      ++at_;
    } else if (c == '#') {
      at_ = std::min(source_.find_first_of("\r\n", at_), source_.size());
    } else if (starts(mark)) {
      at_ += mark.size();
    } else {
      return;
    }
  }
}

bool Lexer::next(Token& token) {
  skip_ignored();
  token.at = locate(at_);
  token.text = {};
  token.kind = TokenKind::end;
  if (at_ == source_.size()) return true;
  const std::size_t begin = at_;
  const char c = source_[at_];
  if (is_name_start(c)) {
    while (is_name_start(at(at_)) || is_digit(at(at_))) ++at_;
    token.kind = TokenKind::name;
    token.text = source_.substr(begin, at_ - begin);
    return true;
  }
  if (is_digit(c) || c == '-') return number(token);
  if (c == '"') return starts(quotes) ? block(token) : text(token);
  constexpr std::string_view punctuators = "!$&():=@[]{|}";
  if (starts("...")) {
    at_ += 3;
  } else if (punctuators.find(c) != std::string_view::npos) {
    ++at_;
  } else {
    return fail_character(at_);
  }
  token.kind = static_cast<TokenKind>(c);
  token.text = source_.substr(begin, at_ - begin);
  return true;
}

bool Lexer::digits() {
  if (!is_digit(at(at_))) return fail_character(at_);
  while (is_digit(at(at_))) ++at_;
  return true;
}

bool Lexer::number(Token& token) {
  const std::size_t begin = at_;
  token.kind = TokenKind::integer;
  if (at(at_) == '-') ++at_;
  if (at(at_) == '0') {
    if (is_digit(at(++at_))) return fail(at_, "a number may not begin with 0 and another digit");
  } else if (!digits()) {
    return false;
  }
  if (at(at_) == '.') {
    token.kind = TokenKind::real;
    ++at_;
    if (!digits()) return false;
  }
  if (at(at_) == 'e' || at(at_) == 'E') {
    token.kind = TokenKind::real;
    ++at_;
    if (at(at_) == '+' || at(at_) == '-') ++at_;
    if (!digits()) return false;
  }
  if (at(at_) == '.' || is_name_start(at(at_))) return fail_character(at_);
  token.text = source_.substr(begin, at_ - begin);
  return true;
}

// What is decoded is never longer than what it was written as: with this the views stay where they are.
void Lexer::reserve_decoded() { decoded_.reserve(source_.size()); }

bool Lexer::text(Token& token) {
  token.kind = TokenKind::text;
  const std::size_t begin = ++at_;
  at_ = std::min(source_.find_first_of("\"\\\r\n", at_), source_.size());
  token.text = source_.substr(begin, at_ - begin);
  if (at(at_) == '\\') return decode(token);
  if (at(at_) != '"') return fail(at_, "a text without its closing quote");
  ++at_;
  return true;
}

bool Lexer::decode(Token& token) {
  reserve_decoded();
  const std::size_t from = decoded_.size();
  append(token.text);
  while (at(at_) == '\\') {
    if (!escape()) return false;
    const std::size_t begin = at_;
    at_ = std::min(source_.find_first_of("\"\\\r\n", at_), source_.size());
    append(source_.substr(begin, at_ - begin));
  }
  if (at(at_) != '"') return fail(at_, "a text without its closing quote");
  ++at_;
  token.text = {decoded_.data() + from, decoded_.size() - from};
  return true;
}

bool Lexer::escape() {
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  if (at(at_ + 1) == 'u') return unicode_escape();
  const std::size_t which = at_ + 1 < source_.size() ? letters.find(source_[at_ + 1]) : letters.npos;
  if (which == letters.npos) return fail(at_, "an escape that does not exist");
  append(meanings.substr(which, 1));
  at_ += 2;
  return true;
}

// Reads digits at the current place, which moves behind them.
bool Lexer::hex(std::size_t digits, std::uint32_t& into) {
  into = 0;
  for (; digits > 0; --digits, ++at_) {
    const int digit = hex_digit(at(at_));
    if (digit < 0) return false;
    into = into << 4 | static_cast<std::uint32_t>(digit);
  }
  return true;
}

bool Lexer::unicode_escape() {
  const std::size_t begin = at_;
  constexpr std::string_view wrong = "an escape that stands for no character";
  std::uint32_t code = 0;
  at_ += 2;
  if (at(at_) == '{') {
    ++at_;
    const std::size_t length = std::min(source_.find('}', at_), source_.size()) - at_;
    const bool fits = length > 0 && length <= 8 && at(at_ + length) == '}';
    if (!fits || !hex(length, code)) return fail(begin, std::string(wrong));
    ++at_;
  } else if (!hex(4, code)) {
    return fail(begin, std::string(wrong));
  } else if (std::uint32_t low = 0; is_high_half(code) && starts("\\u")) {
    at_ += 2;
    if (!hex(4, low) || !is_low_half(low)) return fail(begin, std::string(wrong));
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  if (is_high_half(code) || is_low_half(code) || code > 0x10ffff) return fail(begin, std::string(wrong));
  append_code_point(code);
  return true;
}

void Lexer::append_code_point(std::uint32_t code) {
  char bytes[4] = {static_cast<char>(code)};
  std::size_t length = 1;
  if (code >= 0x80) {
    constexpr unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (std::size_t i = length - 1; i > 0; --i, code >>= 6)
      bytes[i] = static_cast<char>(0x80 | (code & 0x3f));
    bytes[0] = static_cast<char>(leads[length] | code);
  }
  append({bytes, length});
}

bool Lexer::block(Token& token) {
  token.kind = TokenKind::block;
  const std::size_t begin = at_ + quotes.size();
  std::size_t end = source_.find(quotes, begin);
  while (end != source_.npos && source_[end - 1] == '\\') end = source_.find(quotes, end + quotes.size());
  if (end == source_.npos) return fail(source_.size(), "a block text without its closing quotes");
  reserve_decoded();
  const std::size_t from = decoded_.size();
  append_block(source_.substr(begin, end - begin));
  at_ = end + quotes.size();
  token.text = {decoded_.data() + from, decoded_.size() - from};
  return true;
}

// Without the blank lines around it and the indentation that all lines but the first have in common.
void Lexer::append_block(std::string_view raw) {
  std::size_t common = raw.size();
  std::size_t first = 0;
  std::size_t behind = 0;  // the last line that has content
  std::string_view rest = raw;
  bool last = false;
  for (std::size_t line = 0; !last; ++line) {
    const std::string_view content = take_line(rest, last);
    const std::size_t indent = indent_of(content);
    if (indent == content.size()) continue;
    if (behind == 0) first = line;
    behind = line + 1;
    if (line > 0) common = std::min(common, indent);
  }
  rest = raw;
  last = false;
  for (std::size_t line = 0; line < behind; ++line) {
    std::string_view content = take_line(rest, last);
    if (line < first) continue;
    if (line > first) append("\n");
    if (line > 0) content.remove_prefix(std::min(common, content.size()));
    for (std::size_t at = content.find("\\\"\"\""); at != content.npos; at = content.find("\\\"\"\"")) {
      append(content.substr(0, at));
      append(quotes);
      content.remove_prefix(at + 1 + quotes.size());
    }
    append(content);
  }
}

}  // namespace rockpool::graphql
