#include "server/verbs/arguments.h"

#include <algorithm>

#include "server/config/section.h"

namespace rockpool::verbs {
namespace {

base::Error wrong(std::string what) { return {base::Code::usage, std::move(what), ""}; }

bool lists(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

base::Error unknown(std::string_view option, const Grammar& grammar) {
  std::vector<std::string> known = grammar.options;
  known.insert(known.end(), grammar.switches.begin(), grammar.switches.end());
  const std::string meant = config::nearest(option, known);
  return wrong("unknown option " + std::string(option) +
               (meant.empty() ? "" : "; did you mean " + meant + "?"));
}

}  // namespace

base::Result<Arguments> Arguments::read(const std::vector<std::string>& words, const Grammar& grammar) {
  Arguments arguments;
  bool places_only = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!places_only && word == "--") {
      places_only = true;
    } else if (places_only || !word.starts_with("--")) {
      if (word.starts_with("-") && word.size() > 1 && !places_only) return unknown(word, grammar);
      if (arguments.places_.size() == grammar.places.size()) return wrong("'" + word + "' is one too many");
      arguments.places_.push_back(word);
    } else {
      const std::size_t sign = word.find('=');
      const std::string option = word.substr(0, sign);
      const bool is_switch = lists(grammar.switches, option);
      if (!is_switch && !lists(grammar.options, option)) return unknown(option, grammar);
      if (arguments.has(option)) return wrong(option + " is given twice");
      if (is_switch && sign != std::string::npos) return wrong(option + " takes no value");
      const bool inside = sign != std::string::npos;
      if (!is_switch && !inside && ++i == words.size()) return wrong(option + " needs a value");
      arguments.values_[option] = is_switch ? "" : inside ? word.substr(sign + 1) : words[i];
    }
  }
  if (arguments.places_.size() < grammar.places_min) {
    return wrong(grammar.places[arguments.places_.size()] + " is missing");
  }
  return arguments;
}

std::optional<std::string> Arguments::value(std::string_view option) const {
  const auto found = values_.find(option);
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> Arguments::place(std::size_t index) const {
  return index < places_.size() ? std::optional(places_[index]) : std::nullopt;
}

}  // namespace rockpool::verbs
