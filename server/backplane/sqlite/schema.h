// The store's file: what it is called, what is in it, and which of them this version understands.
#pragma once

#include <cstdint>
#include <string>

#include "server/backplane/sqlite/database.h"

namespace rockpool::backplane {

inline constexpr std::int64_t application_id = 0x526f636b;  // "Rock"
inline constexpr std::int64_t store_format = 1;

std::string store_file(const std::string& folder);

// Settings of every connection. `full_sync` false may lose the last commits when the power goes.
int configure(Database& database, bool full_sync);

// Is this a store of ours, of a format we know? `storage` for a foreign or damaged file, `newer_store` for a
// newer one.
base::Status check_format(Database& database, const std::string& path);

// Makes the tables in an empty file.
base::Status create_schema(Database& database, std::uint64_t epoch);

// SQLite's own check of its pages; `whole` compares the indexes too.
base::Status check_pages(Database& database, const std::string& path, bool whole);

// Random, and not the clock: two stores must never have the same.
std::uint64_t new_epoch();

}  // namespace rockpool::backplane
