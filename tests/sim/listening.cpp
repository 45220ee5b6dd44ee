#include "tests/sim/listening.h"

#include "core/base/text.h"
#include "core/model/value.h"

namespace rockpool::sim {
namespace {

// Of the collections in which results are shown.
constexpr std::string_view prefix = "$query:";

std::string name_of(std::size_t query) { return std::string(prefix) + std::to_string(query); }

std::string signal(std::string_view type, std::size_t query) {
  return R"({"type":")" + std::string(type) + R"(","sub":-)" + std::to_string(query + 1);
}

}  // namespace

Listening::Listening(Setting& setting) : setting_(setting) {
  for (const Models::Query& query : setting.models->queries())
    heard_.push_back({.wanted = query.view == datocms::View::newest});
}

void Listening::begin_anew() {
  for (Heard& heard : heard_) heard.place = 0;
}

std::string Listening::wish(std::size_t query) const {
  const Models::Query& asked = setting_.models->queries()[query];
  std::string event = R"({"key":")" + name_of(query) + R"(","query":)";
  model::append_quoted(event, asked.text);
  if (!asked.variables.empty()) event += R"(,"variables":)" + asked.variables;
  std::string text = signal("subscribe", query) + R"(,"event":)";
  model::append_quoted(text, event + '}');
  return text + '}';
}

std::vector<std::string> Listening::wishes() const {
  std::vector<std::string> all;
  for (std::size_t query = 0; query < heard_.size(); ++query)
    if (heard_[query].wanted) all.push_back(wish(query));
  return all;
}

std::string Listening::change_mind(std::size_t query) {
  Heard& heard = heard_[query];
  // A page sees drafts.
  heard.wanted = !heard.wanted && setting_.models->queries()[query].view == datocms::View::newest;
  return heard.wanted ? wish(query) : signal("unsubscribe", query) + '}';
}

std::string Listening::response(const sync::Engine& engine, std::size_t query) const {
  const auto row = engine.row({name_of(query), "result"});
  if (!row) return {};
  const auto shown = model::read(row->data);
  const model::Value* response = shown ? model::member(*shown, "response") : nullptr;
  return response == nullptr ? "" : model::write(*response);
}

std::string Listening::judge(const sync::Engine& engine, const model::Key& key) {
  if (!key.collection.starts_with(prefix)) return {};
  const auto query = base::read_decimal(std::string_view(key.collection).substr(prefix.size()));
  if (!query) return {};
  if (key.id != "result")
    return engine.row(key) ? key.collection + " is wrong: " + std::string(engine.row(key)->data) : "";
  const std::string shown = response(engine, *query);
  if (shown.empty()) return {};
  const auto place = setting_.models->find(*query, heard_[*query].place, shown);
  if (!place) return key.collection + " shows what was not so, or before what it showed already: " + shown;
  heard_[*query].place = *place;
  return {};
}

std::string Listening::disagreement(const sync::Engine& engine) const {
  for (std::size_t query = 0; query < heard_.size(); ++query) {
    if (!heard_[query].wanted) continue;
    const std::string shown = response(engine, query);
    const std::string& truth = setting_.models->result(query);
    if (shown != truth)
      return "shows for " + setting_.models->queries()[query].text + " " + shown + ", which comes to " +
             truth;
  }
  return {};
}

}  // namespace rockpool::sim
