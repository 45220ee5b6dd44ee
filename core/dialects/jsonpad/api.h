// The API: lists and items.
//
//   request ──► its body ──► what it says ──► questions to the hub, one after the other ──► answer
//
// A write that others got before is tried again on what there is now.
//
// Private to the dialect's server half.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/token_bucket.h"
#include "core/dialects/jsonpad/books.h"
#include "core/dialects/jsonpad/given_times.h"

namespace rockpool::dialects::jsonpad {

class Api {
 public:
  Api(Desk& desk, Books& books) : desk_(desk), books_(books) {}

  struct Request {
    Caller caller;
    Place place;
    std::string method;  // in upper case
    std::string query;
    std::uint64_t content_length = 0;  // as it says
    std::string content_type, if_none_match, if_modified_since;
  };
  void ask(Instant now, CarrierId carrier, Request request, ServerSteps& out);
  // Goes on with what was not finished before the server ended.
  void resume(ServerSteps& out);
  // False: not one of its carriers.
  bool receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out);
  // False: not its question.
  bool answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out);

 private:
  // One request under way.
  struct Work {
    CarrierId carrier = 0;
    Request asked;
    std::string body;                 // compact JSON
    std::optional<List> list;         // that it is about, or makes
    std::vector<std::string> clears;  // collections whose records are still to go
    std::vector<std::string> marked;  // those of them that the account's record says are
    bool unmarks = false;             // it is to say so no longer
    std::vector<std::string> batch;   // what each mutation of the last batch clears, if it does
    std::uint64_t num = 0;
    int tries = 0;
  };

  bool is_allowed(const Request& request, CarrierId carrier, ServerSteps& out) const;
  void begin(Instant now, Work work, ServerSteps& out);
  void begin_lists(Instant now, Work work, ServerSteps& out);
  void begin_list(Instant now, Work work, ServerSteps& out);
  void begin_items(Work work, ServerSteps& out);
  void find_item(Work work, std::uint64_t num, ServerSteps& out);
  void begin_item(Work work, ServerSteps& out);

  void show_lists(const Work& work, ServerSteps& out);
  void show_list(Instant now, const Work& work, ServerSteps& out);
  bool read_list_body(Work& work, ServerSteps& out);
  void write_lists(Instant now, Work work, ServerSteps& out);
  void go_on_clearing(Work work, ServerSteps& out);
  void list_page(Work work, ServerSteps& out);
  void write_item(Work work, const model::Record& item, ServerSteps& out);

  void listed(const Work& work, const model::Listed& listed, ServerSteps& out);
  void found(Work work, const model::Found& found, ServerSteps& out);
  void written(Instant now, Work work, const model::Written& written, ServerSteps& out);
  void done(const Work& work, const model::Written& written, ServerSteps& out);
  void show_item(const Work& work, const model::Record& item, ServerSteps& out);

  void ask_hub(Work work, model::Command command, ServerSteps& out);
  void write(Work work, model::Group group, ServerSteps& out);
  void refuse(const Work& work, Fault fault, ServerSteps& out, std::string_view detail = {});
  void respond(const Work& work, int status, std::string body, ServerSteps& out, wire::Headers headers = {});

  Desk& desk_;
  Books& books_;
  std::map<CarrierId, Work> reading_;  // their body is still to come
  std::map<Ticket, Work> working_;
  std::map<std::string, base::TokenBucket> buckets_;  // by account
  GivenTimes given_;
};

}  // namespace rockpool::dialects::jsonpad
