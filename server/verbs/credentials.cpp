// The verbs that make what stands under `users` and `apiKeys` in the configuration.
#include <cstdio>
#include <optional>

#include <termios.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/model/value.h"
#include "server/auth/crypto.h"
#include "server/auth/identities.h"
#include "server/auth/password.h"
#include "server/clock.h"
#include "server/verbs/common.h"
#include "server/verbs/duration.h"
#include "server/verbs/verbs.h"

namespace rockpool::verbs {
namespace {

constexpr std::size_t prefix_bytes = 6;
constexpr std::size_t secret_bytes = 32;

base::Error wrong(std::string what) { return {base::Code::usage, std::move(what), ""}; }

// While it lives, what is typed is not shown.
class Unseen {
 public:
  Unseen() {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  ~Unseen() {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputc('\n', stderr);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

 private:
  termios before_{};
};

// One line; longer than any password may be, it is cut there.
std::string read_line() {
  std::string line;
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) {
    if (line.size() <= auth::password_bytes_max) line += static_cast<char>(c);
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string ask(const char* question) {
  std::fputs(question, stderr);
  const Unseen unseen;
  return read_line();
}

base::Result<std::string> read_password() {
  if (isatty(STDIN_FILENO) == 0) return read_line();
  const std::string once = ask("Password: ");
  if (once != ask("Once more: ")) return wrong("the two passwords differ");
  return once;
}

void print_key(const std::string& prefix, const model::Value& settings, const std::string& secret) {
  std::printf("%s%s_%s\n", std::string(auth::api_key_mark).c_str(), prefix.c_str(), secret.c_str());
  std::printf("\"%s\": %s\n", prefix.c_str(), model::write(settings).c_str());
}

}  // namespace

base::Status password(const Words& words) {
  const auto arguments = Arguments::read(words, {});
  if (!arguments.ok()) return arguments.error();
  const auto given = read_password();
  if (!given.ok()) return given.error();
  if (given->empty()) return wrong("no password came; type it, or send it on standard input");
  if (given->size() > auth::password_bytes_max) return wrong("a password has at most 1,024 bytes");
  std::puts(auth::hash_password(*given).c_str());
  return base::done();
}

base::Status key(const Words& words) {
  const auto arguments = Arguments::read(words, {.options = {"--user", "--role", "--ttl"},
                                                 .switches = {"--read-only", "--realtime"},
                                                 .places = {},
                                                 .places_min = 0});
  if (!arguments.ok()) return arguments.error();
  const std::string user = arguments->value("--user").value_or("");
  if (!auth::is_name(user)) return wrong("--user must name the user in whose name the key acts");
  const base::Instant now = server::now();
  model::Value roles = model::Value::array();
  for (const std::string& role : read_roles(*arguments)) {
    if (!auth::is_name(role)) return wrong("--role must be names, separated by commas");
    roles.push_back(role);
  }
  const std::string prefix = auth::hex(server::secret_bytes(prefix_bytes));
  const std::string secret = base::base64url(server::secret_bytes(secret_bytes));
  model::Value settings = model::Value::object();
  settings["hash"] = auth::hex(auth::sha256(secret));
  settings["user"] = user;
  if (!roles.empty()) settings["roles"] = std::move(roles);
  if (arguments->has("--read-only")) settings["readOnly"] = true;
  if (arguments->has("--realtime")) settings["realtime"] = true;
  settings["created"] = server::iso_time(now);
  if (const auto ttl = arguments->value("--ttl")) {
    const auto read = read_duration(*ttl);
    if (!read || read->ms <= 0 || read->ms > ttl_ms_max) {
      return wrong("--ttl must be a time such as 12h or 90d");
    }
    settings["expires"] = server::iso_time(now + *read);
  }
  print_key(prefix, settings, secret);
  return base::done();
}

}  // namespace rockpool::verbs
