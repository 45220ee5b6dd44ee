#include "core/dialects/rested/resources.h"

#include "core/base/text.h"
#include "core/dialect/merge_text.h"
#include "core/dialect/object_text.h"
#include "core/dialect/times.h"
#include "core/dialects/rested/names.h"

namespace rockpool::dialects::rested {
namespace {

using dialect::ObjectText;
using model::Value;

constexpr std::string_view own_member = "rested";
constexpr std::string_view file_member = "file";

std::string text_in(const Value& value, std::string_view name) {
  const std::string* text = model::text_member(value, name);
  return text == nullptr ? std::string() : *text;
}

bool flag_in(const Value& value, std::string_view name) {
  return model::bool_member(value, name).value_or(false);
}

Value object_of(const std::string& meta) {
  auto value = model::read(meta.empty() ? "{}" : meta);
  return value && value->is_object() ? std::move(*value) : Value::object();
}

// An object without one of its members, as text; empty for an empty one.
std::string without(const Value& object, std::string_view gone) {
  Value::object_t rest;
  for (const auto& member : object.members())
    if (member.name != gone) rest.push_back(member);
  return rest.empty() ? std::string() : model::write(std::move(rest));
}

}  // namespace

// ---- projects and endpoints -------------------------------------------------------------------------------

std::string origins_text(const std::vector<std::string>& origins) {
  std::string text;
  for (const std::string& origin : origins) text.append(text.empty() ? "" : ",").append(origin);
  return text;
}

std::string stored_text(const Project& project) {
  std::string text;
  ObjectText object(text);
  object.text("name", project.name).text("apiKey", project.api_key).text("masterKey", project.master_key);
  object.text("allowedOrigins", origins_text(project.origins)).flag("disallowNoOrigin", project.needs_origin);
  object.integer("accessTokenTtl", project.token_seconds).text("secret", project.secret);
  object.count("revision", project.revision).end();
  return text;
}

std::optional<Project> read_project(const std::string& id, std::string_view stored) {
  const auto value = model::read(stored);
  if (!value || !value->is_object()) return std::nullopt;
  Project project{.id = id,
                  .name = text_in(*value, "name"),
                  .api_key = text_in(*value, "apiKey"),
                  .master_key = text_in(*value, "masterKey"),
                  .origins = {},
                  .needs_origin = flag_in(*value, "disallowNoOrigin"),
                  .token_seconds =
                      static_cast<std::int64_t>(model::count_member(*value, "accessTokenTtl").value_or(3600)),
                  .secret = text_in(*value, "secret"),
                  .revision = model::count_member(*value, "revision").value_or(0)};
  const std::string origins = text_in(*value, "allowedOrigins");
  if (!origins.empty())
    for (const std::string_view origin : base::split(origins, ',')) project.origins.emplace_back(origin);
  return project;
}

std::string shown_text(const Project& project) {
  std::string text;
  ObjectText object(text);
  object.text("projectId", project.id).text("apiKey", project.api_key);
  if (project.master_key.empty())
    object.raw("masterKey", "null");
  else
    object.text("masterKey", project.master_key);
  object.text("name", project.name).text("allowedOrigins", origins_text(project.origins));
  object.flag("disallowNoOrigin", project.needs_origin)
      .integer("accessTokenTtl", project.token_seconds)
      .end();
  return text;
}

namespace {

void append_options(ObjectText& object, const Endpoint& endpoint) {
  object.text("name", endpoint.name).text("description", endpoint.description);
  object.flag("authentication", endpoint.authentication).flag("secure", endpoint.needs_token());
  object.flag("readByOthers", endpoint.read_by_others).flag("updateByOthers", endpoint.update_by_others);
  object.flag("deleteByOthers", endpoint.delete_by_others);
}

}  // namespace

std::string stored_text(const Endpoint& endpoint) {
  std::string text;
  ObjectText object(text);
  object.text("endpointId", endpoint.id);
  append_options(object, endpoint);
  object.count("revision", endpoint.revision).end();
  return text;
}

std::optional<Endpoint> read_endpoint(const std::string& project, const std::string& collection,
                                      std::string_view stored) {
  const auto value = model::read(stored);
  if (!value || model::text_member(*value, "name") == nullptr) return std::nullopt;
  return Endpoint{.id = text_in(*value, "endpointId"),
                  .project = project,
                  .name = text_in(*value, "name"),
                  .description = text_in(*value, "description"),
                  .collection = collection,
                  .authentication = flag_in(*value, "authentication"),
                  .secure = flag_in(*value, "secure"),
                  .read_by_others = flag_in(*value, "readByOthers"),
                  .update_by_others = flag_in(*value, "updateByOthers"),
                  .delete_by_others = flag_in(*value, "deleteByOthers"),
                  .revision = model::count_member(*value, "revision").value_or(0)};
}

std::string shown_text(const Endpoint& endpoint) {
  std::string text;
  ObjectText object(text);
  object.text("endpointId", endpoint.id).text("projectId", endpoint.project);
  append_options(object, endpoint);
  object.text("collection", endpoint.collection).end();
  return text;
}

// ---- records ----------------------------------------------------------------------------------------------

Beside read_beside(const std::string& meta) {
  if (meta.empty()) return {};
  const Value whole = object_of(meta);
  const Value* own = model::member(whole, own_member);
  if (own == nullptr) return {};
  return {.owner = text_in(*own, "owner"),
          .password = text_in(*own, "password"),
          .upload = text_in(*own, "upload"),
          .is_text = flag_in(*own, "text")};
}

std::string write_beside(const std::string& meta, const Beside& beside) {
  Value whole = object_of(meta);
  Value own = Value::object();
  if (!beside.owner.empty()) own["owner"] = beside.owner;
  if (!beside.password.empty()) own["password"] = beside.password;
  if (!beside.upload.empty()) own["upload"] = beside.upload;
  if (beside.is_text) own["text"] = true;
  if (own.empty()) return without(whole, own_member);
  whole[own_member] = std::move(own);
  return model::write(whole);
}

std::string without_file(const std::string& meta) {
  return meta.empty() ? meta : without(object_of(meta), file_member);
}

bool has_file(const std::string& meta) {
  return meta.find(file_member) != std::string::npos &&
         model::member(object_of(meta), file_member) != nullptr;
}

std::string record_text(const model::Record& record, bool with_version) {
  std::string text;
  text.reserve(record.data.size() + 150);
  ObjectText object(text);
  object.text("uniqueId", unique_id_of(record)).raw("data", record.data);
  object.text("createdAt", dialect::iso_milliseconds(record.created));
  object.text("updatedAt", dialect::iso_milliseconds(record.updated));
  if (with_version) object.count("version", record.version);
  object.end();
  return text;
}

std::string told_text(const model::Record& record) {
  std::string text;
  text.reserve(record.data.size() + 150);
  ObjectText object(text);
  object.raw("data", record.data).text("uniqueId", unique_id_of(record));
  object.text("updatedAt", dialect::iso_milliseconds(record.updated));
  object.text("createdAt", dialect::iso_milliseconds(record.created)).end();
  return text;
}

base::Result<std::string> merged(std::string_view data, std::string_view patch) {
  const auto both = dialect::merge_text(data, patch, dialect::Merging::of_all_levels);
  if (!both)
    return base::Error{.code = base::Code::invalid, .message = "one of them is no object", .path = {}};
  // Each of the two kept to the limits of JSON, and what they make has to as well.
  return model::compact(*both);
}

}  // namespace rockpool::dialects::rested
