#include "core/model/names.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/base/limits.h"
#include "core/base/text.h"

namespace rockpool::model {
namespace {

using namespace base::limits;

constexpr std::size_t client_bytes_min = 8;
constexpr std::size_t client_bytes_max = 64;

base::Status refused(std::string_view what, std::string_view why, base::Code code = base::Code::invalid) {
  std::string message(what);
  message += why;
  return base::Error{.code = code, .message = std::move(message), .path = ""};
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

base::Status check_text(std::string_view what, std::string_view text, std::size_t bytes_max) {
  if (text.empty()) return refused(what, " is empty, give it a byte at least");
  if (text.size() > bytes_max)
    return refused(what,
                   bytes_max == id_bytes_max ? " is longer than 2048 bytes" : " is longer than 256 bytes");
  if (text == "." || text == "..") return refused(what, " is \".\" or \"..\", which no name may be");
  if (std::any_of(text.begin(), text.end(), is_control)) return refused(what, " has a control byte in it");
  if (!base::is_utf8(text)) return refused(what, " is not UTF-8");
  return base::done();
}

base::Status check_open_name(std::string_view what, std::string_view name) {
  if (name.starts_with('$'))
    return refused(what, " begins with $, which is kept for the server", base::Code::forbidden);
  return check_text(what, name, name_bytes_max);
}

#ifndef ROCKPOOL_CLIENT_ONLY
// `<dialect>:<owner>/<name>`: what a dialect does not share with the others (core/dialect/facets.h).
bool is_private(std::string_view name) {
  constexpr std::array<std::string_view, 4> dialects = {"rested:", "jsonpad:", "baserow:", "datocms:"};
  const auto begins = [&](std::string_view dialect) { return name.starts_with(dialect); };
  return name.find('/') != std::string_view::npos && std::any_of(dialects.begin(), dialects.end(), begins);
}
#endif

}  // namespace

base::Status check_collection(std::string_view name) {
  if (auto fine = check_open_name("name of the collection", name); !fine) return fine;
#ifndef ROCKPOOL_CLIENT_ONLY
  if (is_private(name))
    return refused("name of the collection", " says that it is one dialect's alone", base::Code::forbidden);
#endif
  return base::done();
}

base::Status check_space(std::string_view name) { return check_open_name("name of the space", name); }

base::Status check_event(std::string_view name) { return check_open_name("name of the event", name); }

base::Status check_procedure(std::string_view name) { return check_open_name("name of the procedure", name); }

base::Status check_id(std::string_view id) { return check_text("id of the record", id, id_bytes_max); }

base::Status check_client(std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (id.size() < client_bytes_min || id.size() > client_bytes_max ||
      !std::all_of(id.begin(), id.end(), allowed)) {
    return refused("client id", " is not 8 to 64 letters, digits, - and _");
  }
  return base::done();
}

}  // namespace rockpool::model
