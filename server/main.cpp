#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>

#include "server/config/section.h"
#include "server/verbs/verbs.h"

namespace {

using namespace std::string_view_literals;
namespace verbs = rockpool::verbs;
using Verb = rockpool::base::Status (*)(const verbs::Words&);

constexpr int failed = 1;
constexpr int wrong_usage = 2;

const std::map<std::string_view, Verb> all = {
    {"serve", verbs::serve},
    {"import", verbs::import_rows},
    {"export", verbs::export_rows},
    {"backup", verbs::backup},
    {"restore", verbs::restore},
    {"check", verbs::check},
    {"token", verbs::token},
    {"password", verbs::password},
    {"key", verbs::key},
    {"version", verbs::version},
    {"help", verbs::help},
    {"--version", verbs::version},
    {"--help", verbs::help},
    {"-h", verbs::help},
};

// One line, whatever a library had to say.
int complain(std::string_view verb, const rockpool::base::Error& error) {
  std::string text = error.message;
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::fprintf(stderr, "rockpool %.*s: %s\n", static_cast<int>(verb.size()), verb.data(), text.c_str());
  return error.code == rockpool::base::Code::usage ? wrong_usage : failed;
}

int unknown(const std::string& verb) {
  std::vector<std::string> names;
  for (const auto& [name, run] : all) names.emplace_back(name);
  const std::string meant = rockpool::config::nearest(verb, names);
  const std::string advice =
      meant.empty() ? "`rockpool help` lists the verbs" : "did you mean '" + meant + "'?";
  std::fprintf(stderr, "rockpool: unknown verb '%s'; %s\n", verb.c_str(), advice.c_str());
  return wrong_usage;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fputs(verbs::help_text().c_str(), stderr);
    return wrong_usage;
  }
  const std::string verb = arguments[1];
  const verbs::Words words(arguments + 2, arguments + count);
  const auto found = all.find(verb);
  if (found == all.end()) return unknown(verb);
  for (const std::string& word : words) {
    if (word == "--help") return verbs::help({}).ok() ? 0 : failed;
  }
  const auto done = found->second(words);
  return done.ok() ? 0 : complain(verb, done.error());
}
