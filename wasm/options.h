// The page's options, as text, into the engine's.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"
#include "core/sync/views.h"

namespace rockpool::wasm {

struct CoreOptions {
  std::string dialect = "native";
  std::uint64_t seed = 0;  // of the engine's chance; from the page's source of secrets
  sync::Options engine;
};

// `text` is written by the SDK's own code; an error means that the two halves do not belong together.
base::Result<CoreOptions> read_options(std::string_view text);

}  // namespace rockpool::wasm
