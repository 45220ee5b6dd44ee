#include "core/dialects/rested/jsonata.h"

#include <algorithm>

namespace rockpool::dialects::rested {
namespace {

constexpr std::size_t text_bytes_max = 4096;
constexpr std::size_t steps_max = 16;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_name_letter(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<Expression> read() {
    Expression expression;
    if (takes("$count")) {
      expression.counts = true;
      const bool is_whole = takes("(") && takes("$") && takes(")");
      return is_whole && is_at_end() ? std::optional(expression) : std::nullopt;
    }
    if (!takes("$")) return std::nullopt;
    if (is_at_end()) return expression;
    if (!takes("[")) return std::nullopt;
    do {
      auto step = name();
      if (!step || expression.path.size() == steps_max) return std::nullopt;
      expression.path.push_back(std::move(*step));
    } while (takes("."));
    if (!takes("=")) return std::nullopt;
    auto wanted = literal();
    if (!wanted || !takes("]") || !is_at_end()) return std::nullopt;
    expression.wanted = std::move(*wanted);
    return expression;
  }

 private:
  void skip() {
    while (!text_.empty() && is_space(text_.front())) text_.remove_prefix(1);
  }
  bool takes(std::string_view token) {
    skip();
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }
  bool is_at_end() {
    skip();
    return text_.empty();
  }
  // Plain, or anything between backticks.
  std::optional<std::string> name() {
    skip();
    if (text_.starts_with('`')) {
      const std::size_t end = text_.find('`', 1);
      if (end == std::string_view::npos || end == 1) return std::nullopt;
      return take(0, end + 1, 1);
    }
    if (text_.empty() || !is_name_start(text_.front())) return std::nullopt;
    std::size_t end = 1;
    while (end < text_.size() && is_name_letter(text_[end])) ++end;
    return take(0, end, 0);
  }
  std::string take(std::size_t begin, std::size_t end, std::size_t quotes) {
    std::string taken(text_.substr(begin + quotes, end - begin - 2 * quotes));
    text_.remove_prefix(end);
    return taken;
  }
  // A JSON value that is no structure; texts may stand between single quotes.
  std::optional<model::Value> literal() {
    skip();
    if (text_.empty()) return std::nullopt;
    const char quote = text_.front();
    std::size_t end = 0;
    if (quote == '"' || quote == '\'') {
      end = 1;
      while (end < text_.size() && text_[end] != quote) end += text_[end] == '\\' ? 2 : 1;
      if (end >= text_.size()) return std::nullopt;
      ++end;
    } else {
      while (end < text_.size() && text_[end] != ']' && !is_space(text_[end])) ++end;
    }
    std::string json = take(0, end, 0);
    if (quote == '\'') json = in_double_quotes(json);
    auto value = model::read(json);
    if (!value || value->is_structured()) return std::nullopt;
    return std::move(*value);
  }
  static std::string in_double_quotes(const std::string& text) {
    std::string out = "\"";
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
      if (text[i] == '\\' && text[i + 1] == '\'') continue;
      if (text[i] == '"') out += '\\';
      out += text[i];
      if (text[i] == '\\') out += text[++i];
    }
    return out += '"';
  }

  std::string_view text_;
};

void collect(const model::Value& value, std::span<const std::string> path,
             std::vector<const model::Value*>& found) {
  if (value.is_array()) {
    for (const model::Value& one : value.elements()) collect(one, path, found);
  } else if (path.empty()) {
    found.push_back(&value);
  } else if (const model::Value* next = model::member(value, path.front())) {
    collect(*next, path.subspan(1), found);
  }
}

}  // namespace

std::optional<Expression> read_expression(std::string_view text) {
  if (text.size() > text_bytes_max) return std::nullopt;
  return Reader(text).read();
}

bool fits(const Expression& expression, const model::Value& element) {
  if (expression.path.empty()) return true;
  std::vector<const model::Value*> found;
  collect(element, expression.path, found);
  return found.size() == 1 && model::same(*found.front(), expression.wanted);
}

}  // namespace rockpool::dialects::rested
