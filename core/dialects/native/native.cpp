#include "core/dialects/native/native.h"

#include "core/dialects/native/client.h"
#ifndef ROCKPOOL_CLIENT_ONLY
#include "core/dialect/frames.h"
#include "core/dialects/native/server.h"
#endif

namespace rockpool::dialects::native {

// In a browser nobody serves: what is not named here is not linked.
const dialect::Dialect dialect = {
    .name = "native",
    .abilities = abilities,
    .client = make_client,
#ifndef ROCKPOOL_CLIENT_ONLY
    .server = make_server,
    .encode = encode_notice,
    .join = dialect::join_json,
#endif
};

}  // namespace rockpool::dialects::native
