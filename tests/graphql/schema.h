// The schema that the judge is asked over: like one made of a collection of DatoCMS, with something of
// everything else that a schema may have.
#pragma once

#include "core/graphql/schema_builder.h"

namespace rockpool::graphql {

SchemaPointer judged_schema();

}  // namespace rockpool::graphql
