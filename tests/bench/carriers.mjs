// For each carrier: from a cut of every connection to live again, and the bytes on the wire, heads included,
// for 1,000 small changes made one after another by one client and followed by another.
import { spawn } from 'node:child_process';
import net from 'node:net';
import { open } from '../../dist/index.node.js';

const changes = 1000;
const cuts = 3;
// A carrier that is cut twice after less than ten seconds is passed over.
const healthyMs = 10_500;

/** Counts what passes, and cuts. */
class Wire {
  bytes = 0;
  #sockets = new Set();
  #server;

  async start(port) {
    this.#server = net.createServer((near) => {
      const far = net.connect(port, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ]) {
        this.#sockets.add(one);
        one.on('data', (data) => (this.bytes += data.length));
        one.on('error', () => {});
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  cut() {
    for (const socket of this.#sockets) socket.destroy();
  }

  stop() {
    this.cut();
    this.#server.close();
  }
}

async function serve() {
  const program = process.env.ROCKPOOL ?? 'build/release/rockpool';
  const child = spawn(program, [
    'serve',
    '--listen',
    '127.0.0.1:0',
    '--data',
    ':memory:',
    '--log-level',
    'error',
  ]);
  const url = await new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout.on('data', (data) => {
      const said = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(data);
      if (said) resolve(said[1]);
    });
  });
  return { child, port: Number(url) };
}

/** Until the row of `db` is so. */
const seen = (db, id, holds) =>
  new Promise((resolve) => {
    const stop = db
      .collection('bench')
      .query()
      .subscribe((rows) => {
        if (!rows.some((row) => row.id === id && holds(row))) return;
        resolve();
        queueMicrotask(() => stop());
      });
  });

async function measure(transport, wire, url) {
  const options = (store) => ({
    url,
    transports: [transport],
    store: `${store}-${transport}`,
    storage: 'memory',
    log: () => {},
  });
  const [writer, reader] = [await open(options('writer')), await open(options('reader'))];
  const notes = writer.collection('bench');
  const { id } = notes.insert({ carrier: transport, n: 0 });
  await seen(reader, id, () => true);

  const before = wire.bytes;
  for (let n = 1; n <= changes; n++) {
    const follows = seen(reader, id, (row) => row.n === n);
    notes.update(id, { n });
    await follows;
  }
  await writer.synced();
  const bytes = Math.round((wire.bytes - before) / changes);

  const times = [];
  for (let n = 1; n <= cuts; n++) {
    await new Promise((resolve) => setTimeout(resolve, healthyMs));
    const began = performance.now();
    wire.cut();
    const follows = seen(reader, id, (row) => row.n === -n);
    notes.update(id, { n: -n });
    await follows;
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  await writer.close();
  await reader.close();
  return { bytes, median: Math.round(times[cuts >> 1]), worst: Math.round(times.at(-1)) };
}

const { child, port } = await serve();
const wire = new Wire();
try {
  const url = await wire.start(port);
  let floor;
  for (const transport of ['websocket', 'sse', 'poll']) {
    if (transport === 'websocket' && !globalThis.WebSocket) {
      console.log('carriers, websocket   left out: this Node has none, run it with --experimental-websocket');
      continue;
    }
    const { bytes, median, worst } = await measure(transport, wire, url);
    floor ??= bytes;
    console.log(
      `carriers, ${transport.padEnd(10)}  ${bytes} bytes a change (${(bytes / floor).toFixed(1)} x), ` +
        `from a cut to live again ${median} ms (worst of ${cuts}: ${worst} ms)`,
    );
  }
} finally {
  wire.stop();
  child.kill();
}
