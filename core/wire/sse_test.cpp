#include "core/wire/sse.h"

#include <vector>

#include <gtest/gtest.h>

namespace rockpool::wire {
namespace {

using namespace std::string_literals;

struct Event {
  std::string id, type, data;
  bool operator==(const Event&) const = default;
};

void PrintTo(const Event& event, std::ostream* out) {
  *out << "{" << event.id << "|" << event.type << "|" << event.data << "}";
}

// The events of a stream that comes in pieces of `step` bytes.
std::vector<Event> events_of(std::string_view stream, std::size_t step = 1) {
  SseReader reader(1000);
  std::vector<Event> events;
  for (std::size_t from = 0; from < stream.size(); from += step) {
    std::string_view bytes = stream.substr(from, step);
    while (reader.read(bytes)) {
      events.push_back({std::string(reader.id()), std::string(reader.type()), std::string(reader.data())});
    }
    EXPECT_TRUE(bytes.empty());
  }
  EXPECT_FALSE(reader.failed());
  return events;
}

TEST(Sse, reads_the_same_events_however_the_stream_is_cut) {
  const std::string_view stream =
      "\xef\xbb\xbf: hello\n\nid: 1\ndata: one\n\rid:2\r\ndata: a\r\ndata:  b\r\revent: x\ndata:c\nid\n\n\n";
  const std::vector<Event> expected = {{"1", "", "one"}, {"2", "", "a\n b"}, {"", "x", "c"}};
  for (std::size_t step = 1; step <= stream.size(); ++step) EXPECT_EQ(events_of(stream, step), expected);
}

TEST(Sse, takes_lines_ended_by_lf_cr_and_crlf) {
  const std::vector<Event> expected = {{"", "", "a"}, {"", "", "b"}};
  EXPECT_EQ(events_of("data: a\n\ndata: b\n\n"), expected);
  EXPECT_EQ(events_of("data: a\r\rdata: b\r\r"), expected);
  EXPECT_EQ(events_of("data: a\r\n\r\ndata: b\r\n\r\n"), expected);
}

// The examples of the HTML standard.
TEST(Sse, reads_the_examples_of_the_standard) {
  EXPECT_EQ(events_of("data: YHOO\ndata: +2\ndata: 10\n\n"), (std::vector<Event>{{"", "", "YHOO\n+2\n10"}}));
  EXPECT_EQ(
      events_of(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n"),
      (std::vector<Event>{{"1", "", "first event"}, {"", "", "second event"}}));
  EXPECT_EQ(events_of("data\n\ndata\ndata\n\ndata:"), (std::vector<Event>{{"", "", ""}, {"", "", "\n"}}));
  EXPECT_EQ(events_of("data:test\n\ndata: test\n\n"),
            (std::vector<Event>{{"", "", "test"}, {"", "", "test"}}));
}

TEST(Sse, keeps_the_id_of_an_event_without_data_but_not_its_type) {
  EXPECT_EQ(events_of("id: 7\nevent: x\n\ndata: a\n\n"), (std::vector<Event>{{"7", "", "a"}}));
}

TEST(Sse, passes_over_an_id_with_a_null_unknown_fields_and_a_mark_that_is_not_first) {
  const std::string stream =
      "id: 1\nid: a\0b\nfoo: x\n: data: no\nDATA: no\n\xef\xbb\xbf"
      "data: no\ndata: a\n\n"s;
  EXPECT_EQ(events_of(stream), (std::vector<Event>{{"1", "", "a"}}));
}

TEST(Sse, takes_only_digits_as_the_time_to_reconnect) {
  SseReader reader(100);
  const auto feed = [&](std::string_view bytes) { EXPECT_FALSE(reader.read(bytes)); };
  feed("retry: 10x\n\nretry:\n\nretry: -1\n\n");
  EXPECT_EQ(reader.retry_ms(), 0);
  feed("retry: 1500\n");
  EXPECT_EQ(reader.retry_ms(), 1500);
  feed("retry: 99999999999999999999\n");
  EXPECT_EQ(reader.retry_ms(), 1500);
}

TEST(Sse, fails_at_an_event_that_is_too_long_and_takes_nothing_more) {
  for (const std::string_view stream :
       {"data: 0123456789\n\n", "data: 01\ndata: 23\ndata: 45\n\n", ": 0123456789"}) {
    SseReader reader(10);
    std::string_view bytes = stream;
    EXPECT_FALSE(reader.read(bytes));
    EXPECT_TRUE(reader.failed()) << stream;
    bytes = "\n\ndata: a\n\n";
    EXPECT_FALSE(reader.read(bytes));
    EXPECT_TRUE(bytes.empty());
  }
}

TEST(Sse, writes_what_it_reads) {
  std::string stream(sse_comment);
  stream.append(sse_head("12")).append("{\"a\":1}").append(sse_tail);
  stream.append(sse_head("", "x")).append("").append(sse_tail);
  EXPECT_EQ(stream, ":\n\nid: 12\ndata: {\"a\":1}\n\nevent: x\ndata: \n\n");
  EXPECT_EQ(events_of(stream), (std::vector<Event>{{"12", "", "{\"a\":1}"}, {"12", "x", ""}}));
}

}  // namespace
}  // namespace rockpool::wire
