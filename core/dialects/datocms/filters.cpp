#include "core/dialects/datocms/filters.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>

#include "core/base/sort.h"

namespace rockpool::dialects::datocms {
namespace {

using base::Error;
using model::Value;

constexpr std::int64_t minute_ms = 60'000;
constexpr std::size_t patterns_max = 20;

constexpr std::array<std::string_view, filter_tests> test_names = {
    "eq",     "neq",     "in",        "notIn",   "gt",         "gte",   "lt",   "lte",
    "exists", "isBlank", "isPresent", "matches", "notMatches", "allIn", "anyIn"};

constexpr unsigned tests(std::initializer_list<FilterTest> list) {
  unsigned bits = 0;
  for (const FilterTest test : list) bits |= 1u << static_cast<unsigned>(test);
  return bits;
}
using enum FilterTest;
constexpr unsigned equalities = tests({eq, neq, in, not_in});
constexpr unsigned texts = tests({matches, not_matches, is_blank, is_present, exists});
constexpr unsigned orders = tests({eq, neq, gt, gte, lt, lte, exists});
constexpr std::array<unsigned, subject_types> tests_of = {
    equalities | texts,
    texts,
    equalities,
    orders,
    orders,
    tests({eq}),
    orders,
    orders,
    tests({exists}),
    equalities | tests({exists}),
    tests({eq, all_in, any_in, not_in, exists}),
    equalities,
    equalities,
    orders,
};

// Both lists begin alike; what comes behind that in the one is JSON.
static_assert(static_cast<std::size_t>(SubjectType::links) == static_cast<std::size_t>(FieldType::links));
SubjectType subject_type(FieldType type) {
  return type > FieldType::links ? SubjectType::json : static_cast<SubjectType>(type);
}

bool is_time(SubjectType type) { return type == SubjectType::date_time || type == SubjectType::time; }

Filter negated_if(bool is_negated, Filter filter) {
  return is_negated ? none_of(std::move(filter)) : std::move(filter);
}

// Makes the tests of one subject.
class Reader {
 public:
  Reader(const Content& content, const Model& model, Sought& sought)
      : content_(content), model_(model), sought_(sought), names_(subjects_of(model)) {}

