#include "core/journal/recovery.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "core/base/hash.h"
#include "core/base/text.h"

namespace rockpool::journal {
namespace {

// The files by what their names say.
struct Shelf {
  std::map<std::string, std::string_view, std::less<>> logs;
  std::map<std::uint64_t, std::string_view> manifests;
  std::vector<std::string> foreign;
  std::uint64_t largest = 0;
};

// What one manifest leads to. It holds whole when every sealed log verifies.
struct History {
  std::uint64_t manifest = 0;
  std::vector<std::string> named;
  std::vector<ReadLog> chain;
  ReadLog active;
  std::uint64_t next_sequence = 1;
  std::vector<Entry> entries;
  std::uint64_t cut_bytes = 0;
  std::string problem;

  bool holds() const { return problem.empty(); }
};

base::Error newer_store(const std::string& name, std::uint32_t version) {
  return {base::Code::newer_store,
          name + " has format " + base::decimal(std::uint64_t{version}) + "; this version reads up to " +
              base::decimal(std::uint64_t{format_version}),
          ""};
}

base::Result<Shelf> sort(const Files& files) {
  Shelf shelf;
  for (const File& file : files) {
    const auto name = read_name(file.name);
    if (!name) {
      shelf.foreign.push_back(file.name);
      continue;
    }
    const auto version = stamped_version(name->kind, file.bytes);
    if (version && *version > format_version) return newer_store(file.name, *version);
    shelf.largest = std::max(shelf.largest, name->number);
    if (name->kind == FileKind::manifest) {
      shelf.manifests[name->number] = file.bytes;
    } else {
      shelf.logs[file.name] = file.bytes;
    }
  }
  return shelf;
}

std::string_view log_bytes(const Shelf& shelf, const std::string& name) {
  const auto found = shelf.logs.find(name);
  return found == shelf.logs.end() ? std::string_view() : found->second;
}

// Reads the good part of `log` as what it is on disk, whatever the manifest says about its length.
ReadLog read_by_records(std::string_view bytes, LogFile log, History& history) {
  const std::size_t before = history.entries.size();
  const std::size_t good = read_records(bytes, log, Checksums::verify, history.entries);
  history.next_sequence += history.entries.size() - before;
  history.cut_bytes += bytes.size() - good;
  bytes = bytes.substr(0, good);
  log.length = good;
  log.crc = base::crc32c(bytes);
  return {log, bytes};
}

bool read_sealed(std::string_view bytes, const LogFile& log, History& history) {
  if (log.first_sequence != history.next_sequence || log.length > bytes.size()) return false;
  bytes = bytes.substr(0, static_cast<std::size_t>(log.length));
  if (base::crc32c(bytes) != log.crc) return false;
  const std::size_t before = history.entries.size();
  if (read_records(bytes, log, Checksums::trust, history.entries) != bytes.size()) {
    history.entries.resize(before);
    return false;
  }
  history.next_sequence += history.entries.size() - before;
  history.chain.push_back({log, bytes});
  return true;
}

// Where a sealed log is damaged history ends: with its last good record, or before the log if it is a
// snapshot, since a part of a state is no state that ever was.
void end_at_damage(std::string_view bytes, const LogFile& log, History& history) {
  history.problem = log.name() + (bytes.empty() ? " is missing" : " is damaged");
  if (log.kind == FileKind::snapshot || log.first_sequence != history.next_sequence) {
    history.cut_bytes += bytes.size();
    return;
  }
  const ReadLog good = read_by_records(bytes, log, history);
  if (good.log.length > log_header_bytes) history.chain.push_back(good);
}

History follow(const Manifest& manifest, const Shelf& shelf) {
  History history;
  history.manifest = manifest.number;
  LogFile active{.number = manifest.active, .first_sequence = manifest.active_sequence};
  history.next_sequence = manifest.sealed.empty() ? active.first_sequence : manifest.sealed[0].first_sequence;
  for (const LogFile& log : manifest.sealed) {
    history.named.push_back(log.name());
    const std::string_view bytes = log_bytes(shelf, log.name());
    if (!history.holds()) {
      history.cut_bytes += bytes.size();
    } else if (!read_sealed(bytes, log, history)) {
      end_at_damage(bytes, log, history);
    }
  }
  history.named.push_back(active.name());
  const std::string_view bytes = log_bytes(shelf, active.name());
  if (!history.holds()) {
    history.cut_bytes += bytes.size();
  } else if (active.first_sequence != history.next_sequence) {
    history.problem = name_of(FileKind::manifest, manifest.number) + " has a gap";
  } else {
    history.active = read_by_records(bytes, active, history);
  }
  return history;
}

std::optional<Manifest> readable(std::uint64_t number, std::string_view bytes) {
  auto manifest = decode_manifest(bytes);
  if (manifest && manifest->number != number) return std::nullopt;
  return manifest;
}

// The newest manifest that holds; else, of what the others lead to, the part that reaches furthest.
History choose(const Shelf& shelf, std::string& problem) {
  History best;
  for (auto at = shelf.manifests.rbegin(); at != shelf.manifests.rend(); ++at) {
    const auto manifest = readable(at->first, at->second);
    History history;
    if (manifest) {
      history = follow(*manifest, shelf);
      if (history.holds()) return history;
      if (history.next_sequence > best.next_sequence && !history.entries.empty()) best = history;
    }
    if (!problem.empty()) problem += "; ";
    problem += name_of(FileKind::manifest, at->first) + ": " + (manifest ? history.problem : "unreadable");
  }
  if (shelf.manifests.empty() && !shelf.logs.empty()) problem = "there is no manifest";
  best.manifest = 0;
  return best;
}

std::uint64_t readable_before(const Shelf& shelf, std::uint64_t number) {
  std::uint64_t found = 0;
  for (const auto& [older, bytes] : shelf.manifests) {
    if (older < number && readable(older, bytes)) found = older;
  }
  return found;
}

// Only when nothing at all is amiss may the active segment grow. Else it ends at its good length: behind a
// cut tail no record would be found again, and a newer manifest that does not hold now must not come to hold
// later.
void settle_active(History& history, const Shelf& shelf) {
  const LogFile& log = history.active.log;
  const bool empty_file = log.length == 0 && shelf.logs.contains(log.name());
  const bool clean = history.manifest != 0 && history.manifest == shelf.manifests.rbegin()->first &&
                     history.cut_bytes == 0 && !empty_file;
  if (clean) return;
  if (log.length > log_header_bytes) history.chain.push_back(history.active);
  history.active = {};
}

void list_files(const Shelf& shelf, Recovery& recovery) {
  std::set<std::string> believed(recovery.named.begin(), recovery.named.end());
  for (const ReadLog& read : recovery.chain) believed.insert(read.log.name());
  believed.insert(name_of(FileKind::manifest, recovery.manifest));
  believed.insert(name_of(FileKind::manifest, recovery.older_manifest));
  for (const auto& [name, bytes] : shelf.logs) recovery.files.insert(name);
  for (const auto& [number, bytes] : shelf.manifests)
    recovery.files.insert(name_of(FileKind::manifest, number));
  recovery.recovered.ignored = shelf.foreign;
  for (const std::string& name : recovery.files) {
    if (!believed.contains(name)) recovery.recovered.ignored.push_back(name);
  }
}

}  // namespace

base::Result<Recovery> read_store(const Files& files) {
  const auto shelf = sort(files);
  if (!shelf) return shelf.error();
  Recovery recovery;
  History history = choose(*shelf, recovery.recovered.problem);
  settle_active(history, *shelf);
  recovery.chain = std::move(history.chain);
  recovery.active = history.active;
  recovery.next_sequence = history.next_sequence;
  recovery.next_number = shelf->largest + 1;
  if (history.manifest != 0) {
    recovery.manifest = history.manifest;
    recovery.older_manifest = readable_before(*shelf, history.manifest);
    recovery.named = std::move(history.named);
  }
  const bool has_snapshot = !recovery.chain.empty() && recovery.chain[0].log.kind == FileKind::snapshot;
  recovery.recovered.from_snapshot = has_snapshot;
  recovery.recovered.entries = std::move(history.entries);
  recovery.recovered.cut_bytes = history.cut_bytes;
  list_files(*shelf, recovery);
  return recovery;
}

}  // namespace rockpool::journal
