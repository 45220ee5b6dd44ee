// Carries out the commands of HTTP batches.
//
// Commands take effect in the order of the array, and each sees those before it. Writes and deletes that
// stand next to each other go to the hub as one Write of single mutations, so that they are one entry of the
// log; reads that stand next to each other are asked together. What comes behind either waits for it. Events
// are told and calls are made in their turn, and nothing waits for the answers.
//
// The answer goes out when the last command has its entry, or when the request has taken too long; whoever
// went away meanwhile has its commands carried out all the same.
//
// Private to the dialect's server half.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "core/dialect/deadlines.h"
#include "core/dialects/deepstream/admission.h"
#include "core/dialects/deepstream/inquiry.h"
#include "core/dialects/deepstream/jif.h"

namespace rockpool::dialects::deepstream {

class Batches {
 public:
  explicit Batches(Desk& desk) : desk_(desk) {}

  void begin(Instant now, CarrierId request, Caller caller, std::vector<Command> commands, ServerSteps& out);
  // False: it is none of ours. `is_gone`: nobody is there for the answer any more.
  bool forsake(CarrierId request, bool is_gone);
  // False: not ours, and untouched.
  bool answer(Ticket ticket, model::Reply& reply, ServerSteps& out);
  void wake(Instant now, ServerSteps& out);
  std::optional<Instant> next_wake() const { return deadlines_.next(); }

 private:
  struct Running {
    Caller caller;
    std::vector<Command> commands;
    std::vector<std::string> entries;  // of the same places; empty: not settled
    std::size_t next = 0;              // to be begun
    std::size_t awaited = 0;           // answers that the next one waits for
    std::size_t open = 0;              // commands without an entry
    std::size_t calls = 0;             // under way
    std::deque<std::size_t> calls_waiting;
    bool is_forsaken = false;
    // What rules that take records say of one command.
    std::optional<Inquiry> inquiry = {};
    std::size_t inquiry_of = 0;
  };
  // What an answer is to.
  struct Question {
    CarrierId batch = 0;
    std::size_t command = 0;
    std::size_t run = 1;  // so many commands from there on
    // That very version has to be there, for the caller may write but not create, or a rule has looked at it.
    bool guards = false;
    std::string of_rule = {};  // name of a record that a rule wants
  };

  Answer judge(const Running& batch, const Command& command, Act act, std::string_view name) const;
  // All that the command does; of answers that are not yes, one that failed before one that is no.
  Answer judge(const Running& batch, const Command& command) const;
  // Its entry, where it may not be done.
  std::optional<std::string> refusal(const Running& batch, const Command& command) const;
  std::string refused(const Command& command, Answer answer) const;
  // Does it take records to judge that?
  bool is_inquired(const Running& batch, const Command& command) const;
  // Sees to it that the next command can be judged; false: that takes a while.
  bool inquire(CarrierId id, Running& batch, ServerSteps& out);
  void read_for_rules(CarrierId id, Running& batch, ServerSteps& out);
  void advance(CarrierId id, Running& batch, ServerSteps& out);
  void begin_one(CarrierId id, Running& batch, std::size_t index, ServerSteps& out);
  void write_all(CarrierId id, Running& batch, ServerSteps& out);
  void write_seen(CarrierId id, Running& batch, std::size_t index, ServerSteps& out);
  // Nothing: it has its entry already.
  std::optional<model::Mutation> mutation_of(Running& batch, std::size_t index) const;
  bool needs_record(const Running& batch, const Command& command) const;
  void call(CarrierId id, Running& batch, std::size_t index, ServerSteps& out);
  void ask(Running& batch, Question question, model::Command command, ServerSteps& out);
  void finish(CarrierId id, Running& batch, ServerSteps& out);

  void answered(const Question& question, Running& batch, model::Reply& reply, ServerSteps& out);
  void written(Running& batch, const Question& question, const model::Written& written);
  void guarded(const Question& question, Running& batch, const model::Found& seen, ServerSteps& out);
  void found(Running& batch, std::size_t index, const model::Found& found) const;
  void returned(CarrierId id, Running& batch, ServerSteps& out);
  std::string entry_of(const Running& batch, const Command& command, const model::Reply& reply) const;
  std::string present(const Running& batch, const Command& command, const model::Present& present) const;

  void settle(Running& batch, std::size_t index, std::string entry) const;
  std::string failed(const Command& command, const base::Error& error) const;
  std::string failed_record(const Command& command, const base::Error& error, bool of_place) const;
  std::string failed_call(const Command& command, const base::Error& error) const;
  std::string conflict(const Command& command, std::int64_t version, std::string_view data) const;
  std::string denied(const Command& command) const;

  Desk& desk_;
  std::map<CarrierId, Running> running_;
  std::map<Ticket, Question> questions_;
  dialect::Deadlines deadlines_;
};

}  // namespace rockpool::dialects::deepstream
