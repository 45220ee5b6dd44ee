#include "server/net/request_parser.h"

#include <gtest/gtest.h>

namespace rockpool::net {
namespace {

using Progress = RequestParser::Progress;

const std::string upgrade =
    "GET /v1/connect?x=1 HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

// Status by which the head is refused, 0 when it is taken, -1 when more is waited for. The same for every way
// to cut.
int judge(const std::string& text) {
  std::vector<int> statuses;
  for (const std::size_t piece : {text.size(), std::size_t{1}, std::size_t{9}}) {
    RequestParser parser;
    Progress progress = Progress::more;
    for (std::size_t at = 0; at < text.size() && progress == Progress::more; at += piece) {
      parser.feed(std::string_view(text).substr(at, piece));
      progress = parser.read_head();
    }
    statuses.push_back(progress == Progress::done   ? 0
                       : progress == Progress::more ? -1
                                                    : parser.fault().status);
  }
  EXPECT_EQ(statuses[0], statuses[1]) << text.substr(0, 200);
  EXPECT_EQ(statuses[0], statuses[2]) << text.substr(0, 200);
  return statuses[0];
}

int judge_fields(const std::string& fields) {
  return judge("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
}

TEST(RequestParser, takes_a_request_apart) {
  RequestParser parser;
  parser.feed("GET /a/b?c=d HTTP/1.1\r\nHost: x:1\r\nAccept:  */* \r\n\r\n");
  ASSERT_EQ(parser.read_head(), Progress::done);
  EXPECT_EQ(parser.head().method, "GET");
  EXPECT_EQ(parser.head().path, "/a/b");
  EXPECT_EQ(parser.head().query, "c=d");
  EXPECT_EQ(*wire::find_header(parser.head().headers, "accept"), "*/*");
  EXPECT_TRUE(parser.keep_alive());
  EXPECT_FALSE(parser.has_body());
  EXPECT_FALSE(parser.head().upgrade);
}

// A body of nothing but its end, in two pieces cut anywhere, and byte by byte with questions in between.
TEST(RequestParser, an_empty_chunked_body_may_come_in_any_pieces) {
  const std::string head = "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string body : {"0\r\n\r\n", "00\r\n\r\n", "0;a\r\nb: c\r\n\r\n", "1\r\n0\r\n0\r\n\r\n"}) {
    for (std::size_t cut = 0; cut < body.size(); ++cut) {
      RequestParser parser;
      parser.feed(head + body.substr(0, cut));
      ASSERT_EQ(parser.read_head(), Progress::done);
      ASSERT_EQ(parser.read_body(10), Progress::more);
      for (std::size_t at = cut; at < body.size(); ++at) {
        ASSERT_EQ(parser.read_body(10), Progress::more) << body << " at " << at;
        parser.feed(body.substr(at, 1));
      }
      EXPECT_EQ(parser.read_body(10), Progress::done) << body;
      EXPECT_EQ(parser.take_body(), body.starts_with('1') ? "0" : "");
    }
  }
}

TEST(RequestParser, reads_one_request_after_the_other) {
  RequestParser parser;
  parser.feed("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.0\r\n\r\n");
  ASSERT_EQ(parser.read_head(), Progress::done);
  EXPECT_TRUE(parser.has_body());
  ASSERT_EQ(parser.read_body(3), Progress::done);
  EXPECT_EQ(parser.take_body(), "abc");
  parser.next();
  ASSERT_EQ(parser.read_head(), Progress::done);
  EXPECT_EQ(parser.head().path, "/2");
  EXPECT_FALSE(parser.keep_alive());
  EXPECT_FALSE(parser.has_bytes());
}

TEST(RequestParser, reads_chunks_byte_by_byte) {
  RequestParser parser;
  parser.feed("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  ASSERT_EQ(parser.read_head(), Progress::done);
  Progress progress = parser.read_body(100);
  for (const char c : std::string_view("3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: 1\r\n\r\nGET")) {
    if (progress != Progress::more) break;
    parser.feed({&c, 1});
    progress = parser.read_body(100);
  }
  ASSERT_EQ(progress, Progress::done);
  EXPECT_EQ(parser.take_body(), "abcde");
}

int judge_body(const std::string& fields, const std::string& body, std::size_t bytes_max) {
  RequestParser parser;
  parser.feed("POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n");
  if (parser.read_head() != Progress::done) return parser.fault().status;
  parser.feed(body);
  const Progress progress = parser.read_body(bytes_max);
  return progress == Progress::done ? 0 : progress == Progress::more ? -1 : parser.fault().status;
}

TEST(RequestParser, bodies_are_limited_declared_or_not) {
  EXPECT_EQ(judge_body("Content-Length: 5", "abcde", 5), 0);
  EXPECT_EQ(judge_body("Content-Length: 6", "", 5), 413);
  EXPECT_EQ(judge_body("Content-Length: 18446744073709551615", "", 5), 413);
  EXPECT_EQ(judge_body("Transfer-Encoding: chunked", "5\r\nabcde\r\n0\r\n\r\n", 5), 0);
  EXPECT_EQ(judge_body("Transfer-Encoding: chunked", "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n", 5), 413);
  EXPECT_EQ(judge_body("Transfer-Encoding: chunked", "fffffffffffffff\r\n", 5), 413);
}

TEST(RequestParser, broken_chunks_end_the_connection) {
  EXPECT_EQ(judge_body("Transfer-Encoding: chunked", "x\r\n", 5), 400);
  EXPECT_EQ(judge_body("Transfer-Encoding: chunked", "-1\r\n", 5), 400);
  EXPECT_EQ(judge_body("Transfer-Encoding: chunked", "1\r\nabc\r\n", 5), 400);
  EXPECT_EQ(judge_body("Transfer-Encoding: chunked", "1;" + std::string(5000, 'x'), 5), 400);
  EXPECT_EQ(judge_body("Transfer-Encoding: chunked", "0\r\nA: " + std::string(5000, 'x'), 5), 400);
  const std::string chunk = "1;e=" + std::string(1500, 'x') + "\r\na\r\n";
  EXPECT_EQ(judge_body("Transfer-Encoding: chunked", chunk + chunk + chunk + "0\r\n\r\n", 5), 400);
  EXPECT_EQ(judge_body("Transfer-Encoding: chunked", chunk + chunk + "0\r\n\r\n", 5), 0);
}

TEST(RequestParser, any_doubt_about_the_end_of_a_message_is_refused) {
  EXPECT_EQ(judge_fields("Content-Length: 1\r\nContent-Length: 1\r\n"), 400);
  EXPECT_EQ(judge_fields("Content-Length: 1\r\nContent-Length: 2\r\n"), 400);
  EXPECT_EQ(judge_fields("Content-Length: 1, 1\r\n"), 400);
  EXPECT_EQ(judge_fields("Content-Length: +1\r\n"), 400);
  EXPECT_EQ(judge_fields("Content-Length: 0x1\r\n"), 400);
  EXPECT_EQ(judge_fields("Content-Length: \r\n"), 400);
  EXPECT_EQ(judge_fields("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400);
  EXPECT_EQ(judge_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400);
  EXPECT_EQ(judge_fields("Transfer-Encoding: gzip\r\n"), 501);
  EXPECT_EQ(judge_fields("Transfer-Encoding: gzip, chunked\r\n"), 501);
  EXPECT_EQ(judge_fields("Transfer-Encoding: identity\r\n"), 501);
  EXPECT_EQ(judge_fields("Transfer-Encoding: xchunked\r\n"), 501);
  EXPECT_EQ(judge("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 501);
  EXPECT_EQ(judge_fields("Transfer-Encoding: chunked\r\n"), 0);
  EXPECT_EQ(judge_fields("Transfer-Encoding : chunked\r\n"), 400);
}

TEST(RequestParser, exactly_one_host) {
  EXPECT_EQ(judge("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(judge("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(judge("GET / HTTP/1.0\r\n\r\n"), 0);
  EXPECT_EQ(judge("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
}

TEST(RequestParser, sizes_at_the_limit_and_past_it) {
  const auto with_target = [](std::size_t line) {
    const std::string rest = " HTTP/1.1";
    return "GET /" + std::string(line - 5 - rest.size(), 'x') + rest + "\r\nHost: a\r\n\r\n";
  };
  EXPECT_EQ(judge(with_target(request_line_bytes_max)), 0);
  EXPECT_EQ(judge(with_target(request_line_bytes_max + 1)), 414);
  EXPECT_EQ(judge(with_target(100'000)), 414);
  const auto with_head = [](std::size_t bytes) {
    const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    return start + std::string(bytes - start.size() - 4, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(judge(with_head(head_bytes_max)), 0);
  EXPECT_EQ(judge(with_head(head_bytes_max + 1)), 431);
  const auto with_fields = [](std::size_t count) {
    std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 1; i < count; ++i) text += "X: 1\r\n";
    return text + "\r\n";
  };
  EXPECT_EQ(judge(with_fields(header_fields_max)), 0);
  EXPECT_EQ(judge(with_fields(header_fields_max + 1)), 431);
}

TEST(RequestParser, what_is_no_http_is_refused) {
  EXPECT_EQ(judge("\x16\x03\x01\x02"), 400);
  EXPECT_EQ(judge("GET / HTTP/1.1\nHost: a\n\n"), 400);
  EXPECT_EQ(judge("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n"), 400);
  EXPECT_EQ(judge("GET /\r\n\r\n"), 400);
  EXPECT_EQ(judge("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(judge("GET a HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(judge("GET /#f HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(judge("GET / HTTP/1.2\r\nHost: a\r\n\r\n"), 505);
  EXPECT_EQ(judge("GET / HTTP/3.0\r\nHost: a\r\n\r\n"), 505);
  EXPECT_EQ(judge(std::string("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 29)), 400);
  EXPECT_EQ(judge("G"), -1);
  EXPECT_EQ(judge("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
}

TEST(RequestParser, compressed_bodies_and_strange_expectations_are_refused) {
  EXPECT_EQ(judge_fields("Content-Encoding: gzip\r\n"), 415);
  EXPECT_EQ(judge_fields("Content-Encoding: identity\r\n"), 0);
  EXPECT_EQ(judge_fields("Expect: a-pony\r\n"), 417);
  EXPECT_EQ(judge_fields("Expect: 100-Continue\r\n"), 0);
}

TEST(RequestParser, the_absolute_form_is_taken) {
  RequestParser parser;
  parser.feed("GET http://a.example:80/x?y HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_EQ(parser.read_head(), Progress::done);
  EXPECT_EQ(parser.head().path, "/x");
  EXPECT_EQ(parser.head().query, "y");
}

std::string changed(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(RequestParser, a_websocket_begins_in_one_way_only) {
  RequestParser parser;
  parser.feed(upgrade);
  ASSERT_EQ(parser.read_head(), Progress::done);
  EXPECT_TRUE(parser.head().upgrade);
  EXPECT_EQ(judge(changed(upgrade, "GET", "POST")), 405);
  EXPECT_EQ(judge(changed(upgrade, "Version: 13", "Version: 8")), 426);
  EXPECT_EQ(judge(changed(upgrade, "dGhlIHNhbXBsZSBub25jZQ==", "")), 400);
  EXPECT_EQ(judge(changed(upgrade, "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZQ==")), 400);
  EXPECT_EQ(judge(changed(upgrade, "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZ-==")), 400);
  EXPECT_EQ(judge(changed(upgrade, "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQAA")), 400);
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  EXPECT_EQ(judge(changed(upgrade, key, key + key)), 400);
  EXPECT_EQ(judge(changed(upgrade, key, "")), 400);
}

TEST(RequestParser, another_upgrade_is_overlooked) {
  RequestParser parser;
  parser.feed("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n");
  ASSERT_EQ(parser.read_head(), Progress::done);
  EXPECT_FALSE(parser.head().upgrade);
}

TEST(RequestParser, trailers_are_bounded_however_they_come) {
  const auto read = [](std::size_t trailers, std::size_t piece) {
    std::string text = "0\r\n";
    for (std::size_t i = 0; i < trailers; ++i) text += "X: y\r\n";
    text += "\r\n";
    RequestParser parser;
    parser.feed("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    EXPECT_EQ(parser.read_head(), Progress::done);
    Progress progress = Progress::more;
    for (std::size_t at = 0; at < text.size() && progress == Progress::more; at += piece) {
      parser.feed(std::string_view(text).substr(at, piece));
      progress = parser.read_body(1000);
    }
    return progress;
  };
  for (const std::size_t piece : {std::size_t{100'000}, std::size_t{100}, std::size_t{7}}) {
    EXPECT_EQ(read(682, piece), Progress::done);
    EXPECT_EQ(read(700, piece), Progress::failed);
  }
}

}  // namespace
}  // namespace rockpool::net
