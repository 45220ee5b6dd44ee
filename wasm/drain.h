// Everything an engine wants done, as one JSON array of events.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/sync/engine.h"
#include "wasm/cache_files.h"
#include "wasm/json_out.h"
#include "wasm/queries.h"

namespace rockpool::wasm {

// Polls `engine` until it is empty. File operations wait in `files` until the page is about to sync, because readers
// need not wait for them; rows that moved are told once, and to the queries that look at them.
std::string drain(sync::Engine& engine, CacheFiles& files, Queries& queries);

}  // namespace rockpool::wasm
