#include "core/dialects/jsonpad/jsonpad.h"

#include "core/dialects/jsonpad/server.h"

namespace rockpool::dialects::jsonpad {

const dialect::Dialect dialect = {
    .name = "jsonpad",
    .abilities = abilities,
    .cors = &cors,
    .server = make_server,
};

}  // namespace rockpool::dialects::jsonpad
