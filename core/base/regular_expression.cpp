#include "core/base/regular_expression.h"

#include "core/base/fold.h"
#include "core/base/text.h"

namespace rockpool::base {

// One text under one expression.
class RegularSearch {
 public:
  RegularSearch(const RegularExpression& expression, std::string_view text, std::uint64_t& work)
      : expression_(expression), text_(text), work_(work), marks_(expression.steps_.size()) {
    places_.reserve(marks_.size());
    targets_.reserve(marks_.size());
    open_.reserve(marks_.size());
  }

  std::optional<bool> run() {
    while (true) {
      if (targets_.empty() && !skip()) return false;
      enter_all();
      if (is_found_) return true;
      if (at_ == text_.size()) return false;
      if (entered_ > work_) return std::nullopt;
      work_ -= entered_;
      advance();
    }
  }

 private:
  using Kind = RegularExpression::Step::Kind;
  using Places = std::vector<std::uint32_t>;

  // Nothing that has begun goes on: moves to where the next match may begin, if there is such a place.
  bool skip() {
    if (expression_.is_anchored_) return at_ == 0;
    if (!expression_.prefix_.empty()) {
      at_ = text_.find(expression_.prefix_, at_);
      return at_ != std::string_view::npos;
    }
    while (at_ < text_.size() && !expression_.first_[static_cast<unsigned char>(text_[at_])]) ++at_;
    return true;
  }

  void enter_all() {
    entered_ = 0;
    turn_ += 1;
    places_.clear();
    for (const std::uint32_t target : targets_) enter(target);
    if (at_ == 0 || !expression_.is_anchored_) enter(expression_.start_);
  }

  // Follows what takes no character.
  void enter(std::uint32_t from) {
    open_.push_back(from);
    while (!open_.empty()) {
      std::uint32_t place = open_.back();
      open_.pop_back();
      while (marks_[place] != turn_) {
        marks_[place] = turn_;
        entered_ += 1;
        const auto& step = expression_.steps_[place];
        if (step.kind == Kind::character || step.kind == Kind::set) places_.push_back(place);
        if (step.kind == Kind::found) is_found_ = true;
        if (step.kind == Kind::split) open_.push_back(step.what);
        if (!is_passed(step.kind)) break;
        place = step.next;
      }
    }
  }

  // Without a character.
  bool is_passed(Kind kind) const {
    switch (kind) {
      case Kind::split: return true;
      case Kind::begin: return at_ == 0;
      case Kind::end: return at_ == text_.size();
      case Kind::boundary: return is_boundary();
      case Kind::inside: return !is_boundary();
      default: return false;
    }
  }

  bool is_boundary() const {
    const bool after_word = at_ > 0 && is_word(text_[at_ - 1]);
    const bool before_word = at_ < text_.size() && is_word(text_[at_]);
    return after_word != before_word;
  }

  // Letters beyond ASCII are of no word in JavaScript.
  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  void advance() {
    const char32_t c = read_utf8(text_, at_);
    targets_.clear();
    for (const std::uint32_t place : places_) {
      const auto& step = expression_.steps_[place];
      if (step.kind == Kind::character ? step.what == c : expression_.sets_[step.what].has(c))
        targets_.push_back(step.next);
    }
  }

  const RegularExpression& expression_;
  std::string_view text_;
  std::uint64_t& work_;
  std::size_t at_ = 0;
  bool is_found_ = false;
  std::size_t entered_ = 0;
  std::uint64_t turn_ = 0;
  std::vector<std::uint64_t> marks_;  // the last turn in which a step was entered
  Places targets_, places_, open_;
};

std::optional<bool> RegularExpression::matches(std::string_view text, std::uint64_t& work) const {
  std::string small;
  if (ignores_case_) {
    append_folded(small, text);
    text = small;
  }
  if (is_literal_) return text.find(prefix_) != std::string_view::npos;
  return RegularSearch(*this, text, work).run();
}

bool RegularExpression::matches(std::string_view text) const {
  std::uint64_t work = ~std::uint64_t{0};
  return matches(text, work).value_or(false);
}

}  // namespace rockpool::base
