#include "wasm/views.h"

#include "core/dialect/dialects.h"

namespace rockpool::wasm {
namespace {

void put_side(JsonOut& out, std::string_view name, std::string_view id, std::string_view data) {
  if (data.empty()) return;
  out.key(name);
  put_row(out, id, data);
}

std::string_view name_of(dialect::Carrier carrier) {
  switch (carrier) {
    case dialect::Carrier::websocket: return "websocket";
    case dialect::Carrier::sse: return "sse";
    case dialect::Carrier::poll: return "poll";
  }
  return "";
}

}  // namespace

void put_row(JsonOut& out, std::string_view id, std::string_view data) {
  out.open('{').key("id").text(id);
  if (data.size() < 2 || data.front() != '{') {
    out.key("value").raw(data);
  } else if (data != "{}") {
    out.raw(data.substr(1, data.size() - 2));
    // Of two members of one name JSON.parse takes the last.
    if (data.find("\"id\":") != std::string_view::npos) out.key("id").text(id);
  }
  out.close('}');
}

void put_meta(JsonOut& out, const sync::RowView& row) {
  out.open('{').key("version").text(base::decimal(row.version));
  out.key("createdAt").number(row.created.ms).key("updatedAt").number(row.updated.ms);
  if (!dialect::always_resumes && !row.remote.empty()) out.key("remoteId").text(row.remote);
  out.key("pending").number(row.pending).key("conflict").boolean(row.conflict).close('}');
}

void put_error(JsonOut& out, const base::Error& error) {
  out.open('{').key("code").text(base::name_of(error.code)).key("message").text(error.message);
  if (!error.path.empty()) out.key("path").text(error.path);
  out.close('}');
}

void put_write(JsonOut& out, const sync::WriteView& write) {
  out.open('{').key("key").text(write.key).key("number").number(write.number);
  if (!write.batch.empty()) out.key("batch").text(write.batch);
  out.key("collection").text(write.record.collection).key("id").text(write.record.id);
  out.key("op").text(write.op).key("value").raw(write.value);
  out.key("state").text(sync::name_of(write.state)).key("durable").boolean(write.durable);
  out.key("at").number(write.at.ms).key("tries").number(write.tries);
  if (write.error) {
    out.key("error");
    put_error(out, *write.error);
  }
  out.close('}');
}

void put_conflict(JsonOut& out, const sync::ConflictView& clash) {
  const std::string_view id = clash.record.id;
  out.open('{').key("collection").text(clash.record.collection).key("id").text(id).key("paths").open('[');
  for (const std::string& path : clash.paths) out.text(path);
  out.close(']');
  put_side(out, "base", id, clash.base);
  put_side(out, "mine", id, clash.mine);
  put_side(out, "theirs", id, clash.theirs);
  put_side(out, "merged", id, clash.merged);
  out.key("at").number(clash.at.ms).key("writes").open('[');
  for (const std::string& key : clash.writes) out.text(key);
  out.close(']').close('}');
}

void put_status(JsonOut& out, const sync::StatusView& status) {
  out.open('{').key("state").text(sync::name_of(status.state));
  if (status.error) {
    out.key("error");
    put_error(out, *status.error);
  }
  if (status.transport) out.key("transport").text(name_of(*status.transport));
  if (!status.user.empty()) out.key("user").text(status.user);
  if (status.synced_at) out.key("syncedAt").number(status.synced_at->ms);
  out.key("pending").number(status.pending).key("conflicts").number(status.conflicts);
  out.key("refused").number(status.refused).key("failing").boolean(status.storage_failing);
  out.key("paused").boolean(status.paused).close('}');
}

void put_members(JsonOut& out, const std::vector<model::Present::Member>& members) {
  out.open('[');
  for (const auto& member : members) {
    out.open('{').key("key").text(member.member);
    if (!member.user.empty()) out.key("user").text(member.user);
    out.key("state").raw(member.state).close('}');
  }
  out.close(']');
}

}  // namespace rockpool::wasm
