#include "core/dialects/rested/rested.h"

#include "core/dialects/rested/server.h"

namespace rockpool::dialects::rested {

const dialect::Dialect dialect = {
    .name = "rested",
    .abilities = {.versions = true, .resume = true},
    .judges_origins = true,
    .server = make_server,
};

}  // namespace rockpool::dialects::rested
