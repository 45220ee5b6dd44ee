// Records written by the management API, of which this is a small part: made, changed, published, withdrawn
// and deleted, one at a time. For our SDK, which makes ids and holds versions itself, records have names and
// writes may be fenced:
//
//   POST items?id=NAME                     the record's id; it may be there already
//   ... items/NAME?version=N&model=KEY     not if the newest version is another one; of that model
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/dialects/datocms/library.h"
#include "core/dialects/datocms/requests.h"

namespace rockpool::dialects::datocms {

// A stored link, or a list of them, as JSON of the numbers of the records it leads to; of none it is null.
std::string shown_link(const Content& content, const Field& field, const std::string& text);

class Items {
 public:
  explicit Items(Desk& desk) : desk_(desk) {}

  struct Request {
    Caller caller;
    Environment* environment = nullptr;
    Place place;
    std::string method;
    std::string query;
    std::string body;
  };
  void ask(CarrierId carrier, Request request, ServerSteps& out);
  // False: not its question.
  bool answer(Instant now, Ticket ticket, model::Reply& reply, ServerSteps& out);

 private:
  enum class Act : std::uint8_t { create, change, show, publish, withdraw, remove };
  struct Work {
    CarrierId carrier = 0;
    Request asked;
    Act act = Act::show;
    std::size_t model = 0;
    model::Record record;  // that was read
    std::optional<model::Version> fence;
    bool is_of_page = false;  // whose records have names, and versions that it sees
    int tries = 0;
  };

  // False: something is wrong with the parameters, which was said.
  bool take_parameters(Work& work, ServerSteps& out);
  // False: there is no such record, or more than one, which was said.
  bool find(Work& work, ServerSteps& out);
  void create(Work work, const model::Value& body, ServerSteps& out);
  void change(Work work, const model::Value& body, ServerSteps& out);
  void read(Work work, ServerSteps& out);
  void have_read(Instant now, Work work, ServerSteps& out);
  void write(Work work, model::Mutation mutation, ServerSteps& out);
  void have_written(Work work, model::Written& written, ServerSteps& out);
  void respond(const Work& work, int status, const model::Record& record, ServerSteps& out);
  void refuse(const Work& work, Fault fault, std::string_view detail, ServerSteps& out);

  Desk& desk_;
  std::map<Ticket, Work> under_way_;
};

}  // namespace rockpool::dialects::datocms
