#include "server/net/site.h"

#include <filesystem>

#include "core/base/text.h"
#include "server/net/metrics.h"

namespace rockpool::net {
namespace {

constexpr std::string_view sdk_prefix = "/sdk/";

std::string network_metrics(const Counters& counters) {
  MetricsText text;
  text.gauge("rockpool_connections", "Open connections.", counters.connections);
  text.gauge("rockpool_streams", "Open streams: WebSockets and event streams.", counters.streams);
  text.counter("rockpool_connections_total", "Connections taken.", counters.accepted);
  text.counter("rockpool_connections_turned_away_total", "Connections beyond a limit.", counters.turned_away);
  text.counter("rockpool_http_requests_total", "Requests read.", counters.requests);
  text.counter("rockpool_http_faults_total", "Requests refused as broken or too large.", counters.faults);
  text.counter("rockpool_streams_total", "Streams opened.", counters.streams_opened);
  text.counter("rockpool_messages_in_total", "Messages received on streams.", counters.messages_in);
  text.counter("rockpool_messages_in_bytes_total", "Their bytes.", counters.bytes_in);
  text.counter("rockpool_messages_out_total", "Messages sent on streams.", counters.messages_out);
  text.counter("rockpool_messages_out_bytes_total", "Their bytes.", counters.bytes_out);
  text.gauge("rockpool_queue_bytes", "What waits for slow streams, as of the last second.",
             counters.queued_bytes);
  text.counter("rockpool_slow_closed_total", "Clients closed because their queue was full.",
               counters.slow_closed);
  text.counter("rockpool_frames_refused_total",
               "Clients closed because of frames that break RFC 6455 or the limits.",
               counters.frames_refused);
  text.counter("rockpool_tls_handshakes_failed_total", "TLS handshakes that came to nothing.",
               counters.handshakes_failed);
  return text.take();
}

std::string limit_metrics(const Inbox& inbox, const Counters& counters) {
  auto met = inbox.limits_met();
  for (std::size_t i = 0; i < limit_count; ++i) met.emplace_back(limit_names[i], counters.limits[i]);
  MetricsText text;
  text.counters("rockpool_limit_total", "How often a limit was met.", "limit", met);
  return text.take();
}

Response metrics(const Inbox& inbox, const Counters& counters) {
  Response response = text_response(200, "");
  response.head.headers[0].second = "text/plain; version=0.0.4; charset=utf-8";
  response.body = std::make_shared<const std::string>(network_metrics(counters) +
                                                      limit_metrics(inbox, counters) + inbox.metrics());
  return response;
}

bool only_reads(const wire::RequestHead& head) { return head.method == "GET" || head.method == "HEAD"; }

}  // namespace

base::Result<Site> Site::make(const Folders& folders) {
  Site site;
  if (!folders.www.empty()) {
    auto files = StaticFiles::list(folders.www, folders.left_out);
    if (!files.ok()) return files.error();
    site.www_ = std::move(*files);
  }
  std::error_code problem;
  if (!folders.sdk.empty() && std::filesystem::is_directory(folders.sdk, problem)) {
    auto files = StaticFiles::list(folders.sdk, {});
    if (!files.ok()) return files.error();
    site.sdk_ = std::move(*files);
  }
  return site;
}

std::optional<Response> Site::reserved(const wire::RequestHead& head, const Inbox& inbox,
                                       const Counters& counters) const {
  if (head.path.starts_with(sdk_prefix)) return sdk(head);
  const bool ours = head.path == "/health" || head.path == "/ready" || head.path == "/metrics";
  if (!ours) return std::nullopt;
  if (!only_reads(head)) {
    Response response = text_response(405, "only GET and HEAD work here");
    response.head.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  if (head.path == "/health") return json_response(200, inbox.health());
  if (head.path == "/metrics") return metrics(inbox, counters);
  return inbox.ready() ? text_response(200, "ready") : text_response(503, "not ready");
}

Response Site::sdk(const wire::RequestHead& head) const {
  if (!sdk_) {
    return text_response(404, "the SDK is not built; run `npm run build` and start the server again");
  }
  Response response = sdk_->answer(head, std::string_view(head.path).substr(sdk_prefix.size() - 1));
  // Scripts of any page may load it: it holds nothing of anybody's.
  response.head.headers.emplace_back("Access-Control-Allow-Origin", "*");
  response.head.headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
  return response;
}

Response Site::file(const wire::RequestHead& head) const {
  if (www_) return www_->answer(head, head.path);
  return text_response(404, "there is nothing here; `www` in the configuration names a folder to be served");
}

}  // namespace rockpool::net
