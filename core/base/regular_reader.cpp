#include <algorithm>
#include <array>
#include <utility>

#include "core/base/fold.h"
#include "core/base/regular_expression.h"
#include "core/base/text.h"

namespace rockpool::base {

constexpr std::size_t depth_max = 32;
constexpr std::uint32_t repeats_max = 256;

// Reads an expression from its end to its beginning, so that each piece knows where it goes on.
//
// First the text becomes a tree, whose size is bounded by the text's and whose depth by `depth_max`; then the
// tree becomes steps, whose number is bounded.
class RegularReader {
 public:
  explicit RegularReader(const RegularExpression::Options& options) : options_(options) {
    made_.ignores_case_ = options.ignores_case;
  }

  Result<RegularExpression> read(std::string_view text) {
    if (text.size() > options_.bytes_max)
      return wrong("is longer than " + decimal(std::uint64_t{options_.bytes_max}) + " bytes");
    if (!is_utf8(text)) return wrong("is not UTF-8");
    for (std::size_t at = 0; at < text.size();) text_ += read_utf8(text, at);
    const Node root = alternatives(0);
    if (!error_.empty()) return wrong(error_);
    if (!is_over()) return wrong("has a ) without its (");
    const std::uint32_t found = add({.kind = Kind::found});
    made_.start_ = emit(root, found);
    if (!error_.empty()) return wrong(error_);
    made_.is_anchored_ = is_anchored(root);
    made_.is_literal_ = find_prefix(root) && is_plain_;
    find_first();
    return std::move(made_);
  }

 private:
  using Step = RegularExpression::Step;
  using Kind = Step::Kind;
  using Ranges = CharacterSet::Ranges;

  struct Node {
    enum class Kind : std::uint8_t { one, sequence, choice, repeat };
    Kind kind = Kind::sequence;
    Step step = {};  // of one
    std::vector<Node> parts = {};
    std::uint32_t least = 0;
    std::optional<std::uint32_t> most = {};  // none: any number
  };

  static Error wrong(std::string_view why) {
    return {.code = Code::invalid, .message = "the pattern " + std::string(why), .path = ""};
  }
  void fail(std::string_view why) {
    if (error_.empty()) error_ = why;
    at_ = text_.size();
  }

  bool is_over() const { return at_ >= text_.size(); }
  bool next_is(char32_t c) const { return !is_over() && text_[at_] == c; }
  bool skip(char32_t c) {
    const bool there = next_is(c);
    at_ += there ? 1 : 0;
    return there;
  }

  // ---- reading

  Node alternatives(std::size_t depth) {
    Node choice{.kind = Node::Kind::choice};
    if (depth > depth_max) fail("has parentheses more than 32 deep");
    do {
      Node branch{.kind = Node::Kind::sequence};
      while (!is_over() && !next_is('|') && !next_is(')')) branch.parts.push_back(piece(depth));
      choice.parts.push_back(std::move(branch));
    } while (skip('|'));
    return choice.parts.size() == 1 ? std::move(choice.parts.front()) : choice;
  }

  Node piece(std::size_t depth) {
    if (const auto kind = assertion()) return of({.kind = *kind});
    Node made = atom(depth);
    const auto times = repetition();
    if (!times) return made;
    skip('?');  // as few as possible matches the same texts
    if (repetition()) fail("repeats a repetition");
    Node repeat{.kind = Node::Kind::repeat, .least = times->first, .most = times->second};
    repeat.parts.push_back(std::move(made));
    return repeat;
  }

  std::optional<Kind> assertion() {
    if (skip('^')) return Kind::begin;
    if (skip('$')) return Kind::end;
    if (!next_is('\\') || at_ + 1 >= text_.size()) return std::nullopt;
    const char32_t c = text_[at_ + 1];
    if (c != 'b' && c != 'B') return std::nullopt;
    at_ += 2;
    return c == 'b' ? Kind::boundary : Kind::inside;
  }

  // How often at least and at most.
  using Times = std::pair<std::uint32_t, std::optional<std::uint32_t>>;
  std::optional<Times> repetition() {
    if (skip('*')) return Times{0, std::nullopt};
    if (skip('+')) return Times{1, std::nullopt};
    if (skip('?')) return Times{0, 1};
    const std::size_t before = at_;
    if (skip('{')) {
      const auto least = number();
      const auto most = skip(',') ? number() : least;
      if (least && skip('}')) {
        if (*least > repeats_max || most.value_or(0) > repeats_max) fail("repeats more than 256 times");
        if (most && *most < *least) fail("has a repetition whose end comes before its beginning");
        return Times{*least, most};
      }
    }
    at_ = before;  // anything else between braces stands for itself
    return std::nullopt;
  }

  std::optional<std::uint32_t> number() {
    std::optional<std::uint32_t> value;
    for (; !is_over() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_)
      value = std::min<std::uint32_t>(value.value_or(0) * 10 + (text_[at_] - '0'), repeats_max + 1);
    return value;
  }

