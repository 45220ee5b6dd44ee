// Any bytes are a batch or an error; a batch has one encoding.
#include "core/hub/entry.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::Result<hub::Batch> batch = hub::decode(fuzz::text(data, size));
  if (!batch.ok()) return 0;
  const base::Result<hub::Batch> again = hub::decode(hub::encode(*batch));
  fuzz::claim(again.ok() && *again == *batch);
  return 0;
}
