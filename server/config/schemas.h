// `collections.<name>.schema`, at the top for the space `default` and in each of `spaces`.
#pragma once

#include <string_view>

#include "core/schema/schemas.h"
#include "server/config/section.h"

namespace rockpool::config {

// A schema is an object, or the path of a JSON file that holds one, relative to `folder`.
void read_schemas(Section& root, std::string_view folder, schema::Schemas& schemas);

}  // namespace rockpool::config
