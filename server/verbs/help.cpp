#include <cstdio>

#include "server/verbs/arguments.h"
#include "server/verbs/verbs.h"

namespace rockpool::verbs {
namespace {

constexpr const char* text = R"(Rockpool: an offline-first realtime data layer.

  rockpool serve   [--config FILE] [--listen HOST:PORT] [--data DIR | --data :memory:]
                   [--log-level error|warn|info|debug]
  rockpool import  --collection C [--id FIELD] [--space S]
                   (--data DIR | --config FILE | --url URL [--token T]) FILE
  rockpool export  --collection C [--space S]
                   (--data DIR | --config FILE | --url URL [--token T]) [FILE]
  rockpool backup  [--data DIR | --config FILE] FILE
  rockpool restore FILE --data DIR [--without-files]
  rockpool check   [--data DIR | --config FILE]
  rockpool token   --config FILE --user U [--role R,…] [--ttl 1h] [--realtime]
  rockpool password
  rockpool key     --user U [--role R,…] [--ttl 90d] [--read-only] [--realtime]
  rockpool version
  rockpool help

import takes a JSON array, lines of JSON, or CSV with a header; without --id a row's id is a
hash of the row, so that a second run changes nothing. export writes lines of JSON, or a JSON
array where FILE ends in .json; without FILE to standard output.

password reads a password and prints what the configuration wants of it; key makes an API key
and prints it, once, above the line for the configuration.

Exit codes: 0 done, 1 failed, 2 wrong usage. docs/operating.md says more.
)";

}  // namespace

std::string help_text() { return text; }

base::Status help(const Words&) {
  std::fputs(text, stdout);
  return base::done();
}

base::Status version(const Words& words) {
  const auto arguments = Arguments::read(words, {});
  if (!arguments.ok()) return arguments.error();
  std::puts("rockpool " ROCKPOOL_VERSION);
  return base::done();
}

}  // namespace rockpool::verbs
