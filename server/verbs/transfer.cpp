#include "server/verbs/transfer.h"

#include "core/dialect/dialects.h"
#include "core/model/names.h"
#include "server/clock.h"
#include "server/transfer/local.h"
#include "server/transfer/remote.h"
#include "server/verbs/common.h"

namespace rockpool::verbs {
namespace {

using Work = std::function<base::Status(transfer::Target&)>;

base::Error wrong(std::string what) { return {base::Code::usage, std::move(what), ""}; }

// Only one process may have a folder.
base::Error advised(base::Error error) {
  if (error.code == base::Code::refused) {
    error.message += "; while it runs, use --url http://HOST:PORT instead of --data";
  }
  return error;
}

base::Status on_server(const Arguments& arguments, const std::string& space, const Work& work) {
  auto target = transfer::RemoteTarget::open(
      *dialect::find_dialect("native"),
      {.url = *arguments.value("--url"), .space = space, .token = arguments.value("--token").value_or("")});
  if (!target.ok()) return target.error();
  return work(**target);
}

base::Status on_folder(const Arguments& arguments, const std::string& space, const Work& work) {
  const auto config = read_settings(arguments);
  if (!config.ok()) return config.error();
  if (config->in_memory()) return wrong("--data :memory: holds nothing; name a folder, or a server by --url");
  transfer::EventQueue events;
  auto store = open_store(*config, [&events](hub::Event event) { events.put(std::move(event)); });
  if (!store.ok()) return advised(store.error());
  hub::Hub hub(hub_limits(config->limits), base::Prng(server::random_seed()));
  if (const auto loaded = hub.load((*store)->backplane(), server::now()); !loaded.ok()) {
    return about(config->data, loaded.error());
  }
  transfer::LocalTarget target(hub, (*store)->backplane(), events, space);
  return work(target);
}

}  // namespace

base::Result<std::string> read_collection(const Arguments& arguments) {
  const auto collection = arguments.value("--collection");
  if (!collection) return wrong("--collection is missing");
  const auto fits = model::check_collection(*collection);
  if (!fits.ok()) return wrong("--collection: " + fits.error().message);
  return *collection;
}

base::Status with_target(const Arguments& arguments, const Work& work) {
  const std::string space = arguments.value("--space").value_or("default");
  if (const auto fits = model::check_space(space); !fits.ok()) {
    return wrong("--space: " + fits.error().message);
  }
  const bool folder = arguments.has("--data") || arguments.has("--config");
  const bool server = arguments.has("--url");
  if (folder == server) {
    return wrong("name either a folder, by --data or --config, or a running server, by --url");
  }
  if (arguments.has("--token") && !server) return wrong("--token goes with --url");
  return server ? on_server(arguments, space, work) : on_folder(arguments, space, work);
}

}  // namespace rockpool::verbs
