// Functions of the C and C++ libraries by other means: their own need formats, streams and quadruple
// precision that nothing else here does, a tenth of the whole core. The linker's --wrap puts these in their
// place.
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstring>

#include "core/base/text.h"
#include "core/model/sax.h"

extern "C" {
// wasm/numbers.js
double rockpool_number(const char* text);
char* rockpool_digits(char* out, double value);
}

NLOHMANN_JSON_NAMESPACE_BEGIN
char* detail::to_chars(char* first, const char*, double value) { return rockpool_digits(first, value); }
NLOHMANN_JSON_NAMESPACE_END

extern "C" {

// Our callers give the text of a JSON number and nothing behind it.
double __wrap_strtod(const char* text, char** end) {
  if (end != nullptr) *end = const_cast<char*>(text) + std::strlen(text);
  return rockpool_number(text);
}

unsigned long long __wrap_strtoull(const char* text, char** end, int) {
  const auto value = rockpool::base::read_decimal(text);
  if (!value) errno = ERANGE;
  *end = const_cast<char*>(text) + std::strlen(text);
  return value.value_or(0);
}

// Only for numbers that begin with a minus.
long long __wrap_strtoll(const char* text, char** end, int base) {
  const auto magnitude = __wrap_strtoull(text + 1, end, base);
  if (magnitude > 1ull << 63) errno = ERANGE;
  return static_cast<long long>(0 - magnitude);
}

// The one format that is linked is nlohmann's "<U+%.4X>", a control character in an error message.
int __wrap_snprintf(char* out, std::size_t size, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const std::string text = "<U+00" + rockpool::base::hex(va_arg(arguments, unsigned) & 0xff, 2) + ">";
  va_end(arguments);
  if (size > text.size()) std::memcpy(out, text.c_str(), text.size() + 1);
  return static_cast<int>(text.size());
}

}  // extern "C"

// A broken promise to the standard library stops the core; nobody reads what it would print.
_LIBCPP_BEGIN_NAMESPACE_STD
#ifdef _LIBCPP_VERBOSE_ABORT_NOEXCEPT
[[noreturn]] void __libcpp_verbose_abort(const char*, ...) _LIBCPP_VERBOSE_ABORT_NOEXCEPT {
  __builtin_trap();
}
#else
[[noreturn]] void __libcpp_verbose_abort(const char*, ...) { __builtin_trap(); }
#endif
_LIBCPP_END_NAMESPACE_STD
