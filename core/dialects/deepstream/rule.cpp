#include "core/dialects/deepstream/rule.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/base/text.h"
#include "core/dialects/deepstream/rule_value.h"

namespace rockpool::dialects::deepstream {
namespace {

constexpr std::size_t text_bytes_max = 4096;
constexpr std::size_t steps_max = 1024;
constexpr int depth_max = 32;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

// Reads a rule from left to right and writes its program as it goes.
class RuleReader {
 public:
  RuleReader(std::string_view text, std::span<const std::string> variables)
      : text_(text), variables_(variables) {}

  base::Result<Rule> read() {
    if (text_.size() > text_bytes_max) return wrong("a rule has at most 4096 bytes");
    rule_.text_ = text_;
    choice(0);
    space();
    if (error_.empty() && at_ < text_.size()) fail(unexpected());
    if (error_.empty()) return std::move(rule_);
    return wrong("at byte " + base::decimal(std::uint64_t{error_at_}) + ": " + error_);
  }

 private:
  using Do = Rule::Do;
  struct Operator {
    std::string_view sign;
    int level;
    Do what;
  };
  // Longer signs before those they begin with.
  static constexpr std::array<Operator, 16> operators = {{{"??", 1, Do::keep_defined},
                                                          {"||", 2, Do::keep_true},
                                                          {"&&", 3, Do::keep_false},
                                                          {"===", 4, Do::same},
                                                          {"!==", 4, Do::not_same},
                                                          {"==", 4, Do::equal},
                                                          {"!=", 4, Do::not_equal},
                                                          {"<=", 5, Do::less_or_equal},
                                                          {">=", 5, Do::greater_or_equal},
                                                          {"<", 5, Do::less},
                                                          {">", 5, Do::greater},
                                                          {"+", 6, Do::add},
                                                          {"-", 6, Do::subtract},
                                                          {"*", 7, Do::multiply},
                                                          {"/", 7, Do::divide},
                                                          {"%", 7, Do::remainder}}};
  static constexpr int level_of_in = 5;

  static base::Error wrong(std::string why) {
    return {.code = base::Code::invalid, .message = std::move(why), .path = ""};
  }
  void fail(std::string why) {
    if (!error_.empty()) return;
    error_ = std::move(why);
    error_at_ = at_;
    at_ = text_.size();
  }
  std::string unexpected() const {
    if (at_ >= text_.size()) return "something is missing";
    if (is_letter(text_[at_])) return "'" + std::string(word_at(at_)) + "' is not understood here";
    return "'" + std::string(1, text_[at_]) + "' is not understood here";
  }

  void space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(std::string_view sign) {
    space();
    if (!text_.substr(at_).starts_with(sign)) return false;
    at_ += sign.size();
    return true;
  }
  void want(std::string_view sign) {
    if (!take(sign)) fail("a '" + std::string(sign) + "' is missing");
  }
  std::string_view word_at(std::size_t at) const {
    std::size_t end = at;
    while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
    return text_.substr(at, end - at);
  }
  bool take_word(std::string_view word) {
    space();
    if (word_at(at_) != word) return false;
    at_ += word.size();
    return true;
  }

  std::uint32_t add(Do what, std::size_t at = 0) {
    if (rule_.steps_.size() >= steps_max) fail("the rule is too large");
    if (error_.empty()) rule_.steps_.push_back({what, static_cast<std::uint32_t>(at)});
    return static_cast<std::uint32_t>(rule_.steps_.size() - 1);
  }
  void land(std::uint32_t jump) {
    if (error_.empty()) rule_.steps_[jump].at = static_cast<std::uint32_t>(rule_.steps_.size());
  }
  std::size_t keep(std::string text) {
    rule_.texts_.push_back(std::move(text));
    return rule_.texts_.size() - 1;
  }

  // ---- operators

  void choice(int depth) {
    if (depth > depth_max) return fail("it is nested more than 32 deep");
    operands(1, depth);
    space();
    if (text_.substr(at_).starts_with("?.") || !take("?")) return;
    const std::uint32_t otherwise = add(Do::when_false);
    choice(depth + 1);
    want(":");
    const std::uint32_t end = add(Do::jump);
    land(otherwise);
    choice(depth + 1);
    land(end);
  }

