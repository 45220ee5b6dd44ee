#include "core/dialects/deepstream/pattern.h"

#include <algorithm>
#include <optional>

namespace rockpool::dialects::deepstream {

constexpr std::size_t pattern_bytes_max = 1024;
constexpr std::size_t steps_max = 4096;
constexpr std::size_t depth_max = 32;
constexpr std::uint32_t repeats_max = 256;

// Reads a pattern from its end to its beginning, so that each piece knows where it goes on.
//
// First the text becomes a tree, whose size is bounded by the text's and whose depth by `depth_max`; then the
// tree becomes steps, whose number is bounded.
class PatternReader {
 public:
  explicit PatternReader(std::string_view text) : text_(text) {}

  base::Result<Pattern> read() {
    if (text_.size() > pattern_bytes_max) return wrong("is longer than 1024 bytes");
    const Node root = alternatives(0);
    if (!error_.empty()) return wrong(error_);
    if (at_ < text_.size()) return wrong("has a ) without its (");
    Pattern pattern;
    steps_ = &pattern.steps_;
    const std::uint32_t found = add({.kind = Kind::found});
    pattern.start_ = emit(root, found);
    return error_.empty() ? base::Result<Pattern>(std::move(pattern)) : wrong(error_);
  }

 private:
  using Kind = Pattern::Step::Kind;
  using Bytes = Pattern::Bytes;

  struct Node {
    enum class Kind : std::uint8_t { bytes, begin, end, sequence, choice, repeat };
    Kind kind = Kind::sequence;
    Bytes bytes = {};
    std::vector<Node> parts = {};
    std::uint32_t least = 0;
    std::optional<std::uint32_t> most = {};  // none: any number
  };

  static base::Error wrong(std::string_view why) {
    return {.code = base::Code::invalid, .message = "the pattern " + std::string(why), .path = ""};
  }
  Node fail(std::string_view why) {
    if (error_.empty()) error_ = why;
    at_ = text_.size();
    return {};
  }

  bool is_over() const { return at_ >= text_.size(); }
  bool next_is(char c) const { return !is_over() && text_[at_] == c; }
  bool skip(char c) {
    const bool there = next_is(c);
    at_ += there ? 1 : 0;
    return there;
  }

  // ---- reading

  Node alternatives(std::size_t depth) {
    if (depth > depth_max) return fail("has parentheses more than 32 deep");
    Node choice{.kind = Node::Kind::choice};
    do {
      Node branch{.kind = Node::Kind::sequence};
      while (!is_over() && !next_is('|') && !next_is(')')) branch.parts.push_back(piece(depth));
      choice.parts.push_back(std::move(branch));
    } while (skip('|'));
    return choice;
  }

  Node piece(std::size_t depth) {
    if (skip('^')) return {.kind = Node::Kind::begin};
    if (skip('$')) return {.kind = Node::Kind::end};
    Node made = atom(depth);
    std::uint32_t least = 0;
    std::optional<std::uint32_t> most;
    if (skip('+')) {
      least = 1;
    } else if (skip('?')) {
      most = 1;
    } else if (!skip('*') && !counts(least, most)) {
      return made;
    }
    skip('?');  // as few as possible matches the same names
    if (next_is('*') || next_is('+') || next_is('?')) return fail("repeats a repetition");
    Node repeat{.kind = Node::Kind::repeat, .least = least, .most = most};
    repeat.parts.push_back(std::move(made));
    return repeat;
  }

  // {n}, {n,} or {n,m}; anything else between braces stands for itself.
  bool counts(std::uint32_t& least, std::optional<std::uint32_t>& most) {
    const std::size_t before = at_;
    if (!skip('{')) return false;
    const auto from = number();
    if (from) {
      least = *from;
      most = *from;
      if (skip(',')) most = number();
      if (skip('}')) {
        if (least > repeats_max || most.value_or(0) > repeats_max) fail("repeats more than 256 times");
        if (most && *most < least) fail("has a repetition whose end comes before its beginning");
        return true;
      }
    }
    at_ = before;
    return false;
  }

  std::optional<std::uint32_t> number() {
    std::optional<std::uint32_t> value;
    while (!is_over() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = std::min<std::uint32_t>(value.value_or(0) * 10 + static_cast<std::uint32_t>(text_[at_] - '0'),
                                      repeats_max + 1);
      at_ += 1;
    }
    return value;
  }

  Node atom(std::size_t depth) {
    const char c = text_[at_++];
    if (c == '(') return group(depth);
    if (c == '[') return of(set());
    if (c == '\\') return of(escape());
    if (c == '.') return of(~(Bytes().set('\n').set('\r')));
    if (c == '*' || c == '+' || c == '?') return fail("repeats nothing");
    return of(Bytes().set(static_cast<unsigned char>(c)));
  }

  Node group(std::size_t depth) {
    if (skip('?') && !skip(':')) return fail("looks around or names a group, which is not understood here");
    Node inner = alternatives(depth + 1);
    if (!skip(')')) return fail("has a ( without its )");
    return inner;
  }

  static Node of(const Bytes& bytes) { return {.kind = Node::Kind::bytes, .bytes = bytes}; }

  static Bytes range(unsigned char from, unsigned char to) {
    Bytes bytes;
    for (unsigned c = from; c <= to; ++c) bytes.set(c);
    return bytes;
  }

