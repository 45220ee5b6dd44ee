// What a session is told whose client says more than it may.
#include "core/dialects/native/session.h"

namespace rockpool::dialects::native {
namespace {

constexpr std::int64_t retry_ms = 1000;

}  // namespace

// Nothing of the frame is done. Each mutation is answered, so that it is sent again.
void Session::turn_down(UpMessages messages, ServerSteps& out) {
  const base::Error error{.code = base::Code::overloaded,
                          .message = "too many messages, send fewer a second and these again",
                          .path = ""};
  Question refused;
  for (auto& message : messages) {
    const Push* push = message ? std::get_if<Push>(&*message) : nullptr;
    if (push == nullptr) continue;
    for (const model::Group& group : push->groups) {
      for (const model::Mutation& mutation : group) refused.numbers.push_back(mutation.number);
    }
  }
  send(Problem{.error = error, .retryable = true, .retry_after_ms = retry_ms}, out);
  complaint_ = error.code;
  written(refused, model::Failed{.error = error}, out);
}

}  // namespace rockpool::dialects::native
