// Models: what kinds of records there are, and their fields. From them come the types of the schema, the
// names of its queries, and what every dialect has to keep to in the collection.
//
//   "blog_post": {"fields": {"title": "string", "author": {"type": "link", "model": "author"}}}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/value.h"

namespace rockpool::dialects::datocms {

enum class FieldType : std::uint8_t {
  string,
  text,
  slug,
  integer,
  real,
  boolean,
  date,
  date_time,
  json,
  link,
  links,
  color,  // these two are JSON of any shape
  geo
};
inline constexpr std::size_t field_types = 13;
std::string_view name_of(FieldType type);

struct Field {
  std::string key;   // `published_on`: the member of a record's data
  std::string name;  // `publishedOn`: the field of its type
  FieldType type = FieldType::string;
  std::string model;      // that a link leads to
  bool required = false;  // a record without it is not valid
  bool operator==(const Field&) const = default;
};

struct Model {
  std::string key;         // `blog_post`
  std::string name;        // `blogPost`: the query for one record
  std::string all;         // `allBlogPosts`
  std::string type;        // `BlogPostRecord`
  std::string plural;      // `people`, where the rule says otherwise
  bool is_single = false;  // there is one record of it at most
  bool publishes = false;  // what other dialects write is published at once
  std::vector<Field> fields;
  bool operator==(const Model&) const = default;

  const Field* find(std::string_view field_key) const;
  std::string filter_type() const;  // `BlogPostModelFilter`
  std::string order_type() const;   // `BlogPostModelOrderBy`
};

using Models = std::vector<Model>;

// The configuration's `models`. The error is `usage` and names the place.
base::Result<Models> read_models(const model::Value& value);
// The same from what was made of them for a facet, one by one.
base::Result<Model> read_model(std::string_view key, const model::Value& value);
model::Value written(const Model& model);
// Links lead to models that are there, and no two names are the same.
std::optional<base::Error> check(const Models& models);

// What every dialect has to keep to (core/schema/fields.h).
model::Value neutral_fields(const Model& model);

// `blog_post` -> `blogPost`, and `BlogPost` when it begins large.
std::string camel(std::string_view key, bool begins_large = false);
// English, by rule: `category` -> `categories`, `box` -> `boxes`, `post` -> `posts`.
std::string plural(std::string_view name);

}  // namespace rockpool::dialects::datocms
