#include "core/hub/sights.h"

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/hub/writer.h"
#include "core/model/value.h"

namespace rockpool::hub {
namespace {

model::Key key_of(const std::string& user) {
  return {.collection = "$sights", .id = base::hex(base::hash64(user), 16)};
}

}  // namespace

Sights::Since Sights::since(const std::string& space, const std::string& user) const {
  const model::Record* record = state_.view.record(space, key_of(user));
  if (record == nullptr || !record->exists()) return {};
  const auto held = model::read(record->data);
  if (!held) return {};
  const std::string* seen = model::text_member(*held, "seen");
  return {.seen = seen == nullptr ? std::string() : *seen,
          .seq = model::count_member(*held, "seq").value_or(0)};
}

void Sights::regard(base::Instant now, const std::string& space, const std::string& user,
                    const std::string& seen) {
  if (since(space, user).seen == seen) return;
  model::Value data = model::Value::object_t();
  data["seen"] = seen;
  data["seq"] = state_.recent.last_seq();
  Author author;
  author.principal.system = true;
  model::Mutation mutation{.key = key_of(user), .op = model::Op::put, .path = {}, .data = model::write(data)};
  writer_.write(now, 0, space, std::move(author), {{std::move(mutation)}});
}

bool Sights::has_seen(const std::string& space, const std::string& user, const std::string& seen,
                      std::uint64_t seq) const {
  const Since held = since(space, user);
  return held.seen == seen && (held.seq == 0 || seq > held.seq);
}

}  // namespace rockpool::hub
