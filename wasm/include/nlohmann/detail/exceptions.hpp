// In the place of nlohmann's own: where nothing is thrown, what is left of an exception is the text that a reader
// is given. Its own brings std::runtime_error, type information and another way of writing numbers.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include <nlohmann/detail/value_t.hpp>
#include <nlohmann/detail/string_escape.hpp>
#include <nlohmann/detail/input/position_t.hpp>
#include <nlohmann/detail/macro_scope.hpp>
#include <nlohmann/detail/meta/cpp_future.hpp>
#include <nlohmann/detail/meta/type_traits.hpp>
#include <nlohmann/detail/string_concat.hpp>

NLOHMANN_JSON_NAMESPACE_BEGIN
namespace detail {

class exception {
 public:
  explicit exception(std::string what) : what_(std::move(what)) {}
  const char* what() const { return what_.c_str(); }

 private:
  std::string what_;
};

class parse_error : public exception {
 public:
  using exception::exception;
  template <typename Position, typename Context>
  static parse_error create(int, const Position&, const std::string& what, Context) {
    return parse_error(what);
  }
};

class out_of_range : public exception {
 public:
  using exception::exception;
  template <typename Context>
  static out_of_range create(int, const std::string& what, Context) {
    return out_of_range(what);
  }
};

class invalid_iterator : public exception {};
class type_error : public exception {};
class other_error : public exception {};

}  // namespace detail
NLOHMANN_JSON_NAMESPACE_END
