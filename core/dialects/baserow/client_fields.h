// A table's fields, and rows by them: cells are called `field_<id>` on the wire and by their fields' names in
// records.
//
// Private to the dialect's client half.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialect/remote_records.h"
#include "core/model/value.h"

namespace rockpool::dialects::baserow {

using State = dialect::RemoteRecords::State;

// What our server says of the row at that place of a message.
void take_note(const model::Value& message, std::size_t at, State& state);

class TableFields {
 public:
  // A list of FIELD; of anything else none.
  static TableFields read(std::string_view body);
  bool empty() const { return fields_.empty(); }

  // A row as a record: the cells that it names over those of `before`. One that is none has no `remote`.
  struct Row {
    State state;
    bool is_whole = true;  // it has a cell of every field
  };
  Row row_of(const model::Value& row, const State* before) const;
  // RemoteRecords::Service::is_so
  bool is_so(const std::string& wanted, const std::string& there, bool creates) const;
  // What is to be said so that a row becomes what is wanted: `"field_90":"bolt",…`. `there` is empty for a
  // new one. `creates`: what is not said may be as it is in new rows.
  base::Result<std::string> cells(const std::string& there, const std::string& wanted,
                                  bool creates = false) const;
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
