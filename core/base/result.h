// Errors are values. What the world can cause is a Result; what only we can cause is an assert.
#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace rockpool::base {

// Few, and branched on. The text form (`name_of`) is what goes on the wire and, with '-' for '_',
// what the SDK's RockpoolError carries.
enum class Code : unsigned char {
  usage,
  invalid,
  not_found,
  exists,
  forbidden,
  refused,
  depends,
  cancelled,
  sent,
  offline,
  timeout,
  auth,
  user_mismatch,
  unsynced,
  quota,
  storage,
  newer_store,
  outdated,
  too_large,
  overloaded,
  unsupported,
  follower,
  closed,
  internal,
  bad_message,
  unsupported_version,
};

std::string_view name_of(Code code);

// The code of a text form, `internal` for a text that is none: a newer peer may know more codes than we do.
Code code_of(std::string_view name);

// `message` is for people and names the thing that failed. `path` is a JSON Pointer into the value that
// was wrong, empty when the value as a whole was.
struct Error {
  Code code = Code::internal;
  std::string message;
  std::string path;

  bool operator==(const Error&) const = default;
};

struct Nothing {
  bool operator==(const Nothing&) const = default;
};

// A value or the reason why there is none. Dereferencing an error is a bug of ours, hence the assert.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(value()); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  const T& value() const {
    assert(ok());
    return *std::get_if<0>(&held_);
  }
  T& value() {
    assert(ok());
    return *std::get_if<0>(&held_);
  }
  const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&held_);
  }

 private:
  std::variant<T, Error> held_;
};

using Status = Result<Nothing>;
inline Status done() { return Nothing{}; }

}  // namespace rockpool::base
