#include "server/config/schemas.h"

#include <filesystem>
#include <fstream>

#include "server/config/comments.h"

namespace rockpool::config {
namespace {

constexpr std::size_t file_bytes_max = 1 << 20;

base::Result<model::Value> read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::error_code problem;
  if (!stream || std::filesystem::is_directory(path, problem)) {
    return base::Error{base::Code::usage, "cannot be read; write the schema's path relative to this file",
                       ""};
  }
  std::string text(file_bytes_max + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return model::read(without_comments(text), {.bytes_max = file_bytes_max});
}

base::Result<schema::Schema> compile(const model::Value& stated, std::string_view folder) {
  const std::string* path = stated.get_ptr<const std::string*>();
  if (path == nullptr) return schema::Schema::compile(stated);
  const auto read = read_file(std::filesystem::path(folder) / *path);
  auto schema = read ? schema::Schema::compile(*read) : read.error();
  if (schema) return schema;
  return base::Error{base::Code::usage, *path + ": " + schema.error().message, ""};
}

void read_collections(Section& section, const std::string& space, std::string_view folder,
                      schema::Schemas& schemas) {
  auto collections = section.section("collections");
  if (!collections) return;
  for (const std::string& pattern : collections->keys()) {
    auto collection = collections->section(pattern);
    const model::Value* stated = collection->any("schema");
    if (stated == nullptr) continue;
    auto schema = compile(*stated, folder);
    schema ? schemas.add(space, pattern, std::move(*schema))
           : collection->mistake("schema", schema.error().message);
  }
}

}  // namespace

void read_schemas(Section& root, std::string_view folder, schema::Schemas& schemas) {
  read_collections(root, "default", folder, schemas);
  auto spaces = root.section("spaces");
  if (!spaces) return;
  for (const std::string& name : spaces->keys()) {
    if (auto space = spaces->section(name)) read_collections(*space, name, folder, schemas);
  }
}

}  // namespace rockpool::config
