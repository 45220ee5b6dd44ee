#include "core/dialects/deepstream/inquiry.h"

namespace rockpool::dialects::deepstream {

Inquiry::Inquiry(std::vector<Deed> deeds) : deeds_(std::move(deeds)) {
  for (const Deed& deed : deeds_) known_.push_back({.act = deed.act, .name = std::string(deed.name)});
}

std::vector<std::string> Inquiry::run(const Permissions& permissions, const Asker& asker,
                                      std::uint64_t runs_max) {
  if (!std::exchange(has_begun_, true)) {
    for (const Deed& deed : deeds_)
      if (permissions.takes_own_record(asker.principal, deed)) records_.find(std::string(deed.name));
    if (records_.wants_any()) return records_.take_wanted();
  }
  ++runs_;
  // Each by itself, so that what one wants does not hold up the others.
  std::vector<std::string> wanted;
  for (std::size_t i = 0; i < deeds_.size(); ++i) {
    if (known_[i].answer != Answer::open) continue;
    known_[i].answer = has_failed_ ? Answer::failed : permissions.judge(asker, deeds_[i], records_);
    if (known_[i].answer != Answer::open) continue;
    if (runs_ >= runs_max) known_[i].answer = Answer::failed;
    for (std::string& name : records_.take_wanted()) wanted.push_back(std::move(name));
  }
  if (runs_ >= runs_max) wanted.clear();
  return wanted;
}

void Inquiry::give(const std::string& name, const model::Found* found) {
  has_failed_ = has_failed_ || found == nullptr;
  const bool exists = found != nullptr && found->record && found->record->exists();
  seen_[name] = exists ? found->record : std::nullopt;
  auto data = exists ? model::read(found->record->data) : base::Result<model::Value>(model::Value());
  records_.give(name, exists && data ? std::optional(std::move(*data)) : std::nullopt);
}

Answer Inquiry::answer(Act act, std::string_view name) const {
  for (const Known& one : known_)
    if (one.act == act && one.name == name) return one.answer;
  return Answer::open;
}

const std::optional<model::Record>* Inquiry::seen(const std::string& name) const {
  const auto held = seen_.find(name);
  return held == seen_.end() ? nullptr : &held->second;
}

}  // namespace rockpool::dialects::deepstream
