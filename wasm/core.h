// One engine with its store's files and its live queries, behind calls that JavaScript can make.
//
// The boundary. Calls that are made for every write, read and frame take their text from one reserved piece
// of memory
// (`reserve`, then the call with the number of bytes) and leave what they return in another (`out`, with the
// length as result). The others take and give strings. Times are milliseconds since 1970. What is to be done
// is drained as one JSON array of events, each an array that begins with its name; web/src/protocol.ts lists
// them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/sync/engine.h"
#include "wasm/drain.h"
#include "wasm/queries.h"

namespace rockpool::wasm {

class Core {
 public:
  // Wrong options make a core whose `restore` gives the error.
  explicit Core(const std::string& options);

  // Memory for `bytes` bytes of text, valid until the next call. JavaScript writes there; see above.
  std::uintptr_t reserve(std::size_t bytes);
  std::uintptr_t out() const { return reinterpret_cast<std::uintptr_t>(out_.data()); }

  // A file of the store, its bytes in the reserved memory. Before restore().
  void add_file(const std::string& name, std::size_t bytes);
  // {"cutBytes", "problem"} or {"error"}.
  std::string restore(double now);

  // ---- hot calls, by reserved memory
  // Writes, each five fields separated by NUL: kind (a digit), collection, id, path, data. Returns the number
  // of the first write (the others follow it), or 0, and the error in `out` with its length in out_size().
  double write(double now, std::size_t bytes);
  std::size_t out_size() const { return out_.size(); }
  // What the keys of writes begin with; empty before the first write.
  std::string origin() const { return origin_; }
  // "collection NUL id": the record's JSON text, or nothing.
  std::size_t row(std::size_t bytes);
  void frame(double now, double carrier, std::size_t bytes);
  std::size_t drain();

  // ---- app
  bool cancel(double now, const std::string& key);
  // A write, or {"error"}.
  std::string retry(double now, const std::string& key, const std::string& value);
  void dismiss(double now, const std::string& key);
  std::string resolve(double now, const std::string& collection, const std::string& id, const std::string& to,
                      bool is_value);
  // `answer`: 0 manual, 1 delete, 2 `value`.
  void decide(double now, double ticket, int answer, const std::string& value);
  void keep(double now, const std::string& collection);
  void pause(double now, bool paused);

  std::string meta(const std::string& collection, const std::string& id) const;
  // 0 unknown, 1 cached, 2 complete.
  int known(const std::string& collection) const;
  std::string count(const std::string& collection, const std::string& where) const;
  std::string find_write(const std::string& key) const;
  std::string pending() const;
  std::string conflicts() const;
  std::string status() const;
  std::string client() const { return engine_ ? engine_->client() : std::string(); }
  std::string export_all() const { return engine_->export_all(); }

  // Empty, or an error. From then on `query` events with that id.
  std::string watch_query(int id, const std::string& collection, const std::string& spec);
  void more(int id, int count) { queries_.more(id, static_cast<std::size_t>(count)); }
  void unwatch(int id) { queries_.unwatch(id); }

  void presence(double now, const std::string& room, const std::string& member, const std::string& state);
  void watch_presence(double now, const std::string& room, bool on);
  std::string peers(const std::string& room) const;

  // ---- platform
  void opened(double now, double carrier);
  void closed(double now, double carrier, int code, const std::string& reason);
  // What a `persist` event asks for, to be performed in order and then synced: 1 append, 2 create, 3 remove,
  // 0 no more. An operation stays until it is said to be done, so one that failed is tried again.
  int op_kind() const;
  std::string op_name() const { return ops_.front().name; }
  std::uintptr_t op_bytes() const { return reinterpret_cast<std::uintptr_t>(ops_.front().bytes.data()); }
  std::size_t op_size() const { return ops_.front().bytes.size(); }
  void op_done() { ops_.erase(ops_.begin()); }
  void persisted(double now, double number);
  void persist_failed(double now, const std::string& why);
  void persist_recovered(double now);
  void token(double now, bool known, const std::string& token);
  void online(double now, bool online);
  void visible(double now, bool visible);
  void wake(double now);
  void stop(double now);
  // Milliseconds since 1970, or -1 for never.
  double next_wake() const;

 private:
  std::string_view in(std::size_t bytes) const { return std::string_view(in_).substr(0, bytes); }

  std::string in_;
  std::string out_;
  std::string origin_;
  base::Status made_ = base::done();
  std::unique_ptr<sync::Engine> engine_;
  journal::Files stored_;  // until restore()
  FileQueue ops_;
  Queries queries_;
};

}  // namespace rockpool::wasm
