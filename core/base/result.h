// Errors are values. What the world can cause is a Result; what only we can cause is an assert.
#pragma once

#include <cassert>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

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
//
// A union by hand: as a std::variant it costs the page several kilobytes of tables, one set for each T.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : ok_(true) { std::construct_at(&value_, std::move(value)); }
  Result(Error error) : ok_(false) { std::construct_at(&error_, std::move(error)); }
  Result(const Result& other) : ok_(other.ok_) { take(other); }
  Result(Result&& other) noexcept : ok_(other.ok_) { take(std::move(other)); }
  Result& operator=(Result other) noexcept {
    release();
    ok_ = other.ok_;
    take(std::move(other));
    return *this;
  }
  ~Result() { release(); }

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok(); }

  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(value()); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  const T& value() const {
    assert(ok());
    return value_;
  }
  T& value() {
    assert(ok());
    return value_;
  }
  const Error& error() const {
    assert(!ok());
    return error_;
  }

 private:
  template <typename Other>
  void take(Other&& other) {
    if (ok_)
      std::construct_at(&value_, std::forward<Other>(other).value_);
    else
      std::construct_at(&error_, std::forward<Other>(other).error_);
  }
  void release() {
    if (ok_)
      std::destroy_at(&value_);
    else
      std::destroy_at(&error_);
  }

  bool ok_;
  union {
    T value_;
    Error error_;
  };
};

using Status = Result<Nothing>;
inline Status done() { return Nothing{}; }

}  // namespace rockpool::base
