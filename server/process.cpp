#include "server/process.h"

#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>

#include <sys/resource.h>
#include <unistd.h>

#include "server/clock.h"

namespace rockpool::server {
namespace {

using Type = net::MetricsText::Type;

struct Memory {
  std::uint64_t whole = 0, resident = 0;
};

Memory memory() {
  Memory memory;
  unsigned long long whole = 0, resident = 0;
  std::FILE* const file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return memory;
  if (std::fscanf(file, "%llu %llu", &whole, &resident) == 2) {
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    memory = {.whole = whole * page, .resident = resident * page};
  }
  std::fclose(file);
  return memory;
}

std::uint64_t open_files() {
  std::uint64_t count = 0;
  std::error_code problem;
  auto walk = std::filesystem::directory_iterator("/proc/self/fd", problem);
  for (; !problem && walk != std::filesystem::directory_iterator(); walk.increment(problem)) ++count;
  return count == 0 ? 0 : count - 1;  // without the one that looks
}

std::uint64_t cpu_ms() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto ms = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1000 + static_cast<std::uint64_t>(time.tv_usec) / 1000;
  };
  return ms(used.ru_utime) + ms(used.ru_stime);
}

// In milliseconds since 1970; field 22 of stat counts ticks since the machine began, behind a name in
// brackets.
std::uint64_t began_ms() {
  char line[1024] = "";
  std::FILE* const file = std::fopen("/proc/self/stat", "re");
  if (file == nullptr) return 0;
  const bool is_read = std::fgets(line, sizeof line, file) != nullptr;
  std::fclose(file);
  const char* const fields = is_read ? std::strrchr(line, ')') : nullptr;
  unsigned long long ticks = 0;
  constexpr const char* form =
      ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu";
  if (fields == nullptr || std::sscanf(fields, form, &ticks) != 1) return 0;
  timespec since{};
  clock_gettime(CLOCK_BOOTTIME, &since);
  const auto up_ms = static_cast<std::uint64_t>(since.tv_sec) * 1000;
  return static_cast<std::uint64_t>(now().ms) - up_ms +
         ticks * 1000 / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
}

}  // namespace

void write_process_metrics(net::MetricsText& text) {
  const Memory bytes = memory();
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  text.begin("process_cpu_seconds_total", "Time on processors, in seconds.", Type::counter)
      .sample_seconds({}, cpu_ms());
  text.begin("process_start_time_seconds", "When the process began, in seconds since 1970.", Type::gauge)
      .sample_seconds({}, began_ms());
  text.gauge("process_resident_memory_bytes", "Memory in use.", bytes.resident);
  text.gauge("process_virtual_memory_bytes", "Address space in use.", bytes.whole);
  text.gauge("process_open_fds", "Open file descriptors.", open_files());
  text.gauge("process_max_fds", "How many there may be.", files.rlim_cur);
}

}  // namespace rockpool::server
