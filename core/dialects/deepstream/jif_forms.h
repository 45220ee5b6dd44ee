// Which members which command has. Private to the dialect.
#pragma once

#include <string_view>

#include "core/dialects/deepstream/jif.h"

namespace rockpool::dialects::deepstream {

using Kind = Command::Kind;

enum class Data : std::uint8_t { none, optional, wanted, texts };

// What an action's command is made of, besides `topic` and `action`.
struct Form {
  std::string_view topic;
  std::string_view action;
  Kind kind;
  Topic of;
  std::string_view name;   // of the member that names what it is about; empty: none
  std::string_view names;  // of the list of names; empty: none
  Data data = Data::none;
  bool has_version = false;
  bool has_path = false;
};

inline constexpr Form forms[] = {
    {"event", "emit", Kind::emit, Topic::event, "eventName", "", Data::optional},
    {"record", "read", Kind::read, Topic::record, "recordName", ""},
    {"record", "write", Kind::write, Topic::record, "recordName", "", Data::wanted, true, true},
    {"record", "head", Kind::head, Topic::record, "recordName", ""},
    {"record", "delete", Kind::remove, Topic::record, "recordName", ""},
    {"record", "notify", Kind::notify, Topic::record, "", "recordNames"},
    {"rpc", "make", Kind::make, Topic::rpc, "rpcName", "", Data::optional},
    {"presence", "query", Kind::query, Topic::presence, "", "names"},
    {"list", "read", Kind::read, Topic::record, "listName", ""},
    {"list", "write", Kind::write, Topic::record, "listName", "", Data::texts, true},
    {"list", "delete", Kind::remove, Topic::record, "listName", ""},
};

}  // namespace rockpool::dialects::deepstream
