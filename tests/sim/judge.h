// Holds the first failure a checker found. A run ends with it.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace rockpool::sim {

struct Failure {
  std::string invariant;  // "I3 exactly once", as sync.md numbers them
  std::string what;
};

class Judge {
 public:
  bool failed() const { return failure_.has_value(); }
  void fail(std::string invariant, std::string what) {
    if (!failure_) failure_ = Failure{std::move(invariant), std::move(what)};
  }
  const std::optional<Failure>& failure() const { return failure_; }

 private:
  std::optional<Failure> failure_;
};

// The names by which checkers report.
namespace invariant {
inline constexpr const char* reads = "I1 read your writes";
inline constexpr const char* durable = "I2 durable means durable";
inline constexpr const char* once = "I3 exactly once";
inline constexpr const char* blind = "I4 no blind write";
inline constexpr const char* agreement = "I5 agreement";
inline constexpr const char* feed = "I6 ordered, gap-free feed";
inline constexpr const char* versions = "I7 versions never go back";
inline constexpr const char* conflict = "I8 a conflict is never lost";
inline constexpr const char* deletes = "I9 deletes stay deleted";
inline constexpr const char* bounded = "I10 bounded";
inline constexpr const char* forgotten = "nothing left behind";
inline constexpr const char* restless = "no endless loop";
inline constexpr const char* contract = "contract between parts";
}  // namespace invariant

}  // namespace rockpool::sim
