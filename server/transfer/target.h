// Where imported rows go and exported records come from: a store in a folder, or a running server.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/command.h"

namespace rockpool::transfer {

class Target {
 public:
  virtual ~Target() = default;

  // Hands mutations over, each by itself; their numbers rise and are never used again.
  virtual base::Status push(std::vector<model::Group> groups) = 0;
  // Waits for what became of some of them, at least one. A definite answer comes for each pushed mutation.
  virtual base::Result<std::vector<model::Outcome>> wait() = 0;

  // The largest row it takes, as compact JSON.
  virtual std::size_t row_bytes_max() const = 0;

  // Every record of a collection that exists, in id order, until `take` fails.
  virtual base::Status read(const std::string& collection,
                            const std::function<base::Status(const model::Record&)>& take) = 0;
};

}  // namespace rockpool::transfer
