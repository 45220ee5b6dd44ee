// The client's journal: which files to write, so that what was reported durable survives any crash. Pure:
// bytes in, bytes out. The edge (IDBFS in the browser, a folder natively) performs file operations and syncs;
// it decides nothing. Layout of the files: format.h.
//
// The edge's side of the contract
// - It reads all files once, gives them to recover(), and takes what it read for durable. (A native edge
//   syncs the files it found before, since a killed process may have left bytes that no power cut has tried
//   yet.)
// - Each FileOps is one step: applied once, in order, to the edge's files, and followed by ONE sync that must
//   cover every step applied so far. append() and snapshot() are not called while a sync is under way.
// - A failed sync is tried again as often as need be, with the files as they are: no operation is applied
//   twice. Further steps may be taken in between. Once a sync succeeded: persisted().
// - Whatever a failed or killed sync left behind is fine: each file as it was or as it is, created or not,
//   removed or not, and appended or created bytes torn anywhere, with any garbage behind them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/journal/format.h"

namespace rockpool::journal {

struct File {
  std::string name;
  std::string bytes;
};
using Files = std::vector<File>;

struct FileOp {
  enum class Kind : std::uint8_t {
    append,  // add bytes at the end of a file that is there; only ever the active segment
    create,  // a new file with these bytes; the name never was in use
    remove,
  };
  Kind kind = Kind::append;
  std::string name;
  std::string bytes;

  bool operator==(const FileOp&) const = default;
};
using FileOps = std::vector<FileOp>;

struct Recovered {
  std::vector<Entry> entries;        // of the newest snapshot, then everything appended after it
  bool from_snapshot = false;        // entries begin with a snapshot
  std::uint64_t cut_bytes = 0;       // of files that count: torn or damaged, with all that came after
  std::vector<std::string> ignored;  // not named by what is believed; if the name is ours, removed later
  std::string problem;               // for people: what was damaged beyond a torn tail; empty when nothing
};

struct Opened;
struct Recovery;

class Journal {
 public:
  struct Options {
    std::size_t segment_bytes = 64 << 10;  // an active segment of this size is sealed by the next append
    std::size_t bulk_bytes_max = 4 << 20;  // one batch makes a segment larger, up to this (or one entry)
    std::size_t snapshot_bytes_min = 256 << 10;  // fewer bytes of segments never want a snapshot
    std::size_t files_max = 30;                  // kept if wants_snapshot() is obeyed and syncs succeed
  };

  // No files: a new store. Fails with newer_store, and only so, when a file has a newer format version.
  // Damage never fails: what is good up to there is given, the rest reported, and nothing is removed before
  // what replaces it was persisted. After a torn tail new entries go to a new segment.
  static base::Result<Opened> recover(const Files& files, const Options& options);

  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  Journal(Journal&&) = default;
  Journal& operator=(Journal&&) = default;

  // The next step. The entries become durable together with the sync that follows; after a crash before that,
  // the first few of them may be there. Usually one small append. Without entries: removals that are due.
  FileOps append(std::span<const Entry> entries);

  // A step that puts `state` in the place of all entries so far, including those not yet persisted. What it
  // covers is removed by a step after the sync that stored it.
  FileOps snapshot(std::span<const Entry> state);

  // A sync succeeded that covered every step given so far.
  void persisted();

  // Segments outweigh the snapshot, or there are too many. Ask after each step; the longer it is left, the
  // more files there are and the longer recovery takes.
  bool wants_snapshot() const;

  std::size_t file_count() const { return files_.size(); }
  std::uint64_t live_bytes() const;  // of the logs that recovery would read

 private:
  // `bytes` are kept while the log may still be merged, else empty.
  struct Segment {
    LogFile log;
    std::string bytes;
  };

  Journal(Recovery recovery, const Options& options);

  Segment begin_segment();
  void write(std::span<const Entry> entries, FileOps& ops);
  void extend_active(std::string fresh, FileOps& ops);
  void seal(FileOps& ops);
  void merge(FileOps& ops);
  void create(std::string name, std::string bytes, FileOps& ops);
  void finish(FileOps& ops);
  void sweep(FileOps& ops);
  std::set<std::string> needed_files() const;
  std::vector<std::string> live_logs() const;
  int size_class(const LogFile& log) const;
  bool is_mergeable(const LogFile& log) const;

  Options options_;
  std::vector<Segment> chain_;  // sealed, oldest first
  Segment active_;              // number 0: none; length 0: named by the manifest, not yet created
  std::uint64_t next_sequence_ = 1;
  std::uint64_t next_number_ = 1;         // one count for all names
  std::set<std::string> files_;           // ours, as the edge has them
  std::uint64_t manifest_ = 0;            // the newest written; 0: none that can be believed
  std::uint64_t stored_manifest_ = 0;     // the newest persisted
  std::uint64_t older_manifest_ = 0;      // the one persisted before it
  std::vector<std::string> stored_logs_;  // what stored_manifest_ names
  bool manifest_due_ = false;
  bool sweep_due_ = true;
};

struct Opened {
  Journal journal;
  Recovered recovered;
};

}  // namespace rockpool::journal
