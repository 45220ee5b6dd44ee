#include "core/dialects/datocms/evaluation.h"

#include <optional>
#include <utility>

#include "core/base/text.h"
#include "core/dialects/datocms/filters.h"

namespace rockpool::dialects::datocms {
namespace {

using graphql::Answer;
using model::Value;

constexpr std::string_view takes_too_long = "a pattern takes too long over so many texts";
constexpr std::string_view tests_too_much =
    "the filters have too many conditions for so many records; ask for less at a time";
constexpr std::string_view looks_too_far = "the query looks at too many records; ask for less at a time";
constexpr std::string_view follows_too_far = "the query follows too many links; ask for less at a time";
constexpr std::size_t bytes_of_link = 16;
constexpr std::size_t orders_max = 10;
constexpr std::int64_t first_max = 500;
constexpr std::int64_t first_usual = 20;

const Value& argument(const graphql::Question& question, std::string_view name) {
  static const Value none = nullptr;
  const Value* held = model::member(question.arguments, name);
  return held == nullptr ? none : *held;
}

void leaf_or_null(const std::string& text, Answer& into) {
  if (text.empty())
    into.null();
  else
    into.leaf(text);
}

std::int64_t whole(const Value& value, std::int64_t otherwise) {
  return value.is_number() ? static_cast<std::int64_t>(value.as_real()) : otherwise;
}

}  // namespace

Bounds Bounds::halved() const {
  Bounds half = *this;
  for (std::uint64_t* bound : {&half.patterns, &half.tests, &half.looks, &half.links}) *bound /= 2;
  for (std::size_t* bound : {&half.result.bytes_max, &half.result.asked_max}) *bound /= 2;
  return half;
}

void Evaluation::answer(const graphql::Question& question, Answer& into) {
  if (question.handle == 0) return ask(question, into);
  const Seen seen = seen_[question.handle - 1];
  if (seen.row == nullptr) return into.leaf(base::decimal(std::uint64_t{seen.count}));
  const std::uint32_t tag = question.field.tag;
  if (tag >= static_cast<std::uint32_t>(RecordTag::id)) return show(seen, tag, into);
  const FieldType type = content_.models()[seen.model].fields[tag].type;
  (*seen.shown)[tag] = true;
  if (type == FieldType::link || type == FieldType::links) return follow(seen, tag, into);
  leaf_or_null(sight_.of(*seen.row)->texts[tag], into);
}

void Evaluation::show(const Seen& seen, std::uint32_t tag, Answer& into) {
  const Model& model = content_.models()[seen.model];
  const Row::Version& version = *sight_.of(*seen.row);
  const auto show_time = [&](Beside beside) {
    const Subject subject = subject_of(model, beside);
    (*seen.shown)[subject] = true;
    leaf_or_null(shown_time(version.keys[subject]), into);
  };
  switch (static_cast<RecordTag>(tag)) {
    case RecordTag::id: return into.leaf(model::write(content_.shown_id(*seen.row)));
    case RecordTag::created: return show_time(Beside::created);
    case RecordTag::updated: return show_time(Beside::updated);
    case RecordTag::published: return show_time(Beside::published);
    case RecordTag::first_published: return show_time(Beside::first_published);
    case RecordTag::status:
      (*seen.shown)[subject_of(model, Beside::status)] = true;
      return into.leaf(sight_.view == View::published ? "\"published\""
                                                      : '"' + std::string(seen.row->status) + '"');
    case RecordTag::is_valid: return into.leaf(version.is_valid ? "true" : "false");
    case RecordTag::model_key: return into.leaf('"' + model.key + '"');
    default: return into.null();
  }
}

void Evaluation::add(const Seen& seen, Answer& into) {
  seen_.push_back(seen);
  into.object(seen.row == nullptr ? types_.metadata : types_.records[seen.model], seen_.size());
}

void Evaluation::follow(const Seen& seen, std::size_t field, Answer& into) {
  const Field& link = content_.models()[seen.model].fields[field];
  const std::string& text = sight_.of(*seen.row)->texts[field];
  const std::size_t model = content_.place_of(link.model);
  followed_ += 1 + text.size() / bytes_of_link;
  if (followed_ > bounds_.links) {
    is_past_bounds_ = true;
    return into.fail(follows_too_far);
  }
  const auto led = model::read(text.empty() ? "null" : text);
  const auto find = [&](const Value& id) -> std::optional<Seen> {
    const auto* name = id.get_ptr<const std::string*>();
    if (name == nullptr) return std::nullopt;
    Mask& shown = reads_.links[{model, *name}];
    shown.resize(content_.models()[model].fields.size() + besides);
    const Row* row = content_.linked(model, *name);
    if (row == nullptr || sight_.of(*row) == nullptr) return std::nullopt;
    return Seen{.model = model, .row = row, .shown = &shown};
  };
  if (link.type == FieldType::link) {
    const auto found = led ? find(*led) : std::nullopt;
    return found ? add(*found, into) : into.null();
  }
  into.begin_list();
  if (led) {
    for (const Value& id : *led)
      if (const auto found = find(id)) add(*found, into);
  }
  into.end_list();
}

std::string_view Evaluation::past_bounds(std::size_t model) {
  const std::uint64_t looked = content_.shelf(model).looked();
  looked_ += looked - std::exchange(looked_before_[model], looked);
  const bool looks = looked_ > bounds_.looks;
  // Questions without them go on.
  if (!std::exchange(work_.ran_out, false) && !looks) return {};
  is_past_bounds_ = reads_.looks.back().is_cut = true;
  return looks ? looks_too_far : work_.tests == 0 ? tests_too_much : takes_too_long;
}

void Evaluation::ask(const graphql::Question& question, Answer& into) {
  if (content_.models().empty()) return into.null();
  const std::size_t model = question.field.tag / asks;
  const Ask ask = static_cast<Ask>(question.field.tag % asks);
  if (ask != Ask::meta) return page(model, ask, question, into);
  const auto filter = read_filter(content_, model, argument(question, "filter"), reads_.sought);
  if (!filter) return into.fail(filter.error().message);
  reads_.looks.push_back({.model = model, .sight = sight_, .filter = *filter, .counts = true});
  const std::size_t count = content_.shelf(model).count(sight_, filter->get(), work_);
  if (const auto what = past_bounds(model); !what.empty()) return into.fail(what);
  add({.model = model, .count = count}, into);
}

void Evaluation::page(std::size_t model, Ask ask, const graphql::Question& question, Answer& into) {
  const bool is_one = ask == Ask::one;
  const std::int64_t skip = is_one ? 0 : whole(argument(question, "skip"), 0);
  const std::int64_t first = is_one ? 1 : whole(argument(question, "first"), first_usual);
  if (first < 0 || first > first_max) return into.fail("first is a number from 0 to 500");
  if (skip < 0) return into.fail("skip is 0 or more");
  const auto filter = read_filter(content_, model, argument(question, "filter"), reads_.sought);
  if (!filter) return into.fail(filter.error().message);
  const Model& of = content_.models()[model];
  reads_.looks.push_back({.model = model,
                          .sight = sight_,
                          .filter = *filter,
                          .orders = read_orders(of, argument(question, "orderBy")),
                          .subjects = Mask(of.fields.size() + besides)});
  Look& look = reads_.looks.back();
  if (look.orders.size() > orders_max) return into.fail("orderBy takes at most 10 fields");
  for (const Order& order : look.orders) look.subjects[order.subject] = true;
  const auto rows = content_.shelf(model).page({.sight = sight_,
                                                .filter = filter->get(),
                                                .orders = look.orders,
                                                .skip = static_cast<std::size_t>(skip),
                                                .first = static_cast<std::size_t>(first)},
                                               work_);
  if (const auto what = past_bounds(model); !what.empty()) return into.fail(what);
  look.is_full = rows.size() == static_cast<std::size_t>(first);
  if (look.is_full && !rows.empty())
    look.last = place_of(*rows.back(), *sight_.of(*rows.back()), look.orders);
  const auto show_row = [&](const Row* row) {
    add({.model = model, .row = row, .shown = &look.subjects}, into);
  };
  if (is_one) return rows.empty() ? into.null() : show_row(rows.front());
  into.begin_list();
  for (const Row* row : rows) show_row(row);
  into.end_list();
}

}  // namespace rockpool::dialects::datocms
