// Text of rockpool.v1 ⇄ messages. Pure, and total: every input gives messages or an error that names what is
// wrong.
//
// frame   := message | "[" message ("," message)* "]"
// message := JSON object with a member "type"
//
// Payloads (`data`, `currentData`, `value`, `values`, `state`) pass through as compact text, never as Values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/dialects/native/messages.h"

namespace rockpool::dialects::native {

// ---- up. Each message of a frame stands for itself: one that is wrong does not take the others along.
using UpMessages = std::vector<base::Result<UpMessage>>;
base::Result<UpMessages> decode_up(std::string_view frame);
// The body of a POST: messages alone, or with the number of the first of them and what was received.
struct Post {
  std::optional<std::uint64_t> number;
  std::uint64_t received = 0;
  UpMessages messages;
};
base::Result<Post> decode_post(std::string_view body);
// What a reader judged of a message is not written: Push::refused, Subscribe::filtered.
std::string encode_up(const UpMessage& message);
// Of one group of a push, as encode_up writes it: what several of them take in a frame is their sum and a
// comma each.
std::string encode_group(const model::Group& group);
std::string encode_push(std::uint64_t settled, const std::vector<std::uint64_t>& except,
                        std::string_view groups);

// ---- down. Unknown types are left out; any message that is wrong spoils the frame.
base::Result<std::vector<DownMessage>> decode_down(std::string_view frame);
// What a server answers to a request; absent is empty.
struct Answer {
  std::string session;
  std::uint64_t n = 0;  // of the last frame in here, or of the last message taken
  std::vector<DownMessage> messages;
};
base::Result<Answer> decode_answer(std::string_view body);
std::string encode_down(const DownMessage& message);
// Without copying what it passes on.
std::string encode_changes(std::string_view topic, const std::vector<model::Change>& changes,
                           std::string_view cursor, bool more);
// Several outcomes as one frame; not for an empty list.
std::string encode_outcomes(const std::vector<model::Outcome>& outcomes);

// What a whole collection is called on the wire.
std::string topic_of(std::string_view collection);

// May the same be tried again later with success?
bool is_retryable(base::Code code);

}  // namespace rockpool::dialects::native
