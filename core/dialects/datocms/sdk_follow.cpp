#include "core/dialects/datocms/sdk_follow.h"

#include <vector>

namespace rockpool::dialects::datocms {
namespace {

constexpr int readings_max = 3;

}  // namespace

const ChangesPiece& Told::changes(const Followed& followed, const Feed& feed, const Known& known,
                                  Feed::Place at) {
  const Key key(followed.model, followed.sight.view, followed.sight.valid_only, known, at);
  const auto held = pieces_.find(key);
  if (held != pieces_.end()) return held->second;
  return pieces_.emplace(key, changes_piece(followed, feed, known, at)).first->second;
}

bool Follows::begin(std::size_t model, const std::string& since, Outlet& outlet, ServerSteps& out) {
  Follow& follow = all_[model] = {};
  const auto seq = library_.seq_at(since);
  const auto place = seq ? feed_.after(model, *seq) : std::nullopt;
  if (place) {
    follow.known = {.from = *place, .seq = *seq};
    follow.at = *place;
  } else {
    read_whole(follow);
  }
  Told told;
  return go_on(model, follow, told, outlet, out);
}

void Follows::read_whole(Follow& follow) {
  follow.read_to = 0;
  follow.known = {.from = feed_.end(), .seq = library_.seq()};
  follow.at = feed_.end();
  ++follow.readings;
}

bool Follows::go_on(std::size_t model, Follow& follow, Told& told, Outlet& outlet, ServerSteps& out) {
  while (!outlet.is_full()) {
    if (follow.read_to) {
      tell_records(model, follow, outlet, out);
    } else if (!feed_.reaches(model, follow.at)) {
      if (follow.readings == readings_max) return false;
      read_whole(follow);
    } else if (follow.at < feed_.end() || !follow.is_answered) {
      tell_changes(model, follow, told, outlet, out);
    } else {
      return true;
    }
  }
  return true;
}

void Follows::tell_records(std::size_t model, Follow& follow, Outlet& outlet, ServerSteps& out) {
  RecordsPiece piece = records_piece(followed(model), *follow.read_to, follow.known.seq);
  outlet.send(dialect::share(std::move(piece.text)), {}, {}, !piece.is_done, out);
  follow.is_answered = true;
  follow.read_to = piece.last;
  if (piece.is_done) follow.read_to.reset();
}

void Follows::tell_changes(std::size_t model, Follow& follow, Told& told, Outlet& outlet, ServerSteps& out) {
  const ChangesPiece& piece = told.changes(followed(model), feed_, follow.known, follow.at);
  follow.at = piece.next;
  const bool is_all = follow.at == feed_.end();
  if (!piece.is_empty || !follow.is_answered) outlet.send(piece.text, {}, {}, !is_all, out);
  follow.is_answered = true;
  if (!is_all) return;
  follow.known = {.from = follow.at, .seq = library_.seq()};
  follow.readings = 0;
}

bool Follows::tell_all(Outlet& outlet, ServerSteps& out) {
  std::vector<std::size_t> models;
  for (auto one = all_.upper_bound(last_told_); one != all_.end(); ++one) models.push_back(one->first);
  for (auto one = all_.begin(); one != all_.upper_bound(last_told_); ++one) models.push_back(one->first);
  Told told;
  for (const std::size_t model : models) {
    if (outlet.is_full()) break;
    last_told_ = model;
    if (!go_on(model, all_.at(model), told, outlet, out)) return false;
  }
  return true;
}

}  // namespace rockpool::dialects::datocms
