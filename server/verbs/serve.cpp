#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <set>

#include <sys/resource.h>

#include "core/base/text.h"
#include "core/dialect/dialects.h"
#include "core/dialect/file_meta.h"
#include "server/clock.h"
#include "server/config/rules.h"
#include "server/hub_thread.h"
#include "server/net/server.h"
#include "server/verbs/common.h"
#include "server/verbs/verbs.h"

namespace rockpool::verbs {
namespace {

// The three signals we answer, for sigwait: blocked in every thread.
sigset_t answered_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

void prepare_process() {
  const sigset_t signals = answered_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // Each connection takes a descriptor; the usual soft limit of 1,024 is for programs with select().
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
}

void wait_for_end(const std::function<void()>& reload) {
  const sigset_t signals = answered_signals();
  for (int signal = 0; signal != SIGTERM && signal != SIGINT;) {
    sigwait(&signals, &signal);
    if (signal == SIGHUP) reload();
  }
}

std::optional<net::TlsFiles> tls_files(const config::Config& config) {
  if (!config.tls.is_on()) return std::nullopt;
  return net::TlsFiles{config.tls.certificate, config.tls.key};
}

// The SDK as built beside the program: build/<preset>/rockpool and dist/.
std::string sdk_folder(const config::Config& config) {
  if (!config.sdk.empty()) return config.sdk;
  std::error_code problem;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", problem);
  return problem ? "" : (program.parent_path() / "../../dist").lexically_normal().string();
}

void warn_of_open_spaces(const config::Config& config, const server::Log& log) {
  for (const auto& [name, space] : config.spaces) {
    if (!space.is_open()) continue;
    log.warn(
        "everybody who reaches this port may read and write this space; close it by spaces.<name>.access",
        {{"space", name}, {"address", config::host_in_url(config.listen)}});
  }
}

base::Result<config::Config> read_serve(const Words& words, server::LogLevel& level) {
  const auto arguments = Arguments::read(words, {.options = {"--config", "--listen", "--data", "--log-level"},
                                                 .switches = {},
                                                 .places = {},
                                                 .places_min = 0});
  if (!arguments.ok()) return arguments.error();
  const auto named = server::log_level_of(arguments->value("--log-level").value_or("info"));
  if (!named) return base::Error{base::Code::usage, "--log-level must be error, warn, info or debug", ""};
  level = *named;
  auto config = read_settings(*arguments);
  if (!config.ok()) return config;
  if (const auto fits = config::check(*config); !fits.ok()) return fits.error();
  return config;
}

dialect::SessionLimits session_limits(const config::Limits& limits) {
  return {.sessions = limits.connections,
          .of_an_address = limits.connections_per_address,
          .count_loopback = limits.count_loopback,
          .of_a_user = limits.connections_per_user,
          .subscriptions = limits.subscriptions,
          .messages = {limits.messages_per_second, limits.messages_burst},
          .messages_of_a_user = {limits.user_messages_per_second, limits.user_messages_burst}};
}

// The parts in the order in which they stand on each other.
class Service {
 public:
  // `words` say where the configuration comes from.
  Service(const config::Config& config, const Words& words, const server::Log& log, net::Site site)
      : config_(config),
        words_(words),
        log_(log),
        shelf_(config.limits),
        network_({config.listen, config.limits, tls_files(config), &shelf_}, std::move(site), log),
        hub_(hub_limits(config.limits), base::Prng(server::random_seed())),
        gateway_(hub_, base::Prng(server::random_seed()), "rockpool/" ROCKPOOL_VERSION) {}

  base::Status open() {
    const auto port = network_.bind();
    if (!port.ok()) return port.error();
    port_ = *port;
    auto store = open_store(config_, [this](hub::Event event) { hub_thread_->happened(std::move(event)); });
    if (!store.ok()) return store.error();
    store_ = std::move(*store);
    gateway_.set_rights(config::rights_of(config_));
    hub_.set_schemas(std::make_shared<const schema::Schemas>(config_.schemas));
    if (const auto loaded = hub_.load(store_->backplane(), server::now()); !loaded.ok()) {
      return about(config_.data, loaded.error());
    }
    if (const auto opened = open_shelf(); !opened.ok()) return opened;
    const auto mounted = gateway_.mount({.path = "",
                                         .hosts = {},
                                         .dialect = dialect::find_dialect("native"),
                                         .space = "default",
                                         .settings = "{}",
                                         .origins = {.any = false, .listed = config_.allowed_origins},
                                         .limits = session_limits(config_.limits)});
    if (!mounted.ok()) return mounted.error();
    if (const auto done = mount_dialects(); !done.ok()) return done;
    hooks_.emplace(
        hooks::Hooks::Parts{hub_, gateway_, store_->backplane(), client_, log_,
                            [this](std::function<void()> errand) { hub_thread_->later(std::move(errand)); }},
        config_.hooks, base::Prng(server::random_seed()));
    hub_thread_.emplace(server::HubThread::Parts{hub_, gateway_, store_->backplane(), config_, log_, *hooks_,
                                                 client_, shelf_});
    return base::done();
  }

