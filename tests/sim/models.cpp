#include "tests/sim/models.h"

#include "core/base/hash.h"
#include "core/dialects/datocms/result.h"
#include "core/dialects/datocms/sdk_records.h"
#include "core/model/value.h"

namespace rockpool::sim {
namespace {

// Members without a field are what pages do not see.
constexpr std::string_view fields =
    R"("fields":{"t":"string","a":"text","b":"boolean","n":"float","d":"date","e":"string","o":"json",)"
    R"("c":"json","list":"json","tags":"json","f":"json","up":{"type":"link","model":"coll0"}})";

std::string models_text(const Scenario& scenario) {
  std::string text;
  for (const CollectionPlan& plan : scenario.collections) {
    text += (text.empty() ? "{\"" : ",\"") + plan.name + "\":{" + std::string(fields);
    if (plan.publishes) text += R"(,"autoPublish":true)";
    text += '}';
  }
  return text + '}';
}

// The same however its numbers and letters were written.
std::string plain(std::string_view json) { return model::write(model::read(json).value()); }

// What is told of a collection: how many there are, the newest ones, some of them in an order, and where
// links of theirs lead.
std::vector<Models::Query> queries_over(const std::string& model) {
  const std::string one = model, all = "all" + datocms::camel(model, true) + "s";
  return {{.text = "{ _" + all + "Meta { count } }"},
          {.text = "{ " + all + "(orderBy: _updatedAt_DESC, first: 3) { id t n _status _updatedAt } }"},
          {.text = "query($n: FloatType) { " + all +
                   "(filter: {n: {gt: $n}}, orderBy: [n_DESC, t_ASC], first: 5) { id n e b o } }",
           .variables = R"({"n":-1})"},
          {.text = "{ " + one + "(filter: {up: {exists: true}}, orderBy: id_DESC) { id up { id t n } } }"},
          {.text = "{ " + all + "(filter: {_status: {eq: published}}, orderBy: t_DESC) { id t } }",
           .view = datocms::View::published}};
}

}  // namespace

Models::Models(const Scenario& scenario)
    : models_(datocms::read_models(model::read(models_text(scenario)).value()).value()),
      types_(datocms::make_types(models_).value()) {
  std::uint64_t at = scenario.seed;
  for (const CollectionPlan& plan : scenario.collections) {
    const std::vector<Query> over = queries_over(plan.name);
    for (int i = 0; i < 2; ++i) queries_.push_back(over[at++ % over.size()]);
  }
  pasts_.resize(queries_.size());
  for (std::size_t i = 0; i < queries_.size(); ++i)
    pasts_[i].request.prepare(*types_.schema,
                              {.query = queries_[i].text, .variables = queries_[i].variables});
  begin({});
}

std::string Models::settings(const Scenario& scenario) {
  return R"({"tokens":[{"token":"good-1","permissions":["read","drafts","write"]}],"models":)" +
         models_text(scenario) + "}";
}

void Models::begin(const Lineage& lineage) {
  content_ = std::make_unique<datocms::Content>(models_);
  for (const auto& [key, record] : lineage.records) put(record);
  evaluate();
}

void Models::happened(const hub::Entry& entry) {
  for (const model::Change& change : entry.batch.changes) put(change.record);
  evaluate();
}

void Models::put(const model::Record& record) {
  if (content_->find(record.key.collection) == nullptr) return;
  datocms::Shelf& shelf = content_->shelf(content_->place_of(record.key.collection));
  if (record.exists())
    shelf.put(datocms::read_row(shelf.model(), record));
  else
    shelf.remove(record.num, record.version);
}

void Models::evaluate() {
  for (std::size_t i = 0; i < queries_.size(); ++i) {
    Past& past = pasts_[i];
    past.result = plain(datocms::evaluate(*content_, types_, {.view = queries_[i].view}, past.request).text);
    const std::uint64_t hash = base::hash64(past.result);
    if (past.hashes.empty() || past.hashes.back() != hash) past.hashes.push_back(hash);
  }
}

std::optional<std::size_t> Models::find(std::size_t query, std::size_t since,
                                        std::string_view response) const {
  const std::vector<std::uint64_t>& hashes = pasts_[query].hashes;
  const std::uint64_t hash = base::hash64(plain(response));
  for (std::size_t at = since; at < hashes.size(); ++at)
    if (hashes[at] == hash) return at;
  return std::nullopt;
}

std::string Models::shown(const model::Record& record) const {
  const std::size_t place = content_->place_of(record.key.collection);
  const datocms::Row* row = content_->shelf(place).find(record.num);
  if (row == nullptr) return {};
  const std::string text = record_text(*content_, place, *row, *row->in(datocms::View::newest));
  return model::write(*model::member(model::read(text).value(), "data"));
}

}  // namespace rockpool::sim
