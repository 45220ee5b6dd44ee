// What JavaScript sees of queries answered in the page (web/src/answers.ts). A module is one cache: who asks
// over another one makes another module, and to be rid of it is to forget it.
//
// JavaScript writes texts into what `reserve` gives, one behind the other, and says how long each is. What
// answers with a text gives its length; `answer` says where it stands until the next call.
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "core/dialects/datocms/local.h"

#define ROCKPOOL_EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace {

using rockpool::base::Instant;
using rockpool::dialects::datocms::Local;

std::unique_ptr<Local> local;
std::string given, answered;
std::size_t taken = 0;

// Of what was written; the last text of a call lets the next one begin anew.
std::string_view next(std::size_t bytes) {
  const std::string_view text = std::string_view(given).substr(taken, bytes);
  taken += bytes;
  return text;
}

std::size_t say(std::string text) {
  taken = 0;
  answered = std::move(text);
  return answered.size();
}

template <typename T>
std::size_t say_error(const rockpool::base::Result<T>& result) {
  return say(result ? std::string() : result.error().message);
}

}  // namespace

// The library's own throws, and brings types that can be caught.
void* operator new(std::size_t bytes) {
  if (void* held = std::malloc(bytes)) return held;
  __builtin_trap();
}

// JavaScript makes its views anew for each call.
extern "C" void emscripten_notify_memory_growth(std::size_t) {}

// What the library's shared pointers say of their types, for exceptions that nobody throws or catches: the
// tables behind it stay empty.
extern "C" {
const void* _ZTVN10__cxxabiv117__class_type_infoE[3];
const void* _ZTVN10__cxxabiv120__si_class_type_infoE[3];
const void* _ZTVN10__cxxabiv121__vmi_class_type_infoE[3];
}

ROCKPOOL_EXPORT(reserve) char* reserve(std::size_t bytes) {
  // A text that was long is not kept for good.
  constexpr std::size_t kept_bytes = 1 << 20;
  if (given.size() > kept_bytes && bytes <= kept_bytes) std::string().swap(given);
  if (given.size() < bytes) given.resize(bytes);
  return given.data();
}

ROCKPOOL_EXPORT(answer) const char* answer() { return answered.data(); }

// ---- answered by the text of an error, or of none

ROCKPOOL_EXPORT(make) std::size_t make(std::size_t models) {
  auto made = Local::make(next(models));
  if (made) local = std::move(*made);
  return say_error(made);
}

ROCKPOOL_EXPORT(put) std::size_t put(std::size_t model, std::size_t record, double now) {
  const std::string_view of = next(model);
  return say_error(local->put(of, next(record), Instant{static_cast<std::int64_t>(now)}));
}

ROCKPOOL_EXPORT(remove_record) std::size_t remove_record(std::size_t model, std::size_t id) {
  const std::string_view of = next(model);
  local->remove(of, next(id));
  return say({});
}

// ---- answered by JSON

ROCKPOOL_EXPORT(models_of) std::size_t models_of(std::size_t query) {
  return say(local->models_of(next(query)));
}

// Without variables or a name of an operation these have no bytes.
ROCKPOOL_EXPORT(ask) std::size_t ask(std::size_t query, std::size_t variables, std::size_t operation) {
  rockpool::graphql::RequestText request;
  request.query = next(query);
  request.variables = next(variables);
  request.operation_name = next(operation);
  return say(local->ask(request));
}
