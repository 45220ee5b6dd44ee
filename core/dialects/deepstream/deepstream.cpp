#include "core/dialects/deepstream/deepstream.h"

#include "core/dialects/deepstream/client.h"
#ifndef ROCKPOOL_CLIENT_ONLY
#include "core/dialects/deepstream/http.h"
#include "core/dialects/deepstream/server.h"
#endif

namespace rockpool::dialects::deepstream {

const dialect::Dialect dialect = {
    .name = "deepstream",
    .abilities = abilities,
#ifndef ROCKPOOL_CLIENT_ONLY
    .cors = &cors,
#endif
    .client = make_client,
#ifndef ROCKPOOL_CLIENT_ONLY
    .server = make_server,
    .encode = encode_notice,
    .encodes_binary = true,
    .ends = ends_topic,
#endif
};

}  // namespace rockpool::dialects::deepstream
