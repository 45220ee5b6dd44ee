// What the journal's files look like. Fixed numbers are little endian, varints as in core/base/buffer.h.
//
// log      := stamp number:u64 first_sequence:u64 record*      (seg-<number>.log, snap-<number>.log)
// record   := length:u32 crc:u32 sequence:u64 kind:u8 payload
// manifest := stamp number:varint count:varint sealed[count] active:varint active_sequence:varint crc:u32
// sealed   := file_kind:u8 number:varint first_sequence:varint length:varint crc:u32
// stamp    := magic:u8[8] version:u32 crc:u32
//
// Every crc is CRC-32C. A record's `length` counts what follows its crc, and its crc covers `length` too, so
// that a run of zeros is no record. A manifest's crc covers all bytes before it; a sealed file's the `length`
// bytes that count: what lies behind them is a torn tail. The stamp stays as it is in all versions to come,
// so that an old program knows a newer store for certain and does not take damage for one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rockpool::journal {

// One atomic record: after a crash it is there whole or not at all. Kinds belong to the caller.
struct Entry {
  std::uint8_t kind = 0;
  std::string payload;

  bool operator==(const Entry&) const = default;
};

inline constexpr std::uint32_t format_version = 1;
inline constexpr std::size_t log_header_bytes = 32;
inline constexpr std::size_t payload_bytes_max = 1u << 30;
// Beyond this, numbers in names are not ours: one more must always be possible.
inline constexpr std::uint64_t number_max = std::uint64_t{1} << 53;

enum class FileKind : std::uint8_t { segment, snapshot, manifest };

struct FileName {
  FileKind kind;
  std::uint64_t number;
};

std::string name_of(FileKind kind, std::uint64_t number);
// Only names that name_of() gives.
std::optional<FileName> read_name(std::string_view name);

// The version a file claims; none when it is no file of that kind or its stamp is damaged.
std::optional<std::uint32_t> stamped_version(FileKind kind, std::string_view bytes);

// A log as a manifest knows it.
struct LogFile {
  FileKind kind = FileKind::segment;
  std::uint64_t number = 0;
  std::uint64_t first_sequence = 0;  // of its first record
  std::uint64_t length = 0;          // bytes that count
  std::uint32_t crc = 0;             // of those bytes

  std::string name() const { return name_of(kind, number); }
  bool operator==(const LogFile&) const = default;
};

std::string log_header(const LogFile& log);

std::size_t record_bytes(const Entry& entry);
void add_record(std::string& log, std::uint64_t sequence, const Entry& entry);

enum class Checksums { verify, trust };  // trust: a checksum of the whole file was verified already

// Reads records from the header of `log` on, up to the first that is torn, damaged or out of sequence, and
// adds them to `entries`. Gives the length of the good part, 0 when the header already is not that of
// `expected`.
std::size_t read_records(std::string_view log, const LogFile& expected, Checksums checksums,
                         std::vector<Entry>& entries);

// Names everything recovery may believe: sealed logs, oldest first (a snapshot only at the front), and the
// active segment. Each manifest begins a new active segment, whose durable length therefore is 0 when the
// manifest is written: its file may still be missing, and its records are judged by their own checksums.
struct Manifest {
  std::uint64_t number = 0;  // larger than every number it names
  std::vector<LogFile> sealed;
  std::uint64_t active = 0;
  std::uint64_t active_sequence = 0;

  bool operator==(const Manifest&) const = default;
};

std::string encode_manifest(const Manifest& manifest);
std::optional<Manifest> decode_manifest(std::string_view bytes);

}  // namespace rockpool::journal
