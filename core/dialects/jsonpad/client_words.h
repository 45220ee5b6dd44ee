// What the page's end says and reads, as text.
//
// Private to the dialect's client half.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialect/remote_records.h"
#include "core/model/value.h"

namespace rockpool::dialects::jsonpad {

using State = dialect::RemoteRecords::State;

// {"user", "token", "realtimeToken"}: an account and its two tokens.
struct Login {
  std::string api;  // values of the header Authorization
  std::string realtime;
};
std::optional<Login> read_login(std::string_view token);

// An item resource; nullopt: it is none.
std::optional<State> read_item(const model::Value& item);

struct ItemPage {
  std::vector<State> items;
  std::size_t odd = 0;  // that were no items
  std::uint64_t page = 1, pages = 1;
  std::optional<std::uint64_t> total;
};
std::optional<ItemPage> read_page(std::string_view body);

struct ListState {
  std::string text;  // all of it, to see whether it has changed
  bool is_realtime = false;
};
std::optional<ListState> read_list_state(std::string_view body);

// One event, or those of a batch.
struct News {
  std::string type;
  std::string list;         // of items on our server; of lists: the name
  State item;               // without data: the id of what went
  std::uint64_t place = 0;  // in our server's log
};
std::optional<std::vector<News>> read_news(std::string_view body);

// Of the answer to the first request; nullopt: the server does not say.
std::optional<std::uint64_t> read_epoch(std::string_view body);

// Of an error's body; 0: none.
std::uint64_t error_code(std::string_view body);

// For long answers.
base::Result<model::Value> read_answer(std::string_view body);

}  // namespace rockpool::dialects::jsonpad
