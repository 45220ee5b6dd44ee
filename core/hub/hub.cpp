#include "core/hub/hub.h"

#include <algorithm>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/hub/calls.h"
#include "core/hub/catch_up.h"
#include "core/hub/listing.h"
#include "core/hub/presence.h"
#include "core/hub/retention.h"
#include "core/hub/sights.h"
#include "core/hub/writer.h"
#include "core/model/names.h"

namespace rockpool::hub {
namespace {

using base::Code;
using base::Error;

Error error(Code code, std::string message) {
  return {.code = code, .message = std::move(message), .path = {}};
}

base::Status check_except(const std::vector<std::uint64_t>& except) {
  if (except.size() <= base::limits::open_outcomes_max) return base::done();
  return error(Code::too_large, "`except` names more than 10,000 open writes");
}

// What a Scan that names no bounds gets.
constexpr std::size_t records_standard = base::limits::chunk_records_max;
constexpr std::size_t bytes_standard = base::limits::chunk_bytes_max;

void fill(model::Page& page, const Records& records, const model::Scan& command, const Shown& shown) {
  const std::size_t records_max = command.records_max == 0 ? records_standard : command.records_max;
  const std::size_t bytes_max = command.bytes_max == 0 ? bytes_standard : command.bytes_max;
  std::size_t bytes = 0;
  for (auto at = records.upper_bound(std::string_view(command.after)); at != records.end(); ++at) {
    if (!at->exists() || !shown.rights.shows(shown.sight, *at)) continue;
    bytes += weight_of(*at);
    if (page.records.size() >= records_max || (bytes > bytes_max && !page.records.empty())) {
      page.done = false;
      return;
    }
    page.records.push_back(*at);
  }
}

}  // namespace

class Hub::Impl {
 public:
  Impl(const Limits& limits, base::Prng prng) : state_(limits, prng) {}

  base::Status load(Backplane& backplane, base::Instant now);
  void handle(base::Instant now, Input input);
  Figures figures() const;

  State state_;
  Writer writer_{state_};
  CatchUps catch_ups_{state_};
  Presence presence_{state_};
  Calls calls_{state_};
  Retention retention_{state_};
  Sights sights_{state_, writer_};

 private:
  void ask(base::Instant now, Ask ask);
  void happened(base::Instant now, Event event);

  void run(base::Instant now, const Ask& ask, model::Greet& command);
  void run(base::Instant now, const Ask& ask, model::Regard& command);
  void run(base::Instant now, const Ask& ask, model::Scan& command);
  void run(base::Instant now, const Ask& ask, model::CatchUp& command);
  void run(base::Instant now, const Ask& ask, model::Read& command);
  void run(base::Instant now, const Ask& ask, model::List& command);
  void run(base::Instant now, const Ask& ask, model::Query& command);
  void run(base::Instant now, const Ask& ask, model::Survey& command);
  void run(base::Instant now, const Ask& ask, model::Write& command);
  void run(base::Instant now, const Ask& ask, model::SetPresence& command);
  void run(base::Instant now, const Ask& ask, model::ListPresence& command);
  void run(base::Instant now, const Ask& ask, model::Listen& command);
  void run(base::Instant now, const Ask& ask, model::Emit& command);
  void run(base::Instant now, const Ask& ask, model::Provide& command);
  void run(base::Instant now, const Ask& ask, model::Call& command);
  void run(base::Instant now, const Ask& ask, model::Accept& command) { calls_.accept(now, ask, command); }
  void run(base::Instant now, const Ask& ask, model::Return& command) { calls_.answer(now, ask, command); }

  // False: it may not, and was told so.
  bool may(const Ask& ask, rights::Verb verb, rights::Kind kind, const std::string& name);
  // What the asker is shown; nothing: it was told so.
  std::optional<Shown> shown(const Ask& ask, rights::Verb verb, const std::string& collection);

