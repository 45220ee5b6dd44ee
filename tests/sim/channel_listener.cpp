#include "tests/sim/channel_listener.h"

#include "core/model/value.h"

namespace rockpool::sim {
namespace {

constexpr int session_bits = 32;
constexpr std::size_t event_bytes_max = 1 << 20;
// The server says something every 15 seconds.
constexpr std::int64_t silence_ms = 40'000;

}  // namespace

ChannelListener::ChannelListener(Setting& setting, Network& network, int index, std::size_t query)
    : setting_(setting),
      network_(network),
      index_(index),
      name_("channel" + std::to_string(query)),
      query_(query),
      reader_(event_bytes_max) {}

dialect::CarrierId ChannelListener::carrier() const { return attempt_ << session_bits; }

void ChannelListener::leave() {
  phase_ = Phase::gone;
  network_.close_by_client(index_, carrier());
}

// ---- the channel ------------------------------------------------------------------------------------------

void ChannelListener::ask() {
  phase_ = Phase::asking;
  ++attempt_;
  heard_at_ = setting_.now();
  last_event_.clear();
  const Models::Query& query = setting_.models->queries()[query_];
  std::string body = R"({"query":)";
  model::append_quoted(body, query.text);
  if (!query.variables.empty()) body += R"(,"variables":)" + query.variables;
  body += '}';
  note("asks for a channel", body);
  wire::Headers headers = {{"Authorization", "Bearer good-1"}};
  if (query.view == datocms::View::newest) headers.emplace_back("X-Include-Drafts", "true");
  network_.exchange(index_, {.carrier = carrier(),
                             .url = "http://sim.example/datocms/listen",
                             .head = {.method = "POST", .path = "", .query = {}, .headers = headers},
                             .body = body});
  look_after(attempt_);
}

void ChannelListener::open() {
  phase_ = Phase::open;
  ++attempt_;
  heard_at_ = setting_.now();
  reader_ = wire::SseReader(event_bytes_max);
  note("opens its channel", last_event_);
  wire::Headers headers;
  if (!last_event_.empty()) headers.emplace_back("Last-Event-ID", last_event_);
  network_.open(index_, {.carrier = carrier(),
                         .kind = dialect::Carrier::sse,
                         .url = url_,
                         .subprotocol = "",
                         .headers = std::move(headers)});
  look_after(attempt_);
}

void ChannelListener::come_back(bool to_same) {
  const dialect::CarrierId ended = carrier();
  ++attempt_;  // of the last one nothing is heard any more
  network_.close_by_client(index_, ended);
  setting_.schedule.in(1'000 + setting_.some_ms(2'000), [this, to_same, attempt = attempt_] {
    if (attempt != attempt_ || phase_ == Phase::gone) return;
    to_same ? open() : ask();
  });
}

void ChannelListener::look_after(std::uint64_t attempt) {
  setting_.schedule.in(silence_ms, [this, attempt] {
    if (attempt != attempt_ || phase_ == Phase::gone) return;
    if (setting_.now() - heard_at_ >= silence_ms) return come_back(phase_ == Phase::open);
    look_after(attempt);
  });
}

// ---- hearing ----------------------------------------------------------------------------------------------

void ChannelListener::hears(const Link& link, const dialect::Arrival& arrival) {
  if (phase_ == Phase::gone || link.client_carrier != carrier()) return;
  heard_at_ = setting_.now();
  if (const auto* closed = std::get_if<dialect::Closed>(&arrival)) {
    note("is cut off", std::to_string(closed->code));
    constexpr int gone_status = 410;
    return come_back(phase_ == Phase::open && closed->code != gone_status);
  }
  if (const auto* body = std::get_if<dialect::Body>(&arrival)) {
    note("is answered " + std::to_string(body->status), body->bytes);
    const auto said = model::read(body->status == 200 ? body->bytes : "null");
    const std::string* url = said ? model::text_member(*said, "url") : nullptr;
    if (url == nullptr) return come_back(false);
    url_ = *url;
    return open();
  }
  const auto* frame = std::get_if<dialect::Frame>(&arrival);
  if (frame == nullptr) return;
  note("hears", frame->bytes);
  std::string_view bytes = frame->bytes;
  const std::uint64_t attempt = attempt_;
  while (attempt == attempt_ && reader_.read(bytes)) {
    if (!reader_.id().empty()) last_event_ = reader_.id();
    told(reader_.type(), reader_.data());
  }
}

void ChannelListener::told(std::string_view type, std::string_view data) {
  const auto said = model::read(data);
  if (!said) return fail(invariant::contract, "is told what is no JSON");
  if (type == "channelError") {
    if (model::bool_member(*said, "fatal").value_or(true))
      fail(invariant::contract, "is told that its query is wrong: " + std::string(data));
    return come_back(false);
  }
  const model::Value* response = model::member(*said, "response");
  if (type != "update" || response == nullptr)
    return fail(invariant::contract, "is told what it does not understand");
  response_ = model::write(*response);
  const auto place = setting_.models->find(query_, place_, response_);
  if (!place)
    return fail(invariant::feed, "is told what was not so, or not after what it knew: " + response_);
  place_ = *place;
}

std::string ChannelListener::disagreement() const {
  const std::string& truth = setting_.models->result(query_);
  if (response_ == truth) return {};
  return "was told " + response_ + " of " + setting_.models->queries()[query_].text + ", which comes to " +
         truth;
}

}  // namespace rockpool::sim
