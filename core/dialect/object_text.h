// Writes JSON objects member by member, straight into text: what only passes through a dialect is never made
// into Values on its way out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rockpool::dialect {

// One object at the end of `out`, which must outlive the writer. Names are plain ASCII without anything to
// escape.
//
//   ObjectText(out).text("type", "ack").count("number", 7).end();
class ObjectText {
 public:
  explicit ObjectText(std::string& out) : out_(out) { out_ += '{'; }

  ObjectText& text(std::string_view name, std::string_view value);
  ObjectText& count(std::string_view name, std::uint64_t value);
  ObjectText& integer(std::string_view name, std::int64_t value);
  ObjectText& flag(std::string_view name, bool value);
  // `json` is compact JSON text.
  ObjectText& raw(std::string_view name, std::string_view json);
  // The member's name; its value is what the caller appends to the returned text next.
  std::string& member(std::string_view name);
  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

// `[` element `,` element ... `]`, each appended by `each(element)`.
template <typename List, typename Each>
void append_list(std::string& out, const List& list, const Each& each) {
  out += '[';
  bool first = true;
  for (const auto& element : list) {
    if (!first) out += ',';
    first = false;
    each(element);
  }
  out += ']';
}

}  // namespace rockpool::dialect
