// Files of records as they go into a backup and out of it: a folder beside the copy of the store.
#pragma once

#include <set>
#include <string>

#include "core/base/result.h"

namespace rockpool::files {

// The folder of a store's files, and the one that belongs to a backup.
inline std::string folder_of_store(const std::string& data_folder) { return data_folder + "/files"; }
inline std::string folder_of_backup(const std::string& backup) { return backup + ".files"; }

// Those of `ids` that `folder` does not hold.
std::set<std::string> missing(const std::string& folder, const std::set<std::string>& ids);

// Copies the files, synced, into a folder that is made where there is none; one that is there already stays.
// Those that are missing come back. `storage` when a copy fails.
base::Result<std::set<std::string>> copy_files(const std::string& from, const std::string& to,
                                               const std::set<std::string>& ids);

void remove_files(const std::string& folder, const std::set<std::string>& ids);

}  // namespace rockpool::files
