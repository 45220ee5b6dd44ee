// Judges what comes to be stored, as it is stored, and the whole world once it is at rest.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/client.h"
#include "tests/sim/log.h"
#include "tests/sim/wiretap.h"

namespace rockpool::sim {

using Clients = std::vector<std::unique_ptr<Client>>;

class Audit {
 public:
  Audit(Setting& setting, const Wiretap& tap, const Log& log, const Clients& clients, History& history)
      : setting_(setting), tap_(tap), log_(log), clients_(clients), history_(history) {}

  // Before `entry` becomes part of the history.
  void stored(const hub::Entry& entry);

  // At rest.
  void check_agreement(const Client& client);
  void check_counted();
  // What somebody made is there once.
  void check_made_once();
  // Every write that its user was told is acknowledged took effect, none did that he was told is not.
  void check_fates();

 private:
  // Records as they are while an entry's changes are gone through.
  struct Ground {
    std::map<model::Key, model::Record> records;
    std::map<ClientNumber, model::Version> made;
  };

  const model::Record* record(const Ground& ground, const model::Key& key, model::Version previous) const;
  void check_change(const hub::Batch& batch, const model::Change& change, Ground& ground);
  void check_cause(const hub::Batch& batch, const model::Change& change, const model::Record* before,
                   const Ground& ground);
  void check_revival(const model::Change& change, const model::Record* before, const ClientNumber& who);
  bool is_fenced(const Attempt& attempt, const std::string& client, const model::Record* before,
                 const Ground& ground) const;
  void check_groups(const hub::Batch& batch, const std::map<ClientNumber, model::Version>& made);
  void fail(const char* invariant, const std::string& what) { setting_.judge.fail(invariant, what); }

  struct Sum {
    std::int64_t n = 0;
    std::map<std::string, std::string> fields;
    std::map<std::string, bool> tags;  // token -> in
  };
  Sum sum_of(const model::Key& record) const;
  bool took_effect(const Store& store, const Written& written) const;
  void check_counted(const model::Key& key, const model::Record& record);

  Setting& setting_;
  const Wiretap& tap_;
  const Log& log_;
  const Clients& clients_;
  History& history_;
};

}  // namespace rockpool::sim
