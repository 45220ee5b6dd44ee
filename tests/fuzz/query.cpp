// Any spec is refused or judges any record, and a key it makes sorts alone.
//
// input := spec "\n" record
#include "core/query/query.h"

#include "core/model/value.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::text(data, size);
  base::Result<query::Spec> spec = query::parse(fuzz::next_line(rest));
  if (!spec.ok()) return 0;
  const std::string canonical = spec->canonical;
  const base::Result<query::Spec> again = query::parse(canonical);
  fuzz::claim(again.ok() && again->canonical == canonical);
  const base::Result<std::string> record = model::compact(rest);
  if (!record.ok()) return 0;
  query::Judge judge(std::move(*spec));
  judge.fits("id", *record);
  std::string key;
  judge.append_key(key);
  fuzz::claim(!key.empty());
  return 0;
}
