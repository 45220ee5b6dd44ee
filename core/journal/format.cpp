#include "core/journal/format.h"

#include <array>
#include <cassert>

#include "core/base/buffer.h"
#include "core/base/hash.h"
#include "core/base/text.h"

namespace rockpool::journal {
namespace {

using base::BufferReader;
using base::BufferWriter;
using base::crc32c;

constexpr std::size_t stamp_bytes = 16;
constexpr std::size_t record_head_bytes = 8;   // length, crc
constexpr std::size_t record_fixed_bytes = 9;  // sequence, kind

struct Spelling {
  std::string_view magic;
  std::string_view prefix;
  std::string_view suffix;
};

constexpr std::array<Spelling, 3> spellings = {{
    {"rpl-seg\n", "seg-", ".log"},
    {"rpl-snap", "snap-", ".log"},
    {"rpl-mani", "manifest-", ""},
}};

const Spelling& spelling_of(FileKind kind) { return spellings[static_cast<std::size_t>(kind)]; }

std::string stamp_of(FileKind kind) {
  std::string stamp(spelling_of(kind).magic);
  stamp += BufferWriter().fixed32(format_version).bytes();
  return stamp += BufferWriter().fixed32(crc32c(stamp)).bytes();
}

std::uint32_t fixed32_at(std::string_view bytes, std::size_t at) {
  return BufferReader(bytes.substr(at, 4)).fixed32();
}

std::uint32_t record_crc(std::string_view length, std::string_view body) {
  return crc32c(body, crc32c(length));
}

// Takes the record at the front of `rest`, if a good one with that sequence is there.
bool take_record(std::string_view& rest, std::uint64_t sequence, Checksums checksums, Entry& entry) {
  if (rest.size() < record_head_bytes + record_fixed_bytes) return false;
  const std::uint32_t length = fixed32_at(rest, 0);
  if (length < record_fixed_bytes || length > rest.size() - record_head_bytes) return false;
  const std::string_view body = rest.substr(record_head_bytes, length);
  if (BufferReader(body).fixed64() != sequence) return false;
  if (checksums == Checksums::verify && record_crc(rest.substr(0, 4), body) != fixed32_at(rest, 4))
    return false;
  entry.kind = static_cast<std::uint8_t>(body[8]);
  entry.payload = body.substr(record_fixed_bytes);
  rest.remove_prefix(record_head_bytes + length);
  return true;
}

LogFile read_sealed(BufferReader& reader) {
  const std::uint8_t kind = reader.byte();
  LogFile log;
  log.kind = kind == 1 ? FileKind::snapshot : FileKind::segment;
  log.number = reader.number();
  log.first_sequence = reader.number();
  log.length = reader.number();
  log.crc = reader.fixed32();
  return log;
}

}  // namespace

std::string name_of(FileKind kind, std::uint64_t number) {
  const Spelling& spelling = spelling_of(kind);
  return std::string(spelling.prefix) + base::decimal(number) + std::string(spelling.suffix);
}

std::optional<FileName> read_name(std::string_view name) {
  for (const FileKind kind : {FileKind::segment, FileKind::snapshot, FileKind::manifest}) {
    const Spelling& spelling = spelling_of(kind);
    if (!name.starts_with(spelling.prefix) || !name.ends_with(spelling.suffix)) continue;
    if (name.size() < spelling.prefix.size() + spelling.suffix.size()) continue;
    std::string_view digits = name.substr(spelling.prefix.size());
    digits.remove_suffix(spelling.suffix.size());
    const auto number = base::read_decimal(digits);
    if (number && *number > 0 && *number < number_max) return FileName{kind, *number};
  }
  return std::nullopt;
}

std::optional<std::uint32_t> stamped_version(FileKind kind, std::string_view bytes) {
  if (bytes.size() < stamp_bytes || !bytes.starts_with(spelling_of(kind).magic)) return std::nullopt;
  const std::uint32_t version = fixed32_at(bytes, 8);
  if (version == 0 || crc32c(bytes.substr(0, 12)) != fixed32_at(bytes, 12)) return std::nullopt;
  return version;
}

std::string log_header(const LogFile& log) {
  return stamp_of(log.kind) + BufferWriter().fixed64(log.number).fixed64(log.first_sequence).bytes();
}

std::size_t record_bytes(const Entry& entry) {
  return record_head_bytes + record_fixed_bytes + entry.payload.size();
}

void add_record(std::string& log, std::uint64_t sequence, const Entry& entry) {
  assert(entry.payload.size() <= payload_bytes_max);
  BufferWriter length;
  length.fixed32(static_cast<std::uint32_t>(record_fixed_bytes + entry.payload.size()));
  BufferWriter fixed;
  fixed.fixed64(sequence).byte(entry.kind);
  const std::uint32_t crc = crc32c(entry.payload, record_crc(length.bytes(), fixed.bytes()));
  log += length.bytes();
  log += BufferWriter().fixed32(crc).bytes();
  log += fixed.bytes();
  log += entry.payload;
}

std::size_t read_records(std::string_view log, const LogFile& expected, Checksums checksums,
                         std::vector<Entry>& entries) {
  const std::string header = log_header(expected);
  if (!log.starts_with(header)) return 0;
  std::string_view rest = log.substr(header.size());
  std::uint64_t sequence = expected.first_sequence;
  for (Entry entry; take_record(rest, sequence, checksums, entry); ++sequence)
    entries.push_back(std::move(entry));
  return log.size() - rest.size();
}

std::string encode_manifest(const Manifest& manifest) {
  BufferWriter body;
  body.number(manifest.number).number(manifest.sealed.size());
  for (const LogFile& log : manifest.sealed) {
    body.byte(static_cast<std::uint8_t>(log.kind)).number(log.number).number(log.first_sequence);
    body.number(log.length).fixed32(log.crc);
  }
  body.number(manifest.active).number(manifest.active_sequence);
  const std::string bytes = stamp_of(FileKind::manifest) + body.bytes();
  return bytes + BufferWriter().fixed32(crc32c(bytes)).bytes();
}

std::optional<Manifest> decode_manifest(std::string_view bytes) {
  if (bytes.size() < stamp_bytes + 4 || !bytes.starts_with(stamp_of(FileKind::manifest))) return std::nullopt;
  const std::string_view covered = bytes.substr(0, bytes.size() - 4);
  if (crc32c(covered) != fixed32_at(bytes, covered.size())) return std::nullopt;
  BufferReader reader(covered.substr(stamp_bytes));
  Manifest manifest;
  manifest.number = reader.number();
  const std::uint64_t count = reader.number();
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) manifest.sealed.push_back(read_sealed(reader));
  manifest.active = reader.number();
  manifest.active_sequence = reader.number();
  if (!reader.whole()) return std::nullopt;
  return manifest;
}

}  // namespace rockpool::journal
