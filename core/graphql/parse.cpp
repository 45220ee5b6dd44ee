#include "core/graphql/parse.h"

#include "core/base/text.h"
#include "core/graphql/lexer.h"

namespace rockpool::graphql {
namespace {

constexpr std::size_t type_lists_max = 32;

}  // namespace

// Every function reads one thing from the current token on and is false when it is not there. What may be
// nested as deep as the text says is kept open in `open_`, not in calls.
class Parser {
 public:
  Parser(std::string_view text, Document& into, const ParseLimits& limits);

  bool document();
  bool value(bool constant);
  bool type();
  bool begin() { return checked_ && advance(); }
  bool finish();
  Error take_error() { return std::move(error_); }

 private:
  std::string_view load(std::string_view text);
  bool fail(std::string_view expected);
  bool refuse(std::string_view message, std::string_view code);
  bool advance();
  bool expect(char punctuator);
  bool expect_name(std::string_view what, std::string_view& into);
  bool at_name(std::string_view name) const { return token_.kind == TokenKind::name && token_.text == name; }
  Index add(NodeKind kind);
  bool enter(Index node);
  void close(Index node) { document_.nodes_[node].end = static_cast<Index>(document_.nodes_.size()); }
  void leave();

  bool definition();
  bool operation(NodeKind kind);
  bool fragment();
  bool variable_definitions();
  bool variable_definition();
  bool selections(Index parent);
  bool selection(bool& opened);
  bool field(bool& opened);
  bool spread(bool& opened);
  bool directives(bool constant);
  bool arguments(bool constant);
  bool named_type();
  bool variable();
  bool scalar(bool constant, bool& opened);
  bool value_end(std::size_t outside, bool& ended);

