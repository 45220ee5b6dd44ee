#include "core/dialects/rested/rested.h"

#include "core/dialects/rested/client.h"
#ifndef ROCKPOOL_CLIENT_ONLY
#include "core/dialects/rested/answers.h"
#include "core/dialects/rested/server.h"
#endif

namespace rockpool::dialects::rested {

const dialect::Dialect dialect = {
    .name = "rested",
    .abilities = abilities,
    .judges_origins = true,
    .client = make_client,
#ifndef ROCKPOOL_CLIENT_ONLY
    .server = make_server,
    .refuse = refuse_at_edge,
#endif
};

}  // namespace rockpool::dialects::rested
