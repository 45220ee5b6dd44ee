#include "core/dialects/deepstream/rule_run.h"

#include <algorithm>
#include <cmath>

#include "core/dialects/deepstream/rule_value.h"

namespace rockpool::dialects::deepstream {
namespace {

constexpr std::size_t text_bytes_max = 1 << 20;
constexpr std::size_t matched_bytes_max = 10'000;
constexpr std::size_t wanted_max = 10;  // records at a time
constexpr std::size_t name_bytes_max = 2304;

base::Error wrong(std::string why) {
  return {.code = base::Code::invalid, .message = std::move(why), .path = ""};
}

std::string changed(std::string text, char from, char to, int by) {
  for (char& c : text)
    if (c >= from && c <= to) c = static_cast<char>(c + by);
  return text;
}

std::string trimmed(const std::string& text) {
  constexpr std::string_view spaces = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(spaces);
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(spaces) + 1 - begin);
}

}  // namespace

const std::optional<model::Value>* RuleRecords::find(const std::string& name) {
  const auto held = held_.find(name);
  if (held != held_.end()) return &held->second;
  const bool is_new = std::find(wanted_.begin(), wanted_.end(), name) == wanted_.end();
  if (is_new && wanted_.size() < wanted_max) wanted_.push_back(name);
  return nullptr;
}

// One run of a rule.
class RuleMachine {
 public:
  RuleMachine(const Rule& rule, const RuleInputs& inputs, RuleRecords& records)
      : rule_(rule), inputs_(inputs), records_(records) {}

  base::Result<bool> run() {
    for (std::size_t at = 0; at < rule_.steps_.size();) {
      const Rule::Step& step = rule_.steps_[at];
      const bool jumps = moves(step);
      if (!error_.empty()) return wrong(error_);
      at = jumps ? step.at : at + 1;
    }
    return stack_.back().truth();
  }

 private:
  using Do = Rule::Do;

  RuleValue pop() {
    RuleValue value = std::move(stack_.back());
    stack_.pop_back();
    return value;
  }
  void push(RuleValue value) { stack_.push_back(std::move(value)); }
  void push(base::Result<RuleValue> value) { value ? push(std::move(*value)) : fail(value.error().message); }
  void push_number(double number) { push(RuleValue(number)); }
  void push_truth(bool truth) { push(RuleValue(truth)); }
  void push_text(std::string text) {
    text.size() > text_bytes_max ? fail("a text becomes too long") : push(RuleValue(std::move(text)));
  }
  void fail(std::string why) {
    if (error_.empty()) error_ = std::move(why);
  }

  // Does it jump?
  bool moves(const Rule::Step& step) {
    switch (step.what) {
      case Do::jump: return true;
      case Do::when_false: return !pop().truth();
      case Do::keep_false: return keeps(!stack_.back().truth());
      case Do::keep_true: return keeps(stack_.back().truth());
      case Do::keep_defined: return keeps(!stack_.back().is_nullish());
      case Do::stop_chain:
        if (!stack_.back().is_nullish()) return false;
        stack_.back() = RuleValue();
        return true;
      default: break;
    }
    if (step.what <= Do::capture) {
      load(step);
    } else if (step.what >= Do::add && step.what <= Do::in) {
      const RuleValue right = pop();
      combine(step.what, pop(), right);
    } else {
      work(step);
    }
    return false;
  }
  bool keeps(bool holds) {
    if (!holds) stack_.pop_back();
    return holds;
  }

  void load(const Rule::Step& step) {
    switch (step.what) {
      case Do::text: return push(RuleValue(rule_.texts_[step.at]));
      case Do::number: return push_number(rule_.numbers_[step.at]);
      case Do::truth: return push_truth(step.at == 1);
      case Do::null: return push(RuleValue::null());
      case Do::variable: return load_variable(step.at);
      case Do::capture: return push(RuleValue(std::string(inputs_.variables[step.at])));
      default: return push(RuleValue());
    }
  }
  void load_variable(std::uint32_t variable) {
    const auto value = [](const model::Value* held, RuleValue otherwise) {
      return held == nullptr ? std::move(otherwise) : RuleValue::of(*held);
    };
    switch (variable) {
      case Rule::user: return push(value(inputs_.user, {}));
      case Rule::data: return push(value(inputs_.data, {}));
      case Rule::old_data: return push(value(inputs_.old_data, RuleValue::null()));
      case Rule::now: return push_number(static_cast<double>(inputs_.now_ms));
      case Rule::action: return push_number(inputs_.action);
      default: return push(RuleValue(std::string(inputs_.name)));
    }
  }

