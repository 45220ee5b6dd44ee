// For tests of the codec.
#pragma once

#include "core/dialects/native/messages.h"

namespace rockpool::dialects::native {

// The message without the reader's judgement of what came, which is never written: what of a push was
// refused, and that a subscription asked for a filter.
inline UpMessage as_written(UpMessage message) {
  if (auto* push = std::get_if<Push>(&message)) push->refused.clear();
  if (auto* subscribe = std::get_if<Subscribe>(&message)) subscribe->filtered = false;
  return message;
}

}  // namespace rockpool::dialects::native
