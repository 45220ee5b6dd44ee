// JSON text, appended piece by piece. Building a document tree only to print it costs several times as much.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/base/text.h"

namespace rockpool::wasm {

// The caller sees to it that the whole becomes well-formed: commas come by themselves, brackets do not.
class JsonOut {
 public:
  JsonOut& open(char bracket) {
    comma();
    text_ += bracket;
    first_ = true;
    return *this;
  }
  JsonOut& close(char bracket) {
    text_ += bracket;
    first_ = false;
    return *this;
  }
  JsonOut& key(std::string_view name) {
    comma();
    quote(name);
    text_ += ':';
    first_ = true;
    return *this;
  }
  JsonOut& text(std::string_view value) {
    comma();
    quote(value);
    return *this;
  }
  // JSON text as it is; `null` for an empty one.
  JsonOut& raw(std::string_view json) {
    comma();
    text_ += json.empty() ? std::string_view("null") : json;
    return *this;
  }
  JsonOut& number(std::integral auto value) {
    using Wide = std::conditional_t<std::signed_integral<decltype(value)>, std::int64_t, std::uint64_t>;
    comma();
    text_ += base::decimal(static_cast<Wide>(value));
    return *this;
  }
  JsonOut& boolean(bool value) { return raw(value ? "true" : "false"); }

  const std::string& str() const { return text_; }
  std::string take() { return std::move(text_); }
  bool empty() const { return text_.empty(); }

 private:
  void comma() {
    if (!first_) text_ += ',';
    first_ = false;
  }
  void quote(std::string_view value);

  std::string text_;
  bool first_ = true;
};

}  // namespace rockpool::wasm
