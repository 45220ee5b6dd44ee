#include "core/dialects/datocms/lives.h"

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/dialect/frames.h"

namespace rockpool::dialects::datocms {
namespace {

constexpr int hash_digits = 16;
// Of the evaluations of a turn, some 0.05 s: whoever asks something else comes in between.
constexpr std::uint64_t turn_work = 7'000'000;

std::set<std::size_t> models_of(const Reads& reads) {
  std::set<std::size_t> models;
  for (const Look& look : reads.looks) models.insert(look.model);
  for (const auto& [link, shown] : reads.links) models.insert(link.first);
  for (const auto& [model, num] : reads.sought) models.insert(model);
  return models;
}

std::string key_of(const Environment& environment, Sight sight, const graphql::Request& request) {
  const std::string_view view = sight.view == View::newest ? "n" : "p";
  return environment.name + '/' + std::string(view) + (sight.valid_only ? "v/" : "/") + request.key();
}

}  // namespace

const Shared& LiveQuery::body(Shape shape) const {
  Shared& held = bodies_[static_cast<std::size_t>(shape)];
  if (held) return held;
  switch (shape) {
    case Shape::both:
      held = dialect::share(R"({"response":)" + result_.text + R"(,"data":)" + std::string(result_.data()) +
                            '}');
      break;
    case Shape::response: held = dialect::share(R"({"response":)" + result_.text + '}'); break;
    case Shape::data: held = dialect::share(result_.text); break;
  }
  return held;
}

std::variant<LiveQuery*, std::string> Lives::join(CarrierId carrier, Environment& environment, Sight sight,
                                                  const Query& query) {
  auto request = std::make_shared<graphql::Request>();
  const auto errors = request->prepare(
      *types_.schema, {.query = query.text, .variables = query.variables, .operation_name = query.operation});
  if (!errors.empty()) return errors_text(errors);
  std::string key = key_of(environment, sight, *request);
  auto& held = queries_[key];
  if (!held) {
    held = std::make_unique<LiveQuery>();
    held->number_ = ++last_number_;
    held->key_ = std::move(key);
    held->environment_ = &environment;
    held->sight_ = sight;
    held->request_ = std::move(request);
    run(*held);
  }
  held->listeners_.insert(carrier);
  return held.get();
}

void Lives::leave(CarrierId carrier, LiveQuery& live) {
  live.listeners_.erase(carrier);
  if (!live.listeners_.empty()) return;
  watch(live, false);
  if (live.is_stale_) std::erase(stale_, &live);
  queries_.erase(live.key_);
}

void Lives::watch(LiveQuery& live, bool on) {
  for (const std::size_t model : models_of(live.result_.reads)) {
    Queries& watching = by_model_[{live.environment_->name, model}];
    on ? void(watching.insert(&live)) : void(watching.erase(&live));
  }
}

bool Lives::run(LiveQuery& live) {
  ++evaluations_;
  watch(live, false);
  const bool is_first = live.id_.empty();
  const std::string before = std::move(live.result_.text);
  const Bounds bounds = live.result_.is_past_bounds ? Bounds().halved() : Bounds();
  live.result_ = evaluate(live.environment_->content, types_, live.sight_, *live.request_, bounds);
  watch(live, true);
  if (!is_first && before == live.result_.text) return false;
  live.bodies_ = {};
  live.id_ = base::decimal(library_.seq()) + '-' + base::hex(base::hash64(live.result_.text), hash_digits);
  return true;
}

void Lives::moved(const Environment& environment, std::size_t model, const Shelf::Moved& moved) {
  const auto held = by_model_.find({environment.name, model});
  if (held == by_model_.end()) return;
  for (LiveQuery* live : held->second) {
    if (live->is_stale_ || !live->result_.reads.are_touched(model, moved.before, moved.now)) continue;
    live->is_stale_ = true;
    stale_.push_back(live);
  }
}

std::vector<Lives::Changed> Lives::refresh() {
  std::vector<Changed> changed;
  std::uint64_t work = 0;
  while (!stale_.empty() && work < turn_work) {
    LiveQuery* const live = stale_.front();
    stale_.pop_front();
    live->is_stale_ = false;
    if (run(*live)) changed.push_back({live, &live->listeners_});
    work += live->result_.work;
  }
  return changed;
}

}  // namespace rockpool::dialects::datocms
