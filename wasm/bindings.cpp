// What JavaScript sees of the core: two functions, hidden behind the SDK's facade; core.h says what they do.
#include <emscripten/bind.h>

#include "wasm/core.h"

namespace {

using namespace rockpool::wasm;

// A module is one core, and a page makes one module for each database it opens.
Core core;

void tell(int what, double now, double number, std::size_t bytes) {
  core.tell(static_cast<Tell>(what), now, number, bytes);
}

double ask(int what, double now, double number, std::size_t bytes) {
  return core.ask(static_cast<Ask>(what), now, number, bytes);
}

}  // namespace

EMSCRIPTEN_BINDINGS(rockpool) {
  emscripten::function("tell", &tell);
  emscripten::function("ask", &ask);
}

// In the place of -lembind, which registers 30 types with their names before anything is bound.
extern "C" void emscripten::internal::_embind_register_bindings(InitFunc*) {}
