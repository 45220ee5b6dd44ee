#include "core/dialect/file_meta.h"

#include "core/model/value.h"

namespace rockpool::dialect {
namespace {

constexpr std::string_view member = "file";

}  // namespace

std::optional<FileMeta> file_of(std::string_view meta) {
  // Nearly all have none, and a start of the server asks for all of them.
  if (meta.find(member) == std::string_view::npos) return std::nullopt;
  const auto read = model::read(meta);
  const model::Value* file = read ? model::member(*read, member) : nullptr;
  const std::string* id = file == nullptr ? nullptr : model::text_member(*file, "id");
  if (id == nullptr || id->empty()) return std::nullopt;
  return FileMeta{.id = *id, .bytes = model::count_member(*file, "bytes").value_or(0)};
}

std::string with_file(std::string_view meta, const std::optional<FileMeta>& file) {
  const auto read = model::read(meta.empty() ? "{}" : meta);
  model::Value with = model::Value::object();
  if (read) {
    for (const auto& [name, value] : read->members()) {
      if (name != member) with[name] = value;
    }
  }
  if (file) {
    model::Value& held = with[member] = model::Value::object();
    held["id"] = file->id;
    held["bytes"] = file->bytes;
  }
  return with.empty() ? std::string() : model::write(with);
}

}  // namespace rockpool::dialect
