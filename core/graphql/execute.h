// Runs an operation over what somebody else knows, and writes the result as text.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/graphql/values.h"

namespace rockpool::graphql {

// What a source calls an object by; chosen by the source. The query itself is 0.
using Handle = std::uint64_t;

struct Question {
  const Type& parent;             // the object type that is asked
  const Field& field;             // of it; `tag` is what the builder of the schema gave
  Handle handle;                  // of the object
  const model::Value& arguments;  // an object, in the order of the field's definition, defaults filled in
};

// answer := null | leaf | object | "[" answer* "]" | missing | failed
//
// Just one, nested as the field's type is. A list of leaves may also be given as one leaf, a JSON array.
class Answer {
 public:
  void null() { add(Kind::null); }
  // Compact JSON, which is checked against the field's type. A JsonField's is taken as it is, so it has to be
  // valid.
  void leaf(std::string_view json);
  // `type` has to be the field's, or one of those that may stand for it.
  void object(TypeIndex type, Handle handle);
  void begin_list() { add(Kind::begin_list); }
  void end_list() { add(Kind::end_list); }
  // Not here yet. The source keeps in mind what it was asked for, has it brought, and is asked again.
  void missing() { add(Kind::missing); }
  // An error of execution; null takes the place.
  void fail(std::string_view message);

 private:
  friend class Execution;
  enum class Kind : std::uint8_t { null, leaf, object, begin_list, end_list, missing, failed };
  struct Part {
    Kind kind = Kind::null;
    TypeIndex type = no_type;
    Handle handle = 0;
    std::string text;
  };
  void add(Kind kind) { parts_.push_back({.kind = kind}); }
  void list(const model::Value& elements);

  std::vector<Part> parts_;
};

class Source {
 public:
  virtual ~Source() = default;
  virtual void answer(const Question& question, Answer& into) = 0;
};

struct ExecuteLimits {
  std::size_t bytes_max = 32 << 20;   // of the result
  std::size_t asked_max = 1'000'000;  // questions to the source, over all rounds
  std::size_t errors_max = 100;       // later ones are counted as nulls alone
};

class Plan;
struct PlannedField;

// One operation of a valid document. Schema, document and source have to outlive it.
//
// A run goes through the whole operation and asks for everything that it can come by. When the source
// answered `missing` to some of it, that is one round: have it all brought, then run again. The run in which
// nothing was missing has read everything at one time, and made the result.
class Execution {
 public:
  struct Parts {
    const Schema& schema;
    const Document& document;
    Index operation;
    Variables variables;
  };
  Execution(Parts parts, Source& source, const ExecuteLimits& limits = {});
  ~Execution();

  // True when the result is complete; false when something was missing.
  bool run();

  // Of the last run, when it was complete: `{…}` or `null`.
  const std::string& data() const { return out_; }
  const std::vector<Error>& errors() const { return errors_; }
  // Appends `{"data":…}`, with `"errors"` behind it when there are any.
  void append_result(std::string& out) const;

 private:
  struct Frame;
  struct Given {  // an answer that is a list, and how far it has been gone through
    Answer answer;
    std::size_t next = 0;
  };

  void step_object();
  void step_list();
  void ask(const Frame& frame, const PlannedField& field, Answer& into);
  void complete(Answer&& answer);
  void complete(Answer::Part&& part, const TypeUse& use);
  void push_object(const Answer::Part& part, const TypeUse& use);
  void push_list(const TypeUse& use, bool owns);
  void leaf(const Answer::Part& part, const TypeUse& use);
  void pop();
  void skip_list();
  void null_here(bool required);
  void fail(std::string message, bool required);
  void give_up(std::string_view message);
  std::vector<PathStep> path() const;
  PlannedField& current() const;

  Parts parts_;
  Source& source_;
  ExecuteLimits limits_;
  std::unique_ptr<Plan> plan_;
  std::vector<Frame> frames_;  // objects and lists that are being written, in each other
  std::vector<Given> given_;   // of those lists that began an answer
  std::string out_;
  std::vector<Error> errors_;
  std::size_t asked_ = 0;
  bool waiting_ = false;
};

}  // namespace rockpool::graphql