  void combine(Do what, const RuleValue& left, const RuleValue& right) {
    const double a = left.number(), b = right.number();
    switch (what) {
      case Do::add: return add(left, right);
      case Do::subtract: return push_number(a - b);
      case Do::multiply: return push_number(a * b);
      case Do::divide: return push_number(a / b);
      case Do::remainder: return push_number(std::fmod(a, b));
      case Do::less: return push_truth(less(left, right).value_or(false));
      case Do::less_or_equal: return push_truth(!less(right, left).value_or(true));
      case Do::greater: return push_truth(less(right, left).value_or(false));
      case Do::greater_or_equal: return push_truth(!less(left, right).value_or(true));
      case Do::equal: return push_truth(equal(left, right));
      case Do::not_equal: return push_truth(!equal(left, right));
      case Do::same: return push_truth(same(left, right));
      case Do::not_same: return push_truth(!same(left, right));
      default: break;
    }
    const auto holds = right.holds(left);
    holds ? push_truth(*holds) : fail("'in' asks objects and arrays");
  }
  void add(const RuleValue& left, const RuleValue& right) {
    const bool is_text = left.as_text() != nullptr || right.as_text() != nullptr;
    if (left.is_container() || right.is_container()) return fail("objects and arrays cannot be added");
    if (!is_text) return push_number(left.number() + right.number());
    push_text(*left.text() + *right.text());
  }

  void work(const Rule::Step& step) {
    if (step.what == Do::list) return list(step.at);
    if (step.what >= Do::starts_with && step.what <= Do::match_text) return call(step);
    const RuleValue top = pop();
    switch (step.what) {
      case Do::member: return push(top.member(rule_.texts_[step.at]));
      case Do::index: return push(pop().at(top));
      case Do::negate: return push_truth(!top.truth());
      case Do::minus: return push_number(-top.number());
      case Do::plus: return push_number(top.number());
      case Do::kind: return push_text(std::string(top.kind()));
      case Do::refer: return refer(top);
      default: return;
    }
  }
  void list(std::size_t count) {
    const auto begin = stack_.end() - static_cast<std::ptrdiff_t>(count);
    auto held = std::make_shared<std::vector<RuleValue>>(std::make_move_iterator(begin),
                                                         std::make_move_iterator(stack_.end()));
    stack_.erase(begin, stack_.end());
    push(RuleValue(RuleList(std::move(held))));
  }

  void call(const Rule::Step& step) {
    const bool has_argument = step.what <= Do::index_of || step.what == Do::match_text;
    const RuleValue argument = has_argument ? pop() : RuleValue();
    const RuleValue of = pop();
    if (const auto* text = of.as_text()) return call_text(step, *text, argument);
    const auto elements = of.elements();
    const bool is_search = step.what == Do::includes || step.what == Do::index_of;
    if (!elements || !is_search) return fail("a function is asked of something that has none such");
    const auto found = std::find_if(elements->begin(), elements->end(),
                                    [&](const RuleValue& one) { return same(one, argument); });
    const bool is_there = found != elements->end();
    if (step.what == Do::includes) return push_truth(is_there);
    push_number(is_there ? static_cast<double>(found - elements->begin()) : -1);
  }

  void call_text(const Rule::Step& step, const std::string& text, const RuleValue& argument) {
    switch (step.what) {
      case Do::upper: return push_text(changed(text, 'a', 'z', 'A' - 'a'));
      case Do::lower: return push_text(changed(text, 'A', 'Z', 'a' - 'A'));
      case Do::trim: return push_text(trimmed(text));
      case Do::match: return match(rule_.patterns_[step.at], text);
      default: break;
    }
    const auto part = argument.text();
    if (!part) return fail("an object is no text");
    if (step.what == Do::starts_with) return push_truth(text.starts_with(*part));
    if (step.what == Do::ends_with) return push_truth(text.ends_with(*part));
    if (step.what == Do::match_text) {
      const auto pattern = base::RegularExpression::read(*part, {});
      return pattern ? match(*pattern, text) : fail(pattern.error().message);
    }
    const std::size_t at = text.find(*part);
    if (step.what == Do::includes) return push_truth(at != std::string::npos);
    push_number(at == std::string::npos ? -1 : static_cast<double>(units_of(text.substr(0, at))));
  }
  void match(const base::RegularExpression& pattern, const std::string& text) {
    if (text.size() > matched_bytes_max) return fail("a text is too long to be matched");
    pattern.matches(text) ? push_truth(true) : push(RuleValue::null());
  }

  // A name that is made of something undefined is that of no record.
  void refer(const RuleValue& top) {
    if (top.is_undefined()) return push(RuleValue());
    const auto* name = top.as_text();
    if (name == nullptr || name->empty() || name->size() > name_bytes_max)
      return fail("_() wants a record's name");
    if (name->find("undefined") != std::string::npos) return push(RuleValue());
    const auto* held = records_.find(*name);
    if (held == nullptr) return push(RuleValue());
    push(*held ? RuleValue::of(**held) : RuleValue::null());
  }

  const Rule& rule_;
  const RuleInputs& inputs_;
  RuleRecords& records_;
  std::vector<RuleValue> stack_;
  std::string error_;
};

base::Result<bool> Rule::run(const RuleInputs& inputs, RuleRecords& records) const {
  return RuleMachine(*this, inputs, records).run();
}

}  // namespace rockpool::dialects::deepstream
