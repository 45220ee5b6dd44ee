// What an engine wants done, drained with Engine::poll().
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/dialect/dialect.h"
#include "core/journal/journal.h"
#include "core/sync/views.h"

namespace rockpool::sync {

// Perform the file operations in order, sync once, then persisted(number). At most one is under way.
struct Persist {
  std::uint64_t number = 0;
  journal::FileOps ops;
};
struct WantToken {
  enum class Reason : std::uint8_t { start, expiring, refused };
  Reason reason = Reason::start;
};
// These rows' views may have changed. One effect for everything that happened in one entry or batch.
struct Shown {
  std::vector<Key> rows;
};
struct KnownMoved {
  std::string collection;
};
// These writes reached `state`; numbers are those behind the '#' of their keys. One effect for many writes,
// because ten thousand puts become durable with one sync. Details of those still open: find_write().
struct WritesMoved {
  WriteState state = WriteState::durable;
  std::vector<std::uint64_t> numbers;
};
struct Refused {
  WriteView write;
};
struct StatusMoved {};
struct ConflictsMoved {};
// A policy settled a clash without asking.
struct Merged {
  ConflictView clash;
};
// A new clash waits for the user.
struct Clashed {
  ConflictView clash;
};
// A function policy is to be asked; answer with decide(). Asked again if the server moves on.
struct AskPolicy {
  std::uint64_t ticket = 0;
  ConflictView clash;
};
struct WasReset {
  std::string reason;
  std::vector<Key> lost;
};
struct PresenceMoved {
  std::string room;
};
struct Logged {
  base::Error error;
};

using Effect =
    std::variant<dialect::OpenStream, dialect::SendFrame, dialect::CloseStream, dialect::Exchange, Persist,
                 WantToken, Shown, KnownMoved, WritesMoved, Refused, StatusMoved, ConflictsMoved, Merged,
                 Clashed, AskPolicy, WasReset, PresenceMoved, dialect::Signal, Logged>;

}  // namespace rockpool::sync
