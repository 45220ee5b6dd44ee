// Opens what import and export work on.
#pragma once

#include <functional>
#include <string>

#include "server/transfer/target.h"
#include "server/verbs/arguments.h"

namespace rockpool::verbs {

// Runs `work` on the folder or the server the arguments name.
base::Status with_target(const Arguments& arguments,
                         const std::function<base::Status(transfer::Target&)>& work);

// `--collection`, checked.
base::Result<std::string> read_collection(const Arguments& arguments);

}  // namespace rockpool::verbs
