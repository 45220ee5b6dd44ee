#include "core/journal/format.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/hash.h"

namespace rockpool::journal {
namespace {

const LogFile log_file{.kind = FileKind::segment, .number = 3, .first_sequence = 10};

std::vector<Entry> read(std::string_view log, const LogFile& expected = log_file) {
  std::vector<Entry> entries;
  read_records(log, expected, Checksums::verify, entries);
  return entries;
}

Manifest some_manifest() {
  Manifest manifest{.number = 900, .sealed = {}, .active = 899, .active_sequence = std::uint64_t{1} << 40};
  manifest.sealed.push_back({FileKind::snapshot, 7, 1, std::uint64_t{5} << 32, 0xffffffff});
  manifest.sealed.push_back({FileKind::segment, 8, 100, 65536, 1});
  return manifest;
}

TEST(Format, names_read_back_as_what_they_name) {
  for (const FileKind kind : {FileKind::segment, FileKind::snapshot, FileKind::manifest}) {
    for (const std::uint64_t number : {std::uint64_t{1}, std::uint64_t{42}, number_max - 1}) {
      const auto name = read_name(name_of(kind, number));
      ASSERT_TRUE(name.has_value());
      EXPECT_EQ(name->kind, kind);
      EXPECT_EQ(name->number, number);
    }
  }
}

TEST(Format, other_names_are_not_ours) {
  for (const char* name : {"", "seg-", "seg-.log", "seg-0.log", "seg-01.log", "seg-1", "seg-1.log.tmp",
                           "snap-1", "manifest-", "manifest-1.log", "manifest--1",
                           "manifest-9007199254740992", "xseg-1.log", "seg-99999999999999999999.log"}) {
    EXPECT_FALSE(read_name(name).has_value()) << name;
  }
}

TEST(Format, records_read_back_as_written) {
  const std::vector<Entry> entries = {{0, ""}, {255, std::string(3, '\0')}, {1, std::string(70'000, 'x')}};
  std::string log = log_header(log_file);
  EXPECT_EQ(log.size(), log_header_bytes);
  std::size_t bytes = log.size();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    add_record(log, 10 + i, entries[i]);
    bytes += record_bytes(entries[i]);
    EXPECT_EQ(log.size(), bytes);
  }
  EXPECT_EQ(read(log), entries);
}

TEST(Format, reading_stops_where_the_sequence_has_a_gap) {
  std::string log = log_header(log_file);
  add_record(log, 10, {1, "a"});
  const std::size_t good = log.size();
  add_record(log, 12, {1, "c"});
  std::vector<Entry> entries;
  EXPECT_EQ(read_records(log, log_file, Checksums::verify, entries), good);
  EXPECT_EQ(entries.size(), 1u);
  EXPECT_EQ(read_records(log, log_file, Checksums::trust, entries), good);
}

TEST(Format, zeros_are_no_record) {
  std::string log = log_header(log_file);
  add_record(log, 10, {1, "a"});
  EXPECT_EQ(read(log + std::string(100, '\0')).size(), 1u);
}

TEST(Format, a_length_beyond_the_file_is_no_record) {
  std::string log = log_header(log_file);
  EXPECT_TRUE(read(log + std::string(100, '\xff')).empty());
  EXPECT_TRUE(read(log + std::string(17, '\xff')).empty());
}

TEST(Format, a_log_of_another_name_is_not_read) {
  std::string log = log_header(log_file);
  add_record(log, 10, {1, "a"});
  LogFile other = log_file;
  other.number = 4;
  EXPECT_TRUE(read(log, other).empty());
  other = log_file;
  other.kind = FileKind::snapshot;
  EXPECT_TRUE(read(log, other).empty());
  other = log_file;
  other.first_sequence = 11;
  EXPECT_TRUE(read(log, other).empty());
}

TEST(Format, a_manifest_reads_back_as_written) {
  EXPECT_EQ(decode_manifest(encode_manifest(some_manifest())), some_manifest());
  EXPECT_EQ(decode_manifest(encode_manifest(Manifest{})), Manifest{});
}

TEST(Format, a_cut_or_changed_manifest_is_none) {
  const std::string bytes = encode_manifest(some_manifest());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    EXPECT_FALSE(decode_manifest(std::string_view(bytes).substr(0, at)).has_value());
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
      EXPECT_FALSE(decode_manifest(changed).has_value());
    }
  }
  EXPECT_FALSE(decode_manifest(bytes + "x").has_value());
}

TEST(Format, only_a_whole_stamp_tells_a_version) {
  const std::string header = log_header(log_file);
  EXPECT_EQ(stamped_version(FileKind::segment, header), format_version);
  EXPECT_FALSE(stamped_version(FileKind::manifest, header).has_value());
  EXPECT_FALSE(stamped_version(FileKind::segment, "").has_value());
  for (std::size_t bit = 0; bit < 16 * 8; ++bit) {
    std::string changed = header;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(stamped_version(FileKind::segment, changed).has_value());
  }
}

// These bytes are on people's disks: whoever changes them has to read the old ones too.
TEST(Format, the_bytes_of_version_1_stay) {
  std::string log = log_header(log_file);
  add_record(log, 10, {1, "a"});
  EXPECT_EQ(log.substr(0, 12), std::string("rpl-seg\n\1\0\0\0", 12));
  EXPECT_EQ(log.substr(16, 20), std::string("\3\0\0\0\0\0\0\0\12\0\0\0\0\0\0\0\12\0\0\0", 20));
  EXPECT_EQ(base::hash64(log), 6742641604629557466u);
  EXPECT_EQ(base::hash64(encode_manifest(some_manifest())), 7926596934356597667u);
}

}  // namespace
}  // namespace rockpool::journal