  Bytes escape() {
    if (is_over()) {
      fail("ends with a \\");
      return {};
    }
    const char c = text_[at_++];
    const Bytes digits = range('0', '9');
    const Bytes words = digits | range('a', 'z') | range('A', 'Z') | Bytes().set('_');
    const Bytes spaces = range('\t', '\r') | Bytes().set(' ');
    switch (c) {
      case 'd': return digits;
      case 'D': return ~digits;
      case 'w': return words;
      case 'W': return ~words;
      case 's': return spaces;
      case 'S': return ~spaces;
      case 't': return Bytes().set('\t');
      case 'n': return Bytes().set('\n');
      case 'r': return Bytes().set('\r');
      default: break;
    }
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
      fail("has a \\ before a letter or digit that means nothing here");
    return Bytes().set(static_cast<unsigned char>(c));
  }

  Bytes set() {
    const bool is_negated = skip('^');
    Bytes bytes;
    while (!is_over() && !next_is(']')) {
      const Bytes first = member();
      const bool is_range = next_is('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']';
      if (!is_range) {
        bytes |= first;
        continue;
      }
      at_ += 1;
      const auto low = only(first), high = only(member());
      if (!low || !high || *low > *high) {
        fail("has a range in brackets that is none");
        return {};
      }
      bytes |= range(*low, *high);
    }
    if (!skip(']')) fail("has a [ without its ]");
    return is_negated ? ~bytes : bytes;
  }

  Bytes member() {
    const char c = text_[at_++];
    return c == '\\' ? escape() : Bytes().set(static_cast<unsigned char>(c));
  }

  static std::optional<unsigned char> only(const Bytes& bytes) {
    if (bytes.count() != 1) return std::nullopt;
    unsigned c = 0;
    while (!bytes.test(c)) ++c;
    return static_cast<unsigned char>(c);
  }

  // ---- making steps

  std::uint32_t add(Pattern::Step step) {
    if (steps_->size() >= steps_max) {
      if (error_.empty()) error_ = "is too large when its repetitions are written out";
      return 0;
    }
    steps_->push_back(step);
    return static_cast<std::uint32_t>(steps_->size() - 1);
  }

  std::uint32_t emit(const Node& node, std::uint32_t next) {
    switch (node.kind) {
      case Node::Kind::bytes: return add({.kind = Kind::bytes, .bytes = node.bytes, .next = next});
      case Node::Kind::begin: return add({.kind = Kind::begin, .next = next});
      case Node::Kind::end: return add({.kind = Kind::end, .next = next});
      case Node::Kind::sequence:
        for (auto part = node.parts.rbegin(); part != node.parts.rend(); ++part) next = emit(*part, next);
        return next;
      case Node::Kind::choice: return emit_choice(node, next);
      case Node::Kind::repeat: return emit_repeat(node, next);
    }
    return next;
  }

  std::uint32_t emit_choice(const Node& node, std::uint32_t next) {
    std::uint32_t choice = emit(node.parts.back(), next);
    for (std::size_t i = node.parts.size() - 1; i-- > 0;) {
      const std::uint32_t branch = emit(node.parts[i], next);
      choice = add({.kind = Kind::split, .next = branch, .other = choice});
    }
    return choice;
  }

  std::uint32_t emit_repeat(const Node& node, std::uint32_t next) {
    const Node& part = node.parts.front();
    if (!node.most) {
      const std::uint32_t loop = add({.kind = Kind::split, .next = next, .other = next});
      const std::uint32_t inner = emit(part, loop);
      if (!error_.empty()) return next;
      (*steps_)[loop].next = inner;
      next = loop;
    } else {
      const std::uint32_t end = next;
      for (std::uint32_t i = node.least; i < *node.most && error_.empty(); ++i) {
        const std::uint32_t inner = emit(part, next);
        next = add({.kind = Kind::split, .next = inner, .other = end});
      }
    }
    for (std::uint32_t i = 0; i < node.least && error_.empty(); ++i) next = emit(part, next);
    return next;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string error_;
  std::vector<Pattern::Step>* steps_ = nullptr;
};

base::Result<Pattern> Pattern::read(std::string_view text) { return PatternReader(text).read(); }

void Pattern::enter(std::uint32_t at, bool is_begin, bool is_end, Places& places,
                    std::vector<bool>& seen) const {
  Places open = {at};
  while (!open.empty()) {
    const std::uint32_t place = open.back();
    open.pop_back();
    if (seen[place]) continue;
    seen[place] = true;
    const Step& step = steps_[place];
    if (step.kind == Step::Kind::split) {
      open.push_back(step.next);
      open.push_back(step.other);
    } else if (step.kind == Step::Kind::begin || step.kind == Step::Kind::end) {
      if (step.kind == Step::Kind::begin ? is_begin : is_end) open.push_back(step.next);
    } else {
      places.push_back(place);
    }
  }
}

bool Pattern::matches(std::string_view name) const {
  Places next;
  for (std::size_t i = 0; i <= name.size(); ++i) {
    std::vector<bool> seen(steps_.size());
    const bool is_end = i == name.size();
    Places here;
    for (const std::uint32_t place : next) enter(place, i == 0, is_end, here, seen);
    enter(start_, i == 0, is_end, here, seen);  // it may begin anywhere
    next.clear();
    for (const std::uint32_t place : here) {
      const Step& step = steps_[place];
      if (step.kind == Step::Kind::found) return true;
      if (!is_end && step.bytes.test(static_cast<unsigned char>(name[i]))) next.push_back(step.next);
    }
  }
  return false;
}

}  // namespace rockpool::dialects::deepstream