  Node atom(std::size_t depth) {
    if (repetition()) fail("repeats nothing");
    if (is_over()) return {};
    const char32_t c = text_[at_++];
    if (c == '(') return group(depth);
    if (c == '[') return of_set(set());
    if (c == '\\') return of_set(CharacterSet(escape()));
    if (c == '.') return of_set(CharacterSet({{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}}).others());
    return of_set(CharacterSet({{c, c}}));
  }

  Node group(std::size_t depth) {
    if (skip('?') && !skip(':')) fail("looks around or names a group, which is not understood here");
    Node inner = alternatives(depth + 1);
    if (!skip(')')) fail("has a ( without its )");
    return inner;
  }

  static Node of(const Step& step) { return {.kind = Node::Kind::one, .step = step}; }

  Node of_set(CharacterSet set) {
    if (const auto c = only(set.ranges()))
      return of({.kind = Kind::character, .what = options_.ignores_case ? folded(*c) : *c});
    made_.sets_.push_back(std::move(set));
    return of({.kind = Kind::set, .what = static_cast<std::uint32_t>(made_.sets_.size() - 1)});
  }

  Ranges escape() {
    static const Ranges digits = {{'0', '9'}}, words = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    static const Ranges spaces = {{'\t', '\r'},     {' ', ' '},       {0xa0, 0xa0},     {0x1680, 0x1680},
                                  {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f},
                                  {0x3000, 0x3000}, {0xfeff, 0xfeff}};
    if (is_over()) return fail("ends with a \\"), Ranges();
    const char32_t c = text_[at_++];
    switch (c) {
      case 'd': return digits;
      case 'D': return CharacterSet(digits).others().ranges();
      case 'w': return words;
      case 'W': return CharacterSet(words).others().ranges();
      case 's': return spaces;
      case 'S': return CharacterSet(spaces).others().ranges();
      default: break;
    }
    const char32_t one = escaped(c);
    return {{one, one}};
  }

