// One person with the SDK, on disk, who never stops writing and remembers what was written.
import { sleep } from '../server/world.mjs';

const kept = 50;

export class Client {
  rows = new Map();
  added = 0;
  written = 0;
  paused = 0;
  reopened = 0;
  #made = 0;

  static async open(open, { url, dir, name, problems }) {
    const client = new Client();
    Object.assign(client, { open, name, problems, options: { url, dir, log: 'error' } });
    await client.#connect();
    await client.query.ready();
    await client.sums.ready();
    return client;
  }

  async #connect() {
    this.db = await this.open(this.options);
    for (const event of ['refused', 'conflict', 'reset', 'error']) {
      this.db.on(event, (what) => this.problems.push(`${this.name}: ${event} ${describe(what)}`));
    }
    this.query = this.db.collection('rows').query();
    this.sums = this.db.collection('sums').query();
    for (const live of [this.query, this.sums]) live.subscribe(() => {});
  }

  async live(goesOn) {
    while (goesOn()) {
      this.#write();
      const chance = Math.random();
      if (chance < 0.02) await this.#goOffline();
      else if (chance < 0.03) await this.#reopen();
      await sleep(50 + 100 * Math.random());
    }
  }

  /** A row more, the oldest one less, and one more in the sum of all. */
  #write() {
    const rows = this.db.collection('rows');
    // Ids come again: the server keeps what tells of a removed one as long as the log, by design.
    const id = `${this.name}-${++this.#made % (2 * kept)}`;
    rows.insert({ id, n: this.#made, text: 'x'.repeat(200) });
    this.rows.set(id, this.#made);
    this.db.collection('sums').increment('all', 'n');
    this.added++;
    this.written += 2;
    if (this.rows.size <= kept) return;
    const [oldest] = this.rows.keys();
    rows.remove(oldest);
    this.rows.delete(oldest);
    this.written++;
  }

  async #goOffline() {
    this.paused++;
    this.db.pause();
    for (let i = 0; i < 5; i++, await sleep(200 * Math.random())) this.#write();
    this.db.resume();
  }

  async #reopen() {
    this.reopened++;
    await this.db.close();
    await this.#connect();
  }

  synced() {
    return this.db.synced();
  }
  all(collection) {
    return this.db.collection(collection).query()().rows;
  }
  sum() {
    return this.db.collection('sums').get('all')?.n;
  }
}

function describe({ message, code, reason, error, id, theirs, mine }) {
  return message ?? JSON.stringify({ code, reason, error: error?.message, id, theirs, mine });
}
