// The list of dialects. `core/dialects/dialects.cpp` is the one file that names them all.
#pragma once

#include <span>
#include <string_view>

namespace rockpool::dialect {

struct Dialect;

std::span<const Dialect* const> dialects();

// All of them resume. A page's core has one dialect: where that one does, what others need is left out.
#ifdef ROCKPOOL_CLIENT_ONLY
extern const bool always_resumes;
#else
inline constexpr bool always_resumes = false;
#endif

// All of them know what is there by reading whole collections, are told nothing of users and histories, and
// come by one carrier: what others need for that is left out of a page's core.
#ifdef ROCKPOOL_CLIENT_ONLY
extern const bool always_reads_whole;
#else
inline constexpr bool always_reads_whole = false;
#endif

// One of them knows who else is there, or batches, or has what goes by Signals, as live queries do; of a
// page's core, its own.
#ifdef ROCKPOOL_CLIENT_ONLY
extern const bool has_presence;
extern const bool has_batches;
extern const bool has_signals;
extern const bool has_live_queries;
#else
inline constexpr bool has_presence = true;
inline constexpr bool has_batches = true;
inline constexpr bool has_signals = true;
inline constexpr bool has_live_queries = true;
#endif

// nullptr when there is none of that name.
const Dialect* find_dialect(std::string_view name);

}  // namespace rockpool::dialect
