// One engine with its store's files and its live queries, behind calls that JavaScript can make.
//
// The boundary: two functions of numbers, `tell` and `ask`, of which the first number says what is meant.
// Texts, separated by NUL, are taken from one piece of memory that JavaScript reserves and fills, so a call
// says how many bytes of it are meant; text answers are left in another (`Ask::out`), and their length is the
// answer. Every signature of its own would be a function in Embind's two halves. Times are milliseconds since
// 1970. What is to be done is drained as one JSON array of events, each an array that begins with its name;
// web/src/protocol.ts lists them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/sync/engine.h"
#include "wasm/calls.h"
#include "wasm/drain.h"
#include "wasm/queries.h"

namespace rockpool::wasm {

class Core {
 public:
  void tell(Tell what, double now, double number, std::size_t bytes);
  double ask(Ask what, double now, double number, std::size_t bytes);

 private:
  // The texts of a call, taken from the front.
  class Texts {
   public:
    explicit Texts(std::string_view all) : left_(all) {}
    std::string next();
    // What is left: the last text may have NULs in it.
    std::string rest() const { return std::string(left_); }
    std::string_view left() const { return left_; }

   private:
    std::string_view left_;
  };

  void make(std::string_view options);
  void decide(base::Instant now, double ticket, Texts texts);
  void closed(base::Instant now, double carrier, Texts texts);
  void body(base::Instant now, double carrier, Texts texts);

  double reserve(std::size_t bytes);
  double write(base::Instant now, std::string_view text);
  double file_op(Ask what) const;

  std::size_t say(std::string answer);
  std::string text(Ask what, base::Instant now, double number, Texts texts);
  std::string restore(base::Instant now);
  std::string row(Texts texts) const;
  std::string meta(Texts texts) const;
  std::string count(Texts texts) const;
  std::string find_write(const std::string& key) const;
  std::string status() const;
  std::string watch_query(int id, Texts texts);
  std::string peers(const std::string& room) const;

  std::string in_;
  std::string out_;
  base::Status made_ = base::done();
  int abilities_ = 0;
  std::unique_ptr<sync::Engine> engine_;
  journal::Files stored_;  // until restore()
  FileQueue ops_;
  Queries queries_;
};

}  // namespace rockpool::wasm
