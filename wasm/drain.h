// Everything an engine wants done, as one JSON array of events.
#pragma once

#include <deque>
#include <string>

#include "core/sync/engine.h"
#include "wasm/queries.h"

namespace rockpool::wasm {

using FileQueue = std::deque<journal::FileOp>;

// Polls `engine` until it is empty. File operations are added to `files` and wait there until the page is
// about to sync, because readers need not wait for them; rows that moved are told once, and to the queries
// that look at them.
std::string drain(sync::Engine& engine, FileQueue& files, Queries& queries);

}  // namespace rockpool::wasm