  const Operator* operator_from(int level) {
    space();
    const std::string_view rest = text_.substr(at_);
    for (const Operator& one : operators) {
      if (!rest.starts_with(one.sign)) continue;
      // Those that JavaScript has and rules do not.
      const bool is_other = rest.starts_with("**") || rest.starts_with("<<") || rest.starts_with(">>");
      if (is_other) return fail("this operator is not supported"), nullptr;
      return one.level >= level ? &one : nullptr;
    }
    return nullptr;
  }

  void operands(int level, int depth) {
    if (depth > depth_max) return fail("it is nested more than 32 deep");
    unary(depth);
    while (error_.empty()) {
      if (level <= level_of_in && take_word("in")) {
        operands(level_of_in + 1, depth + 1);
        add(Do::in);
        continue;
      }
      const Operator* found = operator_from(level);
      if (found == nullptr) return;
      at_ += found->sign.size();
      if (found->level > 3) {
        operands(found->level + 1, depth + 1);
        add(found->what);
        continue;
      }
      const std::uint32_t jump = add(found->what);
      operands(found->level + 1, depth + 1);
      land(jump);
    }
  }

  void unary(int depth) {
    if (depth > depth_max) return fail("it is nested more than 32 deep");
    space();
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("++") || rest.starts_with("--")) return fail("a rule changes nothing");
    const Do what = take("!")             ? Do::negate
                    : take("-")           ? Do::minus
                    : take("+")           ? Do::plus
                    : take_word("typeof") ? Do::kind
                                          : Do::drop;
    if (what == Do::drop) return chain(depth);
    unary(depth + 1);
    add(what);
  }

  // ---- values

  void chain(int depth) {
    primary(depth);
    std::vector<std::uint32_t> stops;
    while (error_.empty()) {
      if (take("?.")) {
        stops.push_back(add(Do::stop_chain));
        name_behind(depth);
      } else if (take(".")) {
        name_behind(depth);
      } else if (take("[")) {
        choice(depth + 1);
        want("]");
        add(Do::index);
      } else {
        break;
      }
    }
    for (const std::uint32_t stop : stops) land(stop);
    space();
    if (error_.empty() && at_ < text_.size() && text_[at_] == '(') fail("this is no function");
  }

  void name_behind(int depth) {
    space();
    const std::string_view word = word_at(at_);
    if (word.empty() || is_digit(word.front())) return fail("a name is missing");
    const std::size_t begin = at_;
    at_ += word.size();
    if (!take("(")) return void(add(Do::member, keep(std::string(word))));
    call(word, begin, depth);
  }

  void call(std::string_view word, std::size_t begin, int depth) {
    struct Function {
      std::string_view name;
      Do what;
      bool has_argument;
    };
    constexpr std::array<Function, 8> functions = {{{"startsWith", Do::starts_with, true},
                                                    {"endsWith", Do::ends_with, true},
                                                    {"includes", Do::includes, true},
                                                    {"indexOf", Do::index_of, true},
                                                    {"match", Do::match_text, true},
                                                    {"toUpperCase", Do::upper, false},
                                                    {"toLowerCase", Do::lower, false},
                                                    {"trim", Do::trim, false}}};
    const auto* const function = std::find_if(functions.begin(), functions.end(),
                                              [&](const Function& one) { return one.name == word; });
    if (function == functions.end()) {
      at_ = begin;
      return fail("the function '" + std::string(word) + "' is not supported");
    }
    space();
    if (function->what == Do::match_text && at_ < text_.size() && text_[at_] == '/') {
      pattern();
    } else {
      if (function->has_argument) choice(depth + 1);
      add(function->what);
    }
    want(")");
  }

  // A regular expression between slashes.
  void pattern() {
    const std::size_t begin = ++at_;
    bool is_in_set = false;
    for (; at_ < text_.size() && (text_[at_] != '/' || is_in_set); ++at_) {
      if (text_[at_] == '[') is_in_set = true;
      if (text_[at_] == ']') is_in_set = false;
      if (text_[at_] == '\\') ++at_;
    }
    if (at_ >= text_.size()) return fail("a regular expression has no end");
    auto read = base::RegularExpression::read(text_.substr(begin, at_ - begin), {});
    if (!read) return fail(read.error().message);
    ++at_;
    if (!word_at(at_).empty()) return fail("flags of regular expressions are not supported");
    rule_.patterns_.push_back(std::move(*read));
    add(Do::match, rule_.patterns_.size() - 1);
  }

