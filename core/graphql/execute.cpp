#include "core/graphql/execute.h"

#include <cassert>

#include "core/graphql/introspect.h"
#include "core/graphql/plan.h"
#include "core/graphql/scalars.h"

namespace rockpool::graphql {

// An object or a list that is being written. Where null may not stand, it takes the place of the frame, and
// so on outwards: `mark` is where the text of the frame begins.
struct Execution::Frame {
  std::size_t mark = 0;
  bool required = false;
  Selection* selection = nullptr;  // null for a list
  std::size_t next = 0;            // field or element
  // Of an object:
  TypeIndex type = no_type;
  Handle handle = 0;
  // Of a list:
  TypeUse item;
  bool owns = false;  // the last one of given_
};

void Answer::leaf(std::string_view json) {
  parts_.push_back({.kind = Kind::leaf, .text = std::string(json)});
}

void Answer::object(TypeIndex type, Handle handle) {
  parts_.push_back({.kind = Kind::object, .type = type, .handle = handle});
}

void Answer::fail(std::string_view message) {
  parts_.push_back({.kind = Kind::failed, .text = std::string(message)});
}

// The elements of a list of leaves, which may be lists themselves.
void Answer::list(const model::Value& elements) {
  begin_list();
  for (const model::Value& element : elements.elements()) {
    leaf(model::write(element));
  }
  end_list();
}

Execution::Execution(Parts parts, Source& source, const ExecuteLimits& limits)
    : parts_(std::move(parts)),
      source_(source),
      limits_(limits),
      plan_(std::make_unique<Plan>(parts_.schema, parts_.document, parts_.operation, parts_.variables)) {}

Execution::~Execution() = default;

bool Execution::run() {
  out_.clear();
  errors_.clear();
  if (!waiting_) asked_ = 0;
  waiting_ = false;
  Selection& top = plan_->top();
  if (top.error) {
    out_ = "null";
    errors_.push_back(*top.error);
    return true;
  }
  frames_.push_back({.selection = &top, .type = parts_.schema.query()});
  out_ = "{";
  while (!frames_.empty()) {
    if (frames_.back().selection != nullptr) {
      step_object();
    } else {
      step_list();
    }
    if (out_.size() > limits_.bytes_max) give_up("The result is larger than a result may be");
    if (asked_ > limits_.asked_max) give_up("The operation asks for more than an operation may");
  }
  return !waiting_;
}

void Execution::give_up(std::string_view message) {
  frames_.clear();
  given_.clear();
  waiting_ = false;
  out_ = "null";
  errors_.clear();
  errors_.push_back({.message = std::string(message), .code = "resultTooLarge"});
}

void Execution::pop() {
  const Frame frame = frames_.back();
  frames_.pop_back();
  if (frame.owns) given_.pop_back();
}

PlannedField& Execution::current() const {
  for (auto frame = frames_.rbegin();; ++frame) {
    if (frame->selection != nullptr) return frame->selection->fields[frame->next - 1];
  }
}

void Execution::step_object() {
  Frame& frame = frames_.back();
  if (frame.next == frame.selection->fields.size()) {
    out_ += '}';
    return pop();
  }
  const PlannedField& field = frame.selection->fields[frame.next++];
  if (out_.back() != '{') out_ += ',';
  model::append_quoted(out_, field.key);
  out_ += ':';
  if (field.field == &parts_.schema.typename_field()) {
    model::append_quoted(out_, parts_.schema.type(frame.type).name);
    return;
  }
  if (field.error) return fail(field.error->message, field.field->type.is_required());
  Answer answer;
  ask(frame, field, answer);
  complete(std::move(answer));
}

void Execution::ask(const Frame& frame, const PlannedField& field, Answer& into) {
  const Schema& schema = parts_.schema;
  const Question question = {.parent = schema.type(frame.type),
                             .field = *field.field,
                             .handle = frame.handle,
                             .arguments = field.arguments};
  ++asked_;
  if (schema.is_meta(frame.type) || field.field->name.starts_with("__")) {
    introspect(schema, question, into);
  } else {
    source_.answer(question, into);
  }
}

void Execution::complete(Answer&& answer) {
  const TypeUse use = current().field->type;
  if (answer.parts_.empty()) return fail("There is no answer", use.is_required());
  if (answer.parts_[0].kind == Answer::Kind::begin_list && use.is_list()) {
    given_.push_back({.answer = std::move(answer), .next = 1});
    return push_list(use, true);
  }
  complete(std::move(answer.parts_[0]), use);
}

void Execution::step_list() {
  Frame& frame = frames_.back();
  Given& given = given_.back();
  if (given.next == given.answer.parts_.size()) return give_up("An answer is a list without an end");
  Answer::Part part = std::move(given.answer.parts_[given.next++]);
  if (part.kind == Answer::Kind::end_list) {
    out_ += ']';
    return pop();
  }
  if (frame.next++ > 0) out_ += ',';
  const TypeUse use = frame.item;
  if (part.kind == Answer::Kind::begin_list) {
    if (use.is_list()) return push_list(use, false);
    skip_list();
  }
  complete(std::move(part), use);
}

// Behind the end of the list that has just begun.
void Execution::skip_list() {
  Given& given = given_.back();
  for (std::size_t depth = 1; depth > 0 && given.next < given.answer.parts_.size(); ++given.next) {
    const Answer::Kind kind = given.answer.parts_[given.next].kind;
    if (kind == Answer::Kind::begin_list) ++depth;
    if (kind == Answer::Kind::end_list) --depth;
  }
}

void Execution::complete(Answer::Part&& part, const TypeUse& use) {
  const bool required = use.is_required();
  switch (part.kind) {
    case Answer::Kind::null: return null_here(required);
    case Answer::Kind::leaf: return leaf(part, use);
    case Answer::Kind::object: return push_object(part, use);
    case Answer::Kind::failed: return fail(std::move(part.text), required);
    case Answer::Kind::missing:
      waiting_ = true;
      out_ += "null";
      return;
    case Answer::Kind::begin_list:
    case Answer::Kind::end_list: break;
  }
  fail(join({"A list was given for ", parts_.schema.name_of(use)}), required);
}

void Execution::leaf(const Answer::Part& part, const TypeUse& use) {
  if (part.text == "null") return null_here(use.is_required());
  const Type& type = parts_.schema.type(use.named);
  if (use.is_list() && type.is_leaf() && part.text.starts_with('[')) {
    const base::Result<model::Value> elements = model::read(part.text);
    if (!elements) return fail(elements.error().message, use.is_required());
    Given given = {.next = 1};
    given.answer.list(*elements);
    given_.push_back(std::move(given));
    return push_list(use, true);
  }
  if (!use.is_list() && type.is_leaf() && append_leaf(out_, type, part.text)) return;
  constexpr std::size_t shown_max = 80;
  const std::string_view shown = part.text.size() > shown_max ? "a value" : std::string_view(part.text);
  fail(join({parts_.schema.name_of(use), " cannot represent ", shown}), use.is_required());
}

void Execution::push_object(const Answer::Part& part, const TypeUse& use) {
  const Schema& schema = parts_.schema;
  assert(part.type < schema.types().size());
  const bool fits = !use.is_list() && schema.type(part.type).kind == TypeKind::object &&
                    (part.type == use.named || schema.is_possible(use.named, part.type));
  if (!fits) {
    return fail(join({"A ", schema.type(part.type).name, " was given for ", schema.name_of(use)}),
                use.is_required());
  }
  Selection& selection = plan_->inside(current(), part.type);
  if (selection.error) return fail(selection.error->message, use.is_required());
  frames_.push_back({.mark = out_.size(),
                     .required = use.is_required(),
                     .selection = &selection,
                     .type = part.type,
                     .handle = part.handle});
  out_ += '{';
}

void Execution::push_list(const TypeUse& use, bool owns) {
  frames_.push_back(
      {.mark = out_.size(), .required = use.is_required(), .item = use.optional().item(), .owns = owns});
  out_ += '[';
}

void Execution::null_here(bool required) {
  if (!required) {
    out_ += "null";
    return;
  }
  const PlannedField& field = current();
  fail(join({"Cannot return null for non-nullable field ", field.field->name}), true);
}

void Execution::fail(std::string message, bool required) {
  if (errors_.size() < limits_.errors_max) {
    errors_.push_back({.message = std::move(message),
                       .code = "executionError",
                       .locations = {parts_.document[current().nodes[0]].at},
                       .path = path()});
  }
  while (required) {
    const Frame frame = frames_.back();
    out_.resize(frame.mark);
    required = frame.required;
    pop();
    // What is left of a list inside of another one's answer.
    if (frame.selection == nullptr && !frame.owns) skip_list();
  }
  out_ += "null";
}

std::vector<PathStep> Execution::path() const {
  std::vector<PathStep> steps;
  for (const Frame& frame : frames_) {
    if (frame.selection == nullptr) {
      steps.push_back({.index = static_cast<std::uint32_t>(frame.next - 1)});
    } else {
      steps.push_back({.key = std::string(frame.selection->fields[frame.next - 1].key)});
    }
  }
  return steps;
}

void Execution::append_result(std::string& out) const {
  out += "{\"data\":";
  out += out_;
  if (!errors_.empty()) {
    out += ",\"errors\":";
    append_errors(out, errors_);
  }
  out += '}';
}

}  // namespace rockpool::graphql
