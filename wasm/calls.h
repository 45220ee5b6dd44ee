// What JavaScript may tell and ask. web/src/calls.ts has the same names in the same order.
//
// Beside each: `number`, then the texts. Nothing is to be told or asked but `make` before `restore` has
// answered.
#pragma once

namespace rockpool::wasm {

enum class Tell : int {
  make,            // options; wrong ones make a core whose `restore` gives the error
  add_file,        // name, bytes: a file of the store, before restore
  frame,           // carrier; text
  body,            // carrier; status, cursor, bytes: what an exchange answered; status 0: a piece of a stream
  dismiss,         // key
  decide,          // ticket; answer (0 manual, 1 delete, 2 the value), value
  keep,            // collection, and perhaps an id
  pause,           // 1 or 0
  more,            // id of the query; how many
  unwatch,         // id of the query
  presence,        // room, member, state
  watch_presence,  // 1 or 0; room
  signal,          // JSON text of a dialect::Signal
  opened,          // carrier
  closed,          // carrier; code, reason
  op_done,
  persisted,       // number of the step
  persist_failed,  // why
  persist_recovered,
  token,    // 1 known, 0 not; token
  online,   // 1 or 0
  visible,  // 1 or 0
  wake,
  stop,
  refuse,  // op; code, message
};

// Answered by a text unless another answer is named.
enum class Ask : int {
  reserve,  // how many bytes: memory for texts, valid until it is asked for again; its address
  out,      // the address of the last text answer
  restore,  // {"cutBytes", "problem"} or {"error"}
  write,  // tab, op, then writes, each five texts: kind (a digit), collection, id, path, data. The number of
          // the first, the others follow it; or the length of an {"error"}, negative
  row,    // collection, id: the record's JSON text, or nothing
  drain,
  cancel,      // key; 1 or 0
  retry,       // op; tab, key, value: a write or {"error"}
  resolve,     // 1 if it is to a value; collection, id, what to: a write or {"error"}
  meta,        // collection, id
  known,       // collection; 0 unknown, 1 cached, 2 complete
  count,       // collection, where: a number or {"error"}
  find_write,  // key: a write or nothing
  pending,
  conflicts,
  status,
  client,
  export_all,
  watch_query,  // id; collection, spec: nothing or {"error"}; from then on `query` events with that id
  peers,        // room
  op_kind,  // what a `persist` event asks for, to be performed in order and then synced: 1 append, 2 create,
            // 3 remove, 0 no more. An operation stays until op_done, so one that failed is tried again
  op_name,
  op_bytes,    // the address
  op_size,     // the number
  next_wake,   // milliseconds since 1970, or -1 for never
  begin_news,  // several tabs, see core/sync/engine.h; these two give bytes
  news,
  mirror,     // bytes; 1 or 0
  abilities,  // of the dialect, one bit each in the order of dialect::Abilities
};

}  // namespace rockpool::wasm
