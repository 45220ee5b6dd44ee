#include "core/model/envelope.h"

#include "core/model/builder.h"

namespace rockpool::model {

base::Result<Value> read_sliced(std::string_view text, std::span<const std::string_view> names,
                                const ReadLimits& limits) {
  if (auto refused = refuse_bytes(text, limits)) return *std::move(refused);
  Builder builder(limits, names);
  if (!builder.parse(text)) return builder.error();
  return builder.take();
}

}  // namespace rockpool::model
