// Projects, endpoints and records, as they are kept and as they are shown.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/record.h"
#include "core/model/value.h"

namespace rockpool::dialects::rested {

struct Project {
  std::string id, name;
  std::string api_key;
  std::string master_key;            // empty: none
  std::vector<std::string> origins;  // of pages; none: all
  bool needs_origin = false;
  std::int64_t token_seconds = 3600;
  std::string secret;          // that its access tokens are signed with
  std::uint64_t revision = 0;  // rises with everything that is done to it
};
std::string stored_text(const Project& project);
std::optional<Project> read_project(const std::string& id, std::string_view stored);
std::string shown_text(const Project& project);
std::string origins_text(const std::vector<std::string>& origins);

struct Endpoint {
  std::string id, project, name, description, collection;
  bool authentication = false;  // its records are users
  bool secure = false;
  bool read_by_others = false, update_by_others = false, delete_by_others = false;
  std::uint64_t revision = 0;

  bool needs_token() const { return authentication || secure; }
};
std::string stored_text(const Endpoint& endpoint);
std::optional<Endpoint> read_endpoint(const std::string& project, const std::string& collection,
                                      std::string_view stored);
std::string shown_text(const Endpoint& endpoint);

// What RESTED keeps beside a record's data: the member `rested` of its meta. The member `file` beside it is
// the server's.
struct Beside {
  std::string owner;     // uniqueId of a user
  std::string password;  // hash, of a user
  std::string upload;    // those that came in one upload have the same
  bool is_text = false;  // it came as text, not as JSON
  bool operator==(const Beside&) const = default;
};
Beside read_beside(const std::string& meta);
// The meta with that in it, and all else as it was.
std::string write_beside(const std::string& meta, const Beside& beside);
// Without the record's file.
std::string without_file(const std::string& meta);
bool has_file(const std::string& meta);

// {"uniqueId":…,"data":…,"createdAt":…,"updatedAt":…}
// With its version for our own SDK.
std::string record_text(const model::Record& record, bool with_version = false);
// The same in the order of messages, with other data perhaps.
std::string told_text(const model::Record& record);

// `patch` over `data`, both compact JSON, objects member by member: as JSON text. `invalid`: one of them is
// no object; `too_large`: together they are more than a record may have.
base::Result<std::string> merged(std::string_view data, std::string_view patch);

}  // namespace rockpool::dialects::rested