  Document& document_;
  const ParseLimits& limits_;
  Lexer lexer_;
  Token token_;
  std::size_t tokens_ = 0;
  std::vector<Index> open_;  // nodes that are nested in each other and not closed
  std::size_t depth_ = 0;    // of these all but the fields of objects
  Error error_;
  bool checked_ = true;
};

Parser::Parser(std::string_view text, Document& into, const ParseLimits& limits)
    : document_(into), limits_(limits), lexer_(load(text.substr(0, limits.bytes_max)), into.decoded_) {
  if (text.size() > limits.bytes_max) {
    checked_ = refuse("The document is longer than a document may be", "queryTooLarge");
  } else if (!base::is_utf8(text)) {
    checked_ = refuse("Syntax error: the document is not UTF-8", "parseError");
  }
}

std::string_view Parser::load(std::string_view text) {
  document_ = {};
  document_.source_ = std::vector<char>(text.begin(), text.end());
  return {document_.source_.data(), document_.source_.size()};
}

bool Parser::refuse(std::string_view message, std::string_view code) {
  error_ = {.message = std::string(message), .code = code, .locations = {token_.at}};
  return false;
}

bool Parser::fail(std::string_view expected) {
  constexpr std::size_t shown_max = 40;
  const bool textual = token_.kind == TokenKind::text || token_.kind == TokenKind::block;
  const std::string_view shown = token_.text.substr(0, shown_max);
  std::string found = textual                         ? std::string("a text")
                      : token_.kind == TokenKind::end ? std::string("the end of the document")
                                                      : join({"\"", shown, "\""});
  return refuse(join({"Syntax error: expected ", expected, ", found ", found}), "parseError");
}

bool Parser::advance() {
  if (!lexer_.next(token_)) {
    error_ = lexer_.error();
    return false;
  }
  if (++tokens_ > limits_.tokens_max + 1)
    return refuse("The document has more tokens than a document may have", "queryTooLarge");
  return true;
}

bool Parser::expect(char punctuator) {
  if (!token_.is(punctuator)) return fail(join({"\"", std::string_view(&punctuator, 1), "\""}));
  return advance();
}

bool Parser::expect_name(std::string_view what, std::string_view& into) {
  if (token_.kind != TokenKind::name) return fail(what);
  into = token_.text;
  return advance();
}

Index Parser::add(NodeKind kind) {
  const auto index = static_cast<Index>(document_.nodes_.size());
  document_.nodes_.push_back({.kind = kind, .at = token_.at, .end = index + 1, .name = token_.text});
  return index;
}

bool Parser::enter(Index node) {
  open_.push_back(node);
  if (++depth_ > limits_.depth_max)
    return refuse("The document is nested deeper than a document may be", "queryTooDeep");
  return true;
}

void Parser::leave() {
  close(open_.back());
  if (document_.nodes_[open_.back()].kind != NodeKind::object_field) --depth_;
  open_.pop_back();
}

bool Parser::finish() {
  if (token_.kind != TokenKind::end) return fail("the end");
  return true;
}

bool Parser::document() {
  do {
    if (!definition()) return false;
  } while (token_.kind != TokenKind::end);
  return true;
}

bool Parser::definition() {
  constexpr std::string_view others[] = {"schema", "scalar", "type",      "interface", "union",
                                         "enum",   "input",  "directive", "extend"};
  if (token_.is('{')) return operation(NodeKind::query);
  if (at_name("query")) return operation(NodeKind::query);
  if (at_name("mutation")) return operation(NodeKind::mutation);
  if (at_name("subscription")) return operation(NodeKind::subscription);
  if (at_name("fragment")) return fragment();
  for (const std::string_view other : others) {
    if (at_name(other))
      return refuse(join({"A definition of a ", other, " cannot be executed"}), "definitionNotExecutable");
  }
  return fail("an operation or a fragment");
}

bool Parser::operation(NodeKind kind) {
  const Index node = add(kind);
  document_.nodes_[node].name = {};
  if (!token_.is('{')) {
    if (!advance()) return false;
    if (token_.kind == TokenKind::name) {
      document_.nodes_[node].at = token_.at;
      document_.nodes_[node].name = token_.text;
      if (!advance()) return false;
    }
    if (!variable_definitions() || !directives(false)) return false;
  }
  return selections(node);
}

bool Parser::fragment() {
  if (!advance()) return false;
  const Index node = add(NodeKind::fragment);
  std::string_view name;
  if (at_name("on")) return fail("the name of a fragment");
  if (!expect_name("the name of a fragment", name)) return false;
  document_.fragments_.emplace(name, node);
  if (!at_name("on")) return fail("\"on\"");
  return advance() && named_type() && directives(false) && selections(node);
}

bool Parser::named_type() {
  add(NodeKind::named_type);
  std::string_view name;
  return expect_name("the name of a type", name);
}

bool Parser::variable_definitions() {
  if (!token_.is('(')) return true;
  if (!advance()) return false;
  do {
    if (!variable_definition()) return false;
  } while (!token_.is(')'));
  return advance();
}

bool Parser::variable_definition() {
  const Index node = add(NodeKind::variable_definition);
  if (!expect('$') || !expect_name("the name of a variable", document_.nodes_[node].name)) return false;
  if (!expect(':') || !type()) return false;
  if (token_.is('=') && (!advance() || !value(true))) return false;
  if (!directives(true)) return false;
  close(node);
  return true;
}

// type := name "!"? | "[" type "]" "!"?
// What is required is known only behind its type, so a node is put before it then.
bool Parser::type() {
  const std::size_t outside = open_.size();
  while (token_.is('[')) {
    if (open_.size() - outside == type_lists_max)
      return refuse("A type with more lists in each other than a type may have", "queryTooDeep");
    if (!enter(add(NodeKind::list_type)) || !advance()) return false;
  }
  auto last = static_cast<Index>(document_.nodes_.size());
  if (!named_type()) return false;
  for (;;) {
    if (token_.is('!')) {
      Node required = {.kind = NodeKind::required_type, .at = document_.nodes_[last].at};
      document_.nodes_.insert(document_.nodes_.begin() + last, required);
      if (!advance()) return false;
    }
    if (open_.size() == outside) break;
    if (!expect(']')) return false;
    last = open_.back();
    open_.pop_back();
    --depth_;
  }
  for (Index node = last; node < document_.nodes_.size(); ++node) close(node);
  return true;
}

bool Parser::selections(Index parent) {
  const std::size_t outside = open_.size();
  if (!token_.is('{')) return fail("\"{\"");
  if (!enter(parent) || !advance()) return false;
  do {
    bool opened = false;
    if (!selection(opened)) return false;
    while (!opened && open_.size() > outside && token_.is('}')) {
      leave();
      if (!advance()) return false;
    }
  } while (open_.size() > outside);
  return true;
}

// `opened`: what is selected inside of it comes next.
bool Parser::selection(bool& opened) {
  const auto node = static_cast<Index>(document_.nodes_.size());
  if (!(token_.is('.') ? spread(opened) : field(opened))) return false;
  close(node);
  return !opened || (enter(node) && advance());
}

bool Parser::field(bool& opened) {
  const Index node = add(NodeKind::field);
  if (!expect_name("a field", document_.nodes_[node].alias)) return false;
  if (token_.is(':')) {
    if (!advance()) return false;
    document_.nodes_[node].at = token_.at;
    if (!expect_name("a field", document_.nodes_[node].name)) return false;
  }
  if (!arguments(false) || !directives(false)) return false;
  opened = token_.is('{');
  return true;
}

bool Parser::spread(bool& opened) {
  if (!advance()) return false;
  if (token_.kind == TokenKind::name && !at_name("on")) {
    add(NodeKind::spread);
    return advance() && directives(false);
  }
  const Index node = add(NodeKind::inline_fragment);
  document_.nodes_[node].name = {};
  if (at_name("on") && (!advance() || !named_type())) return false;
  if (!directives(false)) return false;
  opened = token_.is('{');
  return opened || fail("\"{\"");
}

bool Parser::directives(bool constant) {
  while (token_.is('@')) {
    const Index node = add(NodeKind::directive);
    if (!advance() || !expect_name("the name of a directive", document_.nodes_[node].name)) return false;
    if (!arguments(constant)) return false;
    close(node);
  }
  return true;
}

bool Parser::arguments(bool constant) {
  if (!token_.is('(')) return true;
  if (!advance()) return false;
  do {
    const Index node = add(NodeKind::argument);
    std::string_view name;
    if (!expect_name("the name of an argument", name) || !expect(':') || !value(constant)) return false;
    close(node);
  } while (!token_.is(')'));
  return advance();
}

bool Parser::variable() {
  const Index node = add(NodeKind::variable);
  return advance() && expect_name("the name of a variable", document_.nodes_[node].name);
}

// One value, or the beginning of a list or an object, which is then `opened`.
bool Parser::scalar(bool constant, bool& opened) {
  NodeKind kind = NodeKind::enumeration;
  switch (token_.kind) {
    case TokenKind::integer: kind = NodeKind::integer; break;
    case TokenKind::real: kind = NodeKind::real; break;
    case TokenKind::text:
    case TokenKind::block: kind = NodeKind::text; break;
    case TokenKind::name:
      if (token_.text == "true" || token_.text == "false") kind = NodeKind::boolean;
      if (token_.text == "null") kind = NodeKind::null;
      break;
    default:
      if (token_.is('$') && !constant) return variable();
      if (token_.is('$')) return refuse("Syntax error: a variable in a constant value", "parseError");
      opened = token_.is('[') || token_.is('{');
      if (!opened) return fail("a value");
      kind = token_.is('[') ? NodeKind::list : NodeKind::object;
  }
  const Index node = add(kind);
  document_.nodes_[node].block = token_.kind == TokenKind::block;
  return (!opened || enter(node)) && advance();
}

// Closes what ends behind a value, then reads the name of the field that comes next in an object.
bool Parser::value_end(std::size_t outside, bool& ended) {
  while (open_.size() > outside) {
    const bool in_field = document_.nodes_[open_.back()].kind == NodeKind::object_field;
    const bool in_object = document_.nodes_[open_.back()].kind == NodeKind::object;
    if (!in_field && !token_.is(in_object ? '}' : ']')) {
      if (!in_object) return true;
      const Index node = add(NodeKind::object_field);
      open_.push_back(node);
      std::string_view name;
      return expect_name("the name of a field", name) && expect(':');
    }
    leave();
    if (!in_field && !advance()) return false;
  }
  ended = true;
  return true;
}

bool Parser::value(bool constant) {
  const std::size_t outside = open_.size();
  bool ended = false;
  while (!ended) {
    bool opened = false;
    if (!scalar(constant, opened) || !value_end(outside, ended)) return false;
  }
  return true;
}

namespace {

std::optional<Error> finish(Parser& parser, bool read) {
  if (read) return std::nullopt;
  return parser.take_error();
}

}  // namespace

std::optional<Error> parse(std::string_view text, Document& into, const ParseLimits& limits) {
  Parser parser(text, into, limits);
  return finish(parser, parser.begin() && parser.document());
}

std::optional<Error> parse_value(std::string_view text, Document& into) {
  const ParseLimits limits;
  Parser parser(text, into, limits);
  return finish(parser, parser.begin() && parser.value(true) && parser.finish());
}

std::optional<Error> parse_type(std::string_view text, Document& into) {
  const ParseLimits limits;
  Parser parser(text, into, limits);
  return finish(parser, parser.begin() && parser.type() && parser.finish());
}

}  // namespace rockpool::graphql
