// A schema's answers about itself. Private to the module: an execution asks it wherever `__` says so.
#pragma once

#include "core/graphql/execute.h"

namespace rockpool::graphql {

void introspect(const Schema& schema, const Question& question, Answer& into);

}  // namespace rockpool::graphql
