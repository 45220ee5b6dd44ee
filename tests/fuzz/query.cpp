// Any spec is refused or judges any record, and a key it makes sorts alone.
//
// input := spec "\n" record
#include "core/query/query.h"

#include "core/model/value.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::text(data, size);
  const std::string_view text = fuzz::next_line(rest);
  base::Result<query::Spec> spec = query::parse(text);
  const base::Result<std::string> canonical = query::canonical(text);
  fuzz::claim(canonical.ok() == spec.ok());
  if (!spec.ok()) return 0;
  const base::Result<std::string> again = query::canonical(*canonical);
  fuzz::claim(again.ok() && *again == *canonical);
  const base::Result<std::string> record = model::compact(rest);
  if (!record.ok()) return 0;
  query::Judge judge(std::move(*spec));
  judge.fits("id", *record);
  std::string key;
  judge.append_key(key);
  fuzz::claim(!key.empty());
  return 0;
}
