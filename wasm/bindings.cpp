// The one class JavaScript sees. It stays hidden behind the SDK's facade; core.h says what each call does.
#include <emscripten/bind.h>

#include "wasm/core.h"

using rockpool::wasm::Core;

EMSCRIPTEN_BINDINGS(rockpool) {
  emscripten::class_<Core>("Core")
      .constructor<const std::string&>()
      .function("reserve", &Core::reserve)
      .function("out", &Core::out)
      .function("restore", &Core::restore)
      .function("write", &Core::write)
      .function("outSize", &Core::out_size)
      .function("origin", &Core::origin)
      .function("row", &Core::row)
      .function("frame", &Core::frame)
      .function("drain", &Core::drain)
      .function("cancel", &Core::cancel)
      .function("retry", &Core::retry)
      .function("dismiss", &Core::dismiss)
      .function("resolve", &Core::resolve)
      .function("decide", &Core::decide)
      .function("keep", &Core::keep)
      .function("pause", &Core::pause)
      .function("meta", &Core::meta)
      .function("known", &Core::known)
      .function("count", &Core::count)
      .function("findWrite", &Core::find_write)
      .function("pending", &Core::pending)
      .function("conflicts", &Core::conflicts)
      .function("status", &Core::status)
      .function("client", &Core::client)
      .function("exportAll", &Core::export_all)
      .function("watchQuery", &Core::watch_query)
      .function("more", &Core::more)
      .function("unwatch", &Core::unwatch)
      .function("presence", &Core::presence)
      .function("watchPresence", &Core::watch_presence)
      .function("peers", &Core::peers)
      .function("opened", &Core::opened)
      .function("closed", &Core::closed)
      .function("writeFiles", &Core::write_files)
      .function("persisted", &Core::persisted)
      .function("persistFailed", &Core::persist_failed)
      .function("persistRecovered", &Core::persist_recovered)
      .function("token", &Core::token)
      .function("online", &Core::online)
      .function("visible", &Core::visible)
      .function("wake", &Core::wake)
      .function("stop", &Core::stop)
      .function("nextWake", &Core::next_wake);
}
