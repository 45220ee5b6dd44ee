// For tests: the work with secrets that is the edge's, done so that anybody could.
#pragma once

#include <string>

#include "core/base/text.h"
#include "core/dialect/dialect.h"

namespace rockpool::gateway {

inline std::string open_hash(const std::string& password) { return "hash of " + password; }
inline std::string open_signature(const std::string& key) { return "." + base::base64url(key); }

// `number`: of the work, another one each time.
inline dialect::SecretResult work_openly(const dialect::SecretWork& work, std::uint64_t number) {
  using What = dialect::SecretWork::What;
  const dialect::Denied wrong{{base::Code::auth, "wrong", ""}};
  switch (work.what) {
    case What::random: return base::hex(number, 16) + std::string(16, 'f');
    case What::hash_password: return open_hash(work.text);
    case What::check_password:
      return work.key == open_hash(work.text) ? dialect::SecretResult(std::string()) : wrong;
    case What::sign: return base::base64url(work.text) + open_signature(work.key);
    case What::open: break;
  }
  const std::string mark = open_signature(work.key);
  if (!work.text.ends_with(mark)) return wrong;
  return base::read_base64url(work.text.substr(0, work.text.size() - mark.size())).value_or("");
}

}  // namespace rockpool::gateway