  // As deep as the schema's reader let it through. All members have to hold.
  Filter read(const Value& value) {
    Filter all{.kind = Filter::Kind::all};
    for (const auto& [name, held] : value.members()) {
      if (held.is_null()) continue;
      if (name == "AND" || name == "OR") {
        Filter joined{.kind = name == "AND" ? Filter::Kind::all : Filter::Kind::any};
        for (const Value& part : held)
          if (!part.is_null()) joined.parts.push_back(read(part));
        all.parts.push_back(std::move(joined));
      } else {
        tests_of_subject(name, held, all.parts);
      }
    }
    return all;
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  void tests_of_subject(const std::string& name, const Value& value, std::vector<Filter>& into) {
    const auto is_meant = [&](const SubjectName& one) { return one.name == name; };
    const auto subject = std::find_if(names_.begin(), names_.end(), is_meant);
    if (subject == names_.end()) return;
    for (const auto& [test_name, operand] : value.members()) {
      const auto test = std::find(test_names.begin(), test_names.end(), test_name);
      if (test == test_names.end() || operand.is_null()) continue;
      into.push_back(test_of(*subject, static_cast<FilterTest>(test - test_names.begin()), operand));
    }
  }

  Filter test_of(const SubjectName& of, FilterTest test, const Value& operand) {
    const Filter is_null{.kind = Filter::Kind::is_null, .subject = of.subject};
    const bool* flag = operand.get_ptr<const bool*>();
    const bool is_true = flag != nullptr && *flag;
    switch (test) {
      case exists: return negated_if(is_true, is_null);
      case is_blank:
      case is_present: return negated_if(is_true == (test == is_present), blank(of.subject));
      case matches:
      case not_matches: return negated_if(test == not_matches, match(of.subject, operand));
      default: break;
    }
    if (of.type == SubjectType::links) return links_test(of, test, operand);
    Filter found{.kind = Filter::Kind::in, .subject = of.subject};
    if (operand.is_array()) {
      for (const Value& one : operand) add_range(of, eq, one, found.ranges);
      base::sort(found.ranges, [](const KeyRange& a, const KeyRange& b) { return a.from < b.from; });
      const auto same = [](const KeyRange& a, const KeyRange& b) { return a.from == b.from; };
      found.ranges.erase(std::unique(found.ranges.begin(), found.ranges.end(), same), found.ranges.end());
    } else {
      add_range(of, test == neq ? eq : test, operand, found.ranges);
    }
    return negated_if(test == neq || test == not_in, std::move(found));
  }

  static Filter blank(Subject subject) {
    Filter any{.kind = Filter::Kind::any};
    any.parts.push_back({.kind = Filter::Kind::is_null, .subject = subject});
    any.parts.push_back({.kind = Filter::Kind::in, .subject = subject, .ranges = {exactly(text_key(""))}});
    return any;
  }

  Filter match(Subject subject, const Value& operand) {
    if (++patterns_ > patterns_max) {
      if (!error_)
        error_ = Error{.code = base::Code::invalid, .message = "a filter takes at most 20 patterns"};
      return {};
    }
    const std::string* pattern = model::text_member(operand, "pattern");
    auto matcher =
        Matcher::read({.pattern = pattern == nullptr ? "" : *pattern,
                       .case_sensitive = model::bool_member(operand, "caseSensitive").value_or(false),
                       .is_expression = model::bool_member(operand, "regexp").value_or(true)});
    if (!matcher) {
      if (!error_) error_ = matcher.error();
      return {};
    }
    return {.kind = Filter::Kind::matches,
            .subject = subject,
            .matcher = std::make_shared<const Matcher>(std::move(*matcher))};
  }

  Filter links_test(const SubjectName& of, FilterTest test, const Value& operand) {
    Filter found{.kind = test == all_in ? Filter::Kind::has_all : Filter::Kind::has_any,
                 .subject = of.subject};
    bool are_all_there = true;
    for (const Value& one : operand) {
      std::string key = link_key(of, one);
      if (key.empty())
        are_all_there = false;
      else
        found.keys.push_back(std::move(key));
    }
    if (test == not_in) return none_of(std::move(found));
    const Filter nothing{.kind = Filter::Kind::any};
    if (test == any_in) return found;
    if (!are_all_there) return nothing;
    if (test == all_in) return found;
    std::string whole;
    for (const std::string& key : found.keys) whole += key;
    if (whole.empty()) return {.kind = Filter::Kind::is_null, .subject = of.subject};
    return {.kind = Filter::Kind::in, .subject = of.subject, .ranges = {exactly(list_key(whole))}};
  }

  // By the id that is shown; empty: there is no such record.
  std::string link_key(const SubjectName& of, const Value& shown) {
    const auto* text = shown.get_ptr<const std::string*>();
    const std::size_t model = content_.place_of(model_.fields[of.subject].model);
    const auto num = text == nullptr ? std::nullopt : content_.number_of(model, *text);
    if (!num) return {};
    const Row* row = content_.shelf(model).find(*num);
    sought_.emplace(model, *num);
    return row == nullptr ? std::string() : text_key(row->id);
  }

  // Keys of values that stand to the operand as the test wants it; none when there are none.
  void add_range(const SubjectName& of, FilterTest test, const Value& operand, std::vector<KeyRange>& into) {
    KeyRange same;
    const auto* text = operand.get_ptr<const std::string*>();
    const auto* flag = operand.get_ptr<const bool*>();
    if (is_time(of.type)) {
      const auto ms = text == nullptr ? std::nullopt : read_time(*text);
      if (!ms) return;
      const std::int64_t into_minute = (*ms % minute_ms + minute_ms) % minute_ms;
      same = {time_key(*ms - into_minute), time_key(*ms - into_minute + minute_ms)};
    } else if (of.type == SubjectType::id) {
      const std::size_t model = content_.place_of(model_.key);
      const auto num = text == nullptr ? std::nullopt : content_.number_of(model, *text);
      if (!num) return;
      same = exactly(count_key(*num));
    } else if (of.type == SubjectType::link) {
      std::string key = link_key(of, operand);
      if (key.empty()) return;
      same = exactly(std::move(key));
    } else if (operand.is_number()) {
      same = exactly(number_key(model::canonical(operand)));
    } else if (flag != nullptr) {
      same = exactly(*flag ? "2" : "1");
    } else if (text != nullptr) {
      same = exactly(text_key(*text));
    } else {
      return;
    }
    switch (test) {
      case gt: into.push_back({.from = same.to, .to = {}}); break;
      case gte: into.push_back({.from = same.from, .to = {}}); break;
      case lt: into.push_back({.from = {}, .to = same.from}); break;
      case lte: into.push_back({.from = {}, .to = same.to}); break;
      default: into.push_back(std::move(same)); break;
    }
  }

  const Content& content_;
  const Model& model_;
  Sought& sought_;
  std::vector<SubjectName> names_;
  std::optional<Error> error_;
  std::size_t patterns_ = 0;
};

}  // namespace

std::string_view name_of(FilterTest test) { return test_names[static_cast<std::size_t>(test)]; }

bool has_test(SubjectType type, FilterTest test) {
  return (tests_of[static_cast<std::size_t>(type)] >> static_cast<unsigned>(test) & 1) != 0;
}

std::vector<SubjectName> subjects_of(const Model& model) {
  std::vector<SubjectName> names;
  for (Subject at = 0; at < model.fields.size(); ++at)
    names.push_back({model.fields[at].name, subject_type(model.fields[at].type), at});
  const auto add = [&](std::string_view name, SubjectType type, Beside beside) {
    names.push_back({std::string(name), type, subject_of(model, beside)});
  };
  add("id", SubjectType::id, Beside::id);
  add("_status", SubjectType::status, Beside::status);
  add("_createdAt", SubjectType::time, Beside::created);
  add("_updatedAt", SubjectType::time, Beside::updated);
  add("_publishedAt", SubjectType::time, Beside::published);
  add("_firstPublishedAt", SubjectType::time, Beside::first_published);
  return names;
}

base::Result<std::shared_ptr<const Filter>> read_filter(const Content& content, std::size_t model,
                                                        const Value& filter, Sought& sought) {
  if (!filter.is_object()) return std::shared_ptr<const Filter>();
  Reader reader(content, content.models()[model], sought);
  Filter made = reader.read(filter);
  if (reader.error()) return *reader.error();
  if (made.parts.empty()) return std::shared_ptr<const Filter>();
  return std::make_shared<const Filter>(std::move(made));
}

std::vector<Order> read_orders(const Model& model, const Value& order_by) {
  constexpr std::string_view down = "_DESC", up = "_ASC";
  std::vector<Order> made;
  const auto names = subjects_of(model);
  for (const Value& one : order_by) {
    const auto* text = one.get_ptr<const std::string*>();
    if (text == nullptr) continue;
    const bool descends = text->ends_with(down);
    const std::string_view name =
        std::string_view(*text).substr(0, text->size() - (descends ? down : up).size());
    for (const SubjectName& subject : names) {
      const auto is_there = [&](const Order& order) { return order.subject == subject.subject; };
      if (subject.name == name && std::none_of(made.begin(), made.end(), is_there))
        made.push_back({.subject = subject.subject, .descending = descends});
    }
  }
  return made;
}

}  // namespace rockpool::dialects::datocms
