#include "tests/sim/book.h"

namespace rockpool::sim {

Written* Book::find(std::uint64_t number) {
  const auto found = writes.find(number);
  return found == writes.end() ? nullptr : &found->second;
}

void Book::moved(sync::WriteState state, std::uint64_t number, const std::string& who, bool again,
                 Judge& judge) {
  using sync::WriteState;
  const std::string name = who + "#" + std::to_string(number);
  Written* written = find(number);
  if (written == nullptr) return judge.fail(invariant::once, name + " moved, but was never accepted");
  const bool ends =
      state == WriteState::acknowledged || state == WriteState::cancelled || state == WriteState::refused;
  // Cancelling a batch takes along what of it was refused.
  const bool put_away = state == WriteState::cancelled && written->fate == Fate::refused;
  if (put_away) {
    written->dismissed = true;
    return;
  }
  if (ends && written->fate != Fate::open && !again) {
    return judge.fail(invariant::once,
                      name + " is told to be " + std::string(name_of(state)) + " after its end was told");
  }
  if (state == WriteState::durable) written->durable = true;
  if (state == WriteState::sent) written->tried = true;
  if (state == WriteState::acknowledged) written->fate = Fate::acknowledged;
  if (state == WriteState::cancelled) written->fate = Fate::cancelled;
  if (state == WriteState::refused) written->fate = Fate::refused;
}

std::vector<const Written*> Book::in_force(const model::Key& record) const {
  std::vector<const Written*> writes_of;
  for (const auto& [number, written] : writes) {
    const bool counts = written.fate == Fate::open || written.fate == Fate::acknowledged;
    if (counts && written.wish.write.key == record) writes_of.push_back(&written);
  }
  return writes_of;
}

}  // namespace rockpool::sim
