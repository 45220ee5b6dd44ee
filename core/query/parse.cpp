#include <algorithm>
#include <array>

#include "core/base/fold.h"
#include "core/base/text.h"
#include "core/model/value.h"
#include "core/query/query.h"

namespace rockpool::query {
namespace {

using base::Result;
using base::Status;
using model::Value;
using Steps = std::vector<std::string>;

constexpr std::size_t tests_max = 1000;
constexpr std::size_t paths_max = 100;
constexpr std::size_t path_steps_max = 8;
constexpr std::uint64_t limit_max = 0xffff'ffff;
constexpr std::array<std::string_view, 10> operator_names = {"$eq",  "$ne", "$gt",  "$gte",  "$lt",
                                                             "$lte", "$in", "$has", "$text", "$exists"};
constexpr std::string_view closed_steps[] = {"__proto__", "constructor", "prototype"};

// Where in the query something stands, in both spellings.
class Place {
 public:
  Place() = default;
  Place inside(std::string_view name) const {
    Place place = *this;
    if (!place.dotted_.empty()) place.dotted_ += '.';
    place.dotted_ += name;
    place.pointer_ += '/';
    for (const char c : name) {
      if (c == '~' || c == '/') {
        place.pointer_ += c == '~' ? "~0" : "~1";
      } else {
        place.pointer_ += c;
      }
    }
    return place;
  }
  Place inside(std::size_t index) const { return inside(base::decimal(std::uint64_t{index})); }

  base::Error error(std::string_view reason, base::Code code = base::Code::invalid) const {
    std::string message = dotted_.empty() ? "query" : dotted_;
    message += ": ";
    message += reason;
    return {.code = code, .message = std::move(message), .path = pointer_};
  }

 private:
  std::string dotted_;
  std::string pointer_;
};

Operand operand_of(const Value& value) {
  Operand operand;
  if (value.is_boolean()) {
    operand.type = *value.get_ptr<const bool*>() ? Type::boolean_true : Type::boolean_false;
  } else if (value.is_number()) {
    operand.type = Type::number;
    operand.number = Number::of(model::write(value));
  } else if (const auto* text = value.get_ptr<const std::string*>()) {
    operand.type = Type::text;
    operand.text = *text;
  } else if (value.is_structured()) {
    operand.type = value.is_array() ? Type::array : Type::object;
    operand.text = model::canonical(value);
  }
  return operand;
}

bool has_operators(const Value& value) {
  const auto* members = value.get_ptr<const Value::object_t*>();
  return members != nullptr &&
         (members->empty() || std::any_of(members->begin(), members->end(),
                                          [](const auto& item) { return item.name.starts_with('$'); }));
}

class Parser {
 public:
  Result<Spec> run(const Value& query);

 private:
  Result<std::size_t> path(std::string_view dotted, const Place& place);
  Status where(const Value& value, const Place& place, Condition& into);
  Status group(std::string_view name, const Value& value, const Place& place, Condition& into);
  Status field(std::string_view dotted, const Value& value, const Place& place, Condition& into);
  Status test(std::size_t path, std::string_view name, const Value& value, const Place& place,
              Condition& into);
  Status operands(Condition& test, const Value& value, const Place& place);
  Status orders(const Value& value, const Place& place);
  Status order(const Value& value, const Place& place);
  Status count_test(const Place& place);

