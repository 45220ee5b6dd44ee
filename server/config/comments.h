// JSON with comments: what a person may write into a configuration file.
#pragma once

#include <string>
#include <string_view>

namespace rockpool::config {

// `text` with `// …` and `/* … */` turned into spaces, line breaks kept, so that places in the result are
// places in the file. Comment signs inside strings stay. A comment that never ends is left to the JSON reader
// to refuse.
std::string without_comments(std::string_view text);

}  // namespace rockpool::config