  void primary(int depth) {
    space();
    if (at_ >= text_.size()) return fail("something is missing");
    const char c = text_[at_];
    if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) return number();
    if (c == '"' || c == '\'') return quoted(c);
    if (take("(")) {
      choice(depth + 1);
      return want(")");
    }
    if (take("[")) return list(depth);
    if (!is_letter(c)) return fail(unexpected());
    const std::string_view word = word_at(at_);
    if (!named(word, depth)) fail(unexpected());
  }

  void list(int depth) {
    std::size_t count = 0;
    if (!take("]")) {
      do {
        choice(depth + 1);
        ++count;
      } while (take(","));
      want("]");
    }
    add(Do::list, count);
  }

  bool named(std::string_view word, int depth) {
    struct Constant {
      std::string_view word;
      Do what;
      std::uint32_t at;
    };
    constexpr std::array<Constant, 10> constants = {{{"true", Do::truth, 1},
                                                     {"false", Do::truth, 0},
                                                     {"null", Do::null, 0},
                                                     {"undefined", Do::undefined, 0},
                                                     {"user", Do::variable, Rule::user},
                                                     {"data", Do::variable, Rule::data},
                                                     {"oldData", Do::variable, Rule::old_data},
                                                     {"now", Do::variable, Rule::now},
                                                     {"action", Do::variable, Rule::action},
                                                     {"name", Do::variable, Rule::name}}};
    if (word == "_") return refer(depth);
    // Of two variables of one name the last counts.
    const auto held = std::find(variables_.rbegin(), variables_.rend(), word);
    const auto* const constant = std::find_if(constants.begin(), constants.end(),
                                              [&](const Constant& one) { return one.word == word; });
    if (held != variables_.rend()) {
      add(Do::capture, static_cast<std::size_t>(variables_.rend() - held) - 1);
    } else if (constant != constants.end()) {
      add(constant->what, constant->at);
      rule_.uses_data_ = rule_.uses_data_ || word == "data";
      rule_.uses_old_data_ = rule_.uses_old_data_ || word == "oldData";
    } else {
      return false;
    }
    at_ += word.size();
    return true;
  }

  bool refer(int depth) {
    at_ += 1;
    want("(");
    choice(depth + 1);
    want(")");
    add(Do::refer);
    rule_.refers_ = true;
    return true;
  }

  void number() {
    const std::size_t begin = at_;
    const auto digits = [&] {
      while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    };
    digits();
    if (at_ < text_.size() && text_[at_] == '.') ++at_;
    digits();
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      digits();
    }
    const auto value = number_of(text_.substr(begin, at_ - begin));
    if (!value || !word_at(at_).empty()) return fail("this is no decimal number");
    rule_.numbers_.push_back(*value);
    add(Do::number, rule_.numbers_.size() - 1);
  }

  void quoted(char quote) {
    std::string text;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] != '\\') {
        text += text_[at_];
      } else if (!escape(text)) {
        return fail("this escape is not understood");
      }
    }
    if (at_ >= text_.size()) return fail("a text has no end");
    ++at_;
    add(Do::text, keep(std::move(text)));
  }

  bool escape(std::string& text) {
    constexpr std::string_view from = "nrtbfv0", to("\n\r\t\b\f\v\0", 7);
    if (++at_ >= text_.size()) return false;
    const char c = text_[at_];
    if (const std::size_t known = from.find(c); known != std::string_view::npos) {
      text += to[known];
    } else if (c == 'u') {
      if (text_.size() - at_ < 5) return false;
      std::uint32_t code = 0;
      for (const char digit : text_.substr(at_ + 1, 4)) {
        const std::size_t value = std::string_view("0123456789abcdef").find(static_cast<char>(digit | 0x20));
        if (value == std::string_view::npos) return false;
        code = code * 16 + static_cast<std::uint32_t>(value);
      }
      if (code >= 0xd800 && code < 0xe000) return false;
      base::append_utf8(text, code);
      at_ += 4;
    } else if (is_letter(c) || is_digit(c)) {
      return false;
    } else {
      text += c;
    }
    return true;
  }

  std::string_view text_;
  std::span<const std::string> variables_;
  std::size_t at_ = 0;
  std::string error_;
  std::size_t error_at_ = 0;
  Rule rule_;
};

base::Result<Rule> Rule::read(std::string_view text, std::span<const std::string> variables) {
  return RuleReader(text, variables).read();
}

}  // namespace rockpool::dialects::deepstream