  Spec spec_;
  std::size_t tests_ = 0;
};

Status Parser::count_test(const Place& place) {
  if (++tests_ > tests_max) return place.error("more than 1000 tests in one query", base::Code::too_large);
  return base::done();
}

Result<std::size_t> Parser::path(std::string_view dotted, const Place& place) {
  Steps steps;
  for (const std::string_view step : base::split(dotted, '.')) {
    if (step.empty()) return place.error("a path is member names joined by dots, none of them empty");
    if (std::find(std::begin(closed_steps), std::end(closed_steps), step) != std::end(closed_steps)) {
      return place.error("__proto__, constructor and prototype are no path steps");
    }
    steps.emplace_back(step);
  }
  if (steps.size() > path_steps_max) return place.error("a path of more than 8 steps");
  const auto known = std::find(spec_.paths.begin(), spec_.paths.end(), steps);
  const auto index = static_cast<std::size_t>(known - spec_.paths.begin());
  if (known == spec_.paths.end()) spec_.paths.push_back(std::move(steps));
  if (index == paths_max) return place.error("more than 100 paths in one query", base::Code::too_large);
  return index;
}

Status Parser::operands(Condition& test, const Value& value, const Place& place) {
  const bool ordered = test.test == Operator::gt || test.test == Operator::gte || test.test == Operator::lt ||
                       test.test == Operator::lte;
  if (ordered && !value.is_number() && !value.is_string() && !value.is_boolean()) {
    return place.error("takes a number, a string or a boolean");
  }
  if (test.test == Operator::text && !value.is_string()) return place.error("takes a string");
  if (test.test == Operator::exists && !value.is_boolean()) return place.error("takes true or false");
  if (test.test != Operator::in) {
    test.operands.push_back(operand_of(value));
    if (test.test == Operator::text) {
      test.operands[0].text.clear();
      base::append_folded(test.operands[0].text, *value.get_ptr<const std::string*>());
    }
    return base::done();
  }
  const auto* list = value.get_ptr<const Value::array_t*>();
  if (list == nullptr) return place.error("takes an array of values");
  for (const Value& item : *list) test.operands.push_back(operand_of(item));
  return base::done();
}

Status Parser::test(std::size_t path, std::string_view name, const Value& value, const Place& place,
                    Condition& into) {
  if (auto counted = count_test(place); !counted) return counted;
  const auto found = std::find(operator_names.begin(), operator_names.end(), name);
  if (found == operator_names.end()) {
    std::string reason =
        name.starts_with('$') ? "unknown operator " : "operators and member names mixed, at ";
    return place.error(reason.append(name, 0, 80) +
                       "; known are $eq $ne $gt $gte $lt $lte $in $has $text $exists");
  }
  Condition& made = into.parts.emplace_back();
  made.kind = Condition::Kind::test;
  made.path = path;
  made.test = static_cast<Operator>(found - operator_names.begin());
  return operands(made, value, place.inside(name));
}

Status Parser::field(std::string_view dotted, const Value& value, const Place& place, Condition& into) {
  const auto index = path(dotted, place);
  if (!index) return index.error();
  if (!has_operators(value)) return test(*index, "$eq", value, place, into);
  for (const auto& [name, operand] : *value.get_ptr<const Value::object_t*>()) {
    if (auto fine = test(*index, name, operand, place, into); !fine) return fine;
  }
  return base::done();
}

Status Parser::group(std::string_view name, const Value& value, const Place& place, Condition& into) {
  Condition made;
  made.kind = name == "$and"  ? Condition::Kind::all
              : name == "$or" ? Condition::Kind::any
                              : Condition::Kind::none;
  if (name == "$not") {
    if (auto fine = where(value, place, made.parts.emplace_back()); !fine) return fine;
  } else {
    const auto* list = value.get_ptr<const Value::array_t*>();
    if (list == nullptr) return place.error("takes an array of where objects");
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (auto fine = where((*list)[i], place.inside(i), made.parts.emplace_back()); !fine) return fine;
    }
  }
  into.parts.push_back(std::move(made));
  return base::done();
}

Status Parser::where(const Value& value, const Place& place, Condition& into) {
  if (auto counted = count_test(place); !counted) return counted;
  const auto* members = value.get_ptr<const Value::object_t*>();
  if (members == nullptr) return place.error("must be an object of paths and tests");
  for (const auto& [name, inner] : *members) {
    const Place here = place.inside(name);
    Status fine = base::done();
    if (name == "$and" || name == "$or" || name == "$not") {
      fine = group(name, inner, here, into);
    } else if (name.starts_with('$')) {
      fine = here.error("unknown; beside paths there are $and, $or and $not");
    } else {
      fine = field(name, inner, here, into);
    }
    if (!fine) return fine;
  }
  return base::done();
}

Status Parser::order(const Value& value, const Place& place) {
  Order made;
  const std::string* by = value.get_ptr<const std::string*>();
  if (const auto* members = value.get_ptr<const Value::object_t*>()) {
    for (const auto& [name, inner] : *members) {
      const auto* flag = inner.get_ptr<const bool*>();
      if (name == "by") {
        by = inner.get_ptr<const std::string*>();
      } else if (name != "desc" && name != "nocase") {
        return place.inside(name).error("unknown; an order has by, desc and nocase");
      } else if (flag == nullptr) {
        return place.inside(name).error("takes true or false");
      } else {
        (name == "desc" ? made.desc : made.nocase) = *flag;
      }
    }
  }
  if (by == nullptr) return place.error("must be a path or {by: path, desc?, nocase?}");
  const auto index = path(*by, place);
  if (!index) return index.error();
  made.path = *index;
  spec_.order.push_back(made);
  return base::done();
}

Status Parser::orders(const Value& value, const Place& place) {
  const auto* list = value.get_ptr<const Value::array_t*>();
  if (list == nullptr) return order(value, place);
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (auto fine = order((*list)[i], place.inside(i)); !fine) return fine;
  }
  return base::done();
}

