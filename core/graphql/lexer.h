// Takes a text apart into tokens. Private to the module.
#pragma once

#include <cassert>
#include <string_view>
#include <vector>

#include "core/graphql/error.h"

namespace rockpool::graphql {

// A punctuator is its own character, a spread its first.
enum class TokenKind : char {
  end = 0,
  name = 'n',
  integer = 'i',
  real = 'r',
  text = 't',
  block = 'b',
  spread = '.'
};

struct Token {
  TokenKind kind = TokenKind::end;
  Location at;
  std::string_view text;  // of a text: what it stands for

  bool is(char punctuator) const { return kind == static_cast<TokenKind>(punctuator); }
};

class Lexer {
 public:
  // `decoded` takes the texts that have escapes. `source` is UTF-8.
  Lexer(std::string_view source, std::vector<char>& decoded) : source_(source), decoded_(decoded) {}

  // False when no token can be read; error() says why.
  bool next(Token& token);
  const Error& error() const { return error_; }

 private:
  bool fail(std::size_t at, std::string message);
  bool fail_character(std::size_t at);
  Location locate(std::size_t at);
  void skip_ignored();
  bool digits();
  bool number(Token& token);
  bool text(Token& token);
  bool decode(Token& token);
  bool escape();
  bool unicode_escape();
  bool hex(std::size_t digits, std::uint32_t& into);
  bool block(Token& token);
  void append_block(std::string_view raw);
  void append(std::string_view bytes) {
    assert(decoded_.capacity() - decoded_.size() >= bytes.size());  // or views would lose what they see
    decoded_.insert(decoded_.end(), bytes.begin(), bytes.end());
  }
  void append_code_point(std::uint32_t code);
  void reserve_decoded();
  char at(std::size_t position) const { return position < source_.size() ? source_[position] : '\0'; }
  bool starts(std::string_view with) const { return source_.substr(at_).starts_with(with); }

  std::string_view source_;
  std::vector<char>& decoded_;
  std::size_t at_ = 0;
  Error error_;
  std::size_t located_ = 0;  // how far lines and columns have been counted
  Location location_;
};

}  // namespace rockpool::graphql
