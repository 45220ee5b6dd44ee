#include "server/hooks/payload.h"

#include "core/base/text.h"
#include "core/model/value.h"
#include "server/auth/crypto.h"

namespace rockpool::hooks {
namespace {

void append_text(std::string& out, std::string_view name, std::string_view text) {
  out.append("\"").append(name).append("\":");
  model::append_quoted(out, text);
}

void append_number(std::string& out, std::string_view name, std::uint64_t number) {
  out.append(",\"").append(name).append("\":").append(base::decimal(number));
}

void append_change(std::string& out, const model::Change& change) {
  const model::Record& record = change.record;
  out += "{\"seq\":" + base::decimal(change.seq) + ",";
  append_text(out, "collection", record.key.collection);
  out += ',';
  append_text(out, "id", record.key.id);
  append_number(out, "version", record.version);
  append_number(out, "previous", change.previous);
  out += record.exists() ? R"(,"op":"set","data":)" + record.data : R"(,"op":"delete")";
  if (record.exists()) append_number(out, "createdAt", static_cast<std::uint64_t>(record.created.ms));
  append_number(out, "updatedAt", static_cast<std::uint64_t>(record.updated.ms));
  if (!change.writer.empty()) {
    out += ',';
    append_text(out, "by", change.writer + "#" + base::decimal(change.number));
  }
  out += '}';
}

}  // namespace

std::string body_of(const Delivery& delivery) {
  std::string out = "{";
  append_text(out, "hook", delivery.hook);
  out += ',';
  append_text(out, "space", delivery.space);
  out += ',';
  append_text(out, "epoch", base::hex(delivery.epoch, 16));
  append_number(out, "seq", delivery.seq);
  if (!delivery.reset.empty()) {
    out += ",\"reset\":true,";
    append_text(out, "reason", delivery.reset);
  }
  out += ",\"changes\":[";
  for (std::size_t i = 0; i < delivery.changes.size(); ++i) {
    if (i > 0) out += ',';
    append_change(out, delivery.changes[i]);
  }
  return out + "]}";
}

std::string signature_of(std::string_view secret, std::int64_t unix_seconds, std::string_view body) {
  const std::string time = base::decimal(unix_seconds);
  std::string signature = "t=" + time + ",v1=";
  for (const char byte : auth::hmac_sha256(secret, time + "." + std::string(body))) {
    signature += base::hex(static_cast<unsigned char>(byte), 2);
  }
  return signature;
}

}  // namespace rockpool::hooks
