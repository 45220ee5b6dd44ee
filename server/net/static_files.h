// Files served as they are. The list is made once, at the start: what is not on it does not exist, so no path
// from outside ever reaches the file system.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/wire/http.h"
#include "server/net/response.h"

namespace rockpool::net {

class StaticFiles {
 public:
  // Everything below `folder` but hidden files, links that lead out of it, and what is in or below
  // `left_out`.
  static base::Result<StaticFiles> list(const std::string& folder, const std::vector<std::string>& left_out);

  // `path` as it stands in the request, below the place where the files are served, beginning with `/`.
  // Folders answer with their index.html. 404 for what is not on the list.
  Response answer(const wire::RequestHead& head, std::string_view path) const;

  std::size_t count() const { return files_.size(); }

 private:
  Response redirect(const wire::RequestHead& head) const;

  std::map<std::string, std::string, std::less<>> files_;  // path in the URL, decoded → file
};

// By the ending of the name.
std::string_view content_type(std::string_view file);

}  // namespace rockpool::net
