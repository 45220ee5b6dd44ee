// The engine's views as JSON text, in the shapes web/src/protocol.ts names.
#pragma once

#include <string_view>
#include <vector>

#include "core/sync/views.h"
#include "wasm/json_out.h"

namespace rockpool::wasm {

// The record as the page sees it: its members, with `id` in front. Data that is no object becomes `value`.
void put_row(JsonOut& out, std::string_view id, std::string_view data);
void put_meta(JsonOut& out, const sync::RowView& row);
void put_error(JsonOut& out, const base::Error& error);
void put_write(JsonOut& out, const sync::WriteView& write);
void put_conflict(JsonOut& out, const sync::ConflictView& clash);
void put_status(JsonOut& out, const sync::StatusView& status);
void put_members(JsonOut& out, const std::vector<model::Present::Member>& members);

}  // namespace rockpool::wasm
