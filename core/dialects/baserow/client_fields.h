// A table's fields, and rows by them: cells are called `field_<id>` on the wire and by their fields' names in
// records.
//
// Private to the dialect's client half.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/dialect/remote_records.h"
#include "core/model/value.h"

namespace rockpool::dialects::baserow {

using State = dialect::RemoteRecords::State;

// What our server says of a row: its version, times and name.
void note_state(const model::Value& note, State& state);

class TableFields {
 public:
  // A list of FIELD; nullopt: it is none.
  static std::optional<TableFields> read(std::string_view body);

  // A row as a record: the cells that it names over those of `before`. nullopt: it is no row. `note`: what
  // our server says of it, or null.
  std::optional<State> state_of(const model::Value& row, const model::Value* note, const State* before) const;
  // Has it a cell of every field?
  bool is_whole(const State& state) const;
  // RemoteRecords::Service::is_so
  bool is_so(const std::string& wanted, const std::string& there, bool creates) const;
  // What is to be said so that a row becomes what is wanted: `"field_90":"bolt",…`. `there` is empty for a
  // new one.
  std::variant<std::string, base::Error> cells(const std::string& there, const std::string& wanted) const;
  // What a member of a body is called here.
  std::string name_of(const std::string& member) const;

 private:
  struct Field {
    std::string cell;  // field_90
    std::string name;
    std::string type;
    bool is_read_only = false;
    model::Value preset;  // what it is in a new row of which nothing is said
  };

  const Field* find(std::string_view name) const;

  std::vector<Field> fields_;
};

}  // namespace rockpool::dialects::baserow
