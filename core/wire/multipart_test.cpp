#include "core/wire/multipart.h"

#include <gtest/gtest.h>

namespace rockpool::wire {
namespace {

using Event = MultipartReader::Event;

// Everything a reader says of a body that comes in these pieces, as text.
std::string said_of(const std::vector<std::string_view>& pieces, std::string_view boundary = "b") {
  MultipartReader reader(boundary);
  std::string said;
  for (const std::string_view piece : pieces) {
    reader.feed(piece);
    for (Event event = reader.next(); event != Event::more; event = reader.next()) {
      if (event == Event::failed) return said + "failed: " + reader.error();
      if (event == Event::part) {
        const Part& part = reader.part();
        said += "[" + part.name + "|" + part.file_name.value_or("-") + "|" + part.content_type + "]";
      }
      if (event == Event::data) said += reader.data();
      if (event == Event::part_end) said += ";";
      if (event == Event::end) said += "end";
    }
  }
  return said + (reader.is_whole() ? "" : "...");
}

std::string said_of(std::string_view body, std::string_view boundary = "b") {
  return said_of(std::vector<std::string_view>{body}, boundary);
}

const std::string head_a = "Content-Disposition: form-data; name=\"a\"\r\n\r\n";

std::string one(std::string_view data) { return "--b\r\n" + head_a + std::string(data) + "\r\n--b--\r\n"; }
std::string with_head(std::string_view head) {
  return "--b\r\n" + std::string(head) + "\r\n\r\nx\r\n--b--\r\n";
}
std::string file(std::string_view parameters) {
  return with_head("Content-Disposition: form-data; name=f; " + std::string(parameters));
}

TEST(Multipart, gives_parts_with_their_names_types_and_data) {
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: "
      "text/plain\r\n\r\n"
      "one\r\ntwo\r\n--b\r\n" +
      head_a + "three\r\n--b--\r\n";
  EXPECT_EQ(said_of(body), "[file|a.txt|text/plain]one\r\ntwo;[a|-|]three;end");
}

TEST(Multipart, says_the_same_wherever_it_is_cut) {
  const std::vector<std::string> bodies = {
      "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\xd0\xb6.txt\"\r\nContent-Type: "
      "a/b\r\n\r\n"
      "\r\n-\r\n--\r\n--\rb\r\r\n--a\r\n--b \t\r\n" +
          head_a + "\r\n--b\r\n" + head_a + "\r\n--b--",
      "\r\n" + one("--b") + " \r\n",
      one("\r\n-b--b--\r"),
      one(std::string("\0\r\n\0--", 6)),
      "--b\r\n" + head_a.substr(0, head_a.size() - 2) + "\r\n--b--",
      one("x") + "x",
      "--bx",
      "-",
      "\r\n\r\n--b",
      "preamble\r\n--b",
      with_head("X"),
      "--b\r\n\r\n"};
  for (const std::string& body : bodies) {
    const std::string whole = said_of(body);
    for (std::size_t at = 0; at <= body.size(); ++at) {
      const std::string_view text = body;
      EXPECT_EQ(said_of({text.substr(0, at), text.substr(at)}), whole) << body << " cut at " << at;
    }
    std::vector<std::string_view> bytes;
    for (std::size_t at = 0; at < body.size(); ++at) bytes.push_back(std::string_view(body).substr(at, 1));
    EXPECT_EQ(said_of(bytes), whole) << body << " byte by byte";
  }
}

TEST(Multipart, keeps_what_only_looks_like_a_boundary) {
  EXPECT_EQ(said_of(one("x--b--")), "[a|-|]x--b--;end");
  EXPECT_EQ(said_of(one("\n--b")), "[a|-|]\n--b;end");
  EXPECT_EQ(said_of(one("\r\n--a")), "[a|-|]\r\n--a;end");
  EXPECT_EQ(said_of(one("\r\n--B")), "[a|-|]\r\n--B;end") << "case counts";
  EXPECT_EQ(said_of(one("\r\n\r\n")), "[a|-|]\r\n\r\n;end");
}

TEST(Multipart, takes_a_part_without_data_in_both_spellings) {
  EXPECT_EQ(said_of(one("")), "[a|-|];end");
  EXPECT_EQ(said_of("--b\r\n" + head_a + "--b--"), "[a|-|];end");
}

TEST(Multipart, takes_boundaries_of_seventy_characters_with_all_they_may_hold) {
  const std::string boundary = "'()+_,-./:=? x" + std::string(56, '9');
  const auto read = boundary_of("multipart/form-data; charset=utf-8; boundary=\"" + boundary + "\"");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, boundary);
  EXPECT_EQ(said_of("--" + boundary + "\r\n" + head_a + "1\r\n--" + boundary + "--", boundary),
            "[a|-|]1;end");
}

TEST(Multipart, refuses_content_types_without_a_good_boundary) {
  for (const char* type :
       {"", "text/plain", "multipart/mixed; boundary=x", "multipart/form-data",
        "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=a; boundary=b", "multipart/form-data; boundary=\"a ",
        "multipart/form-data; boundary=\"a \"", "multipart/form-data; boundary=\"a*\""}) {
    EXPECT_FALSE(boundary_of(type).ok()) << type;
  }
  EXPECT_FALSE(boundary_of("multipart/form-data; boundary=" + std::string(71, 'a')).ok());
  EXPECT_TRUE(is_form_data("Multipart/Form-Data"));
  EXPECT_FALSE(is_form_data("multipart/form-data-x; boundary=a"));
}

TEST(Multipart, reads_names_of_files_as_senders_write_them) {
  EXPECT_EQ(said_of(file("filename=\"a b.txt\"")), "[f|a b.txt|]x;end");
  EXPECT_EQ(said_of(file("filename=\"say \\\"hi\\\".txt\"")), "[f|say \"hi\".txt|]x;end") << "older tools";
  EXPECT_EQ(said_of(file("filename=\"say %22hi%22.txt\"")), "[f|say \"hi\".txt|]x;end") << "browsers";
  EXPECT_EQ(said_of(file("filename=\"a;b=c.txt\"")), "[f|a;b=c.txt|]x;end");
  EXPECT_EQ(said_of(file("filename=plain.txt")), "[f|plain.txt|]x;end");
  EXPECT_EQ(said_of(file("filename=\"\"")), "[f||]x;end");
  EXPECT_EQ(said_of(file("filename=\"?.txt\"; filename*=UTF-8''%C3%A9.txt")), "[f|\xc3\xa9.txt|]x;end");
}

TEST(Multipart, gives_the_last_name_of_a_path) {
  EXPECT_EQ(last_of_path("C:\\dir\\x.txt"), "x.txt");
  EXPECT_EQ(last_of_path("../../etc/passwd"), "passwd");
  EXPECT_EQ(last_of_path("dir/"), "");
  EXPECT_EQ(last_of_path("x"), "x");
}

TEST(Multipart, refuses_heads_that_are_odd_and_says_why) {
  const std::string good = "Content-Disposition: form-data; name=a";
  const std::vector<std::pair<std::string, std::string>> odd = {
      {"Content-Type: text/plain", "a part has no Content-Disposition"},
      {good + "\r\n" + good, "a part has two Content-Dispositions"},
      {"Content-Disposition: attachment; name=a", "the Content-Disposition of a part must be form-data"},
      {"Content-Disposition: form-data", "a part has no name"},
      {"Content-Disposition: form-data; name=\"\"", "a part has no name"},
      {"Content-Disposition: form-data; name=\"a", "the Content-Disposition of a part is badly formed"},
      {good + "; name=b", "the Content-Disposition of a part is badly formed"},
      {good + "\r\nContent-Type: a/b\r\nContent-Type: a/b", "a part has two Content-Types"},
      {good + "\r\nContent-Type: text", "the Content-Type of a part is badly formed"},
      {good + "\r\nContent-Type: Multipart/mixed; boundary=c", "a part may not be multipart itself"},
      {good + "\r\nContent-Transfer-Encoding: base64",
       "parts must not be encoded; leave Content-Transfer-Encoding out"},
      {good + ";\r\n filename=x", "a header field of a part is badly formed"},
      {good + "\nX: y", "a header field of a part is badly formed"},
      {"X", "a header field of a part is badly formed"},
      {": y", "a header field of a part is badly formed"},
      {"X : y", "a header field of a part is badly formed"},
      {good + "; filename*=latin1''x", "filename* must be in UTF-8"}};
  for (const auto& [head, why] : odd) EXPECT_EQ(said_of(with_head(head)), "failed: " + why) << head;
}

TEST(Multipart, refuses_names_that_are_no_text) {
  const std::string why =
      "failed: the name of a file must be at most 1024 bytes of UTF-8 without control characters";
  EXPECT_EQ(said_of(file("filename=\"\xff\"")), why);
  EXPECT_EQ(said_of(file("filename=\"a\tb\"")), why);
  EXPECT_EQ(said_of(file("filename*=UTF-8''a%00b")), why);
  EXPECT_EQ(said_of(file("filename=" + std::string(1025, 'x'))), why);
  EXPECT_EQ(said_of(file("filename=" + std::string(1024, 'x'))).find("failed"), std::string::npos);
  EXPECT_TRUE(said_of(with_head("Content-Disposition: form-data; name=\"\x01\"")).starts_with("failed"));
  EXPECT_TRUE(said_of(with_head("Content-Disposition: form-data; name=" + std::string(257, 'x')))
                  .starts_with("failed"));
}

TEST(Multipart, refuses_heads_past_their_limits) {
  const std::string good = "Content-Disposition: form-data; name=a\r\n";
  const auto head_of = [&](std::size_t bytes) {
    return good + "X: " + std::string(bytes - good.size() - 3, 'x');
  };
  EXPECT_EQ(said_of(with_head(head_of(8192))), "[a|-|]x;end");
  EXPECT_EQ(said_of(with_head(head_of(8193))), "failed: the head of a part is over 8 KiB");
  EXPECT_EQ(said_of("--b\r\n" + std::string(9000, 'x')), "failed: the head of a part is over 8 KiB");
  std::string fields = good;
  for (int i = 0; i < 14; ++i) fields += "X: y\r\n";
  EXPECT_EQ(said_of(with_head(fields + "X: y")), "[a|-|]x;end");
  EXPECT_EQ(said_of(with_head(fields + "X: y\r\nX: y")), "failed: a part has more than 16 header fields");
}

TEST(Multipart, refuses_more_than_a_thousand_parts) {
  std::string body;
  for (std::size_t i = 0; i < MultipartReader::parts_max; ++i) body += "--b\r\n" + head_a + "\r\n";
  EXPECT_TRUE(said_of(body + "--b--").ends_with("end"));
  EXPECT_TRUE(said_of(body + "--b\r\n" + head_a).ends_with("failed: the body has more than 1000 parts"));
}

TEST(Multipart, refuses_what_stands_around_the_parts) {
  EXPECT_EQ(said_of("x\r\n" + one("y")),
            "failed: the body does not begin with the boundary that Content-Type names");
  EXPECT_EQ(said_of("\r\n\r\n" + one("y")),
            "failed: the body does not begin with the boundary that Content-Type names");
  EXPECT_EQ(said_of("\r\n" + one("y")), "[a|-|]y;end");
  EXPECT_EQ(said_of(one("y") + "\r\n \r\n"), "[a|-|]y;end");
  EXPECT_EQ(said_of(one("y") + "z"), "[a|-|]y;endfailed: something follows the last boundary");
  EXPECT_EQ(said_of(one("\r\n--bb")),
            "[a|-|];failed: a boundary is followed by something else than a line's end");
  EXPECT_EQ(said_of("--b" + std::string(65, ' ') + "\r\n"),
            "failed: a boundary is followed by something else than a line's end");
  EXPECT_EQ(said_of("--b" + std::string(64, ' ') + "\r\n" + head_a + "\r\n--b--"), "[a|-|];end");
}

TEST(Multipart, is_not_whole_before_its_last_boundary) {
  const std::string body = one("x");
  EXPECT_EQ(said_of(body.substr(0, body.size() - 4)), "[a|-|]x;...");
  EXPECT_EQ(said_of(body.substr(0, body.size() - 2)), "[a|-|]x;end");
  EXPECT_EQ(said_of(""), "...");
  EXPECT_EQ(said_of("--b--"), "end") << "no parts at all";
}

TEST(Multipart, holds_no_more_than_what_came_last) {
  MultipartReader reader("b");
  reader.feed("--b\r\n" + head_a);
  ASSERT_EQ(reader.next(), Event::part);
  std::size_t seen = 0;
  const std::string piece(16 << 10, '\r');
  for (int i = 0; i < 100; ++i) {
    reader.feed(piece);
    for (Event event = reader.next(); event != Event::more; event = reader.next()) {
      ASSERT_EQ(event, Event::data);
      ASSERT_LE(reader.data().size(), piece.size() + 16);
      seen += reader.data().size();
    }
  }
  EXPECT_GE(seen, 100 * piece.size() - 16);
}

}  // namespace
}  // namespace rockpool::wire
