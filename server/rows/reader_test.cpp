#include "server/rows/reader.h"

#include <gtest/gtest.h>

namespace rockpool::rows {
namespace {

struct Result {
  std::vector<std::string> rows;  // "line:json"
  std::string error;
  bool operator==(const Result&) const = default;
};

Result read_all(const std::string& text, std::string_view name, std::size_t piece_bytes) {
  Source source(read_text(text, piece_bytes));
  Result result;
  auto reader = open_rows(source, name);
  if (!reader.ok()) return {{}, reader.error().message};
  for (;;) {
    auto row = (*reader)->next();
    if (!row.ok()) {
      result.error = row.error().message;
      return result;
    }
    if (!*row) return result;
    result.rows.push_back(std::to_string((*row)->line) + ":" + model::write((*row)->value));
  }
}

// However the file is cut into pieces, it reads the same.
Result read(const std::string& text, std::string_view name) {
  const Result whole = read_all(text, name, 1 << 20);
  for (const std::size_t piece : {1u, 2u, 7u}) EXPECT_EQ(read_all(text, name, piece), whole) << piece;
  return whole;
}

using Rows = std::vector<std::string>;

TEST(JsonArray, gives_its_elements_with_their_lines) {
  EXPECT_EQ(read("[]", "a.json").rows, Rows{});
  EXPECT_EQ(read("[{\"a\":1},\n {\"b\":\n[2,{}]}\n, 3, \"x]\\\"\" ]\n", "a.json").rows,
            (Rows{"1:{\"a\":1}", "2:{\"b\":[2,{}]}", "4:3", "4:\"x]\\\"\""}));
}

TEST(JsonArray, a_byte_order_mark_is_skipped) {
  EXPECT_EQ(read("\xef\xbb\xbf[1]", "a.json").rows, Rows{"1:1"});
  EXPECT_EQ(read("\xef\xbb\xbf"
                 "a\n1\n",
                 "a.csv")
                .rows,
            Rows{"2:{\"a\":\"1\"}"});
}

TEST(JsonArray, says_the_line_of_what_is_broken) {
  EXPECT_EQ(read("[{\"a\":1},\n{\"b\":}]", "a.json").rows.size(), 1u);
  EXPECT_EQ(read("[{\"a\":1},\n{\"b\":}]", "a.json").error.rfind("line 2: ", 0), 0u);
  EXPECT_EQ(read("[1,\n2\n3]", "a.json").error, "line 3: a , or ] is missing after an element");
  EXPECT_EQ(read("[1,\n]", "a.json").error, "line 2: an element of the array is missing");
  EXPECT_EQ(read("[1,\n{\"a\":\n", "a.json").error, "line 2: the element that begins here never ends");
  EXPECT_EQ(read("[1\n", "a.json").error, "line 2: a , or ] is missing after an element");
  EXPECT_EQ(read("[1]\nx", "a.json").error, "line 2: there is text after the end of the array");
  EXPECT_EQ(read("[\"\xff\"]", "a.json").error.rfind("line 1: ", 0), 0u);
  EXPECT_EQ(
      read("[" + std::string(80, '[') + std::string(80, ']') + "]", "a.json").error.rfind("line 1: ", 0), 0u);
}

TEST(JsonArray, an_element_may_not_be_without_end) {
  const std::string huge = "[\"" + std::string(5 << 20, 'x') + "\"]";
  EXPECT_EQ(read_all(huge, "a.json", 1 << 16).error,
            "line 1: the element that begins here is longer than 4 MiB");
}

TEST(JsonLines, gives_one_row_a_line_and_skips_empty_ones) {
  EXPECT_EQ(read("{\"a\":1}\n\r\n  \n{\"b\":2}\r\n3", "a.ndjson").rows,
            (Rows{"1:{\"a\":1}", "4:{\"b\":2}", "5:3"}));
  EXPECT_EQ(read("", "a.jsonl").rows, Rows{});
}

TEST(JsonLines, says_the_line_of_what_is_broken) {
  EXPECT_EQ(read("{\"a\":1}\n{\"a\":\n{\"a\":2}\n", "a.ndjson").error.rfind("line 2: ", 0), 0u);
  EXPECT_EQ(read("{} {}\n", "a.ndjson").error.rfind("line 1: ", 0), 0u);
}

TEST(Csv, values_are_text_under_the_names_of_the_header) {
  EXPECT_EQ(read("name,n\nVila,1\r\n\n\"a, \"\"b\"\"\nc\",\n", "a.csv").rows,
            (Rows{"2:{\"name\":\"Vila\",\"n\":\"1\"}", "4:{\"name\":\"a, \\\"b\\\"\\nc\",\"n\":\"\"}"}));
  EXPECT_EQ(read("a\n1", "a.csv").rows, Rows{"2:{\"a\":\"1\"}"});
  EXPECT_EQ(read("a,b\n", "a.csv").rows, Rows{});
  EXPECT_EQ(read("a,b\n,\n", "a.csv").rows, Rows{"2:{\"a\":\"\",\"b\":\"\"}"});
}

TEST(Csv, says_the_line_of_what_is_broken) {
  EXPECT_EQ(read("a,b\n1,2\n1\n", "a.csv").error, "line 3: has 1 fields, the header has 2");
  EXPECT_EQ(read("a,b\n\"x\ny\",2\n1,2,3\n", "a.csv").error, "line 4: has 3 fields, the header has 2");
  EXPECT_EQ(read("a\nx\"y\n", "a.csv").error,
            "line 2: a quote stands inside a field that does not begin with one");
  EXPECT_EQ(read("a\n\"x\" y\n", "a.csv").error, "line 2: there is text after a closing quote");
  EXPECT_EQ(read("a\n\n\"x\ny", "a.csv").error, "line 3: the quote that opens here is never closed");
  EXPECT_EQ(read("a\n\xff\n", "a.csv").error, "line 2: is not UTF-8; convert the file first");
  EXPECT_EQ(read(std::string("a\n\0\n", 4), "a.csv").error, "line 2: holds a NUL byte");
  EXPECT_EQ(read("a,a\n", "a.csv").error, "line 1: the column 'a' is named twice");
  EXPECT_EQ(read("a,\n", "a.csv").error, "line 1: a column has no name");
  EXPECT_EQ(read("", "a.csv").error, "line 1: the header with the names of the columns is missing");
  EXPECT_EQ(read_all("a\n" + std::string(2 << 20, 'x'), "a.csv", 1 << 16).error,
            "line 2: the row that begins here is over 1 MiB");
}

TEST(Format, is_told_by_ending_or_first_byte) {
  EXPECT_EQ(read(" [1]", "data").rows, Rows{"1:1"});
  EXPECT_EQ(read("\n{\"a\":1}\n{}", "data.txt").rows, (Rows{"2:{\"a\":1}", "3:{}"}));
  EXPECT_EQ(read("a;b\n1;2", "data").rows, Rows{"2:{\"a;b\":\"1;2\"}"});
  EXPECT_EQ(read("x", "data.json").error,
            "line 1: neither a JSON array nor lines of JSON objects begins here");
  EXPECT_EQ(read("", "data.json").error,
            "line 1: neither a JSON array nor lines of JSON objects begins here");
}

TEST(Source, an_error_in_reading_is_passed_on) {
  int calls = 0;
  Source source([&]() -> base::Result<std::string> {
    if (++calls == 1) return std::string("[1,");
    return base::Error{base::Code::storage, "disk on fire", ""};
  });
  auto reader = open_rows(source, "a.json");
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE((*reader)->next().ok());
  EXPECT_EQ((*reader)->next().error().message, "disk on fire");
}

}  // namespace
}  // namespace rockpool::rows
