#include "wasm/drain.h"

#include <map>
#include <set>

#include "core/dialect/dialects.h"
#include "wasm/json_out.h"
#include "wasm/views.h"

namespace rockpool::wasm {
namespace {

std::string_view name_of(dialect::Carrier kind) {
  switch (kind) {
    case dialect::Carrier::websocket: return "websocket";
    case dialect::Carrier::sse: return "sse";
    case dialect::Carrier::poll: return "poll";
  }
  return "";
}

std::string_view name_of(sync::WantToken::Reason reason) {
  switch (reason) {
    case sync::WantToken::Reason::start: return "start";
    case sync::WantToken::Reason::expiring: return "expiring";
    case sync::WantToken::Reason::refused: return "refused";
  }
  return "";
}

std::string characters(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    if (byte < 0) text += static_cast<char>(0xc0 | (byte >> 6 & 3));
    text += byte < 0 ? static_cast<char>(0x80 | (byte & 63)) : byte;
  }
  return text;
}

void put_headers(JsonOut& out, const wire::Headers& headers) {
  out.open('[');
  for (const auto& [name, value] : headers) out.open('[').text(name).text(value).close(']');
  out.close(']');
}

// One event per effect, but for rows: those are gathered, since one record may move many times between two
// drains.
struct Writer {
  FileQueue& files;
  JsonOut out;
  std::map<std::string, std::set<std::string>> moved;

  JsonOut& event(std::string_view name) { return out.open('[').text(name); }

  void operator()(const dialect::OpenStream& open) {
    event("open").number(open.carrier).text(name_of(open.kind)).text(open.url).text(open.subprotocol);
    put_headers(out, open.headers);
    out.close(']');
  }
  void operator()(const dialect::SendFrame& send) {
    // Bytes that are no text go as one character each.
    const bool is_binary = !dialect::always_reads_whole && send.binary;
    event("send").number(send.carrier).text(is_binary ? characters(*send.bytes) : *send.bytes);
    if (is_binary) out.number(1);
    out.close(']');
  }
  void operator()(const dialect::CloseStream& close) {
    event("close").number(close.carrier).number(static_cast<int>(close.code)).text(close.reason).close(']');
  }
  void operator()(const dialect::Exchange& exchange) {
    event("exchange")
        .number(exchange.is_last ? 0 : exchange.carrier)
        .text(exchange.head.method)
        .text(exchange.url);
    put_headers(out, exchange.head.headers);
    out.text(exchange.body).close(']');
  }
  void operator()(sync::Persist& persist) {
    for (journal::FileOp& op : persist.ops) files.push_back(std::move(op));
    event("persist").number(persist.number).close(']');
  }
  void operator()(const sync::WantToken& want) { event("token").text(name_of(want.reason)).close(']'); }
  void operator()(sync::Shown& shown) {
    for (model::Key& key : shown.rows) moved[std::move(key.collection)].insert(std::move(key.id));
  }
  void operator()(const sync::KnownMoved& known) { event("known").text(known.collection).close(']'); }
  void operator()(const sync::WritesMoved& writes) {
    event("writes").text(sync::name_of(writes.state));
    for (const std::uint64_t number : writes.numbers) out.number(number);
    out.close(']');
  }
  void operator()(const sync::Refused& refused) {
    event("refused");
    put_write(out, refused.write);
    out.close(']');
  }
  void operator()(const sync::StatusMoved&) { event("status").close(']'); }
  void operator()(const sync::ConflictsMoved&) { event("conflicts").close(']'); }
  void operator()(const sync::Merged& merged) { put_clash("merged", merged.clash); }
  void operator()(const sync::Clashed& clashed) { put_clash("conflict", clashed.clash); }
  void operator()(const sync::AskPolicy& ask) {
    event("ask").number(ask.ticket);
    put_conflict(out, ask.clash);
    out.close(']');
  }
  void operator()(const sync::WasReset& reset) {
    if (dialect::always_reads_whole) return;
    event("reset").text(reset.reason).open('[');
    for (const model::Key& key : reset.lost) {
      out.open('{').key("collection").text(key.collection).key("id").text(key.id).close('}');
    }
    out.close(']').close(']');
  }
  void operator()(const sync::PresenceMoved& presence) {
    if (dialect::has_presence) event("presence").text(presence.room).close(']');
  }
  void operator()(const dialect::Signal& signal) {
    if (dialect::has_signals) event("signal").raw(signal.text).close(']');
  }
  void operator()(const sync::Logged& logged) {
    event("log");
    put_error(out, logged.error);
    out.close(']');
  }

  void put_clash(std::string_view name, const sync::ConflictView& clash) {
    event(name);
    put_conflict(out, clash);
    out.close(']');
  }
  void put_rows() {
    for (const auto& [collection, ids] : moved) {
      event("rows").text(collection);
      for (const std::string& id : ids) out.text(id);
      out.close(']');
    }
  }
};

}  // namespace

std::string drain(sync::Engine& engine, FileQueue& files, Queries& queries) {
  Writer writer{files, {}, {}};
  writer.out.open('[');
  while (auto effect = engine.poll()) std::visit(writer, *effect);
  writer.put_rows();
  for (const auto& [collection, ids] : writer.moved) queries.moved(engine, collection, ids);
  queries.put_events(engine, writer.out);
  writer.out.close(']');
  return writer.out.take();
}

}  // namespace rockpool::wasm
