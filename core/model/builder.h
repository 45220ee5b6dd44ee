// Makes a Value of the parser's events. Private to the module.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/sax.h"

namespace rockpool::model {

// The members called by one of `sliced` are not made into Values but kept as compact text, in a string Value.
class Builder final : public Gate {
 public:
  explicit Builder(const ReadLimits& limits) : Gate(limits) {}
  Builder(const ReadLimits& limits, std::span<const std::string_view> sliced)
      : Gate(limits), sliced_(sliced) {}

  // Has only the limits checked: everything is inside of a slice that nobody takes.
  void make_nothing() {
    slice_begin_ = "";
    slice_depth_ = 1;
  }
  // Hands it the events of a text, false if it is refused. The one place where nlohmann's parser is made:
  // each type of handler or of text would be one more parser.
  bool parse(std::string_view text);

  Value take() { return std::move(finished_.back().value); }

  // The events, as nlohmann names them.
  bool null() { return value() && add(nullptr); }
  bool boolean(bool held) { return value() && add(held); }
  bool number_integer(std::int64_t held) { return value() && add(held); }
  bool number_unsigned(std::uint64_t held) { return value() && add(held); }
  bool number_float(double held, const std::string&) { return value() && add(held); }
  bool string(const std::string& held) { return text(held.size()) && add(held); }
  bool binary(const nlohmann::ordered_json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(); }
  bool key(const std::string& name);
  bool end_object() { return close(true); }
  bool start_array(std::size_t) { return open(); }
  bool end_array() { return close(false); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& what) {
    return syntax_error(position, what.what());
  }

 private:
  template <typename Held>
  bool add(const Held& held) {
    if (slice_begin_ == nullptr) {
      push(Value(held));
    } else if (slice_depth_ == 0) {
      push(Value(slice(std::is_arithmetic_v<Held> && !std::is_same_v<Held, bool>)));
    }
    return true;
  }
  void push(Value value);
  bool open();
  bool close(bool object);
  // The text of the value that just ended. The parser has read one byte past the end of a number.
  std::string slice(bool number);
  static Value array_of(std::span<Value::Item> items);
  static Value object_of(std::span<Value::Item> items);

  // Values whose container is still open; names are empty in arrays. Containers are made when they close,
  // each in one piece of the right size.
  std::vector<Value::Item> finished_;
  std::vector<std::size_t> begun_;  // where the members of each open container begin in `finished_`
  std::string name_;                // of the member whose value comes next

  std::span<const std::string_view> sliced_;
  const char* at_ = nullptr;           // where the parser stands in its text
  std::size_t slice_depth_ = 0;        // containers open inside the slice
  const char* slice_begin_ = nullptr;  // behind the slice's key; null outside of slices
};

}  // namespace rockpool::model
