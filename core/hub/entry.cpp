#include "core/hub/entry.h"

#include "core/base/buffer.h"
#include "core/base/hash.h"

namespace rockpool::hub {
namespace {

// batch   := format:u8 space:text write_id:text time:signed
//            count change*  count mark*  count outcome*
// change  := collection:text id:text version born num data:text meta:text created:signed updated:signed
//            previous writer:text number
// mark    := user:text client:text settled count except* highest seen:signed
// outcome := mark number version
//
// Numbers are varints. `except` rises and is stored as differences.
constexpr std::uint8_t format = 1;

void write_change(base::BufferWriter& out, const model::Change& change) {
  const model::Record& record = change.record;
  out.text(record.key.collection).text(record.key.id);
  out.number(record.version).number(record.born).number(record.num).text(record.data).text(record.meta);
  out.signed_number(record.created.ms).signed_number(record.updated.ms);
  out.number(change.previous).text(change.writer).number(change.number);
}

model::Change read_change(base::BufferReader& in) {
  model::Change change;
  model::Record& record = change.record;
  record.key.collection = in.text();
  record.key.id = in.text();
  record.version = in.number();
  record.born = in.number();
  record.num = in.number();
  record.data = in.text();
  record.meta = in.text();
  record.created.ms = in.signed_number();
  record.updated.ms = in.signed_number();
  change.previous = in.number();
  change.writer = in.text();
  change.number = in.number();
  return change;
}

void write_mark(base::BufferWriter& out, const ClientMark& mark) {
  out.text(mark.user).text(mark.client).number(mark.settled).number(mark.except.size());
  std::uint64_t before = 0;
  for (const std::uint64_t number : mark.except) {
    out.number(number - before);
    before = number;
  }
  out.number(mark.highest).signed_number(mark.seen.ms);
}

ClientMark read_mark(base::BufferReader& in) {
  ClientMark mark;
  mark.user = in.text();
  mark.client = in.text();
  mark.settled = in.number();
  std::uint64_t before = 0;
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    before += in.number();
    mark.except.push_back(before);
  }
  mark.highest = in.number();
  mark.seen.ms = in.signed_number();
  return mark;
}

void write_outcome(base::BufferWriter& out, const StoredOutcome& outcome) {
  out.number(outcome.mark).number(outcome.number).number(outcome.version);
}

StoredOutcome read_outcome(base::BufferReader& in) {
  const std::uint64_t mark = in.number();
  const std::uint64_t number = in.number();
  return {.mark = mark > UINT32_MAX ? UINT32_MAX : static_cast<std::uint32_t>(mark),
          .number = number,
          .version = in.number()};
}

// A count that lies is found at the first item that is missing, so nothing is reserved on its word.
template <typename T, typename ReadOne>
std::vector<T> read_list(base::BufferReader& in, ReadOne read_one) {
  std::vector<T> list;
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) list.push_back(read_one(in));
  return list;
}

base::Error damaged(const char* what) {
  return {.code = base::Code::storage, .message = std::string("log entry: ") + what, .path = {}};
}

}  // namespace

std::string encode(const Batch& batch) {
  base::BufferWriter out;
  out.byte(format).text(batch.space).text(batch.write_id).signed_number(batch.time.ms);
  out.number(batch.changes.size());
  for (const model::Change& change : batch.changes) write_change(out, change);
  out.number(batch.marks.size());
  for (const ClientMark& mark : batch.marks) write_mark(out, mark);
  out.number(batch.outcomes.size());
  for (const StoredOutcome& outcome : batch.outcomes) write_outcome(out, outcome);
  return out.take();
}

base::Result<Batch> decode(std::string_view bytes) {
  base::BufferReader in(bytes);
  if (in.byte() != format) return damaged("of a format this version does not know; use a newer Rockpool");
  Batch batch;
  batch.space = in.text();
  batch.write_id = in.text();
  batch.time.ms = in.signed_number();
  batch.changes = read_list<model::Change>(in, read_change);
  batch.marks = read_list<ClientMark>(in, read_mark);
  batch.outcomes = read_list<StoredOutcome>(in, read_outcome);
  if (!in.whole()) return damaged("its bytes end too early or too late; restore a backup");
  for (const StoredOutcome& outcome : batch.outcomes) {
    if (outcome.mark >= batch.marks.size()) return damaged("an outcome names no client; restore a backup");
  }
  return batch;
}

std::uint64_t next_chain(std::uint64_t previous_chain, std::string_view batch_bytes) {
  return base::hash64(batch_bytes, previous_chain);
}

}  // namespace rockpool::hub
