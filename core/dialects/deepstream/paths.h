// Deepstream's paths into a record's data.
//
// path    := segment ("." segment)*        trimmed; empty ones are skipped
// segment := name index* | index+
// index   := "[" digits "]"                trimmed inside
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rockpool::dialects::deepstream {

// The steps as model::Mutation::path has them: `a.b[2].x0` is ["a","b",2,"x0"]. `invalid` where the original
// would lose the value, poison itself or guess: no step at all, brackets around anything but digits, or text
// behind them, more than 64 steps, and names that change all objects of a page.
base::Result<std::string> steps_of(std::string_view path);

// The other way round. Empty: no path says that, since a name has a dot, a bracket or space around it.
std::string path_of(std::string_view steps);

}  // namespace rockpool::dialects::deepstream
