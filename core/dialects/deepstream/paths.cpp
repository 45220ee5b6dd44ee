#include "core/dialects/deepstream/paths.h"

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/model/value.h"

namespace rockpool::dialects::deepstream {
namespace {

// More than any array has, and no more than a number in JavaScript holds.
constexpr std::size_t index_digits_max = 15;

base::Error invalid(std::string_view why) {
  return {.code = base::Code::invalid, .message = "the path " + std::string(why), .path = ""};
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view spaces = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(spaces);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(spaces) + 1 - begin);
}

bool is_closed(std::string_view name) {
  return name == "__proto__" || name == "constructor" || name == "prototype";
}

class Steps {
 public:
  base::Status add_name(std::string_view name) {
    if (is_closed(name)) return invalid("goes through __proto__, constructor or prototype");
    model::append_quoted(next(), name);
    return fits();
  }

  base::Status add_index(std::string_view digits) {
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
      return invalid("has something between brackets that is no index: give digits, as in list[2]");
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
    if (digits.size() > index_digits_max) return invalid("has an index that no array reaches");
    next() += digits;
    return fits();
  }

  bool empty() const { return count_ == 0; }
  std::string take() { return std::move(text_) + ']'; }

 private:
  std::string& next() { return text_ += count_++ == 0 ? '[' : ','; }
  base::Status fits() const {
    if (count_ > base::limits::path_steps_max) return invalid("has more than 64 steps");
    return base::done();
  }

  std::string text_;
  std::size_t count_ = 0;
};

base::Status add_segment(Steps& steps, std::string_view segment) {
  std::size_t bracket = segment.find('[');
  const std::string_view name = trimmed(segment.substr(0, bracket));
  if (name.find(']') != std::string_view::npos) return invalid("has a ] without its [");
  if (!name.empty())
    if (const auto added = steps.add_name(name); !added) return added;
  while (bracket != std::string_view::npos) {
    const std::size_t end = segment.find(']', bracket);
    if (end == std::string_view::npos) return invalid("has a [ without its ]");
    if (const auto added = steps.add_index(trimmed(segment.substr(bracket + 1, end - bracket - 1))); !added)
      return added;
    segment = trimmed(segment.substr(end + 1));
    if (!segment.empty() && segment.front() != '[') return invalid("goes on behind a ] without a dot");
    bracket = segment.empty() ? std::string_view::npos : 0;
  }
  return base::done();
}

}  // namespace

base::Result<std::string> steps_of(std::string_view path) {
  Steps steps;
  for (const std::string_view segment : base::split(path, '.')) {
    if (const auto added = add_segment(steps, trimmed(segment)); !added) return added.error();
  }
  if (steps.empty()) return invalid("names no place: give a name or an index");
  return steps.take();
}

std::string path_of(std::string_view steps) {
  const auto list = model::read(steps);
  std::string path;
  if (!list) return path;
  for (const model::Value& step : *list) {
    if (const auto index = model::as_count(step)) {
      path.append("[").append(base::decimal(*index)) += ']';
      continue;
    }
    const auto* name = step.get_ptr<const std::string*>();
    if (name == nullptr || name->empty() || trimmed(*name) != *name) return "";
    if (name->find_first_of(".[]") != std::string::npos) return "";
    if (!path.empty()) path += '.';
    path += *name;
  }
  return path;
}

}  // namespace rockpool::dialects::deepstream
