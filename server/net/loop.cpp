#include "server/net/loop.h"

#include <chrono>

#include <boost/asio/post.hpp>

#include "server/net/connection.h"

namespace rockpool::net {
namespace {

constexpr int finishing_ticks_max = 10;

std::int64_t steady_ms() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace

QueueLimits queue_limits(const config::Limits& limits, const dialect::StreamTerms& terms) {
  const std::int64_t usual_ms = static_cast<std::int64_t>(limits.queue_seconds) * 1000;
  return {.bytes = limits.queue_bytes,
          .bytes_hard = terms.queue_bytes_max == 0 ? limits.queue_bytes_hard : terms.queue_bytes_max,
          .stalled_ms_max = terms.stalled_ms_max == 0 ? usual_ms : terms.stalled_ms_max};
}

Loop::Loop(Shared& shared, unsigned index) : shared_(shared), index_(index) {}
Loop::~Loop() = default;

void Loop::run() {
  tick();
  thread_ = std::thread([this] { context_.run(); });
}

void Loop::join() {
  if (thread_.joinable()) thread_.join();
}

void Loop::perform(std::vector<CarrierStep> steps) {
  boost::asio::post(context_, [this, steps = std::move(steps)]() mutable {
    for (CarrierStep& step : steps) take(step);
    for (StreamSession* session : to_flush_) session->flush();
    to_flush_.clear();
  });
}

void Loop::take(CarrierStep& step) {
  const CarrierId carrier = std::visit([](const auto& one) { return one.carrier; }, step);
  if (const auto stream = streams_.find(carrier); stream != streams_.end()) {
    StreamSession& session = *stream->second.session;
    if (const auto* send = std::get_if<dialect::SendFrame>(&step)) {
      if (session.send({send->bytes, send->binary, send->tells, send->before, send->after})) {
        to_flush_.push_back(&session);
      }
    }
    if (const auto* close = std::get_if<dialect::CloseStream>(&step)) {
      session.close(static_cast<std::uint16_t>(close->code), close->reason);
    }
    if (const auto* handled = std::get_if<Handled>(&step)) session.handled(handled->bytes);
    return;
  }
  const auto exchange = exchanges_.find(carrier);
  if (exchange == exchanges_.end()) return;
  const std::shared_ptr<Connection> connection = exchange->second;
  if (const auto* accept = std::get_if<dialect::AcceptStream>(&step)) connection->accept(*accept);
  if (const auto* body = std::get_if<dialect::ReadBody>(&step)) connection->read_body(*body);
  if (auto* respond = std::get_if<dialect::Respond>(&step)) connection->respond(std::move(*respond));
  if (const auto* files = std::get_if<dialect::ReadFiles>(&step)) connection->read_files(*files);
  if (auto* file = std::get_if<dialect::RespondFile>(&step)) connection->respond_file(std::move(*file));
  if (std::holds_alternative<dialect::CloseStream>(step)) connection->abort();
}

void Loop::begin(const std::shared_ptr<Connection>& connection) {
  connections_.insert(connection);
  connection->start();
}

void Loop::forget(Connection& connection) {
  connections_.erase(connection.shared_from_this());
  end_if_empty();
}

CarrierId Loop::open_carrier(const std::shared_ptr<Connection>& connection) {
  const CarrierId carrier = ++carriers_made_ << index_bits | index_;
  exchanges_[carrier] = connection;
  return carrier;
}

void Loop::close_carrier(CarrierId carrier) { exchanges_.erase(carrier); }

void Loop::adopt(const dialect::AcceptStream& step, std::shared_ptr<Stream> stream, Slot slot) {
  exchanges_.erase(step.carrier);
  auto session =
      std::make_unique<StreamSession>(step.carrier, std::move(stream), *shared_.inbox, shared_.counters,
                                      queue_limits(shared_.settings.limits, step.terms));
  session->ping_every(step.terms.ping_ms);
  session->accept(step.subprotocol, step.headers);
  streams_[step.carrier] = {std::move(slot), std::move(session)};
}

void Loop::tick() {
  const std::int64_t now_ms = steady_ms();
  std::uint64_t queued_bytes = 0;
  for (auto& [carrier, live] : streams_) {
    live.session->tick(now_ms);
    queued_bytes += live.session->queued_bytes();
  }
  shared_.counters.queued_bytes += queued_bytes - std::exchange(queued_bytes_, queued_bytes);
  std::erase_if(streams_, [](const auto& entry) { return entry.second.session->has_ended(); });
  if (finishing_ && ++finishing_ticks_ > finishing_ticks_max) return context_.stop();
  if (finishing_ && streams_.empty() && connections_.empty()) return context_.stop();
  timer_.expires_after(finishing_ ? std::chrono::milliseconds(200) : std::chrono::milliseconds(1000));
  timer_.async_wait([this](boost::system::error_code problem) {
    if (!problem) tick();
  });
}

void Loop::end_if_empty() {
  if (finishing_ && streams_.empty() && connections_.empty()) context_.stop();
}

void Loop::finish() {
  boost::asio::post(context_, [this] {
    finishing_ = true;
    for (auto& [carrier, live] : streams_) {
      live.session->close(static_cast<std::uint16_t>(wire::CloseCode::going_away),
                          "the server is going down");
    }
    const auto connections = connections_;
    for (const auto& connection : connections) connection->finish();
    timer_.cancel();
    boost::asio::post(context_, [this] { tick(); });
  });
}

}  // namespace rockpool::net
