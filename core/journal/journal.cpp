// Which file holds what, over time:
//
//   append ──► active segment ── full ──► sealed ── 8 of a size class ──► one merged ── snapshot ──► gone
//
// A step that changes which logs count writes a new manifest, and removes nothing that the last persisted
// manifest still names: until the new one is known to be stored, recovery may have to believe the old one.
#include "core/journal/journal.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/base/hash.h"
#include "core/journal/recovery.h"

namespace rockpool::journal {
namespace {

constexpr int mergeable_classes = 2;
constexpr std::size_t class_members = 8;
// Above the logs that count: a log being written, three manifests, and what the next step still adds.
constexpr std::size_t files_reserve = 8;

bool is_snapshot(const LogFile& log) { return log.kind == FileKind::snapshot; }

}  // namespace

base::Result<Opened> Journal::recover(const Files& files, const Options& options) {
  auto recovery = read_store(files);
  if (!recovery) return recovery.error();
  Recovered recovered = std::move(recovery->recovered);
  return Opened{Journal(std::move(*recovery), options), std::move(recovered)};
}

Journal::Journal(Recovery recovery, const Options& options)
    : options_(options),
      active_{recovery.active.log, std::string(recovery.active.bytes)},
      next_sequence_(recovery.next_sequence),
      next_number_(recovery.next_number),
      files_(std::move(recovery.files)),
      manifest_(recovery.manifest),
      stored_manifest_(recovery.manifest),
      older_manifest_(recovery.older_manifest),
      stored_logs_(std::move(recovery.named)) {
  assert(options.segment_bytes > log_header_bytes && options.bulk_bytes_max >= options.segment_bytes);
  for (const ReadLog& read : recovery.chain) {
    chain_.push_back({read.log, is_mergeable(read.log) ? std::string(read.bytes) : std::string()});
  }
}

FileOps Journal::append(std::span<const Entry> entries) {
  FileOps ops;
  if (!entries.empty()) {
    if (active_.log.length >= options_.segment_bytes) seal(ops);
    write(entries, ops);
  }
  finish(ops);
  return ops;
}

FileOps Journal::snapshot(std::span<const Entry> state) {
  FileOps ops;
  LogFile log{.kind = FileKind::snapshot, .number = next_number_++, .first_sequence = next_sequence_};
  std::string bytes = log_header(log);
  for (const Entry& entry : state) add_record(bytes, next_sequence_++, entry);
  log.length = bytes.size();
  log.crc = base::crc32c(bytes);
  create(log.name(), std::move(bytes), ops);
  chain_.clear();
  chain_.push_back({log, {}});
  active_ = begin_segment();
  finish(ops);
  return ops;
}

void Journal::persisted() {
  if (stored_manifest_ == manifest_) return;
  older_manifest_ = stored_manifest_;
  stored_manifest_ = manifest_;
  stored_logs_ = live_logs();
  sweep_due_ = true;
}

bool Journal::wants_snapshot() const {
  const bool has_snapshot = !chain_.empty() && is_snapshot(chain_[0].log);
  const std::uint64_t snapshot = has_snapshot ? chain_[0].log.length : 0;
  if (live_bytes() - snapshot > std::max<std::uint64_t>(options_.snapshot_bytes_min, snapshot)) return true;
  return chain_.size() + 1 + files_reserve > options_.files_max;
}

std::uint64_t Journal::live_bytes() const {
  std::uint64_t bytes = active_.log.length;
  for (const Segment& segment : chain_) bytes += segment.log.length;
  return bytes;
}

// A segment that the manifest of this step will name, and whose file comes with the first entry.
Journal::Segment Journal::begin_segment() {
  manifest_due_ = true;
  return {LogFile{.number = next_number_++, .first_sequence = next_sequence_}, {}};
}

void Journal::write(std::span<const Entry> entries, FileOps& ops) {
  std::string fresh;  // belongs to the active segment and follows what it holds
  for (const Entry& entry : entries) {
    const std::uint64_t held = active_.log.length + fresh.size();
    if (held > log_header_bytes && held + record_bytes(entry) > options_.bulk_bytes_max) {
      extend_active(std::exchange(fresh, {}), ops);
      seal(ops);
    }
    if (active_.log.number == 0) active_ = begin_segment();
    if (active_.log.length == 0 && fresh.empty()) fresh = log_header(active_.log);
    add_record(fresh, next_sequence_++, entry);
  }
  extend_active(std::move(fresh), ops);
}

void Journal::extend_active(std::string fresh, FileOps& ops) {
  if (fresh.empty()) return;
  LogFile& log = active_.log;
  log.crc = base::crc32c(fresh, log.crc);
  active_.bytes += fresh;
  if (std::exchange(log.length, log.length + fresh.size()) == 0) {
    create(log.name(), std::move(fresh), ops);
  } else {
    ops.push_back({FileOp::Kind::append, log.name(), std::move(fresh)});
  }
}

void Journal::seal(FileOps& ops) {
  chain_.push_back(std::exchange(active_, {}));
  merge(ops);
  if (!is_mergeable(chain_.back().log)) chain_.back().bytes = {};
}

// At most 8 segments of a class: the newest run in which no larger one stands becomes one log. One merge per
// seal, so that a step stays short; what it leaves over the next seal finds again.
void Journal::merge(FileOps& ops) {
  for (int level = 0; level < mergeable_classes; ++level) {
    std::size_t first = chain_.size();
    std::size_t members = 0;
    while (first > 0 && size_class(chain_[first - 1].log) <= level) {
      members += size_class(chain_[--first].log) == level;
    }
    if (members < class_members) continue;
    Segment merged{LogFile{.number = next_number_++, .first_sequence = chain_[first].log.first_sequence}, {}};
    merged.bytes = log_header(merged.log);
    for (std::size_t i = first; i < chain_.size(); ++i)
      merged.bytes.append(chain_[i].bytes, log_header_bytes);
    merged.log.length = merged.bytes.size();
    merged.log.crc = base::crc32c(merged.bytes);
    create(merged.log.name(), merged.bytes, ops);
    chain_.resize(first);
    chain_.push_back(std::move(merged));
    return;
  }
}

void Journal::create(std::string name, std::string bytes, FileOps& ops) {
  files_.insert(name);
  ops.push_back({FileOp::Kind::create, std::move(name), std::move(bytes)});
}

// The manifest comes after the logs it names, and removals come last: cheap insurance for an edge that stores
// files one by one in order.
void Journal::finish(FileOps& ops) {
  if (std::exchange(manifest_due_, false)) {
    Manifest manifest{.number = next_number_++,
                      .sealed = {},
                      .active = active_.log.number,
                      .active_sequence = active_.log.first_sequence};
    for (const Segment& segment : chain_) manifest.sealed.push_back(segment.log);
    manifest_ = manifest.number;
    create(name_of(FileKind::manifest, manifest.number), encode_manifest(manifest), ops);
    sweep_due_ = true;
  }
  // Before a first manifest is known to be stored, anything found may be all there is.
  if (stored_manifest_ != 0 && std::exchange(sweep_due_, false)) sweep(ops);
}

void Journal::sweep(FileOps& ops) {
  const std::set<std::string> needed = needed_files();
  std::erase_if(files_, [&](const std::string& name) {
    if (needed.contains(name)) return false;
    // A batch of several segments may have merged what it had merged just before.
    const bool is_new = std::erase_if(ops, [&](const FileOp& op) { return op.name == name; }) > 0;
    if (!is_new) ops.push_back({FileOp::Kind::remove, name, {}});
    return true;
  });
}

// What recovery may come to believe: the newest manifest, the newest that is known to be stored, and their
// logs. The manifest before that one is kept too, though a merge or snapshot since then may have left it
// hollow.
std::set<std::string> Journal::needed_files() const {
  std::set<std::string> needed(stored_logs_.begin(), stored_logs_.end());
  for (std::string& name : live_logs()) needed.insert(std::move(name));
  for (const std::uint64_t number : {manifest_, stored_manifest_, older_manifest_}) {
    needed.insert(name_of(FileKind::manifest, number));
  }
  return needed;
}

std::vector<std::string> Journal::live_logs() const {
  std::vector<std::string> names;
  for (const Segment& segment : chain_) names.push_back(segment.log.name());
  if (active_.log.number != 0) names.push_back(active_.log.name());
  return names;
}

// Eight sealed segments of about segment_bytes make one of class 1, eight of those one of class 2, which is
// final.
int Journal::size_class(const LogFile& log) const {
  if (is_snapshot(log)) return mergeable_classes;
  if (log.length < 2 * std::uint64_t{options_.segment_bytes}) return 0;
  return log.length < 16 * std::uint64_t{options_.segment_bytes} ? 1 : mergeable_classes;
}

bool Journal::is_mergeable(const LogFile& log) const { return size_class(log) < mergeable_classes; }

}  // namespace rockpool::journal
