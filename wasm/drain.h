// Everything an engine wants done, as one JSON array of events.
#pragma once

#include <string>
#include <vector>

#include "core/sync/engine.h"
#include "wasm/queries.h"

namespace rockpool::wasm {

// A few at a time: whoever takes one moves the rest.
using FileQueue = std::vector<journal::FileOp>;

// Polls `engine` until it is empty. File operations are added to `files` and wait there until the page is
// about to sync, because readers need not wait for them; rows that moved are told once, and to the queries
// that look at them.
std::string drain(sync::Engine& engine, FileQueue& files, Queries& queries);

}  // namespace rockpool::wasm
