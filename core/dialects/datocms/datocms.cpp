#include "core/dialects/datocms/datocms.h"

#include "core/dialects/datocms/client.h"
#ifndef ROCKPOOL_CLIENT_ONLY
#include "core/dialects/datocms/faults.h"
#include "core/dialects/datocms/server.h"
#endif

namespace rockpool::dialects::datocms {

const dialect::Dialect dialect = {
    .name = "datocms",
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

}  // namespace rockpool::dialects::datocms
