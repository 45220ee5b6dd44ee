// What the workers of the tests do, however they load the SDK: [number, call, ...what it takes] is answered
// by [number, answer].
self.serve = (opening) => {
  const calls = {
    put: async (db, id, value) => {
      await db.collection('notes').put(id, value).acknowledged;
    },
    get: async (db, id) => db.collection('notes').get(id) ?? null,
    watch: async (db) => {
      db.collection('notes')
        .query({})
        .subscribe(() => {});
    },
    status: async (db) => ({ ...db.status() }),
  };
  const answer = (port) => {
    port.onmessage = async ({ data: [number, call, ...rest] }) =>
      port.postMessage([
        number,
        await opening.then((db) => calls[call](db, ...rest)).catch((error) => `${error}`),
      ]);
  };
  if ('onconnect' in self) self.onconnect = ({ ports }) => answer(ports[0]);
  else answer(self);
};
