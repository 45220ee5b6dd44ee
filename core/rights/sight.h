// What a reader sees of a collection: of each of its parts all records, those of its own, or none.
//
// A part is the records whose ids have rules of their own; the first one is all others. A change is told on
// one topic for those who see all of its part and on one for its owner, so a reader joins as many topics as
// it sees parts of, and hears each change once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rockpool::rights {

enum class Extent : std::uint8_t { none, own, all };

// Of a topic: which records of the collection are told there. An owner of nothing: all of the part.
std::string scope_of(std::size_t part, std::string_view owner = {});

struct Sight {
  std::vector<Extent> parts{Extent::all};
  std::string user;

  bool is_nothing() const;
  bool is_everything() const;
  bool shows(std::size_t part, std::string_view owner) const {
    return parts[part] == Extent::all || (parts[part] == Extent::own && !user.empty() && owner == user);
  }
  // Of the topics to be joined.
  std::vector<std::string> scopes() const;
};

}  // namespace rockpool::rights
