#include "core/gateway/world_test.h"

#include "core/gateway/secrets_test.h"

namespace rockpool::gateway {

// ---- Page
// --------------------------------------------------------------------------------------------------

Page::Page(World& world, dialect::CarrierId id, std::string client, std::string user)
    : carrier(id), world_(world), client_(std::move(client)), user_(std::move(user)) {}

void Page::open(const std::string& cursor) {
  const dialect::ClientOptions options{.url = "http://localhost", .client = client_};
  session_ = dialect::find_dialect("native")->client(options, base::Prng(carrier));
  dialect::ClientSteps made;
  session_->open(world_.now, dialect::Carrier::websocket,
                 {.client = client_, .token = user_, .settled = 0, .except = {}, .cursor = cursor}, made);
  act(std::move(made));
}

void Page::close(std::uint16_t code) {
  live.clear();
  world_.feed(carrier, dialect::Closed{code, ""});
}

void Page::ask(dialect::ClientCommand command) {
  dialect::ClientSteps made;
  session_->ask(world_.now, command, made);
  act(std::move(made));
}

void Page::subscribe(const std::string& collection, const std::string& cursor, const std::string& after) {
  ask(dialect::Subscribe{.collection = collection, .cursor = cursor, .after = after});
}

void Page::unsubscribe(const std::string& collection) { ask(dialect::Unsubscribe{collection}); }

void Page::push(std::vector<model::Group> groups) { ask(dialect::Push{.groups = std::move(groups)}); }

void Page::say(const std::string& frame) { world_.feed(carrier, dialect::Frame{frame, false}); }

void Page::hear(dialect::Arrival arrival) {
  if (const auto* frame = std::get_if<dialect::Frame>(&arrival)) frames.push_back(frame->bytes);
  dialect::ClientSteps made;
  session_->receive(world_.now, 1, std::move(arrival), made);
  act(std::move(made));
}

void Page::wake() {
  dialect::ClientSteps made;
  session_->wake(world_.now, made);
  act(std::move(made));
}

void Page::act(dialect::ClientSteps made) {
  for (dialect::ClientStep& step : made) {
    if (std::holds_alternative<dialect::OpenStream>(step)) {
      wire::RequestHead head{
          .method = "GET", .path = "/v1/connect", .query = "", .headers = {}, .upgrade = true};
      world_.feed(carrier, dialect::Arrived{head, "127.0.0.1"});
    } else if (const auto* frame = std::get_if<dialect::SendFrame>(&step)) {
      world_.feed(carrier, dialect::Frame{*frame->bytes, false});
    } else if (std::holds_alternative<dialect::CloseStream>(step)) {
      close(1000);
    } else {
      if (const auto* part = std::get_if<dialect::Part>(&step)) take(*part);
      if (const auto* changed = std::get_if<dialect::ChangedAt>(&step)) take(*changed);
      if (const auto* now_live = std::get_if<dialect::Live>(&step)) live.insert(now_live->collection);
      if (const auto* seen = std::get_if<dialect::PresenceSeen>(&step)) {
        if (seen->whole) room.clear();
        for (const auto& member : seen->members) {
          room.erase(member.member);
          if (!member.state.empty()) room[member.member] = member.state;
        }
      }
      steps.push_back(std::move(step));
    }
  }
}

void Page::take(const dialect::Part& part) {
  if (part.begin) records[part.collection].clear();
  for (const model::Record& record : part.records) {
    model::Record& held = records[part.collection][record.key.id];
    if (held.version < record.version) held = record;
  }
  cursors[part.collection] = part.cursor;
}

void Page::take(const dialect::ChangedAt& changed) {
  for (const model::Change& change : changed.changes) {
    told[change.record.key.collection].push_back(change.seq);
    model::Record& held = records[change.record.key.collection][change.record.key.id];
    if (held.version < change.record.version) held = change.record;
  }
  for (const std::string& collection : changed.collections) cursors[collection] = changed.cursor;
}

// ---- World
// -------------------------------------------------------------------------------------------------

World::World() { start(); }

void World::start() {
  backplane = std::make_unique<backplane::MemoryBackplane>(log);
  hub = std::make_unique<hub::Hub>(hub::Limits{}, base::Prng(3));
  gateway = std::make_unique<Gateway>(*hub, base::Prng(4));
  EXPECT_TRUE(hub->load(*backplane, now).ok());
  // Its clock stands still while much is said.
  dialect::SessionLimits limits;
  limits.messages.burst = limits.messages_of_a_user.burst = 100'000;
  EXPECT_TRUE(
      gateway->mount({.path = "", .hosts = {}, .dialect = dialect::find_dialect("native"), .limits = limits})
          .ok());
}

void World::restart() {
  gateway.reset();
  start();
  for (auto& [carrier, page] : pages) page->live.clear();
}

Page& World::closed_page(const std::string& user) {
  const dialect::CarrierId carrier = ++last_carrier_;
  auto made = std::make_unique<Page>(*this, carrier, "client-" + base::hex(carrier, 16), user);
  return *pages.emplace(carrier, std::move(made)).first->second;
}

Page& World::page(const std::string& user) {
  Page& made = closed_page(user);
  made.open();
  return made;
}

void World::feed(dialect::CarrierId carrier, dialect::Arrival arrival) {
  gateway->receive(now, carrier, std::move(arrival));
  perform();
}

void World::wait(std::int64_t ms) {
  now.ms += ms;
  gateway->wake(now);
  perform();
}

void World::release_secrets() {
  held_secret.reset();
  for (const dialect::SecretWork& wanted : std::exchange(held_secrets_, {}))
    gateway->worked(now, wanted.ticket, work_openly(wanted, secret_works.size()));
  perform();
}

void World::perform() {
  while (step()) {
  }
}

bool World::step() {
  if (auto effect = gateway->poll()) {
    act(std::move(*effect));
  } else if (auto event = backplane->poll()) {
    gateway->happened(now, std::move(*event));
  } else {
    return false;
  }
  return true;
}

void World::act(Effect effect) {
  if (auto* request = std::get_if<hub::Request>(&effect)) {
    backplane->submit(std::move(*request));
  } else if (const auto* question = std::get_if<dialect::Identify>(&effect)) {
    const bool is_key = question->token.starts_with("key:");
    gateway->identified(now, question->ticket,
                        dialect::Identified{{.user = question->token,
                                             .admin = is_key || question->token == "the administrator",
                                             .credential = is_key ? question->token : ""}});
  } else if (const auto* work_wanted = std::get_if<dialect::SecretWork>(&effect)) {
    secret_works.push_back(*work_wanted);
    if (work_wanted->what == held_secret) return held_secrets_.push_back(*work_wanted);
    gateway->worked(now, work_wanted->ticket,
                    no_secrets ? *no_secrets : work_openly(*work_wanted, secret_works.size()));
  } else if (const auto* accept = std::get_if<dialect::AcceptStream>(&effect)) {
    accepted[accept->carrier] = *accept;
    if (const auto page = pages.find(accept->carrier); page != pages.end())
      page->second->hear(dialect::Opened{});
  } else if (const auto* frame = std::get_if<dialect::SendFrame>(&effect)) {
    if (!pages.contains(frame->carrier)) {
      sent[frame->carrier].push_back(frame->before + *frame->bytes + frame->after);
      last_sent[frame->carrier] = frame->bytes;
      if (frame->tells && !unread.contains(frame->carrier))
        gateway->receive(now, frame->carrier, dialect::Drained{});
      return;
    }
    Page& page = *pages.at(frame->carrier);
    page.hear(dialect::Frame{*frame->bytes, false});
    if (frame->tells && page.reads) gateway->receive(now, frame->carrier, dialect::Drained{});
  } else if (const auto* close = std::get_if<dialect::CloseStream>(&effect)) {
    closed[close->carrier] = close->code;
    reasons[close->carrier] = close->reason;
    gateway->receive(now, close->carrier, dialect::Closed{});
    const auto page = pages.find(close->carrier);
    if (page == pages.end()) return;
    page->second->hear(dialect::Closed{static_cast<std::uint16_t>(close->code), close->reason});
  } else if (const auto* read = std::get_if<dialect::ReadFiles>(&effect)) {
    file_reads.push_back(*read);
  } else if (const auto* file = std::get_if<dialect::RespondFile>(&effect)) {
    file_responses.push_back(*file);
  } else if (const auto* drop = std::get_if<dialect::DropFiles>(&effect)) {
    dropped.insert(dropped.end(), drop->files.begin(), drop->files.end());
  } else if (const auto* response = std::get_if<dialect::Respond>(&effect)) {
    responses.push_back(*response);
  } else if (const auto* authorize = std::get_if<Authorize>(&effect)) {
    authorizes.push_back(*authorize);
  } else if (std::holds_alternative<Review>(effect)) {
    ++reviews;
  }
}

std::map<std::string, std::string> World::stored(const std::string& collection) const {
  std::map<std::string, std::string> found;
  const hub::Records* records = log.view().collection("default", collection);
  if (records == nullptr) return found;
  for (const model::Record& record : *records) {
    if (record.exists()) found[record.key.id] = record.data;
  }
  return found;
}

}  // namespace rockpool::gateway
