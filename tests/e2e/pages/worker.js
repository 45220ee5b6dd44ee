// The SDK in a worker of its own or in one that tabs share, asked by messages: [call, ...what it takes].
import { open } from '/sdk/index.web.js';

const opening = open({ url: location.origin, log: 'error' });

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

async function serve(port) {
  port.onmessage = async ({ data: [number, call, ...rest] }) => {
    const answer = await opening.then((db) => calls[call](db, ...rest)).catch((error) => `${error}`);
    port.postMessage([number, answer]);
  };
}

if ('onconnect' in self) self.onconnect = ({ ports }) => serve(ports[0]);
else serve(self);
