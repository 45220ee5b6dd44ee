#include "core/dialects/baserow/row_desk.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/frames.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::size_t page_bytes = 16 << 20;

model::Principal principal_of(const Visit& visit) {
  return {.user = "baserow:" + base::decimal(visit.user->id), .roles = {}, .credential = {}};
}

}  // namespace

// ---- questions --------------------------------------------------------------------------------------------

void RowDesk::find(Step step, const std::string& collection, std::uint64_t number,
                   std::function<void(const model::Record*, ServerSteps&)> then) {
  read(step, {.key = {collection, ""}, .listens = false, .num = number}, std::move(then));
}

void RowDesk::find_named(Step step, const model::Key& key,
                         std::function<void(const model::Record*, ServerSteps&)> then) {
  read(step, {.key = key}, std::move(then));
}

void RowDesk::read(Step step, model::Read what,
                   std::function<void(const model::Record*, ServerSteps&)> then) {
  const Ticket ticket = office_.desk.ask(principal_of(*step.visit), std::move(what), step.out);
  asked_[ticket] = {step.visit, [next = std::move(then)](const model::Reply& reply, ServerSteps& out) {
                      const auto* found = std::get_if<model::Found>(&reply);
                      const bool is_there = found != nullptr && found->record && found->record->exists();
                      next(is_there ? &*found->record : nullptr, out);
                    }};
}

void RowDesk::list(Step step, model::Query query,
                   std::function<void(const model::Listed&, ServerSteps&)> then) {
  query.bytes_max = page_bytes;
  const Ticket ticket = office_.desk.ask(principal_of(*step.visit), std::move(query), step.out);
  asked_[ticket] = {step.visit, [next = std::move(then)](const model::Reply& reply, ServerSteps& out) {
                      static const model::Listed nothing = {};
                      const auto* listed = std::get_if<model::Listed>(&reply);
                      next(listed == nullptr ? nothing : *listed, out);
                    }};
}

void RowDesk::find_all(Step step, const std::string& collection, const std::vector<std::uint64_t>& numbers,
                       std::function<void(Rows, ServerSteps&)> then) {
  std::string query = R"({"where":{"num":{"$in":)";
  dialect::append_list(query, numbers, [&](std::uint64_t one) { query += base::decimal(one); });
  query += "}}}";
  list(step, {.collection = collection, .query = std::move(query), .records_max = numbers.size()},
       [visit = step.visit, numbers, next = std::move(then)](const model::Listed& listed, ServerSteps& out) {
         std::map<std::uint64_t, const model::Record*> known;
         for (const model::Record& record : listed.records) known[record.num] = &record;
         Rows rows;
         for (const std::uint64_t number : numbers) {
           if (!known.contains(number))
             return out.push_back(
                 refuse(visit->carrier, {.wrong = Wrong::no_row,
                                         .detail = "The row " + base::decimal(number) + " does not exist."}));
           rows.push_back(*known[number]);
         }
         next(std::move(rows), out);
       });
}

bool RowDesk::answer(Instant, Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  if (writing_.contains(ticket)) return written(ticket, reply, out), true;
  auto node = asked_.extract(ticket);
  if (node.empty()) return false;
  const Asked asked = std::move(node.mapped());
  if (const auto* failed = std::get_if<model::Failed>(&reply))
    out.push_back(refuse(asked.visit->carrier, fault_of(failed->error, failed->retry_after_ms)));
  else
    asked.then(reply, out);
  return true;
}

// ---- writes -----------------------------------------------------------------------------------------------

void RowDesk::write(Step step, Change change) {
  model::Write write{.client = {},
                     .author = change.is_told_to_author ? 0 : step.visit->carrier,
                     .owns = true,
                     .tells = true};
  write.groups.push_back(change.group);
  const Ticket ticket = office_.desk.ask(principal_of(*step.visit), std::move(write), step.out);
  writing_[ticket] = {.visit = step.visit, .change = std::move(change), .made = {}, .seq = 0};
}

void RowDesk::written(Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  Writing& writing = writing_[ticket];
  if (const auto* answered = std::get_if<model::Written>(&reply)) {
    writing.made.insert(writing.made.end(), answered->made.begin(), answered->made.end());
    if (answered->more) return;
    auto node = writing_.extract(ticket);
    return settle(std::move(node.mapped()), *answered, out);
  }
  const auto* failed = std::get_if<model::Failed>(&reply);
  const base::Error error =
      failed == nullptr ? base::Error{base::Code::overloaded, "no answer", ""} : failed->error;
  out.push_back(
      refuse(writing.visit->carrier, fault_of(error, failed == nullptr ? 0 : failed->retry_after_ms)));
  writing_.erase(ticket);
}

void RowDesk::settle(Writing writing, const model::Written& written, ServerSteps& out) {
  const base::Error* declined = nullptr;
  bool is_conflict = false;
  for (const model::Outcome& outcome : written.outcomes) {
    if (const auto* acked = std::get_if<model::Acked>(&outcome))
      writing.seq = std::max(writing.seq, acked->seq);
    else if (const auto* refused = std::get_if<model::Declined>(&outcome))
      declined = declined != nullptr && declined->code != base::Code::depends ? declined : &refused->error;
    else
      is_conflict = true;
  }
  if (declined != nullptr) return out.push_back(refuse(writing.visit->carrier, fault_of(*declined)));
  if (is_conflict && writing.change.again) return writing.change.again(out);
  if (is_conflict) return out.push_back(refuse(writing.visit->carrier, {.wrong = Wrong::no_row}));
  const std::uint64_t seq = writing.seq;
  awaited_.emplace(seq, std::move(writing));
  seen(out);
}

void RowDesk::seen(ServerSteps& out) {
  while (!awaited_.empty() && awaited_.begin()->first <= office_.books.seq()) {
    Writing writing = std::move(awaited_.extract(awaited_.begin()).mapped());
    writing.change.done(std::move(writing.made), out);
  }
}

}  // namespace rockpool::dialects::baserow
