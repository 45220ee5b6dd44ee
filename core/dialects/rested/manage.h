// The management API: projects and endpoints, for whoever has the admin token.
//
//   request ──► token ──► body ──► secrets, where it takes some ──► write ──► answer
//
// A write that others got before is tried again on what there is now. What an endpoint leaves behind is
// removed piece by piece; where that takes more than one piece a record says so, and it goes on after a
// restart.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/dialects/rested/answers.h"
#include "core/dialects/rested/registry.h"
#include "core/model/value.h"

namespace rockpool::dialects::rested {

class Manage {
 public:
  Manage(Desk& desk, Registry& registry) : desk_(desk), registry_(registry) {}

  void ask(Instant now, CarrierId carrier, Request request, ServerSteps& out);
  // Each of these: false, it is not one of its carriers or tickets.
  bool receive(CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out);
  bool identified(Instant now, Ticket ticket, const dialect::Identity& identity, ServerSteps& out);
  bool worked(Instant now, Ticket ticket, const dialect::SecretResult& result, ServerSteps& out);
  bool answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out);
  // Goes on with what was not finished before the server ended, or failed since.
  void resume(ServerSteps& out);
  // Endpoints that were made while their project went go as well.
  void remove_orphans(ServerSteps& out);
  void wake(Instant now, ServerSteps& out);
  std::optional<Instant> next_wake() const { return retry_at_; }

 private:
  enum class Stage : std::uint8_t { main, clearing, ending };
  // One request under way.
  struct Work {
    CarrierId carrier = 0;
    Request asked;
    std::string body;
    std::vector<std::string> secrets;  // made for it
    std::string result;                // what the answer shows
    std::string removes;               // id of the endpoint that goes
    // Collections that go with it; once it is gone, those that were too large to go along.
    std::vector<std::string> clears;
    Stage stage = Stage::main;
    bool is_surveyed = false;  // `clears` has the collection if anything is in it
    int tries = 0;
  };

  void admit(Instant now, CarrierId carrier, Request request, ServerSteps& out);
  void begin(Work work, ServerSteps& out);
  void begin_project(Work work, ServerSteps& out);
  void begin_endpoint(Work work, ServerSteps& out);
  void create_project(Work work, const model::Value& body, ServerSteps& out);
  void patch_project(Work work, Project project, const model::Value& body, ServerSteps& out);
  void remove_project(Work work, const Project& project, ServerSteps& out);
  void create_endpoint(Work work, const Project& project, const model::Value& body, ServerSteps& out);
  void patch_endpoint(Work work, const Endpoint& before, const model::Value& body, ServerSteps& out);
  void remove_endpoint(Work work, const Endpoint& endpoint, ServerSteps& out);
  void surveyed(Work work, const model::Surveyed& surveyed, ServerSteps& out);
  void written(Instant now, Work work, const model::Written& written, ServerSteps& out);
  void clear_on(Work work, ServerSteps& out);
  void finish(Work work, ServerSteps& out);

  // False: more are to be made first.
  bool has_secrets(Work& work, std::size_t count, ServerSteps& out);
  void write(Work work, model::Group group, ServerSteps& out);
  void respond(const Work& work, int status, std::string body, ServerSteps& out);
  // What is being cleared is tried again later.
  void fail(Instant now, const Work& work, const Refusal& refusal, ServerSteps& out);
  void refuse(const Work& work, const Refusal& refusal, ServerSteps& out);

  Desk& desk_;
  Registry& registry_;
  std::map<CarrierId, Work> reading_;  // their body is still to come
  std::map<Ticket, std::pair<CarrierId, Request>> knocking_;
  std::map<Ticket, Work> working_;  // with the hub
  std::map<Ticket, Work> waiting_;  // for secrets
  std::set<std::string> clearing_;  // collections, of which a piece is under way
  std::optional<Instant> retry_at_;
};

}  // namespace rockpool::dialects::rested
