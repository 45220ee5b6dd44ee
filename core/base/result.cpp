#include "core/base/result.h"

#include <array>

namespace rockpool::base {
namespace {

constexpr std::array<std::string_view, 26> names = {"usage",         "invalid",
                                                    "not_found",     "exists",
                                                    "forbidden",     "refused",
                                                    "depends",       "cancelled",
                                                    "sent",          "offline",
                                                    "timeout",       "auth",
                                                    "user_mismatch", "unsynced",
                                                    "quota",         "storage",
                                                    "newer_store",   "outdated",
                                                    "too_large",     "overloaded",
                                                    "unsupported",   "follower",
                                                    "closed",        "internal",
                                                    "bad_message",   "unsupported_version"};
static_assert(names.size() == static_cast<std::size_t>(Code::unsupported_version) + 1);

}  // namespace

std::string_view name_of(Code code) { return names[static_cast<std::size_t>(code)]; }

Code code_of(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<Code>(i);
  }
  return Code::internal;
}

}  // namespace rockpool::base
