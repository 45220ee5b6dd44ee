#include "core/dialect/file_meta.h"

#include "core/model/value.h"

namespace rockpool::dialect {
namespace {

constexpr std::string_view member = "file";

}  // namespace

std::string file_of(std::string_view meta) {
  // Nearly all have none, and a start of the server asks for all of them.
  if (meta.find(member) == std::string_view::npos) return {};
  const auto read = model::read(meta);
  const model::Value* file = read ? model::member(*read, member) : nullptr;
  const auto* id = file == nullptr ? nullptr : file->get_ptr<const model::Value::string_t*>();
  return id == nullptr ? std::string() : *id;
}

std::string with_file(std::string_view meta, std::string_view id) {
  const auto read = model::read(meta.empty() ? "{}" : meta);
  model::Value with = model::Value::object();
  if (read) {
    for (const auto& [name, value] : read->members()) {
      if (name != member) with[name] = value;
    }
  }
  if (!id.empty()) with[member] = id;
  return with.empty() ? std::string() : model::write(with);
}

}  // namespace rockpool::dialect