  // Files whose record was never written, or is gone since, go too.
  base::Status open_shelf() {
    if (config_.in_memory()) return base::done();
    if (const auto opened = shelf_.open(config_.data); !opened.ok()) return opened;
    std::set<std::string> named;
    if (shelf_.store().files() > 0) {
      hub_.each([&](const model::Record& record) {
        if (auto file = dialect::file_of(record.meta)) named.insert(std::move(file->id));
      });
    }
    const std::uint64_t dropped = shelf_.store().keep_only(named);
    if (dropped > 0) log_.info("files without a record were removed", {{"files", base::decimal(dropped)}});
    return base::done();
  }

  dialect::Sharing sharing(const std::string& space) const {
    const auto held = config_.spaces.find(space);
    const bool is_open = held == config_.spaces.end() || held->second.is_open();
    dialect::Sharing sharing{.is_open = is_open, .names = {}};
    if (is_open) sharing.names = {"*"};
    if (held != config_.spaces.end() && held->second.share) sharing.names = *held->second.share;
    return sharing;
  }

  base::Status mount_dialects() {
    for (const auto& [name, place] : config_.dialects) {
      gateway::Mount mount{.path = place.mount,
                           .hosts = place.hosts,
                           .dialect = dialect::find_dialect(name),
                           .space = place.space,
                           .settings = place.settings,
                           .limits = session_limits(config_.limits),
                           .sharing = sharing(place.space),
                           .public_url = config_.public_url,
                           .is_secure = config_.tls.is_on()};
      mount.origins.listed = place.origins.value_or(std::vector<std::string>{"*"});
      mount.origins.any = std::erase(mount.origins.listed, "*") > 0;
      if (const auto mounted = gateway_.mount(mount); !mounted.ok()) {
        return about("dialects." + name, mounted.error());
      }
    }
    return base::done();
  }

  void run() {
    hub_thread_->start(network_);
    network_.start(*hub_thread_);
    const std::string port = base::decimal(std::uint64_t{port_});
    const char* const scheme = config_.tls.is_on() ? "https" : "http";
    std::printf("listening on %s://%s:%s\n", scheme, config::host_in_url(config_.listen).c_str(),
                port.c_str());
    std::fflush(stdout);
    log_.info("ready", {{"data", config_.data}, {"port", port}});
    wait_for_end([this] { reload(); });
    log_.info("going down: nobody new is served, what was accepted is stored first");
    hub_thread_->drain();
    network_.stop_accepting();
    network_.finish();
    shelf_.finish();  // its jobs report to the network
    log_.info("ended");
  }

 private:
  // All parts take the new configuration, or none does.
  void reload() {
    constexpr std::string_view stays = "SIGHUP: everything stays as it was";
    server::LogLevel level{};
    auto read = read_serve(words_, level);
    if (!read.ok()) return log_.error(stays, {{"problem", read.error().message}});
    const auto config = std::make_shared<const config::Config>(std::move(*read));
    std::vector<std::function<void()>> steps;
    for (server::Reloadable* const part :
         std::initializer_list<server::Reloadable*>{&*hub_thread_, &network_}) {
      auto step = part->prepare(config);
      if (!step.ok()) return log_.error(stays, {{"problem", step.error().message}});
      steps.push_back(std::move(*step));
    }
    for (const auto& take : steps) take();
    log_.info(
        "SIGHUP: users, keys, tokens and rights were read again, and the certificate; other settings need a "
        "new "
        "start");
  }

  const config::Config& config_;
  const Words& words_;
  const server::Log& log_;
  files::Shelf shelf_;
  net::Server network_;
  hub::Hub hub_;
  gateway::Gateway gateway_;
  std::optional<hooks::Hooks> hooks_;
  std::optional<server::HubThread> hub_thread_;
  net::HttpClient client_;        // its thread reports to the hub's
  std::unique_ptr<Store> store_;  // goes first: its threads report to the hub's thread
  std::uint16_t port_ = 0;
};

}  // namespace

base::Status serve(const Words& words) {
  server::LogLevel level = server::LogLevel::info;
  const auto config = read_serve(words, level);
  if (!config.ok()) return config.error();
  const server::Log log(level);
  prepare_process();
  warn_of_open_spaces(*config, log);
  auto site = net::Site::make({config->www, sdk_folder(*config), {config->file, config->data}});
  if (!site.ok()) return site.error();
  Service service(*config, words, log, std::move(*site));
  if (const auto opened = service.open(); !opened.ok()) return opened;
  service.run();
  return base::done();
}

}  // namespace rockpool::verbs
