// A gateway over a real hub and a log in memory, and pages joined to it by frames alone. Nothing waits: the
// network is as quick as the test lets it be.
#pragma once

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "core/dialect/dialects.h"
#include "core/gateway/gateway.h"
#include "server/backplane/memory/memory_backplane.h"

namespace rockpool::gateway {

using base::Instant;

class World;

// A page without an engine: keeps what it is told, as the protocol says it should.
class Page {
 public:
  Page(World& world, dialect::CarrierId carrier, std::string client, std::string user);

  void open(const std::string& cursor = "");
  void close(std::uint16_t code = 1001);
  void subscribe(const std::string& collection, const std::string& cursor = "",
                 const std::string& after = "");
  void unsubscribe(const std::string& collection);
  void push(std::vector<model::Group> groups);
  void ask(dialect::ClientCommand command);
  void say(const std::string& frame);  // past the session
  void hear(dialect::Arrival arrival);
  void wake();

  bool is_live(const std::string& collection) const { return live.contains(collection); }
  template <typename T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& step : steps) {
      if (const auto* one = std::get_if<T>(&step)) found.push_back(*one);
    }
    return found;
  }

  dialect::CarrierId carrier;
  std::vector<dialect::ClientStep> steps;  // what the session said, but for frames
  std::vector<std::string> frames;         // what came from the server
  std::map<std::string, std::map<std::string, model::Record>> records;  // collection -> id
  std::map<std::string, std::string> cursors;
  std::map<std::string, std::vector<std::uint64_t>> told;  // seq of each change, by collection
  std::set<std::string> live;
  std::map<std::string, std::string> room;  // member -> state
  bool reads = true;                        // otherwise what is sent to it never leaves

 private:
  void act(dialect::ClientSteps made);
  void take(const dialect::Part& part);
  void take(const dialect::ChangedAt& changed);

  World& world_;
  std::string client_;
  std::string user_;
  std::unique_ptr<dialect::ClientSession> session_;
};

class World {
 public:
  World();

  Page& page(const std::string& user = "");  // opened and greeted
  Page& closed_page(const std::string& user = "");
  // A server is started anew on the same log; every page loses its link.
  void restart();
  void perform();
  // One thing of what is to be done. False: there is nothing.
  bool step();
  void feed(dialect::CarrierId carrier, dialect::Arrival arrival);
  void wait(std::int64_t ms);
  void release_secrets();
  std::map<std::string, std::string> stored(const std::string& collection) const;  // id -> data

  Instant now{1'700'000'000'000};
  backplane::MemoryLog log{7};
  std::unique_ptr<backplane::MemoryBackplane> backplane;
  std::unique_ptr<hub::Hub> hub;
  std::unique_ptr<Gateway> gateway;
  std::map<dialect::CarrierId, std::unique_ptr<Page>> pages;
  std::map<dialect::CarrierId, wire::CloseCode> closed;  // by the server
  std::map<dialect::CarrierId, std::string> reasons;     // of that
  std::map<dialect::CarrierId, dialect::AcceptStream> accepted;
  std::map<dialect::CarrierId, std::vector<std::string>> sent;  // frames, to those who are no pages
  std::map<dialect::CarrierId, dialect::Shared> last_sent;      // the bytes themselves, of the last frame
  std::set<dialect::CarrierId> unread;                          // those of them who do not read
  std::vector<dialect::SecretWork> secret_works;
  std::vector<Authorize> authorizes;          // waiting for an answer
  std::optional<dialect::Denied> no_secrets;  // what all of them are answered with
  // Such work is not answered before release_secrets().
  std::optional<dialect::SecretWork::What> held_secret;
  std::vector<dialect::Respond> responses;
  std::vector<dialect::ReadFiles> file_reads;
  std::vector<dialect::RespondFile> file_responses;
  std::vector<std::string> dropped;  // files
  int reviews = 0;                   // asked for

 private:
  void start();
  void act(Effect effect);

  dialect::CarrierId last_carrier_ = 0;
  std::vector<dialect::SecretWork> held_secrets_;
};

// ---- short ways to write things down

inline model::Mutation put(std::uint64_t number, const std::string& id, const std::string& data,
                           std::optional<model::Version> base = 0, const std::string& collection = "a") {
  return {.number = number,
          .key = {collection, id},
          .op = model::Op::put,
          .path = "",
          .data = data,
          .base = base};
}

}  // namespace rockpool::gateway
