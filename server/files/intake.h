// One request's multipart/form-data on its way into the store. Blocks; used by one thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/dialect/dialect.h"
#include "core/wire/multipart.h"
#include "server/files/store.h"
#include "server/net/limit.h"

namespace rockpool::files {

inline constexpr std::size_t fields_bytes_max = 64 << 10;
inline constexpr std::size_t fields_max = 100;

// Why nothing is taken.
struct Refusal {
  dialect::NotUploaded answer;
  std::optional<net::Limit> limit = {};
};
// `too_large` 413, `quota` 507, `invalid` 400, the rest 500, whose reason is for the log alone.
Refusal refusal_of(const base::Error& error);

using Outcome = std::variant<dialect::Uploaded, Refusal>;

class Intake {
 public:
  // `wants.file_bytes_max` is what counts.
  Intake(Store& store, dialect::ReadFiles wants, std::string_view boundary);

  // The next bytes of the body. Not after a refusal or the end.
  std::optional<Refusal> take(std::string_view bytes);
  // The body is whole: its files are in the store, for good. Without it, or after a refusal, nothing of them
  // is left.
  Outcome finish();
  // Nobody wants what finish() gave.
  void discard();

 private:
  std::optional<Refusal> step(wire::MultipartReader::Event event);
  std::optional<Refusal> begin_part();
  std::optional<Refusal> add(std::string_view data);
  std::optional<Refusal> end_part();
  Refusal refuse(Refusal refusal);

  Store& store_;
  dialect::ReadFiles wants_;
  wire::MultipartReader reader_;
  bool in_file_ = false;
  std::vector<std::unique_ptr<Store::Draft>> drafts_;
  dialect::Uploaded uploaded_;
  std::size_t fields_bytes_ = 0;
};

}  // namespace rockpool::files
