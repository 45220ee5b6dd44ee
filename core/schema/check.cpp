#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/text.h"
#include "core/schema/place.h"
#include "core/schema/program.h"
#include "core/schema/schema.h"

namespace rockpool::schema {
namespace {

using model::Value;

// Visits of a node, and comparisons, for one value: a tenth of a second at the most.
constexpr std::uint64_t work_max = 1'000'000;
constexpr std::size_t shown_bytes_max = 200;
// A longer pointer is not sent back.
constexpr std::size_t path_bytes_max = 1024;

std::string number_text(std::uint64_t number) { return base::decimal(number); }

// `count` of things, as people say it.
std::string counted(std::uint64_t count, std::string_view thing) {
  return number_text(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

// A value from the schema in a message; cut at whole code points.
std::string shown(const Value& value) {
  std::string text = model::write(value);
  if (text.size() <= shown_bytes_max) return text;
  std::size_t end = shown_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

bool is_whole(const Value& value) {
  return value.is_number_integer() ||
         (value.is_number_float() && std::trunc(value.as_real()) == value.as_real());
}

// The bit of its narrowest type.
unsigned type_of(const Value& value) {
  switch (value.type()) {
    case Value::Type::null: return 0;
    case Value::Type::boolean: return 1;
    case Value::Type::integer:
    case Value::Type::natural: return type_integer;
    case Value::Type::real: return is_whole(value) ? type_integer : type_number;
    case Value::Type::string: return 4;
    case Value::Type::array: return 5;
    case Value::Type::object: return 6;
  }
  return 0;
}

std::string types_text(unsigned types) {
  std::string text;
  for (unsigned i = 0; i < type_names.size(); ++i) {
    if ((types & 1u << i) == 0) continue;
    if (!text.empty()) text += " or ";
    text += type_names[i];
  }
  return text;
}

std::uint64_t code_points(std::string_view text) {
  return static_cast<std::uint64_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

// Exact for whole numbers. Otherwise up to what rounding may have taken away: 0.3 is three times 0.1.
bool is_multiple(const Value& value, const Value& step) {
  const auto* number = value.get_ptr<const std::uint64_t*>();
  const auto* divisor = step.get_ptr<const std::uint64_t*>();
  if (number != nullptr && divisor != nullptr) return *number % *divisor == 0;
  const long double by = number_of(step);
  const long double rest = std::fabs(std::remainder(number_of(value), by));
  const long double blur =
      std::fabs(number_of(value)) * static_cast<long double>(std::numeric_limits<double>::epsilon());
  return blur < by / 4 ? rest <= blur : rest == 0;
}

class Checker {
 public:
  Checker(const Program& program, std::size_t at_most) : program_(program), at_most_(at_most) {}

  std::vector<Mistake> check(const Value& value) {
    fits(0, value);
    if (work_ <= work_max) return std::move(mistakes_);
    return {{.path = "", .keyword = "schema", .message = "schema: takes too long to check; make it simpler"}};
  }

 private:
  bool fits(Index at, const Value& value) {
    const Node& node = program_.nodes[at];
    const std::uint64_t before = found_;
    work_ += 1;
    if (node.is_never) wrong("false", "nothing may stand here");
    if (has_enough()) return found_ == before;
    look_at_kind(node, value);
    if (value.is_number()) look_at_number(node, value);
    if (const auto* text = value.get_ptr<const std::string*>()) look_at_text(node, *text);
    if (value.is_array()) look_at_array(node, value);
    if (value.is_object()) look_at_object(node, value);
    look_behind(node, value);
    return found_ == before;
  }

  bool has_enough() const {
    return work_ > work_max || (is_trial_ ? found_ > trial_began_ : mistakes_.size() >= at_most_);
  }

  void wrong(std::string_view keyword, std::string_view what) {
    ++found_;
    if (is_trial_ || mistakes_.size() >= at_most_) return;
    const std::string& path = place_.pointer();
    mistakes_.push_back({.path = path.size() <= path_bytes_max ? path : "",
                         .keyword = std::string(keyword),
                         .message = std::string(keyword) + ": " + std::string(what)});
  }

  // Does it fit, without a word about why not?
  bool try_on(Index at, const Value& value) {
    const bool was_trial = std::exchange(is_trial_, true);
    const std::uint64_t began = std::exchange(trial_began_, found_);
    const bool fine = fits(at, value);
    found_ = std::exchange(trial_began_, began);
    is_trial_ = was_trial;
    return fine;
  }

  void look_at_kind(const Node& node, const Value& value) {
    const unsigned type = type_of(value);
    const unsigned fitting = 1u << type | (type == type_integer ? 1u << type_number : 0);
    if (node.types != 0 && (node.types & fitting) == 0) {
      wrong("type", "must be " + types_text(node.types) + ", is " + std::string(type_names[type]));
    }
    if (node.constant && !model::same(*node.constant, value)) {
      wrong("const", "must be " + shown(*node.constant));
    }
    if (!node.options) return;
    work_ += node.options->size();
    const auto equal = [&](const Value& option) { return model::same(option, value); };
    if (std::none_of(node.options->begin(), node.options->end(), equal)) {
      wrong("enum", "must be one of " + shown(Value(*node.options)));
    }
  }

  void look_at_number(const Node& node, const Value& value) {
    const long double number = number_of(value);
    if (node.minimum && number < number_of(*node.minimum)) {
      wrong("minimum", "must be at least " + shown(*node.minimum));
    }
    if (node.maximum && number > number_of(*node.maximum)) {
      wrong("maximum", "must be at most " + shown(*node.maximum));
    }
    if (node.above && number <= number_of(*node.above)) {
      wrong("exclusiveMinimum", "must be above " + shown(*node.above));
    }
    if (node.below && number >= number_of(*node.below)) {
      wrong("exclusiveMaximum", "must be below " + shown(*node.below));
    }
    if (node.step && !is_multiple(value, *node.step)) {
      wrong("multipleOf", "must be a multiple of " + shown(*node.step));
    }
  }

  struct Counted {
    std::string_view min_word, max_word, thing;
  };
  void look_at_bounds(const Bounds& bounds, std::uint64_t count, const Counted& words) {
    const std::string has = ", has " + number_text(count);
    if (bounds.min && count < *bounds.min) {
      wrong(words.min_word, "must have at least " + counted(*bounds.min, words.thing) + has);
    }
    if (bounds.max && count > *bounds.max) {
      wrong(words.max_word, "must have at most " + counted(*bounds.max, words.thing) + has);
    }
  }

  void look_at_text(const Node& node, const std::string& text) {
    if (node.length.min || node.length.max) {
      look_at_bounds(node.length, code_points(text), {"minLength", "maxLength", "character"});
    }
    if (node.format && !is_of(*node.format, text)) {
      wrong("format", "must be " + std::string(description_of(*node.format)));
    }
  }

  void look_at_array(const Node& node, const Value& value) {
    look_at_bounds(node.elements, value.elements().size(), {"minItems", "maxItems", "element"});
    if (node.is_unique) look_at_repeats(value);
    if (node.prefix.empty() && !node.items) return;
    for (std::size_t i = 0; i < value.elements().size() && !has_enough(); ++i) {
      const Place::Step step(place_, i);
      if (i < node.prefix.size()) {
        fits(node.prefix[i], value.elements()[i]);
      } else if (node.items) {
        fits(*node.items, value.elements()[i]);
      }
    }
  }

  void look_at_repeats(const Value& value) {
    std::vector<std::pair<std::string, std::size_t>> texts;
    for (const Value& element : value) texts.emplace_back(model::canonical(element), texts.size());
    work_ += texts.size();
    std::sort(texts.begin(), texts.end());
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    const auto twice = std::adjacent_find(texts.begin(), texts.end(), same);
    if (twice == texts.end()) return;
    wrong("uniqueItems", "elements " + number_text(twice->second) + " and " +
                             number_text((twice + 1)->second) + " are equal");
  }

  void look_at_object(const Node& node, const Value& value) {
    look_at_bounds(node.members, value.members().size(), {"minProperties", "maxProperties", "member"});
    for (const std::string& name : node.required) {
      work_ += 1;
      if (!has_enough() && model::member(value, name) == nullptr) {
        wrong("required", "the member " + shown(Value(name)) + " is missing");
      }
    }
    if (node.properties.empty() && !node.additional) return;
    for (const auto& [name, member] : value.members()) {
      if (has_enough()) return;
      look_at_member(node, name, member);
    }
  }

  void look_at_member(const Node& node, const std::string& name, const Value& member) {
    const Place::Step step(place_, name);
    const auto found = std::lower_bound(node.properties.begin(), node.properties.end(), name,
                                        [](const auto& one, const auto& other) { return one.first < other; });
    if (found != node.properties.end() && found->first == name) {
      fits(found->second, member);
    } else if (node.additional && program_.nodes[*node.additional].is_never) {
      wrong("additionalProperties", "there may be no member of this name");
    } else if (node.additional) {
      fits(*node.additional, member);
    }
  }

  void look_behind(const Node& node, const Value& value) {
    if (node.reference && !has_enough()) fits(*node.reference, value);
    for (const Index inner : node.all_of) {
      if (!has_enough()) fits(inner, value);
    }
    const auto is_fine = [&](Index inner) { return try_on(inner, value); };
    if (!node.any_of.empty() && std::none_of(node.any_of.begin(), node.any_of.end(), is_fine)) {
      wrong("anyOf", "fits none of the " + number_text(node.any_of.size()) + " alternatives");
    }
    if (!node.one_of.empty()) {
      const auto fitting = std::count_if(node.one_of.begin(), node.one_of.end(), is_fine);
      if (fitting != 1) {
        wrong("oneOf", "must fit exactly one of the " + number_text(node.one_of.size()) +
                           " alternatives, fits " + number_text(static_cast<std::uint64_t>(fitting)));
      }
    }
    if (node.negated && try_on(*node.negated, value)) wrong("not", "fits what is excluded");
  }

  const Program& program_;
  std::size_t at_most_;
  Place place_;
  std::vector<Mistake> mistakes_;
  std::uint64_t found_ = 0;  // mistakes, those of a trial too while it lasts
  std::uint64_t trial_began_ = 0;
  bool is_trial_ = false;
  std::uint64_t work_ = 0;
};

}  // namespace

std::vector<Mistake> Schema::check(const Value& value, std::size_t at_most) const {
  return Checker(*program_, at_most).check(value);
}

base::Status Schema::admit(const Value& value) const {
  std::vector<Mistake> mistakes = check(value, 1);
  if (mistakes.empty()) return base::done();
  Mistake& first = mistakes.front();
  const std::string where = first.path.empty() ? "the value" : first.path;
  return base::Error{base::Code::invalid, where + ": " + first.message, std::move(first.path)};
}

}  // namespace rockpool::schema
