// What a log amounts to: the records of every space, tombstones too, and the books of its clients. Made from
// the backplane's records at the start and from entries afterwards; whoever applies the same entries has the
// same view.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/hub/books.h"
#include "core/hub/records.h"

namespace rockpool::hub {

// What a record counts for against a space's quota.
std::uint64_t weight_of(const model::Record& record);

struct Space {
  std::map<std::string, Records, std::less<>> collections;
  std::map<ClientKey, Book> books;
  std::uint64_t bytes = 0;

  const Book* book(const ClientKey& client) const;
  // Makes one for a client that was never heard of.
  Book& open_book(const ClientKey& client);
};

class View {
 public:
  const Space* space(std::string_view name) const;
  Space& open_space(const std::string& name);
  const std::map<std::string, Space, std::less<>>& spaces() const { return spaces_; }
  const Records* collection(std::string_view space, std::string_view name) const;
  const model::Record* record(std::string_view space, const model::Key& key) const;
  // By its number, in one of the clients' own collections.
  const model::Record* numbered(std::string_view space, std::uint64_t num) const;

  // `seq`: the entry that wrote it. What was there comes back.
  std::optional<model::Record> put(const std::string& space, const model::Record& record, std::uint64_t seq);
  // What was there before each change, in their order; null where there was nothing.
  using Before = std::vector<std::shared_ptr<const model::Record>>;
  void apply(const Entry& entry, Before* before = nullptr);
  // Tombstones written at or before `up_to` and not touched since.
  void forget_tombstones(std::uint64_t up_to);
  void forget_book(const std::string& space, const ClientKey& client);

  std::uint64_t records() const { return records_; }  // without tombstones
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t clients() const;
  std::uint64_t last_num() const { return last_num_; }
  void raise_last_num(std::uint64_t num);

 private:
  struct Tombstone {
    std::uint64_t seq;
    std::string space;
    model::Key key;
    model::Version version;
  };

  void count(Space& space, const model::Record& record, bool in);

  std::map<std::string, Space, std::less<>> spaces_;
  std::deque<Tombstone> tombstones_;  // by seq
  std::uint64_t records_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t last_num_ = 0;
};

}  // namespace rockpool::hub
