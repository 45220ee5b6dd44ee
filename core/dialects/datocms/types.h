// The schema that models make: the types of their records, what may be asked of them, and how.
#pragma once

#include <vector>

#include "core/dialects/datocms/models.h"
#include "core/graphql/schema.h"

namespace rockpool::dialects::datocms {

// What a field of the query asks for. In its tag, with the model's place.
enum class Ask : std::uint8_t { one, all, meta };
inline constexpr std::uint32_t asks = 3;

// Tags of fields that every record has; those of a model's own fields are their places.
enum class RecordTag : std::uint32_t {
  id = 1u << 16,
  created,
  updated,
  published,
  first_published,
  publication_scheduled,
  unpublishing_scheduled,
  status,
  is_valid,
  model_key,
  editing_url
};

struct Types {
  graphql::SchemaPointer schema;
  std::vector<graphql::TypeIndex> records;  // by the model's place; the tag of each is that place
  graphql::TypeIndex metadata = graphql::no_type;
};

// The error is `invalid`: names of models meet each other or those of other types.
base::Result<Types> make_types(const Models& models);

}  // namespace rockpool::dialects::datocms
