// A JSON Pointer that grows and shrinks with the one who walks. Private to the module.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rockpool::schema {

class Place {
 public:
  Place() = default;
  explicit Place(std::string pointer) : pointer_(std::move(pointer)) {}
  const std::string& pointer() const { return pointer_; }

  // One step deeper while it lives.
  class Step {
   public:
    Step(Place& place, std::string_view name);
    Step(Place& place, std::size_t index);
    ~Step() { place_.pointer_.resize(length_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Place& place_;
    std::size_t length_;
  };

 private:
  std::string pointer_;
};

// The name that a step of a pointer stands for; nothing when `~` escapes neither itself nor the slash, or
// there is more than one step.
std::optional<std::string> unescaped(std::string_view step);

}  // namespace rockpool::schema
