#include "server/config/schemas.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "server/config/config.h"

namespace rockpool::config {
namespace {

std::string mistake_in(std::string_view text, std::string_view folder = "") {
  const auto config = read_config(text, folder);
  return config.ok() ? "none" : config.error().message;
}

TEST(ConfigSchemas, stand_with_the_collections_of_each_space) {
  const auto config = read_config(
      R"({"collections": {"todos": {"schema": {"type": "object"}}, "note-*": {"schema": {"type": "string"}}},
          "spaces": {"team": {"access": "open", "collections": {"todos": {"schema": false}}}}})",
      "");
  ASSERT_TRUE(config.ok()) << config.error().message;
  ASSERT_NE(config->schemas.find("default", "todos"), nullptr);
  EXPECT_TRUE(config->schemas.find("default", "todos")->admit(model::Value::object()).ok());
  EXPECT_FALSE(config->schemas.find("default", "note-1")->admit(model::Value::object()).ok());
  EXPECT_FALSE(config->schemas.find("team", "todos")->admit(model::Value::object()).ok());
  EXPECT_EQ(config->schemas.find("default", "others"), nullptr);
  EXPECT_EQ(config->schemas.find("nowhere", "todos"), nullptr);
}

TEST(ConfigSchemas, a_whole_name_counts_more_than_a_pattern_and_a_longer_one_more_than_a_shorter) {
  const auto config = read_config(
      R"({"collections": {"*": {"schema": false}, "note-*": {"schema": {"type": "string"}},
          "note-a": {"schema": true}}})",
      "");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_TRUE(config->schemas.find("default", "note-a")->admit(1u).ok());
  EXPECT_TRUE(config->schemas.find("default", "note-b")->admit("x").ok());
  EXPECT_FALSE(config->schemas.find("default", "x")->admit("x").ok());
}

TEST(ConfigSchemas, mistakes_are_named_with_their_path) {
  EXPECT_EQ(mistake_in(R"({"collections": {"todos": {"schema": {"properties": {"a": {"typ": 1}}}}}})"),
            "collections.todos.schema: /properties/a/typ: is no keyword of the JSON Schema subset that "
            "docs/operating.md lists");
  EXPECT_EQ(
      mistake_in(R"({"spaces": {"t": {"collections": {"a": {"schema": "missing.json"}}}}})"),
      "spaces.t.collections.a.schema: missing.json: cannot be read; write the schema's path relative to "
      "this file");
}

TEST(ConfigSchemas, may_be_files_beside_the_configuration) {
  const auto folder = std::filesystem::temp_directory_path() / "rockpool-schemas-test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "todo.json") << R"({"type": "object" /* always */})";
  std::ofstream(folder / "bad.json") << R"({"type": "thing"})";
  EXPECT_EQ(mistake_in(R"({"collections": {"todos": {"schema": "todo.json"}}})", folder.string()), "none");
  EXPECT_EQ(
      mistake_in(R"({"collections": {"todos": {"schema": "bad.json"}}})", folder.string()),
      "collections.todos.schema: bad.json: /type: must be null, boolean, integer, number, string, array or "
      "object, or a list of them");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace rockpool::config
