#include "core/dialect/session_sweep.h"

#include "core/dialect/frames.h"
#include "core/model/value.h"

namespace rockpool::dialect {
namespace {

constexpr base::Duration pause = base::seconds(3600);
constexpr std::size_t records_max = 256;
constexpr std::size_t bytes_max = 256 << 10;

bool has_run_out(const model::Record& record, Instant now) {
  const auto value = model::read(record.data);
  const model::Value* expires = value ? model::member(*value, "expires") : nullptr;
  const auto at_ms = expires == nullptr ? std::nullopt : model::as_count(*expires);
  return !at_ms || now.ms >= static_cast<std::int64_t>(*at_ms);
}

}  // namespace

void SessionSweep::begin(Instant now, ServerSteps& out) {
  if (began_ && now - *began_ < pause) return;
  began_ = now;
  look("", out);
}

void SessionSweep::look(const std::string& after, ServerSteps& out) {
  ask(model::Scan{.collection = std::string(sessions_collection),
                  .after = after,
                  .records_max = records_max,
                  .bytes_max = bytes_max},
      out);
}

bool SessionSweep::answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  if (!asked_.contains(ticket)) return false;
  if (!stays_open(reply)) asked_.erase(ticket);
  // What is not a page is what became of a removal: whatever stays is found by the next sweep.
  if (const auto* page = std::get_if<model::Page>(&reply)) remove(now, *page, out);
  return true;
}

void SessionSweep::remove(Instant now, const model::Page& page, ServerSteps& out) {
  model::Write write;
  for (const model::Record& record : page.records) {
    if (!has_run_out(record, now)) continue;
    write.groups.push_back({{.key = record.key, .op = model::Op::remove, .base = record.version}});
  }
  if (!write.groups.empty()) ask(std::move(write), out);
  if (!page.done && !page.records.empty()) look(page.records.back().key.id, out);
}

void SessionSweep::ask(model::Command command, ServerSteps& out) {
  asked_.insert(++last_ticket_);
  out.push_back(Asked{.ticket = last_ticket_,
                      .principal = {.system = true, .roles = {}},
                      .space = std::string(sessions_space),
                      .command = std::move(command)});
}

}  // namespace rockpool::dialect
