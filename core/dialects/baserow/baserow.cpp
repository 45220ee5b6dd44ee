#include "core/dialects/baserow/baserow.h"

#include "core/dialects/baserow/client.h"
#ifndef ROCKPOOL_CLIENT_ONLY
#include "core/dialects/baserow/answers.h"
#include "core/dialects/baserow/server.h"
#endif

namespace rockpool::dialects::baserow {

const dialect::Dialect dialect = {
    .name = "baserow",
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

}  // namespace rockpool::dialects::baserow
