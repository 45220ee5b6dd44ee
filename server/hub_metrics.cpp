#include "server/hub_metrics.h"

namespace rockpool::server {
namespace {

using Type = net::MetricsText::Type;

static_assert(static_cast<std::size_t>(base::Code::unsupported_version) < hub::ByCode().size());

void write_codes(std::string_view name, std::string_view help, const hub::ByCode& counts,
                 net::MetricsText& text) {
  text.begin(name, help, Type::counter);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) text.sample({{"code", base::name_of(static_cast<base::Code>(i))}}, counts[i]);
  }
}

}  // namespace

void write_metrics(const hub::Figures& figures, net::MetricsText& text) {
  text.gauge("rockpool_records", "Records, tombstones included.", figures.records);
  text.gauge("rockpool_record_bytes", "Their bytes.", figures.record_bytes);
  text.gauge("rockpool_log_seq", "Last entry of the log.", figures.last_seq);
  text.gauge("rockpool_log_recent_entries", "Entries of the log held in memory.", figures.recent_entries);
  text.gauge("rockpool_writes_waiting", "Writes that wait for the log.", figures.waiting);
  text.gauge("rockpool_clients", "Clients in the books.", figures.clients);
  text.gauge("rockpool_presences", "Members present in rooms.", figures.presences);
  text.gauge("rockpool_calls", "Calls that wait for an answer.", figures.calls);
  text.gauge("rockpool_providers", "Procedures provided, once for each who does.", figures.providers);
  text.counter("rockpool_appends_total", "Entries appended.", figures.appends);
  text.histogram("rockpool_append_changes", "Changes of an entry appended.", hub::entry_bounds,
                 figures.entries, figures.changes);
  text.counter("rockpool_changes_total", "Changes stored.", figures.changes);
  text.counter("rockpool_conflicts_total", "Mutations answered conflict.", figures.conflicts);
  text.counter("rockpool_held_total", "Mutations answered held.", figures.held);
  write_codes("rockpool_refusals_total", "Mutations refused, by code.", figures.refused, text);
  write_codes("rockpool_errors_total", "Other questions answered by an error, by code.", figures.errors,
              text);
  text.counter("rockpool_repeats_total", "Mutations sent again and answered from the books.",
               figures.repeats);
  text.counter("rockpool_appends_stale_total", "Appends that another writer overtook.", figures.stale);
  text.counter("rockpool_appends_unknown_total", "Appends whose outcome had to be looked up.",
               figures.unknown);
  text.counter("rockpool_appends_failed_total", "Appends the store refused.", figures.failed);
}

void write_metrics(const gateway::Gateway::Figures& figures, net::MetricsText& text) {
  text.gauge("rockpool_carriers", "Carriers known to the gateway.", figures.carriers);
  text.begin("rockpool_sessions", "Sessions, by dialect and by what carries them downwards.", Type::gauge);
  for (const auto& [name, census] : figures.by_dialect) {
    text.sample({{"dialect", name}, {"carrier", "websocket"}}, census.websocket);
    text.sample({{"dialect", name}, {"carrier", "sse"}}, census.sse);
    text.sample({{"dialect", name}, {"carrier", "poll"}}, census.poll);
  }
  text.begin("rockpool_commands_total", "Commands that came in requests, by dialect.", Type::counter);
  for (const auto& [name, census] : figures.by_dialect)
    if (census.commands > 0) text.sample({{"dialect", name}}, census.commands);
  text.begin("rockpool_evaluations_total", "Evaluations of live queries, by dialect.", Type::counter);
  for (const auto& [name, census] : figures.by_dialect)
    if (census.evaluations > 0) text.sample({{"dialect", name}}, census.evaluations);
  text.gauge("rockpool_joined", "Subscriptions to topics.", figures.joined);
  text.counter("rockpool_frames_in_total", "Frames handed to dialects.", figures.frames_in);
  text.counter("rockpool_frames_out_total", "Frames dialects and topics sent.", figures.frames_out);
  text.counter("rockpool_notices_encoded_total", "Notices turned into bytes, once for all.", figures.encoded);
  text.counter("rockpool_notices_delivered_total", "Notices handed to carriers.", figures.delivered);
}

}  // namespace rockpool::server
