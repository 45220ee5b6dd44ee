#include "wasm/json_out.h"

namespace rockpool::wasm {

void JsonOut::quote(std::string_view value) {
  text_ += '"';
  std::size_t plain = 0;  // where the stretch without escapes begins
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto c = static_cast<unsigned char>(value[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    text_ += value.substr(plain, i - plain);
    plain = i + 1;
    text_ += '\\';
    if (c >= 0x20) {
      text_ += value[i];
    } else {
      text_ += 'u';
      text_ += base::hex(c, 4);
    }
  }
  text_ += value.substr(plain);
  text_ += '"';
}

}  // namespace rockpool::wasm
