#include "core/dialects/datocms/lives.h"

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/dialect/frames.h"

namespace rockpool::dialects::datocms {
namespace {

constexpr int hash_digits = 16;
// What a letter of a query takes once it is read, and what is kept of each record that was looked for.
constexpr std::size_t bytes_of_letter = 32;
constexpr std::size_t bytes_of_read = 160;
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

const Shared& Lives::body(LiveQuery& live, Shape shape) {
  Shared& held = live.bodies_[static_cast<std::size_t>(shape)];
  if (held) return held;
  const Result& result = live.result_;
  switch (shape) {
    case Shape::both:
      held =
          dialect::share(R"({"response":)" + result.text + R"(,"data":)" + std::string(result.data()) + '}');
      return held;  // which is counted from the beginning
    case Shape::response: held = dialect::share(R"({"response":)" + result.text + '}'); break;
    case Shape::data: held = dialect::share(result.text); break;
  }
  count(live);
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
    held->request_bytes_ = (query.text.size() + query.variables.size()) * bytes_of_letter;
    run(*held);
    if (!has_room(*held)) {
      queries_.erase(held->key_);
      return nullptr;
    }
  }
  held->listeners_.insert(carrier);
  return held.get();
}

void Lives::leave(CarrierId carrier, LiveQuery& live) {
  live.listeners_.erase(carrier);
  if (!live.listeners_.empty()) return;
  if (live.is_stale_) std::erase(stale_, &live);
  let_go(live);
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
  const bool is_same = !is_first && before == live.result_.text;
  if (!is_same) forget_bodies(live);
  count(live);
  if (is_same) return false;
  live.id_ = base::decimal(library_.seq()) + '-' + base::hex(base::hash64(live.result_.text), hash_digits);
  return true;
}

// ---- how much that is ------------------------------------------------------------------------------------

bool Lives::is_full() {
  std::erase_if(leaving_, [&](const auto& one) {
    if (one.first.expired()) leaving_bytes_ -= one.second;
    return one.first.expired();
  });
  return bytes_ + leaving_bytes_ >= bytes_max_;
}

bool Lives::has_room(LiveQuery& live) {
  if (!is_full()) return true;
  let_go(live);
  return false;
}

// The result, all forms in which it is told, the usual one from the beginning, and what is kept for writes.
void Lives::count(LiveQuery& live) {
  const Result& result = live.result_;
  const Reads& reads = result.reads;
  std::size_t bytes = live.request_bytes_ + result.text.size() * 2 + result.data_bytes +
                      (reads.links.size() + reads.sought.size() + reads.looks.size()) * bytes_of_read;
  for (const Shape shape : {Shape::response, Shape::data})
    if (const Shared& body = live.bodies_[static_cast<std::size_t>(shape)]) bytes += body->size();
  bytes_ += bytes - std::exchange(live.bytes_, bytes);
}

void Lives::forget_bodies(LiveQuery& live) {
  for (Shared& body : live.bodies_) {
    if (body == nullptr) continue;
    leaving_bytes_ += body->size();
    leaving_.emplace_back(body, body->size());
    body = nullptr;
  }
}

void Lives::let_go(LiveQuery& live) {
  watch(live, false);
  forget_bodies(live);
  live.result_ = {};
  bytes_ -= std::exchange(live.bytes_, 0);
}

// ---- writes -----------------------------------------------------------------------------------------------

void Lives::moved(const Environment& environment, std::size_t model, const Shelf::Moved& moved) {
  const auto held = by_model_.find({environment.name, model});
  if (held == by_model_.end()) return;
  for (LiveQuery* live : held->second) {
    if (live->is_stale_ || !live->result_.reads.are_touched(model, moved.before, moved.now)) continue;
    live->is_stale_ = true;
    stale_.push_back(live);
  }
}

Lives::Refreshed Lives::refresh() {
  Refreshed refreshed;
  std::uint64_t work = 0;
  while (!stale_.empty() && work < turn_work) {
    LiveQuery* const live = stale_.front();
    stale_.pop_front();
    live->is_stale_ = false;
    const bool is_another = run(*live);
    work += live->result_.work;
    if (!is_another) continue;
    if (has_room(*live))
      refreshed.changed.push_back(live);
    else
      refreshed.lost.insert(refreshed.lost.end(), live->listeners_.begin(), live->listeners_.end());
  }
  return refreshed;
}

}  // namespace rockpool::dialects::datocms
