// What the program does. Each verb takes the words behind its name and says by its error what went wrong, in
// one line: what, where, what to do. `usage` means that the words or the configuration were wrong.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace rockpool::verbs {

using Words = std::vector<std::string>;

base::Status serve(const Words& words);
base::Status import_rows(const Words& words);
base::Status export_rows(const Words& words);
base::Status backup(const Words& words);
base::Status restore(const Words& words);
base::Status check(const Words& words);
base::Status token(const Words& words);
base::Status password(const Words& words);
base::Status key(const Words& words);
base::Status version(const Words& words);
base::Status help(const Words& words);

std::string help_text();

}  // namespace rockpool::verbs
