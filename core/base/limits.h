// Every bound of core in one place. Units and bounds are in the names; what happens past each is said where
// it is enforced and tested there. Source of the figures: the limits table of docs/operating.md.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rockpool::base::limits {

// Outside text, enforced while parsing.
inline constexpr std::size_t json_depth_max = 64;
inline constexpr std::size_t json_values_max = 100'000;
inline constexpr std::size_t json_object_keys_max = 10'000;
inline constexpr std::size_t json_key_bytes_max = 1024;
inline constexpr std::size_t json_string_bytes_max = 1 << 20;

// Names and records.
inline constexpr std::size_t id_bytes_max = 2048;
inline constexpr std::size_t name_bytes_max = 256;
inline constexpr std::size_t record_bytes_max = 1 << 20;
inline constexpr std::size_t path_steps_max = 64;
inline constexpr std::size_t array_index_max = 10'000;
inline constexpr std::size_t array_gap_max = 1024;  // a write at a place makes no more elements than these

// Native protocol.
inline constexpr std::size_t message_bytes_max = 1 << 20;  // client to server
inline constexpr std::size_t down_message_bytes_max =
    32 << 20;  // server to client; above what one log entry holds
inline constexpr std::size_t batch_ops_max = 256;
inline constexpr std::size_t batch_bytes_max = 256 << 10;
inline constexpr std::size_t push_mutations_max = 1000;
inline constexpr std::size_t chunk_records_max = 1000;
inline constexpr std::size_t chunk_bytes_max = 256 << 10;
inline constexpr std::size_t bad_messages_max = 1000;
inline constexpr std::size_t subscriptions_max = 1000;
inline constexpr std::size_t presence_state_bytes_max = 4096;
inline constexpr std::size_t presence_rooms_max = 100;
inline constexpr std::size_t procedures_max = 1000;  // provided by a connection
inline constexpr std::size_t open_calls_max = 100;   // made by a connection
inline constexpr std::int64_t call_ms = 10'000;
inline constexpr std::int64_t call_accept_ms = 1'000;
inline constexpr std::int64_t call_ms_max = 300'000;
inline constexpr std::int64_t hello_ms_max = 10'000;
inline constexpr std::int64_t ping_ms = 10'000;
inline constexpr std::int64_t dead_ms = 25'000;

// Hub.
inline constexpr std::size_t append_changes_max = 256;
inline constexpr std::size_t append_bytes_max = 256 << 10;
inline constexpr std::size_t clear_records_max = 5'000;   // removed at once, below what a message may hold
inline constexpr std::size_t own_ops_max = 10'000;        // of a batch that a dialect makes in its own name
inline constexpr std::size_t open_outcomes_max = 10'000;  // per client
inline constexpr std::size_t waiting_writes_max = 100'000;
inline constexpr std::size_t waiting_bytes_max = 128 << 20;
inline constexpr std::size_t catch_up_reads_max = 8;  // of the log at a time; others wait their turn
inline constexpr std::size_t catch_ups_max = 100'000;
inline constexpr std::size_t recent_entries_max = 4096;
inline constexpr std::size_t recent_bytes_max = 16 << 20;

// Sync engine in the page.
inline constexpr std::size_t pending_writes_max = 10'000;
inline constexpr std::size_t pending_bytes_max = 64 << 20;
inline constexpr std::size_t in_flight_mutations_max = 1000;
inline constexpr std::size_t in_flight_bytes_max = 512 << 10;

}  // namespace rockpool::base::limits
