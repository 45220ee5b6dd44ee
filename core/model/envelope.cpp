#include "core/model/envelope.h"

#include "core/model/builder.h"

namespace rockpool::model {

base::Result<Value> read_sliced(std::string_view text, std::span<const std::string_view> names,
                                const ReadLimits& limits) {
  if (auto refused = refuse_bytes(text, limits)) return *std::move(refused);
  const char* at = text.data();
  const char* const end = at + text.size();
  Builder builder(limits, names, &at);
  if (!Value::sax_parse(Walk(&at, end), Walk(&at, end), &builder)) return builder.error();
  return builder.take();
}

}  // namespace rockpool::model