// ---- canonical text

Value canonical_test(const Value& value) {
  if (has_operators(value)) return value;
  Value made = Value::object();
  made["$eq"] = value;
  return made;
}

Value canonical_where(const Value& where) {
  Value made = Value::object();
  for (const auto& [name, inner] : *where.get_ptr<const Value::object_t*>()) {
    Value part;
    if (name == "$not") {
      part = canonical_where(inner);
    } else if (name.starts_with('$')) {
      part = Value::array();
      for (const Value& item : *inner.get_ptr<const Value::array_t*>()) part.push_back(canonical_where(item));
    } else {
      part = canonical_test(inner);
      if (part.empty()) continue;
    }
    made[name] = std::move(part);
  }
  return made;
}

std::string canonical_of(const Spec& spec, const Value* where) {
  Value made = Value::object();
  Value tests = where == nullptr ? Value() : canonical_where(*where);
  if (!tests.empty()) made["where"] = std::move(tests);
  Value orders = Value::array();
  for (const Order& order : spec.order) {
    Value item = Value::object();
    std::string by;
    for (const std::string& step : spec.paths[order.path]) by += by.empty() ? step : '.' + step;
    item["by"] = by;
    if (order.desc) item["desc"] = true;
    if (order.nocase) item["nocase"] = true;
    orders.push_back(std::move(item));
  }
  if (!orders.empty()) made["orderBy"] = std::move(orders);
  if (spec.limit) made["limit"] = *spec.limit;
  if (!spec.after.empty()) made["after"] = spec.after;
  return model::canonical(made);
}

Result<Spec> Parser::run(const Value& query) {
  const auto* members = query.get_ptr<const Value::object_t*>();
  if (members == nullptr) return Place().error("must be an object");
  for (const auto& [name, value] : *members) {
    const Place place = Place().inside(name);
    Status fine = base::done();
    if (name == "where") {
      fine = where(value, place, spec_.where);
    } else if (name == "orderBy") {
      fine = orders(value, place);
    } else if (name == "limit") {
      const auto limit = model::as_count(value);
      if (!limit || *limit > limit_max) return place.error("takes a whole number from 0 to 4294967295");
      spec_.limit = static_cast<std::size_t>(*limit);
    } else if (name == "after") {
      const auto* id = value.get_ptr<const std::string*>();
      if (id == nullptr || id->empty()) return place.error("takes the id of a record");
      spec_.after = *id;
    } else {
      return place.error("unknown; a query has where, orderBy, limit and after");
    }
    if (!fine) return fine.error();
  }
  return std::move(spec_);
}

}  // namespace

base::Result<Spec> parse(std::string_view text) {
  auto query = model::read(text);
  if (!query) return query.error();
  return Parser().run(*query);
}

base::Result<std::string> canonical(std::string_view text) {
  const auto query = model::read(text);
  if (!query) return query.error();
  const auto spec = Parser().run(*query);
  if (!spec) return spec.error();
  return canonical_of(*spec, model::member(*query, "where"));
}

}  // namespace rockpool::query
