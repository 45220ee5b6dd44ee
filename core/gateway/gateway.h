// Joins sessions to the hub: picks the dialect for a request, feeds arrivals, puts questions, encodes each
// notice once per topic and hands it to everybody who joined. Runs on the hub's thread, does no I/O.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/dialect/dialect.h"
#include "core/gateway/permits.h"
#include "core/hub/hub.h"

namespace rockpool::gateway {

// Records of the server's own say that somebody may have lost what let them in: review() is due.
struct Review {};

// What the edge does for us. The same words as the dialects' steps, without those the gateway serves itself.
using Effect = std::variant<dialect::SendFrame, dialect::CloseStream, dialect::AcceptStream,
                            dialect::ReadBody, dialect::Respond, dialect::ReadFiles, dialect::RespondFile,
                            dialect::DropFiles, dialect::SecretWork, dialect::Identify, dialect::Fetch,
                            hub::Request, Authorize, Review, hub::Answer>;

// Of questions that the edge itself puts to the hub; the Answers to them are effects.
inline constexpr model::Ticket edge_tickets = 1ull << 62;

// Of pages that may use a mount from a browser. Those of the server's own origin always may.
struct Origins {
  bool any = false;
  std::vector<std::string> listed;
};

struct Mount {
  std::string path;                // "" or "/name", without a trailing slash
  std::vector<std::string> hosts;  // serve it at the root of these host names too
  const dialect::Dialect* dialect = nullptr;
  std::string space = "default";
  std::string settings;  // JSON text
  Origins origins = {};
  dialect::SessionLimits limits = {};
  dialect::Sharing sharing = {};
  std::string public_url = {};  // as in dialect::MountOptions
  bool is_secure = false;
};

class Gateway {
 public:
  // `server`: name and version, for welcome messages.
  Gateway(hub::Hub& hub, base::Prng prng, std::string server = "rockpool");
  ~Gateway();

  // `usage` for two equal mounts or a reserved path; the dialect's own error for bad settings.
  base::Status mount(const Mount& mount);

  // The mount whose dialect wants this request, null: none, and the edge goes on (static files, 404). Safe to
  // call for any head, from any thread once everything is mounted.
  const Mount* mount_of(const wire::RequestHead& head) const;

  void receive(base::Instant now, dialect::CarrierId carrier, dialect::Arrival arrival);
  // Rights are those from now on, for the hub too. `review` belongs to it.
  void set_rights(std::shared_ptr<const rights::Rights> rights);
  // What the authorization service said, or why there is no answer.
  void authorized(base::Instant now, model::Ticket ticket, base::Result<Permitted> answer);
  // To be called when accounts or rights have changed.
  void review(base::Instant now, const dialect::Standing& standing);
  void identified(base::Instant now, model::Ticket ticket, dialect::Identity identity);
  void fetched(base::Instant now, model::Ticket ticket, base::Result<dialect::Fetched> answer);
  void worked(base::Instant now, model::Ticket ticket, dialect::SecretResult result);
  void happened(base::Instant now, hub::Event event);  // from the backplane
  void ask(base::Instant now, hub::Ask ask);           // with a ticket from edge_tickets on
  void drain(base::Instant now);
  void wake(base::Instant now);

  std::optional<Effect> poll();  // until empty after each of the above
  std::optional<base::Instant> next_wake() const;

  struct Figures {
    std::uint64_t carriers = 0, joined = 0, frames_in = 0, frames_out = 0, encoded = 0, delivered = 0;
    dialect::Census sessions;
    dialect::LimitsMet limits_met;
    std::vector<std::pair<std::string_view, dialect::Census>> by_dialect;  // one for each mount
  };
  Figures figures() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rockpool::gateway
