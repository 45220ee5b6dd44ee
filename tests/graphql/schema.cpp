#include "tests/graphql/schema.h"

#include <cstdio>
#include <cstdlib>

namespace rockpool::graphql {
namespace {

void add_scalars(SchemaBuilder& builder) {
  builder.scalar("BooleanType", ScalarKind::boolean);
  builder.scalar("IntType", ScalarKind::whole, "A whole number");
  builder.scalar("FloatType", ScalarKind::real);
  builder.scalar("ItemId", ScalarKind::id);
  builder.scalar("Date", ScalarKind::date, "A \"day\"", "https://example.com/date");
  builder.scalar("DateTime", ScalarKind::date_time);
  builder.scalar("JsonField", ScalarKind::json);
}

void add_enumerations(SchemaBuilder& builder) {
  const TypeIndex locale = builder.enumeration("SiteLocale");
  for (const char* name : {"en", "de", "pt_BR"}) builder.value(locale, {.name = name});
  builder.value(locale, {.name = "fr", .description = "French", .deprecation = "nobody reads it"});
  const TypeIndex status = builder.enumeration("ItemStatus");
  for (const char* name : {"draft", "updated", "published"}) builder.value(status, {.name = name});
  const TypeIndex order = builder.enumeration("BlogPostModelOrderBy");
  for (const char* name : {"_updatedAt_ASC", "_updatedAt_DESC", "title_ASC", "title_DESC"})
    builder.value(order, {.name = name});
}

void add_filter(SchemaBuilder& builder, const std::string& name, const std::string& type) {
  const TypeIndex filter = builder.input(name);
  for (const char* test : {"eq", "neq"}) builder.input_field(filter, {.name = test, .type = type});
  for (const char* test : {"in", "notIn"})
    builder.input_field(filter, {.name = test, .type = "[" + type + "]"});
  builder.input_field(filter, {.name = "exists", .type = "BooleanType"});
}

void add_inputs(SchemaBuilder& builder) {
  add_filter(builder, "StringFilter", "String");
  add_filter(builder, "IntegerFilter", "IntType");
  add_filter(builder, "FloatFilter", "FloatType");
  add_filter(builder, "ItemIdFilter", "ItemId");
  add_filter(builder, "DateFilter", "Date");
  add_filter(builder, "DateTimeFilter", "DateTime");
  add_filter(builder, "StatusFilter", "ItemStatus");
  const TypeIndex matches = builder.input("StringMatchesFilter");
  builder.input_field(matches, {.name = "pattern", .type = "String!"});
  builder.input_field(matches, {.name = "caseSensitive", .type = "BooleanType", .default_text = "false"});
  builder.input_field(matches, {.name = "regexp", .type = "BooleanType!", .default_text = "true"});
  const TypeIndex filter = builder.input("BlogPostModelFilter", "What a post has to be like");
  builder.input_field(filter, {.name = "id", .type = "ItemIdFilter"});
  builder.input_field(filter, {.name = "title", .type = "StringFilter"});
  builder.input_field(filter, {.name = "text", .type = "StringMatchesFilter"});
  builder.input_field(filter, {.name = "views", .type = "IntegerFilter", .deprecation = "slow"});
  builder.input_field(filter, {.name = "rating", .type = "FloatFilter"});
  builder.input_field(filter, {.name = "day", .type = "DateFilter"});
  builder.input_field(filter, {.name = "_updatedAt", .type = "DateTimeFilter"});
  builder.input_field(filter, {.name = "_status", .type = "StatusFilter"});
  builder.input_field(filter, {.name = "AND", .type = "[BlogPostModelFilter]"});
  builder.input_field(filter, {.name = "OR", .type = "[BlogPostModelFilter!]"});
  const TypeIndex window = builder.input("Window");
  builder.input_field(window, {.name = "first", .type = "IntType!", .default_text = "20"});
  builder.input_field(window, {.name = "matches",
                               .type = "StringMatchesFilter",
                               .default_text = "{pattern: \"a\\n\", caseSensitive: null}"});
}

void add_record_fields(SchemaBuilder& builder, TypeIndex type) {
  builder.field(type, {.name = "id", .type = "ItemId!"});
  for (const char* name : {"_createdAt", "_updatedAt"})
    builder.field(type, {.name = name, .type = "DateTime!"});
  builder.field(type, {.name = "_publishedAt", .type = "DateTime"});
  builder.field(type, {.name = "_status", .type = "ItemStatus!"});
  builder.field(type, {.name = "_modelApiKey", .type = "String!"});
}

TypeIndex add_record(SchemaBuilder& builder, const std::string& name) {
  const TypeIndex type = builder.object(name, "A record");
  builder.implement(type, "RecordInterface");
  add_record_fields(builder, type);
  return type;
}

void add_post(SchemaBuilder& builder) {
  const TypeIndex post = add_record(builder, "BlogPostRecord");
  builder.implement(post, "Titled");
  const std::vector<InputSpec> echoed = {
      {.name = "filter", .type = "BlogPostModelFilter"},
      {.name = "window", .type = "Window", .default_text = "{}"},
      {.name = "orderBy", .type = "[BlogPostModelOrderBy]", .default_text = "[_updatedAt_DESC]"},
      {.name = "number", .type = "Int", .default_text = "3"},
      {.name = "numbers", .type = "[[Float!]]"},
      {.name = "truth", .type = "Boolean!", .default_text = "true"},
      {.name = "id", .type = "ID"},
      {.name = "item", .type = "ItemId"},
      {.name = "json", .type = "JsonField"},
      {.name = "old", .type = "String", .deprecation = "no longer read"}};
  builder.field(post, {.name = "title", .type = "String!"});
  builder.field(post, {.name = "text", .type = "String"});
  builder.field(post, {.name = "views", .type = "IntType"});
  builder.field(post, {.name = "rating", .type = "FloatType"});
  builder.field(post, {.name = "featured", .type = "BooleanType"});
  builder.field(post, {.name = "day", .type = "Date"});
  builder.field(post, {.name = "extra", .type = "JsonField"});
  builder.field(post, {.name = "tags", .type = "[String!]"});
  builder.field(post, {.name = "matrix", .type = "[[IntType]!]"});
  builder.field(post, {.name = "author", .type = "AuthorRecord"});
  builder.field(post, {.name = "editor", .type = "AuthorRecord!"});
  builder.field(post, {.name = "related", .type = "[BlogPostRecord!]!"});
  builder.field(post, {.name = "neighbours", .type = "[[BlogPostRecord!]]"});
  builder.field(post, {.name = "mixed", .type = "[RecordInterface]"});
  builder.field(post, {.name = "broken", .type = "String"});
  builder.field(post, {.name = "brokenHard", .type = "IntType!"});
  builder.field(post, {.name = "subtitle", .type = "String", .deprecation = "use text"});
  builder.field(post,
                {.name = "echo", .type = "JsonField", .description = "Its arguments", .arguments = echoed});
}

void add_others(SchemaBuilder& builder) {
  const TypeIndex record = builder.interface("RecordInterface", "What all records have");
  add_record_fields(builder, record);
  const TypeIndex titled = builder.interface("Titled");
  builder.implement(titled, "RecordInterface");
  add_record_fields(builder, titled);
  builder.field(titled, {.name = "title", .type = "String"});
  builder.field(titled, {.name = "author", .type = "RecordInterface"});
  const TypeIndex author = add_record(builder, "AuthorRecord");
  builder.field(author, {.name = "name", .type = "String!"});
  builder.field(author, {.name = "views", .type = "Int"});
  builder.field(author, {.name = "posts", .type = "[BlogPostRecord!]!"});
  const TypeIndex home = add_record(builder, "HomePageRecord");
  builder.implement(home, "Titled");
  builder.field(home, {.name = "title", .type = "String"});
  builder.field(home, {.name = "author", .type = "AuthorRecord"});
  builder.field(home, {.name = "highlight", .type = "SearchResult"});
  const TypeIndex result = builder.union_of("SearchResult");
  builder.member(result, "AuthorRecord");
  builder.member(result, "BlogPostRecord");
  const TypeIndex metadata = builder.object("CollectionMetadata");
  builder.field(metadata, {.name = "count", .type = "IntType!"});
}

void add_query(SchemaBuilder& builder) {
  const TypeIndex query = builder.object("Query", "Where everything begins");
  const InputSpec locale = {.name = "locale", .type = "SiteLocale"};
  const InputSpec fallback = {.name = "fallbackLocales", .type = "[SiteLocale!]"};
  const InputSpec filter = {.name = "filter", .type = "BlogPostModelFilter"};
  const InputSpec order = {
      .name = "orderBy", .type = "[BlogPostModelOrderBy]", .default_text = "[_updatedAt_DESC]"};
  const InputSpec skip = {.name = "skip", .type = "IntType"};
  const InputSpec first = {.name = "first", .type = "IntType", .default_text = "20"};
  builder.field(
      query, {.name = "blogPost", .type = "BlogPostRecord", .arguments = {locale, fallback, filter, order}});
  builder.field(query, {.name = "allBlogPosts",
                        .type = "[BlogPostRecord!]!",
                        .arguments = {locale, fallback, skip, first, filter, order}});
  builder.field(query,
                {.name = "_allBlogPostsMeta", .type = "CollectionMetadata!", .arguments = {locale, filter}});
  builder.field(query, {.name = "homePage", .type = "HomePageRecord", .arguments = {locale, fallback}});
  builder.field(
      query, {.name = "node", .type = "RecordInterface", .arguments = {{.name = "id", .type = "ItemId!"}}});
  builder.field(query, {.name = "search",
                        .type = "[SearchResult]!",
                        .arguments = {{.name = "text", .type = "String!"},
                                      {.name = "limit", .type = "Int!", .default_text = "3"}}});
  builder.field(query, {.name = "titled", .type = "Titled"});
}

}  // namespace

SchemaPointer judged_schema() {
  SchemaBuilder builder;
  add_scalars(builder);
  add_enumerations(builder);
  add_inputs(builder);
  add_others(builder);
  add_post(builder);
  add_query(builder);
  base::Result<SchemaPointer> made = builder.finish();
  if (made) return *made;
  std::fprintf(stderr, "%s\n", made.error().message.c_str());
  std::abort();
}

}  // namespace rockpool::graphql