  const model::Record* find_numbered(const std::string& space, const model::Read& command) const;
  std::string alias_of(const ClientKey& client) const;
  // Is this client's word about settled writes about writes we have heard of?
  bool is_forgotten(const std::string& space, const ClientKey& client, std::uint64_t settled) const;
  // A store that still has open what was settled here before is a copy, or an older state of itself.
  bool is_outdated(const std::string& space, const ClientKey& client,
                   const std::vector<std::uint64_t>& except) const;
  void claim(base::Instant now, const std::string& space, const ClientKey& client, std::uint64_t settled,
             std::vector<std::uint64_t> except);
};

base::Status Hub::Impl::load(Backplane& backplane, base::Instant now) {
  View& view = state_.view;
  // Tombstones are put in at the end: the entry that wrote them is not known here, only that it is in the
  // log.
  std::vector<std::pair<std::string, model::Record>> tombstones;
  const auto start = backplane.load(
      [&](const std::string& space, model::Record record) {
        if (record.exists()) {
          view.put(space, record, 0);
        } else {
          tombstones.emplace_back(space, std::move(record));
        }
      },
      [&](const std::string& space, const ClientMark& mark) {
        view.open_space(space).open_book({mark.user, mark.client}).take(mark);
      },
      [&](const std::string& space, const ClientMark& of, std::uint64_t number, model::Version version,
          std::uint64_t seq) {
        view.open_space(space)
            .open_book({of.user, of.client})
            .applied(number, {.version = version, .seq = seq});
      });
  if (!start) return start.error();
  for (const auto& [space, record] : tombstones) view.put(space, record, start->last_seq);
  view.raise_last_num(start->last_num);
  state_.recent.start(start->last_seq, start->last_chain);
  state_.epoch = start->epoch;
  state_.first_seq = start->first_seq;
  state_.last_time = start->last_time;
  retention_.look(now);
  return base::done();
}

void Hub::Impl::handle(base::Instant now, Input input) {
  if (auto* asked = std::get_if<Ask>(&input)) {
    ask(now, std::move(*asked));
  } else if (auto* left = std::get_if<Gone>(&input)) {
    presence_.gone(left->member_prefix);
    calls_.gone(now, left->member_prefix);
  } else if (auto* event = std::get_if<Event>(&input)) {
    happened(now, std::move(*event));
  } else {
    writer_.wake(now);
    calls_.wake(now);
  }
  if (!writer_.is_refreshing()) catch_ups_.refreshed();
  retention_.look(now);
}

void Hub::Impl::ask(base::Instant now, Ask ask) {
  if (auto fine = model::check_space(ask.space); !fine) return state_.fail(ask.ticket, fine.error());
  std::visit([&](auto& command) { run(now, ask, command); }, ask.command);
}

void Hub::Impl::happened(base::Instant now, Event event) {
  if (auto* result = std::get_if<Appended>(&event)) return writer_.appended(now, std::move(*result));
  LogRead& read = std::get<LogRead>(event);
  if (read.ticket == read_for_writer) return writer_.read(now, std::move(read));
  if (read.ticket == read_for_retention) return retention_.read(now, read);
  catch_ups_.read(std::move(read));
}

const model::Record* Hub::Impl::find_numbered(const std::string& space, const model::Read& command) const {
  if (command.key.collection.empty()) return state_.view.numbered(space, command.num);
  const Records* records = state_.view.collection(space, command.key.collection);
  return records == nullptr ? nullptr : records->numbered(command.num);
}

std::string Hub::Impl::alias_of(const ClientKey& client) const {
  return base::hex(base::hash64(client.first + '\n' + client.second, state_.epoch), 16);
}

bool Hub::Impl::is_forgotten(const std::string& space, const ClientKey& client, std::uint64_t settled) const {
  const Space* in = state_.view.space(space);
  return settled > 0 && (in == nullptr || in->book(client) == nullptr);
}

bool Hub::Impl::is_outdated(const std::string& space, const ClientKey& client,
                            const std::vector<std::uint64_t>& except) const {
  const Space* in = state_.view.space(space);
  const Book* book = in == nullptr ? nullptr : in->book(client);
  return book != nullptr && std::any_of(except.begin(), except.end(), [book](std::uint64_t number) {
           return number > 0 && book->is_settled(number);
         });
}

void Hub::Impl::claim(base::Instant now, const std::string& space, const ClientKey& client,
                      std::uint64_t settled, std::vector<std::uint64_t> except) {
  Book& book = state_.view.open_space(space).open_book(client);
  book.claim(settled, std::move(except));
  book.seen(now);
}

void Hub::Impl::run(base::Instant now, const Ask& ask, model::Greet& command) {
  for (const auto& fine : {model::check_client(command.client), check_except(command.except)}) {
    if (!fine) return state_.fail(ask.ticket, fine.error());
  }
  const ClientKey client(ask.principal.user, command.client);
  model::Greeted greeted{.epoch = state_.epoch, .writer = alias_of(client), .highest = 0, .forgotten = false};
  greeted.forgotten =
      is_forgotten(ask.space, client, command.settled) || is_outdated(ask.space, client, command.except);
  if (!greeted.forgotten) {
    claim(now, ask.space, client, command.settled, std::move(command.except));
    greeted.highest = state_.view.space(ask.space)->book(client)->mark().highest;
  }
  rights::Rights::Mark mark = state_.rights->mark(ask.principal, ask.space);
  sights_.regard(now, ask.space, ask.principal.user, mark.seen);
  greeted.rights = std::move(mark.all);
  state_.answer(ask.ticket, std::move(greeted));
}

void Hub::Impl::run(base::Instant, const Ask& ask, model::Regard&) {
  state_.answer(ask.ticket, model::Regarded{state_.rights->mark(ask.principal, ask.space).all});
}

bool Hub::Impl::may(const Ask& ask, rights::Verb verb, rights::Kind kind, const std::string& name) {
  auto allowed = state_.rights->check(ask.principal, ask.space, verb, kind, name);
  if (!allowed) state_.fail(ask.ticket, allowed.error());
  return allowed.ok();
}

std::optional<Shown> Hub::Impl::shown(const Ask& ask, rights::Verb verb, const std::string& collection) {
  const auto rights = state_.rights->collection(ask.space, collection);
  Shown shown{.rights = rights, .sight = rights.sight(ask.principal, verb)};
  if (!shown.sight.is_nothing()) return shown;
  std::string message = "you may not ";
  message.append(name_of(verb)).append(" collection \"").append(collection) += '"';
  if (ask.principal.user.empty()) message += " without logging in";
  state_.fail(ask.ticket, error(Code::forbidden, std::move(message)));
  return std::nullopt;
}

void Hub::Impl::run(base::Instant, const Ask& ask, model::Scan& command) {
  const auto shown = this->shown(ask, rights::Verb::read, command.collection);
  if (!shown) return;
  model::Page page{
      .collection = command.collection, .records = {}, .cursor = state_.cursor(ask.space), .done = true};
  if (const Records* records = state_.view.collection(ask.space, command.collection))
    fill(page, *records, command, *shown);
  state_.answer(ask.ticket, std::move(page));
}

void Hub::Impl::run(base::Instant, const Ask& ask, model::CatchUp& command) {
  auto shown = this->shown(ask, rights::Verb::subscribe, command.collection);
  if (!shown) return;
  const std::string& user = ask.principal.user;
  if (command.brought && command.cursor && command.cursor->epoch == state_.epoch &&
      !sights_.has_seen(ask.space, user, state_.rights->mark(ask.principal, ask.space).seen,
                        command.cursor->seq)) {
    return state_.answer(ask.ticket, model::Gone{command.collection, std::string(model::gone_other_rights)});
  }
  CatchUps::Sights sights;
  sights.emplace(command.collection, std::move(shown->sight));
  for (const std::string& name : command.beside) {
    auto also = this->shown(ask, rights::Verb::subscribe, name);
    if (!also) return;
    sights.emplace(name, std::move(also->sight));
  }
  catch_ups_.ask(ask.ticket, ask.space, command, std::move(sights), [&] { writer_.refresh(); });
}

void Hub::Impl::run(base::Instant, const Ask& ask, model::List& command) {
  const auto shown = this->shown(ask, rights::Verb::read, command.collection);
  if (!shown) return;
  model::Listed listed{.records = {}, .totals = {}, .cursor = state_.cursor(ask.space)};
  if (const Records* records = state_.view.collection(ask.space, command.collection))
    list(listed, *records, command, *shown);
  state_.answer(ask.ticket, std::move(listed));
}

void Hub::Impl::run(base::Instant, const Ask& ask, model::Query& command) {
  const auto shown = this->shown(ask, rights::Verb::read, command.collection);
  if (!shown) return;
  const auto spec = query::parse(command.query);
  if (!spec) return state_.fail(ask.ticket, spec.error());
  model::Listed listed{.records = {}, .totals = {}, .cursor = state_.cursor(ask.space)};
  if (const Records* records = state_.view.collection(ask.space, command.collection))
    hub::ask(listed, *records, command, *spec, *shown);
  state_.answer(ask.ticket, std::move(listed));
}

void Hub::Impl::run(base::Instant, const Ask& ask, model::Survey& command) {
  const Space* in = state_.view.space(ask.space);
  if (command.collections.empty() && in != nullptr) {
    for (const auto& [name, records] : in->collections)
      if (!name.starts_with('$')) command.collections.push_back(name);
  }
  model::Surveyed surveyed{
      .collections = std::move(command.collections), .totals = {}, .cursor = state_.cursor(ask.space)};
  for (const std::string& collection : surveyed.collections) {
    const auto shown = this->shown(ask, rights::Verb::read, collection);
    if (!shown) return;
    const Records* records = state_.view.collection(ask.space, collection);
    surveyed.totals.push_back(records == nullptr ? model::Totals() : totals_of(*records, *shown));
  }
  state_.answer(ask.ticket, std::move(surveyed));
}

void Hub::Impl::run(base::Instant, const Ask& ask, model::Read& command) {
  const model::Record* numbered = command.num == 0 ? nullptr : find_numbered(ask.space, command);
  if (numbered != nullptr) command.key = numbered->key;
  if (command.key.collection.empty()) {  // nothing has that number
    return state_.answer(ask.ticket,
                         model::Found{.record = std::nullopt, .cursor = state_.cursor(ask.space)});
  }
  const auto shown = this->shown(ask, rights::Verb::read, command.key.collection);
  if (!shown) return;
  const model::Record* record = state_.view.record(ask.space, command.key);
  model::Found found{.record = std::nullopt, .cursor = state_.cursor(ask.space)};
  // What is not shown is answered as what was never there.
  if (record != nullptr && shown->rights.shows(shown->sight, *record)) found.record = *record;
  if (command.listens) {
    const auto heard = this->shown(ask, rights::Verb::subscribe, command.key.collection);
    if (!heard) return;
    found.scopes = heard->sight.scopes();
  }
  state_.answer(ask.ticket, std::move(found));
}

void Hub::Impl::run(base::Instant now, const Ask& ask, model::Write& command) {
  Author author{.key = {ask.principal.user, command.client},
                .alias = {},
                .principal = ask.principal,
                .carrier = command.author,
                .array_gap_max = command.array_gap_max,
                .owns = command.owns,
                .tells = command.tells};
  if (author.is_numbered()) {
    for (const auto& fine : {model::check_client(command.client), check_except(command.except)}) {
      if (!fine) return state_.fail(ask.ticket, fine.error());
    }
    if (is_forgotten(ask.space, author.key, command.settled)) {
      return state_.fail(ask.ticket, error(Code::unsynced,
                                           "this client id is not known here any more; "
                                           "say hello again and take a new one"));
    }
    claim(now, ask.space, author.key, command.settled, std::move(command.except));
    author.alias = alias_of(author.key);
  }
  writer_.write(now, ask.ticket, ask.space, std::move(author), std::move(command.groups));
}

void Hub::Impl::run(base::Instant, const Ask& ask, model::Listen& command) {
  if (auto fine = model::check_event(command.event); !fine) return state_.fail(ask.ticket, fine.error());
  if (!may(ask, rights::Verb::subscribe, rights::Kind::event, command.event)) return;
  state_.answer(ask.ticket, model::Done{});
}

void Hub::Impl::run(base::Instant, const Ask& ask, model::Emit& command) {
  if (may(ask, rights::Verb::emit, rights::Kind::event, command.event)) calls_.emit(ask, command);
}

void Hub::Impl::run(base::Instant, const Ask& ask, model::Provide& command) {
  const auto kind = rights::Kind::procedure;
  if (!command.on || may(ask, rights::Verb::provide, kind, command.procedure)) calls_.provide(ask, command);
}

void Hub::Impl::run(base::Instant now, const Ask& ask, model::Call& command) {
  if (may(ask, rights::Verb::call, rights::Kind::procedure, command.procedure))
    calls_.call(now, ask, command);
}

void Hub::Impl::run(base::Instant, const Ask& ask, model::SetPresence& command) {
  const bool leaves = command.state.empty();
  if (!leaves && !may(ask, rights::Verb::presence, rights::Kind::room, command.room)) return;
  presence_.set(ask.ticket, ask.principal.user, ask.space, command);
}

void Hub::Impl::run(base::Instant, const Ask& ask, model::ListPresence& command) {
  if (!may(ask, rights::Verb::subscribe, rights::Kind::room, command.room)) return;
  presence_.list(ask.ticket, ask.space, command);
}

Figures Hub::Impl::figures() const {
  Figures figures = state_.figures;
  figures.records = state_.view.records();
  figures.record_bytes = state_.view.bytes();
  figures.waiting = writer_.waiting();
  figures.clients = state_.view.clients();
  figures.recent_entries = state_.recent.size();
  figures.last_seq = state_.recent.last_seq();
  figures.presences = presence_.size();
  figures.calls = calls_.open();
  figures.providers = calls_.providers();
  return figures;
}

Hub::Hub(Limits limits, base::Prng prng) : impl_(std::make_unique<Impl>(limits, prng)) {}
Hub::~Hub() = default;

base::Status Hub::load(Backplane& backplane, base::Instant now) { return impl_->load(backplane, now); }

void Hub::handle(base::Instant now, Input input) { impl_->handle(now, std::move(input)); }

std::optional<Output> Hub::poll() {
  if (impl_->state_.out.empty()) return std::nullopt;
  Output output = std::move(impl_->state_.out.front());
  impl_->state_.out.pop_front();
  return output;
}

std::optional<base::Instant> Hub::next_wake() const {
  const auto of_writer = impl_->writer_.next_wake();
  const auto of_calls = impl_->calls_.next_wake();
  return of_writer && of_calls ? std::min(of_writer, of_calls) : of_writer ? of_writer : of_calls;
}

Figures Hub::figures() const { return impl_->figures(); }

const model::Record* Hub::find(std::string_view space, const model::Key& key) const {
  return impl_->state_.view.record(space, key);
}

void Hub::each(const std::function<void(const model::Record&)>& take) const {
  for (const auto& [name, space] : impl_->state_.view.spaces()) {
    for (const auto& [collection, records] : space.collections) {
      for (const model::Record& record : records) {
        if (record.exists()) take(record);
      }
    }
  }
}

void Hub::set_rights(std::shared_ptr<const rights::Rights> rights) {
  impl_->state_.rights = std::move(rights);
}

void Hub::set_schemas(std::shared_ptr<const schema::Schemas> schemas) {
  impl_->state_.schemas = std::move(schemas);
}

std::uint64_t Hub::epoch() const { return impl_->state_.epoch; }

LogEnd Hub::end() const {
  return {.seq = impl_->state_.recent.last_seq(), .chain = impl_->state_.recent.last_chain()};
}

}  // namespace rockpool::hub
