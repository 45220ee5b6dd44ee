#include "core/dialects/deepstream/deepstream.h"

#include "core/dialects/deepstream/client.h"
#include "core/dialects/deepstream/http.h"
#include "core/dialects/deepstream/server.h"

namespace rockpool::dialects::deepstream {

const dialect::Dialect dialect = {
    .name = "deepstream",
    .abilities = {.versions = true, .batches = true, .events = true, .rpc = true, .presence = true},
    .cors = &cors,
    .client = make_client,
    .server = make_server,
    .encode = encode_notice,
    .encodes_binary = true,
    .ends = ends_topic,
};

}  // namespace rockpool::dialects::deepstream
