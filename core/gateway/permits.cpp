#include "core/gateway/permits.h"

namespace rockpool::gateway {
namespace {

using base::Instant;
using rights::Kind;
using rights::Question;
using rights::Verb;

// Whoever is there is heard of at least that often: sessions that say nothing are asked for a sign of life.
constexpr base::Duration gone_after = base::seconds(60);
constexpr base::Duration look_every = base::seconds(1);
constexpr base::Duration rest = base::seconds(5);
constexpr std::size_t waiting_max = 100'000;
constexpr std::size_t decisions_max = 100'000;

class Needed {
 public:
  Needed(const hub::Hub& hub, const hub::Ask& ask, std::set<Question>& questions)
      : hub_(hub), ask_(ask), who_(rights::who_of(ask.principal)), questions_(questions) {}

  void operator()(const model::Scan& command) { add(Verb::read, Kind::collection, command.collection); }
  void operator()(const model::Read& command) { add(Verb::read, Kind::collection, command.key.collection); }
  void operator()(const model::List& command) { add(Verb::read, Kind::collection, command.collection); }
  void operator()(const model::Query& command) { add(Verb::read, Kind::collection, command.collection); }
  void operator()(const model::Survey& command) {
    for (const std::string& collection : command.collections) add(Verb::read, Kind::collection, collection);
  }
  void operator()(const model::CatchUp& command) {
    add(Verb::subscribe, Kind::collection, command.collection);
  }
  void operator()(const model::Write& command) {
    for (const model::Group& group : command.groups) {
      for (const model::Mutation& mutation : group) add(mutation);
    }
  }
  void operator()(const model::Listen& command) { add(Verb::subscribe, Kind::event, command.event); }
  void operator()(const model::Emit& command) { add(Verb::emit, Kind::event, command.event); }
  void operator()(const model::Provide& command) { add(Verb::provide, Kind::procedure, command.procedure); }
  void operator()(const model::Call& command) { add(Verb::call, Kind::procedure, command.procedure); }
  void operator()(const model::SetPresence& command) { add(Verb::presence, Kind::room, command.room); }
  void operator()(const model::ListPresence& command) { add(Verb::subscribe, Kind::room, command.room); }
  void operator()(const model::Greet&) {}
  void operator()(const model::Regard&) {}
  void operator()(const model::Accept&) {}
  void operator()(const model::Return&) {}

 private:
  void add(Verb verb, Kind kind, const std::string& name) {
    questions_.insert({.who = who_, .space = ask_.space, .verb = verb, .kind = kind, .name = name});
  }
  // A conflict tells what the record is, so reading is asked about as well.
  void add(const model::Mutation& mutation) {
    const std::string& collection = mutation.key.collection;
    const model::Record* record = hub_.find(ask_.space, mutation.key);
    const bool exists = record != nullptr && record->exists();
    const bool creates = model::is_creative(mutation.op) && !exists;
    add(Verb::read, Kind::collection, collection);
    add(mutation.op == model::Op::remove ? Verb::remove
        : creates                        ? Verb::create
                                         : Verb::update,
        Kind::collection, collection);
  }

  const hub::Hub& hub_;
  const hub::Ask& ask_;
  std::string who_;
  std::set<Question>& questions_;
};

}  // namespace

void Permits::reset(std::shared_ptr<rights::Decisions> decisions) {
  decisions_ = std::move(decisions);
  resting_.clear();
}

Permits::Questions Permits::needed(const hub::Ask& ask) const {
  Questions questions;
  Needed needed(hub_, ask, questions);
  std::visit(needed, ask.command);
  return questions;
}

void Permits::put_question(const Question& question, const model::Principal& principal, Turn& turn) {
  if (!under_way_.insert(question).second) return;
  asked_.emplace(++last_ticket_, question);
  turn.questions.push_back({.ticket = last_ticket_,
                            .principal = principal,
                            .space = question.space,
                            .verb = question.verb,
                            .kind = question.kind,
                            .name = question.name});
}

Permits::Turn Permits::take(Instant now, hub::Ask ask) {
  Turn turn;
  People& people = people_[rights::who_of(ask.principal)];
  people.principal = ask.principal;
  people.seen = now;
  Waiting waiting{.ask = std::move(ask), .open = {}, .error = std::nullopt};
  for (const Question& question : needed(waiting.ask)) {
    const auto* decision = decisions_->find(question);
    if (decision != nullptr && decision->until > now) continue;
    waiting.open.insert(question);
  }
  if (!waiting.open.empty() && waiting_ >= waiting_max) {
    turn.ready.push_back({.ask = std::move(waiting.ask),
                          .error = base::Error{base::Code::overloaded,
                                               "too many questions wait for the authorization service", ""}});
    return turn;
  }
  for (const Question& question : waiting.open) put_question(question, people.principal, turn);
  people.queue.push_back(std::move(waiting));
  ++waiting_;
  release(people, waiting_, turn);
  return turn;
}

void Permits::release(People& people, std::size_t& waiting, Turn& turn) {
  while (!people.queue.empty() && people.queue.front().open.empty()) {
    Waiting& front = people.queue.front();
    turn.ready.push_back({.ask = std::move(front.ask), .error = std::move(front.error)});
    people.queue.pop_front();
    --waiting;
  }
}

Permits::Turn Permits::answered(Instant now, model::Ticket ticket, base::Result<Permitted> answer) {
  Turn turn;
  auto node = asked_.extract(ticket);
  if (node.empty()) return turn;
  const Question question = std::move(node.mapped());
  under_way_.erase(question);
  resting_.erase(question);
  if (!answer.ok()) {
    resting_[question] = now + rest;
  } else {
    turn.turned = decisions_->put(question, {.allowed = answer->allowed, .until = now + answer->holds});
  }
  const auto people = people_.find(question.who);
  if (people == people_.end()) return turn;
  for (Waiting& waiting : people->second.queue) {
    if (waiting.open.erase(question) > 0 && !answer.ok()) waiting.error = answer.error();
  }
  release(people->second, waiting_, turn);
  return turn;
}

Permits::Turn Permits::wake(Instant now) {
  Turn turn;
  if (decisions_ == nullptr || now < look_at_) return turn;
  look_at_ = now + look_every;
  std::erase_if(people_, [&](const auto& one) {
    return one.second.queue.empty() && now - one.second.seen > gone_after;
  });
  std::vector<Question> forgotten;
  for (const auto& [question, decision] : decisions_->all()) {
    if (decision.until > now) continue;
    const auto people = people_.find(question.who);
    const auto resting = resting_.find(question);
    const bool rests = resting != resting_.end() && resting->second > now;
    const bool listens = question.verb == Verb::subscribe && decision.allowed && !rests;
    if (people == people_.end()) {
      forgotten.push_back(question);
    } else if (listens) {
      put_question(question, people->second.principal, turn);
    }
  }
  // What nobody is there for may be asked anew; past the bound, what is not listened to as well.
  for (const Question& question : forgotten) {
    decisions_->forget(question);
    resting_.erase(question);
  }
  if (decisions_->all().size() > decisions_max) *decisions_ = rights::Decisions();
  return turn;
}

std::optional<Instant> Permits::next_wake() const {
  if (decisions_ == nullptr || decisions_->all().empty()) return std::nullopt;
  return look_at_;
}

}  // namespace rockpool::gateway
