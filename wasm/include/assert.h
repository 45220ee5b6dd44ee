// Asserts of the WebAssembly build: they stay on, without the texts of their conditions, which nobody would
// see. As the standard wants it, no guard against a second inclusion.
#undef assert
#define assert(condition) ((condition) ? static_cast<void>(0) : __builtin_trap())
