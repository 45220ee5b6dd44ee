#include "core/wire/websocket.h"

#include <vector>

#include <gtest/gtest.h>

namespace rockpool::wire {
namespace {

using Event = FrameReader::Event;

// A frame as a client sends it, with every bit as it is asked for.
std::string frame(unsigned first, std::string_view payload, std::uint32_t mask = 0x11223344) {
  std::string bytes = masked_frame(Opcode::text, payload, mask);
  bytes[0] = static_cast<char>(first);
  return bytes;
}

// What a stream comes to: each event as a line.
std::string told(std::string_view stream, std::size_t step, FrameReader::Limits limits = {}) {
  FrameReader reader(true, limits);
  std::string out;
  for (std::size_t at = 0; at < stream.size(); at += step) {
    std::string_view bytes = stream.substr(at, step);
    for (bool more = true; more;) {
      switch (reader.read(bytes)) {
        case Event::more: more = false; break;
        case Event::message:
          out += reader.is_binary() ? "binary " : "text ";
          out += reader.take_message() + "\n";
          break;
        case Event::ping: out.append("ping ").append(reader.control()) += "\n"; break;
        case Event::pong: out.append("pong ").append(reader.control()) += "\n"; break;
        case Event::close:
          return out.append("close ").append(std::to_string(reader.code()) + " ").append(reader.control());
        case Event::failed: return out.append("failed ").append(std::to_string(reader.code()));
      }
    }
  }
  return out;
}

// However the stream is cut, it comes to the same.
void expect_told(std::string_view stream, std::string_view expected, FrameReader::Limits limits = {}) {
  for (const std::size_t step :
       {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{4'096}, stream.size()}) {
    ASSERT_EQ(told(stream, step, limits), expected) << "in pieces of " << step;
  }
}

TEST(Frames, messages_of_every_length_that_is_written_in_another_way) {
  for (const std::size_t size : {0, 1, 125, 126, 127, 65'535, 65'536, 100'000}) {
    const std::string payload(size, 'x');
    ASSERT_EQ(told(frame(0x81, payload), 1'000), "text " + payload + "\n") << size;
    ASSERT_EQ(told(frame(0x82, payload), 1'000), "binary " + payload + "\n") << size;
    FrameReader reader(false, {});
    const std::string sent = frame_head(Opcode::binary, size) + payload;
    std::string_view bytes = sent;
    ASSERT_EQ(reader.read(bytes), Event::message) << size;
    ASSERT_EQ(reader.take_message(), payload);
    ASSERT_EQ(reader.read(bytes), Event::more);
  }
}

TEST(Frames, every_mask_is_taken_off_wherever_the_pieces_end) {
  const std::string payload = "a text of some length, longer than a word or two";
  for (const std::uint32_t mask : {0u, 0xffffffffu, 0x01020304u, 0x80000000u}) {
    expect_told(frame(0x82, payload, mask), "binary " + payload + "\n");
  }
}

TEST(Frames, pieces_make_one_message_and_control_frames_come_between) {
  expect_told(frame(0x01, "a") + frame(0x89, "p") + frame(0x00, "") + frame(0x8a, "q") + frame(0x80, "b"),
              "ping p\npong q\ntext ab\n");
}

TEST(Frames, pieces_that_belong_to_nothing_or_begin_within_another_fail) {
  expect_told(frame(0x80, "a"), "failed 1002");
  expect_told(frame(0x00, "a"), "failed 1002");
  expect_told(frame(0x01, "a") + frame(0x81, "b"), "failed 1002");
  expect_told(frame(0x81, "a") + frame(0x80, "b"), "text a\nfailed 1002");
}

TEST(Frames, reserved_bits_and_opcodes_fail) {
  for (const unsigned bit : {0x40u, 0x20u, 0x10u}) {
    expect_told(frame(0x81 | bit, "a"), "failed 1002");
    expect_told(frame(0x89 | bit, ""), "failed 1002");
  }
  for (const unsigned opcode : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u}) {
    expect_told(frame(0x80 | opcode, ""), "failed 1002");
    expect_told(frame(0x81, "a") + frame(opcode, "b"), "text a\nfailed 1002");
  }
}

TEST(Frames, masks_are_demanded_of_clients_and_forbidden_to_servers) {
  expect_told(frame_head(Opcode::text, 1) + "a", "failed 1002");
  FrameReader reader(false, {});
  const std::string sent = frame(0x81, "a");
  std::string_view bytes = sent;
  EXPECT_EQ(reader.read(bytes), Event::failed);
}

TEST(Frames, a_length_is_written_as_short_as_it_can_be) {
  using std::string_literals::operator""s;
  expect_told("\x82\xfe\x00\x7d"s + "mask", "failed 1002");
  expect_told("\x82\xff\x00\x00\x00\x00\x00\x00\xff\xff"s, "");
  expect_told("\x82\xff\x00\x00\x00\x00\x00\x00\xff\xff"s + "mask", "failed 1002");
  expect_told("\x82\xff\x80\x00\x00\x00\x00\x00\x00\x00"s + "mask", "failed 1002");
}

TEST(Frames, control_frames_are_whole_and_short) {
  expect_told(frame(0x89, std::string(125, 'p')), "ping " + std::string(125, 'p') + "\n");
  expect_told(frame(0x89, std::string(126, 'p')), "failed 1002");
  expect_told(frame(0x09, "p"), "failed 1002");
  expect_told(frame(0x08, ""), "failed 1002");
}

TEST(Frames, what_is_too_large_fails_by_what_is_declared) {
  const FrameReader::Limits limits{.message_bytes = 10, .frames = 3};
  expect_told(frame(0x82, std::string(10, 'x')), "binary " + std::string(10, 'x') + "\n", limits);
  EXPECT_EQ(told(frame(0x82, std::string(11, 'x')).substr(0, 6), 6, limits), "failed 1009");
  EXPECT_EQ(told(frame(0x02, "12345") + frame(0x80, "123456").substr(0, 6), 100, limits), "failed 1009");
  expect_told(frame(0x02, "12345") + frame(0x80, "12345"), "binary 1234512345\n", limits);
  expect_told(frame(0x02, "1") + frame(0x00, "2") + frame(0x80, "3"), "binary 123\n", limits);
  expect_told(frame(0x02, "1") + frame(0x00, "2") + frame(0x00, "3") + frame(0x80, ""), "failed 1008",
              limits);
}

TEST(Frames, memory_is_taken_for_what_came_and_not_for_what_is_announced) {
  FrameReader reader(true, {});
  const std::string sent = frame(0x82, std::string(1'000'000, 'x')).substr(0, 100);
  std::string_view bytes = sent;
  EXPECT_EQ(reader.read(bytes), Event::more);
  EXPECT_LT(reader.held_bytes(), 1'000u);
}

TEST(Frames, text_is_utf8_however_it_is_cut) {
  const std::string text = "\u03ba\u1f79\u03c3\u03bc\u03b5 \U0001f30a \ufeff";
  expect_told(frame(0x81, text), "text " + text + "\n");
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    expect_told(frame(0x01, text.substr(0, cut)) + frame(0x89, "") + frame(0x80, text.substr(cut)),
                "ping \ntext " + text + "\n");
  }
  for (const std::string wrong :
       {"\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8", "\xe1\x80", "\xc3"}) {
    expect_told(frame(0x81, "fine " + wrong), "failed 1007");
    expect_told(frame(0x01, "fine " + wrong) + frame(0x80, ""), "failed 1007");
    expect_told(frame(0x82, wrong), "binary " + wrong + "\n");
  }
}

TEST(Frames, text_that_cannot_become_utf8_fails_before_it_has_all_come) {
  const std::string sent = frame(0x81, "fine \xf4\x90 and very much more");
  EXPECT_EQ(told(sent.substr(0, 6 + 7), 1), "failed 1007");
}

TEST(Frames, codes_that_may_be_said_close_and_others_fail) {
  using std::string_literals::operator""s;
  for (const unsigned code :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999}) {
    const auto said = static_cast<std::uint16_t>(code);
    expect_told(frame(0x88, close_payload(said, "why")), "close " + std::to_string(code) + " why");
  }
  for (const unsigned code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    expect_told(frame(0x88, close_payload(static_cast<std::uint16_t>(code), "")), "failed 1002");
  }
  expect_told(frame(0x88, ""), "close 1005 ");
  expect_told(frame(0x88, "\x03"), "failed 1002");
  expect_told(frame(0x88, "\x03\xe8\xc3"s), "failed 1007");
}

TEST(Frames, nothing_is_read_after_a_close_or_a_failure) {
  expect_told(frame(0x88, "") + frame(0x81, "a"), "close 1005 ");
  FrameReader reader(true, {});
  const std::string wrong = frame(0x83, ""), right = frame(0x81, "a");
  std::string_view bytes = wrong;
  EXPECT_EQ(reader.read(bytes), Event::failed);
  bytes = right;
  EXPECT_EQ(reader.read(bytes), Event::failed);
  EXPECT_FALSE(reader.problem().empty());
}

TEST(Frames, a_long_reason_is_cut_between_two_characters) {
  const std::string fits(122, 'x');
  std::string reason = fits;
  reason += "\u00e9";
  EXPECT_EQ(close_payload(1000, reason), close_payload(1000, fits));
  EXPECT_EQ(close_payload(1000, std::string(200, 'x')).size(), control_bytes_max);
}

}  // namespace
}  // namespace rockpool::wire
