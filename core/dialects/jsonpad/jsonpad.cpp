#include "core/dialects/jsonpad/jsonpad.h"

#include "core/dialects/jsonpad/client.h"
#ifndef ROCKPOOL_CLIENT_ONLY
#include "core/dialects/jsonpad/faults.h"
#include "core/dialects/jsonpad/server.h"
#endif

namespace rockpool::dialects::jsonpad {

const dialect::Dialect dialect = {
    .name = "jsonpad",
    .abilities = abilities,
#ifndef ROCKPOOL_CLIENT_ONLY
    .cors = &cors,
#endif
    .client = make_client,
#ifndef ROCKPOOL_CLIENT_ONLY
    .server = make_server,
    .refuse = refuse_at_edge,
#endif
};

}  // namespace rockpool::dialects::jsonpad
