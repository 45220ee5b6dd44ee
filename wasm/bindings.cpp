// What JavaScript sees of the core: functions, hidden behind the SDK's facade; core.h says what each does.
// A class instead of functions would bring half of Embind, 3 KB, into every page.
#include <memory>

#include <emscripten/bind.h>

#include "wasm/core.h"

namespace {

using rockpool::wasm::Core;

// A module is one core, and a page makes one module for each database it opens.
std::unique_ptr<Core> core;

void make(const std::string& options) { core = std::make_unique<Core>(options); }

template <auto method>
struct Call;
template <typename Answer, typename... Arguments, Answer (Core::*method)(Arguments...)>
struct Call<method> {
  static Answer run(Arguments... arguments) { return (*core.*method)(arguments...); }
};
template <typename Answer, typename... Arguments, Answer (Core::*method)(Arguments...) const>
struct Call<method> {
  static Answer run(Arguments... arguments) { return (*core.*method)(arguments...); }
};

}  // namespace

EMSCRIPTEN_BINDINGS(rockpool) {
  using emscripten::function;
  function("make", &make);
  function("reserve", &Call<&Core::reserve>::run);
  function("out", &Call<&Core::out>::run);
  function("addFile", &Call<&Core::add_file>::run);
  function("restore", &Call<&Core::restore>::run);
  function("write", &Call<&Core::write>::run);
  function("outSize", &Call<&Core::out_size>::run);
  function("origin", &Call<&Core::origin>::run);
  function("row", &Call<&Core::row>::run);
  function("frame", &Call<&Core::frame>::run);
  function("drain", &Call<&Core::drain>::run);
  function("cancel", &Call<&Core::cancel>::run);
  function("retry", &Call<&Core::retry>::run);
  function("dismiss", &Call<&Core::dismiss>::run);
  function("resolve", &Call<&Core::resolve>::run);
  function("decide", &Call<&Core::decide>::run);
  function("keep", &Call<&Core::keep>::run);
  function("pause", &Call<&Core::pause>::run);
  function("meta", &Call<&Core::meta>::run);
  function("known", &Call<&Core::known>::run);
  function("count", &Call<&Core::count>::run);
  function("findWrite", &Call<&Core::find_write>::run);
  function("pending", &Call<&Core::pending>::run);
  function("conflicts", &Call<&Core::conflicts>::run);
  function("status", &Call<&Core::status>::run);
  function("client", &Call<&Core::client>::run);
  function("exportAll", &Call<&Core::export_all>::run);
  function("watchQuery", &Call<&Core::watch_query>::run);
  function("more", &Call<&Core::more>::run);
  function("unwatch", &Call<&Core::unwatch>::run);
  function("presence", &Call<&Core::presence>::run);
  function("watchPresence", &Call<&Core::watch_presence>::run);
  function("peers", &Call<&Core::peers>::run);
  function("opened", &Call<&Core::opened>::run);
  function("closed", &Call<&Core::closed>::run);
  function("opKind", &Call<&Core::op_kind>::run);
  function("opName", &Call<&Core::op_name>::run);
  function("opBytes", &Call<&Core::op_bytes>::run);
  function("opSize", &Call<&Core::op_size>::run);
  function("opDone", &Call<&Core::op_done>::run);
  function("persisted", &Call<&Core::persisted>::run);
  function("persistFailed", &Call<&Core::persist_failed>::run);
  function("persistRecovered", &Call<&Core::persist_recovered>::run);
  function("token", &Call<&Core::token>::run);
  function("online", &Call<&Core::online>::run);
  function("visible", &Call<&Core::visible>::run);
  function("wake", &Call<&Core::wake>::run);
  function("stop", &Call<&Core::stop>::run);
  function("nextWake", &Call<&Core::next_wake>::run);
}