  char32_t escaped(char32_t c) {
    constexpr std::u32string_view from = U"tnrfv", to = U"\t\n\r\f\v";
    if (const std::size_t at = from.find(c); at != from.npos) return to[at];
    if (c == 'x') return hex(2).value_or(0);
    if (c == 'u') return unicode();
    const bool is_before_digit = !is_over() && digit(text_[at_]) < 10;
    if (c == '0' && !is_before_digit) return 0;
    if ((c >= '1' && c <= '9') || c == 'k')
      return fail("refers back to a group, which is not understood here"), c;
    if (c == 'p' || c == 'P') return fail("names a property of characters, which is not understood here"), c;
    if (c == '0' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
      fail("has a \\ before a letter or digit that means nothing here");
    return c;
  }

  // A character beyond U+FFFF may be written as a pair of halves.
  char32_t unicode() {
    const bool in_braces = skip('{');
    std::optional<char32_t> point = hex(in_braces ? 0 : 4);
    if (in_braces && !skip('}')) fail("has a \\u{ without its }");
    const bool is_high = !in_braces && point && *point >= 0xd800 && *point < 0xdc00;
    if (is_high && skip('\\') && skip('u')) {
      const char32_t low = hex(4).value_or(0);
      point = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((*point - 0xd800) << 10 | (low & 0x3ff)) : *point;
    }
    if (point && *point >= 0xd800 && *point < 0xe000) fail("names half a character");
    if (point && *point > 0x10ffff) fail("names a character above U+10FFFF");
    return point.value_or(0);
  }

  // 16: none.
  static std::uint32_t digit(char32_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char32_t small = c | 0x20;
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : 16;
  }

  // So many digits, or with 0 all there are.
  std::optional<char32_t> hex(std::size_t digits) {
    char32_t value = 0;
    std::size_t count = 0;
    for (; !is_over() && digit(text_[at_]) < 16 && (digits == 0 || count < digits); ++count)
      value = std::min<char32_t>(value << 4 | digit(text_[at_++]), 0x110000);
    if (count > 0 && (digits == 0 || count == digits)) return value;
    fail("has a \\x or \\u without its hexadecimal digits");
    return std::nullopt;
  }

  CharacterSet set() {
    const bool is_negated = skip('^');
    Ranges ranges;
    while (!is_over() && !next_is(']')) {
      const Ranges first = member();
      const bool is_range = next_is('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']';
      if (!is_range) {
        ranges.insert(ranges.end(), first.begin(), first.end());
        continue;
      }
      at_ += 1;
      const auto low = only(first), high = only(member());
      if (low && high && *low <= *high)
        ranges.push_back({*low, *high});
      else
        fail("has a range in brackets that is none");
    }
    if (!skip(']')) fail("has a [ without its ]");
    CharacterSet set(std::move(ranges));
    if (options_.ignores_case) set = set.folded();
    return is_negated ? set.others() : set;
  }

  Ranges member() {
    const char32_t c = text_[at_++];
    if (c == '\\' && skip('b')) return {{'\b', '\b'}};
    return c == '\\' ? escape() : Ranges{{c, c}};
  }

  static std::optional<char32_t> only(const Ranges& ranges) {
    if (ranges.size() != 1 || ranges[0].first != ranges[0].last) return std::nullopt;
    return ranges[0].first;
  }

  // ---- making steps

  std::uint32_t add(const Step& step) {
    if (made_.steps_.size() >= options_.steps_max) {
      if (error_.empty()) error_ = "is too large when its repetitions are written out";
      return 0;
    }
    made_.steps_.push_back(step);
    return static_cast<std::uint32_t>(made_.steps_.size() - 1);
  }

  std::uint32_t emit(const Node& node, std::uint32_t next) {
    switch (node.kind) {
      case Node::Kind::one: return add({.kind = node.step.kind, .next = next, .what = node.step.what});
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
      choice = add({.kind = Kind::split, .next = branch, .what = choice});
    }
    return choice;
  }

  std::uint32_t emit_repeat(const Node& node, std::uint32_t next) {
    const Node& part = node.parts.front();
    if (!node.most) {
      const std::uint32_t loop = add({.kind = Kind::split, .next = next, .what = next});
      const std::uint32_t inner = emit(part, loop);
      if (!error_.empty()) return next;
      made_.steps_[loop].next = inner;
      next = loop;
    } else {
      const std::uint32_t end = next;
      for (std::uint32_t i = node.least; i < *node.most && error_.empty(); ++i) {
        const std::uint32_t inner = emit(part, next);
        next = add({.kind = Kind::split, .next = inner, .what = end});
      }
    }
    for (std::uint32_t i = 0; i < node.least && error_.empty(); ++i) {
      const std::size_t before = made_.steps_.size();
      next = emit(part, next);
      if (made_.steps_.size() == before) break;  // nothing, however often
    }
    return next;
  }

  // ---- what lets texts be passed over

  static bool is_anchored(const Node& node) {
    const auto& parts = node.parts;
    if (node.kind == Node::Kind::one) return node.step.kind == Kind::begin;
    if (node.kind == Node::Kind::choice) return std::all_of(parts.begin(), parts.end(), is_anchored);
    const bool is_certain = node.kind == Node::Kind::sequence || node.least > 0;
    return is_certain && !parts.empty() && is_anchored(parts.front());
  }

  // True: the node is all told, and what follows it may be told as well.
  bool find_prefix(const Node& node) {
    const bool is_character = node.kind == Node::Kind::one && node.step.kind == Kind::character;
    if (is_character && node.step.what != 0xfffd) {  // which stands for stray bytes, too
      append_utf8(made_.prefix_, node.step.what);
      return true;
    }
    if (node.kind == Node::Kind::sequence)
      return std::all_of(node.parts.begin(), node.parts.end(),
                         [&](const Node& one) { return find_prefix(one); });
    if (node.kind == Node::Kind::repeat && node.least > 0) find_prefix(node.parts.front());
    is_plain_ = false;
    return node.kind == Node::Kind::one &&
           (node.step.kind == Kind::boundary || node.step.kind == Kind::inside);
  }

  void find_first() {
    std::vector<bool> seen(made_.steps_.size());
    std::vector<std::uint32_t> open = {made_.start_};
    while (!open.empty()) {
      const std::uint32_t place = open.back();
      open.pop_back();
      if (seen[place]) continue;
      seen[place] = true;
      const Step& step = made_.steps_[place];
      if (step.kind == Kind::found) {
        made_.first_.set();
      } else if (step.kind == Kind::character) {
        add_first({{step.what, step.what}});
      } else if (step.kind == Kind::set) {
        add_first(made_.sets_[step.what].ranges());
      } else {
        open.push_back(step.next);
        if (step.kind == Kind::split) open.push_back(step.what);
      }
    }
  }

  void add_first(const Ranges& ranges) {
    const auto lead = [](char32_t c) {
      std::string bytes;
      append_utf8(bytes, c);
      return static_cast<unsigned char>(bytes[0]);
    };
    for (const CharacterSet::Range& range : ranges) {
      const bool has_stray_bytes = range.first <= 0xfffd && range.last >= 0xfffd;
      const unsigned from = has_stray_bytes ? std::min<unsigned>(lead(range.first), 0x80) : lead(range.first);
      const unsigned to = has_stray_bytes ? 0xff : lead(range.last);
      for (unsigned byte = from; byte <= to; ++byte) made_.first_.set(byte);
    }
  }

  const RegularExpression::Options& options_;
  RegularExpression made_;
  std::u32string text_;
  std::size_t at_ = 0;
  std::string error_;
  bool is_plain_ = true;
};

Result<RegularExpression> RegularExpression::read(std::string_view text, const Options& options) {
  return RegularReader(options).read(text);
}

}  // namespace rockpool::base
