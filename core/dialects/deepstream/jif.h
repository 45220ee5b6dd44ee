// The JSON of the HTTP API: bodies of requests to commands, what became of commands to entries. Pure.
//
// body    := { "token"?: text, "authData"?: object, "body": [command, ...] }
// command := { "topic": ..., "action": ..., fields of that action and no others }
// answer  := { "result": "SUCCESS" | "PARTIAL_SUCCESS" | "FAILURE", "body": [entry, ...] }
//
// Payloads pass through as compact text, never as Values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/dialects/deepstream/messages.h"

namespace rockpool::dialects::deepstream {

struct Command {
  enum class Kind : std::uint8_t { emit, read, head, write, remove, notify, make, query };
  Kind kind = Kind::read;
  Topic topic = Topic::record;  // lists are records
  std::string name = {};
  std::string data = {};  // empty: none
  std::string path = {};  // empty: the whole record
  std::optional<std::int64_t> version = {};
  std::optional<std::vector<std::string>> names = {};

  bool operator==(const Command&) const = default;
};

// The action's own word.
std::string_view word_of(Command::Kind kind);

// What a batch says. The messages of errors are the answers' whole text; `too_large` for JSON beyond a limit,
// one of which is its depth.
struct Batch {
  std::optional<std::string> token;
  std::string auth_data;                        // compact JSON of an object, empty: none
  base::Result<std::vector<Command>> commands;  // judged by whoever knows that the caller may ask
};
base::Result<Batch> read_batch(std::string_view body, bool may_have_auth_data,
                               std::size_t depth_max = base::limits::json_depth_max);
// The same without the short way that most batches take (jif_plain.h).
base::Result<Batch> read_any_batch(std::string_view body, bool may_have_auth_data,
                                   std::size_t depth_max = base::limits::json_depth_max);

// The body of a log-in, any object, as compact JSON.
base::Result<std::string> read_log_in(std::string_view body,
                                      std::size_t depth_max = base::limits::json_depth_max);

// ---- entries ----------------------------------------------------------------------------------------------

inline constexpr std::string_view success_entry = R"({"success":true})";
std::string read_entry(std::int64_t version, std::string_view data);
std::string head_entry(std::int64_t version);
// `data` empty: the provider said none.
std::string result_entry(std::string_view data);
std::string users_entry(const std::vector<std::string>& users);
std::string users_entry(const std::vector<std::pair<std::string, bool>>& users);

// How errors are said: by text, or by number as the original does since release 4.
struct Failure {
  Topic topic = Topic::record;
  std::int32_t event = 0;
  std::string_view error;
};
std::string failure_entry(const Failure& failure, bool numeric);
std::string denied_entry(Topic topic, std::string_view action, bool numeric);
// `data` empty: there is no record, which shows as an empty object at version 0.
std::string conflict_entry(const Failure& failure, std::int64_t version, std::string_view data, bool numeric);
// What a provider gave as its error, compact JSON.
std::string provider_error_entry(std::string_view error);
std::string timeout_entry();

std::string write_answer(const std::vector<std::string>& entries);

}  // namespace rockpool::dialects::deepstream
