// What users do, by chance.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/sim/client.h"
#include "tests/sim/contents.h"

namespace rockpool::sim {

class Workload {
 public:
  explicit Workload(Setting& setting) : setting_(setting) {}

  // One act of the user of `client`.
  void act(Client& client);
  // Answers one of the client's conflicts, if there are any.
  bool resolve_one(Client& client);
  // A record written by somebody who is not a client of ours.
  std::string stranger_data();

 private:
  const CollectionPlan& some_collection();
  std::optional<model::Key> some_free(const Client& client, const CollectionPlan& plan);
  static std::optional<model::Key> client_key(const Client& client, const model::Key& stored);
  std::optional<Wish> some_wish(Client& client);
  std::optional<Wish> free_wish(Client& client, const CollectionPlan& plan);
  std::optional<Wish> counted_wish(Client& client, const CollectionPlan& plan);
  int creator_of(std::uint64_t number) const;
  std::optional<Wish> counted_cell(Client& client, const model::Key& key, std::string_view shown);
  Wish counted_change(Client& client, const model::Key& key, std::string_view shown);
  std::optional<Wish> whole_wish(Client& client, const model::Key& key, std::string_view shown);
  void write_batch(Client& client);
  void second_thoughts(Client& client);

  Setting& setting_;
  Contents contents_{setting_};
  std::uint64_t strangers_ = 0;
};

}  // namespace rockpool::sim
