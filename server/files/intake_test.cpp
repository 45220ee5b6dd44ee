#include "server/files/intake.h"

#include <gtest/gtest.h>

#include "server/files/folder_test.h"

namespace rockpool::files {
namespace {

std::string part(std::string_view disposition, std::string_view data, std::string_view type = "") {
  std::string out = "--b\r\nContent-Disposition: form-data; ";
  out.append(disposition).append("\r\n");
  if (!type.empty()) out.append("Content-Type: ").append(type).append("\r\n");
  return out.append("\r\n").append(data).append("\r\n");
}
std::string file(std::string_view name, std::string_view data) {
  return part("name=file; filename=\"" + std::string(name) + "\"", data);
}
const std::string end = "--b--\r\n";

class IntakeTest : public testing::Test {
 protected:
  void SetUp() override {
    auto store = Store::open(folder_.path() + "/files", {.bytes_max = 100'000'000, .free_bytes_min = 0});
    ASSERT_TRUE(store.ok());
    store_ = std::move(*store);
  }
  // In pieces of that size.
  Outcome taken(std::string_view body, std::size_t piece = 7) {
    Intake intake(*store_, wants_, "b");
    for (; !body.empty(); body.remove_prefix(std::min(piece, body.size()))) {
      if (auto refusal = intake.take(body.substr(0, piece))) return std::move(*refusal);
    }
    return intake.finish();
  }
  dialect::Uploaded uploaded(std::string_view body, std::size_t piece = 7) {
    const Outcome outcome = taken(body, piece);
    EXPECT_TRUE(std::holds_alternative<dialect::Uploaded>(outcome));
    const auto* held = std::get_if<dialect::Uploaded>(&outcome);
    return held == nullptr ? dialect::Uploaded{} : *held;
  }
  // Why it was refused; nothing may be left of it.
  std::string refused(std::string_view body) {
    const std::size_t before = folder_.files();
    const Outcome outcome = taken(body);
    EXPECT_EQ(folder_.files(), before) << body;
    const auto* refusal = std::get_if<Refusal>(&outcome);
    if (refusal == nullptr) return "taken";
    return std::to_string(refusal->answer.status) + " " + refusal->answer.reason;
  }
  std::string stored(const dialect::StoredFile& one) {
    const auto reader = store_->read(one.id);
    EXPECT_TRUE(reader.ok());
    return reader.ok() ? *reader->read(0, reader->bytes()) : "";
  }

  TestFolder folder_;
  std::unique_ptr<Store> store_;
  dialect::ReadFiles wants_{.carrier = 1, .files_name = "file", .files_max = 3, .file_bytes_max = 1000};
};

TEST_F(IntakeTest, stores_files_and_gives_the_other_parts) {
  const std::string body = file("a.txt", "one") + part("name=title", "a title") +
                           part("name=file; filename=b", std::string(1000, 'x'), "image/png") + end;
  for (const std::size_t piece : {1u, 7u, 5000u}) {
    const auto got = uploaded(body, piece);
    ASSERT_EQ(got.files.size(), 2u);
    EXPECT_EQ(got.files[0].name, "a.txt");
    EXPECT_EQ(got.files[0].mime_type, "");
    EXPECT_EQ(stored(got.files[0]), "one");
    EXPECT_EQ(got.files[1].mime_type, "image/png");
    EXPECT_EQ(got.files[1].bytes, 1000u);
    EXPECT_EQ(stored(got.files[1]), std::string(1000, 'x'));
    ASSERT_EQ(got.fields.size(), 1u);
    EXPECT_EQ(got.fields[0], (std::pair<std::string, std::string>("title", "a title")));
  }
}

TEST_F(IntakeTest, takes_an_empty_file_and_overlooks_one_that_was_not_chosen) {
  EXPECT_EQ(uploaded(file("empty", "") + end).files.at(0).bytes, 0u);
  EXPECT_EQ(uploaded(file("", "") + file("a", "1") + end).files.size(), 1u);
  EXPECT_EQ(uploaded(file("", "1") + end).files.at(0).name, "file");
  EXPECT_EQ(uploaded(file("dir/../a", "1") + end).files.at(0).name, "a");
}

TEST_F(IntakeTest, refuses_with_nothing_left) {
  EXPECT_EQ(refused(end), "400 there is no file; send it in a part named `file`");
  EXPECT_EQ(refused(part("name=x", "1") + end), "400 there is no file; send it in a part named `file`");
  EXPECT_EQ(refused(file("", "") + end), "400 there is no file; send it in a part named `file`");
  EXPECT_EQ(refused(part("name=file", "1") + end), "400 the part `file` has no filename; it must be a file");
  EXPECT_EQ(refused(file("a", "1") + part("name=x; filename=y", "1") + end),
            "400 the file in the part `x` must be in a part named `file`");
  EXPECT_EQ(refused(file("a", "1")), "400 the body ends before its last boundary");
  EXPECT_EQ(refused(file("a", "1") + "--bx"),
            "400 a boundary is followed by something else than a line's end");
  EXPECT_EQ(refused(file("a", "1") + part("name=x", "\xff") + end), "400 the part `x` is not UTF-8");
  EXPECT_EQ(refused(file("a", "1") + end + "x"), "400 something follows the last boundary");
}

TEST_F(IntakeTest, refuses_what_is_over_a_limit) {
  EXPECT_EQ(refused(file("a", std::string(1001, 'x')) + end), "413 a file is over 1000 bytes");
  const std::string three = file("a", "1") + file("b", "2") + file("c", "3");
  EXPECT_EQ(uploaded(three + end).files.size(), 3u);
  EXPECT_EQ(refused(three + file("d", "4") + end),
            "413 there are more files than the 3 that may be in one request");
  EXPECT_EQ(
      uploaded(file("a", "1") + part("name=x", std::string(fields_bytes_max, 'x')) + end, 1000).fields.size(),
      1u);
  EXPECT_EQ(refused(file("a", "1") + part("name=x", std::string(fields_bytes_max + 1, 'x')) + end),
            "413 the parts besides files are over 64 KiB");
  std::string fields = file("a", "1");
  for (std::size_t i = 0; i < fields_max; ++i) fields += part("name=x", "");
  EXPECT_EQ(uploaded(fields + end).fields.size(), fields_max);
  EXPECT_EQ(refused(fields + part("name=x", "") + end), "413 there are more than 100 parts besides files");
}

TEST_F(IntakeTest, says_where_there_is_no_room) {
  wants_.file_bytes_max = 200'000'000;
  auto small = Store::open(folder_.path() + "/files", {.bytes_max = 10, .free_bytes_min = 0});
  ASSERT_TRUE(small.ok());
  store_ = std::move(*small);
  EXPECT_TRUE(
      refused(file("a", "12345678901") + end).starts_with("507 the server's room for files is used up"));
  EXPECT_EQ(store_->bytes(), 0u);
}

TEST_F(IntakeTest, gives_up_what_nobody_took) {
  Intake intake(*store_, wants_, "b");
  ASSERT_FALSE(intake.take(file("a", "1") + file("b", "2") + end));
  ASSERT_TRUE(std::holds_alternative<dialect::Uploaded>(intake.finish()));
  EXPECT_EQ(folder_.files(), 2u);
  intake.discard();
  EXPECT_EQ(folder_.files(), 0u);
}

}  // namespace
}  // namespace rockpool::files
