// The keys of `limits`: docs/operating.md.
#include "server/config/config.h"
#include "server/config/section.h"

namespace rockpool::config {

void read_limits(Section section, Limits& limits) {
  const auto count = [&](std::string_view key, std::uint64_t& value, std::uint64_t min, std::uint64_t max) {
    value = section.count(key, min, max).value_or(value);
  };
  count("connections", limits.connections, 1, 10'000'000);
  count("connectionsPerAddress", limits.connections_per_address, 1, 10'000'000);
  limits.count_loopback = section.boolean("countLoopback").value_or(false);
  count("connectionsPerUser", limits.connections_per_user, 1, 10'000'000);
  count("messagesPerSecond", limits.messages_per_second, 1, 1'000'000);
  count("messagesBurst", limits.messages_burst, 1, 1'000'000);
  count("userMessagesPerSecond", limits.user_messages_per_second, 1, 1'000'000);
  count("userMessagesBurst", limits.user_messages_burst, 1, 1'000'000);
  count("subscriptions", limits.subscriptions, 1, 1'000'000);
  count("calls", limits.calls, 1, 1'000'000);
  count("bodyBytes", limits.body_bytes, 1024, 1 << 30);
  count("bodyBytesPerSecond", limits.body_bytes_per_second, 1, 1 << 30);
  count("headerSeconds", limits.header_seconds, 1, 3600);
  count("bodySeconds", limits.body_seconds, 1, 3600);
  count("idleSeconds", limits.idle_seconds, 1, 86'400);
  count("queueBytes", limits.queue_bytes, 1024, 1 << 30);
  count("queueBytesHard", limits.queue_bytes_hard, 1024, 1 << 30);
  count("queueSeconds", limits.queue_seconds, 1, 3600);
  count("spaceBytes", limits.space_bytes, 1024, 1ull << 50);
  count("logEntries", limits.log_entries, 1, 1ull << 40);
  count("logDays", limits.log_days, 1, 36'500);
  count("waitingWrites", limits.waiting_writes, 1000, 10'000'000);
  count("passwordQueue", limits.password_queue, 0, 10'000);
  count("logInFailures", limits.log_in_failures, 1, 1'000'000);
  count("fileBytes", limits.file_bytes, 1, 1ull << 40);
  count("filesBytes", limits.files_bytes, 0, 1ull << 50);
  count("uploads", limits.uploads, 1, 10'000);
  count("uploadsPerAddress", limits.uploads_per_address, 1, 10'000);
  if (limits.queue_bytes_hard < limits.queue_bytes) {
    section.mistake("queueBytesHard", "must not be below queueBytes");
  }
  section.finish();
}

}  // namespace rockpool::config
