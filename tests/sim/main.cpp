// The simulator's command line: rockpool_sim [--seeds N] [--seed S] [--dialect NAME] [--trace]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/text.h"
#include "tests/sim/world.h"

namespace {

using namespace rockpool;

constexpr const char* usage =
    "rockpool_sim [--seeds N] [--seed S] [--dialect NAME] [--trace]\n"
    "  --seeds N  how many worlds to run (100)\n"
    "  --seed S   the first of them (1)\n"
    "  --dialect NAME  that all pages speak: native, deepstream, jsonpad, rested,\n"
    "             baserow or datocms\n"
    "  --trace    print everything that happens\n";

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t count = 100;
  bool trace = false;
  std::optional<sim::Dialect> only;
};

std::optional<sim::Dialect> dialect_named(std::string_view name) {
  const auto found = std::find(std::begin(sim::dialect_names), std::end(sim::dialect_names), name);
  if (found == std::end(sim::dialect_names)) return std::nullopt;
  return static_cast<sim::Dialect>(found - std::begin(sim::dialect_names));
}

std::optional<Arguments> read_arguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--trace") {
      arguments.trace = true;
      continue;
    }
    if (name == "--dialect") {
      arguments.only = i + 1 < argc ? dialect_named(argv[++i]) : std::nullopt;
      if (!arguments.only) return std::nullopt;
      continue;
    }
    const auto value = i + 1 < argc ? base::read_decimal(argv[i + 1]) : std::nullopt;
    if (!value || (name != "--seed" && name != "--seeds")) return std::nullopt;
    (name == "--seed" ? arguments.first : arguments.count) = *value;
    ++i;
  }
  return arguments;
}

void report(std::uint64_t seed, std::optional<sim::Dialect> only, const sim::Failure& failure) {
  // The same seed again, with its text kept.
  const sim::Outcome again = sim::run_seed(seed, sim::Trace::Text::keep_last, {}, only);
  for (const std::string& line : again.last_lines) std::printf("%s\n", line.c_str());
  std::printf("sim: seed %llu fails: %s: %s\n", static_cast<unsigned long long>(seed),
              failure.invariant.c_str(), failure.what.c_str());
  const std::string speaking =
      only ? " --dialect " + std::string(sim::dialect_names[static_cast<std::size_t>(*only)]) : "";
  std::printf("replay: npm run sim -- --seed %llu --seeds 1%s --trace\n",
              static_cast<unsigned long long>(seed), speaking.c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Arguments> arguments = read_arguments(argc, argv);
  if (!arguments) {
    std::fputs(usage, stderr);
    return 2;
  }
  const auto begin = std::chrono::steady_clock::now();
  std::uint64_t events = 0;
  std::uint64_t failures = 0;
  std::int64_t simulated_ms = 0;
  for (std::uint64_t seed = arguments->first; seed < arguments->first + arguments->count; ++seed) {
    const sim::Trace::Text text = arguments->trace ? sim::Trace::Text::print : sim::Trace::Text::none;
    const sim::Outcome outcome = sim::run_seed(seed, text, {}, arguments->only);
    events += outcome.events;
    simulated_ms += outcome.simulated_ms;
    if (arguments->trace) std::printf("trace %016llx\n", static_cast<unsigned long long>(outcome.hash));
    if (!outcome.failure) continue;
    ++failures;
    if (failures <= 3 && !arguments->trace)
      report(seed, arguments->only, *outcome.failure);
    else
      std::printf("sim: seed %llu fails: %s: %s\n", static_cast<unsigned long long>(seed),
                  outcome.failure->invariant.c_str(), outcome.failure->what.c_str());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("sim: %llu seeds, %llu events, %.1f simulated hours, %llu failures (%.1f s)\n",
              static_cast<unsigned long long>(arguments->count), static_cast<unsigned long long>(events),
              static_cast<double>(simulated_ms) / 3'600'000, static_cast<unsigned long long>(failures),
              took.count());
  return failures == 0 ? 0 : 1;
}
