// A server small enough to be read in one go, in this process: it speaks rockpool.v1 over sockets that are
// plain objects.
// One space, last come last served; what it refuses or answers with a conflict is said by the test.

const settle = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

export class FakeServer {
  records = new Map(); // collection -> id -> { version, data, createdAt, updatedAt }
  seq = 0;
  sockets = new Set();
  pushed = [];
  hellos = [];
  /** (mutation) -> { code, message, path? } to refuse it. */
  refuse = () => undefined;
  user = null;
  up = true;
  /** Answers to a hello instead of a welcome. */
  error = undefined;
  applied = new Map(); // client#number -> { version, seq }

  get WebSocket() {
    const server = this;
    return class {
      readyState = 0;
      constructor(url, protocol) {
        this.url = url;
        this.protocol = protocol;
        setTimeout(() => server.#connected(this));
      }
      send(text) {
        setTimeout(() => this.readyState === 1 && server.#frame(this, JSON.parse(text)));
      }
      close(code = 1000, reason = '') {
        server.drop(this, code, reason);
      }
    };
  }

  #connected(socket) {
    if (!this.up) return this.drop(socket, 1006, '');
    socket.readyState = 1;
    socket.topics = new Map();
    this.sockets.add(socket);
    socket.onopen?.({});
  }

  drop(socket, code, reason) {
    if (socket.readyState === 3) return;
    socket.readyState = 3;
    this.sockets.delete(socket);
    setTimeout(() => socket.onclose?.({ code, reason }));
  }

  /** Cuts every link; nobody gets in until `start`. */
  stop() {
    this.up = false;
    for (const socket of [...this.sockets]) this.drop(socket, 1006, '');
  }

  start() {
    this.up = true;
  }

  say(socket, ...messages) {
    const text = JSON.stringify(messages.length === 1 ? messages[0] : messages);
    setTimeout(() => socket.readyState === 1 && socket.onmessage?.({ data: text }));
  }

  cursor() {
    return `c${this.seq}`;
  }

  #frame(socket, frame) {
    for (const message of [frame].flat()) this[`on_${message.type}`]?.(socket, message);
  }

  on_hello(socket, hello) {
    this.hellos.push(hello);
    socket.client = hello.client;
    if (this.error) {
      this.say(socket, { type: 'error', retryable: false, ...this.error });
      setTimeout(() => this.drop(socket, 1008, ''), 5);
      return;
    }
    const limits = {
      messageBytes: 1 << 20,
      batchOps: 256,
      batchBytes: 1 << 18,
      pushMutations: 1000,
      recordBytes: 1 << 20,
      ping: 10_000,
    };
    this.say(socket, {
      type: 'welcome',
      protocol: 1,
      session: 's',
      epoch: 'e1',
      user: this.user,
      writer: `w-${hello.client.slice(0, 6)}`,
      highest: Math.max(0, ...this.#numbersOf(hello.client)),
      server: 'fake',
      limits,
    });
  }

  #numbersOf(client) {
    return [...this.applied.keys()]
      .filter((key) => key.startsWith(`${client}#`))
      .map((key) => +key.split('#')[1]);
  }

  on_ping(socket) {
    this.say(socket, { type: 'pong', cursor: this.cursor() });
  }

  on_subscribe(socket, { sub, collection, event }) {
    if (event !== undefined) {
      socket.events ??= new Map();
      socket.events.set(sub, event);
      return this.say(socket, { type: 'subscribed', sub, topic: `e:${event}` });
    }
    socket.topics.set(collection, `t-${collection}`);
    const records = [...(this.records.get(collection) ?? new Map())]
      .filter(([, { data }]) => data !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, record]) => ({ id, ...record }));
    const topic = `t-${collection}`;
    this.say(socket, { type: 'subscribed', sub, topic, collection });
    this.say(socket, { type: 'snapshot', topic, records, cursor: this.cursor(), begin: true, done: true });
    this.say(socket, { type: 'changes', topic, changes: [], cursor: this.cursor() });
  }

  on_unsubscribe(socket, { sub }) {
    socket.events?.delete(sub);
  }

  on_emit(_, { event, data }) {
    for (const socket of this.sockets) {
      if ([...(socket.events?.values() ?? [])].includes(event))
        this.say(socket, { type: 'event', event, data, user: 'ann' });
    }
  }

  /** By name: the socket that provides it. Calls that were asked and are not answered, by their number. */
  providers = new Map();
  calls = new Map();

  on_provide(socket, { rpc, on = true }) {
    if (on) this.providers.set(rpc, socket);
    else this.providers.delete(rpc);
  }

  on_call(socket, { id, rpc, data, timeout }) {
    const provider = this.providers.get(rpc);
    const error = { code: 'not_found', message: `nobody provides ${rpc}` };
    if (!this.sockets.has(provider)) return this.say(socket, { type: 'result', id, error });
    this.calls.set(this.calls.size + 1, { socket, id, timeout });
    this.say(provider, { type: 'rpc', id: this.calls.size, rpc, data, user: 'ann' });
  }

  on_result(_, { id, data, error }) {
    const call = this.calls.get(id);
    this.say(call.socket, { type: 'result', id: call.id, ...(error === undefined ? { data } : { error }) });
  }

  on_presence(socket, { room, member, state, watch }) {
    socket.rooms ??= new Map();
    if (watch !== undefined) socket.watching = watch ? room : undefined;
    if (member) {
      for (const other of this.sockets) {
        if (other.watching === room)
          this.say(other, {
            type: 'presence',
            room,
            members: [{ member, user: null, state: state ?? null }],
          });
      }
      this.members ??= new Map();
      this.members.set(member, state ?? null);
    }
    if (watch)
      this.say(socket, {
        type: 'presence',
        room,
        whole: true,
        members: [...(this.members ?? [])].map(([one, its]) => ({ member: one, user: null, state: its })),
      });
  }

  on_push(socket, { mutations }) {
    const answers = [];
    const changes = [];
    for (const element of mutations) this.#group(socket, element.batch ?? [element], answers, changes);
    if (answers.length) this.say(socket, ...answers);
    this.#publish(changes);
  }

  #group(socket, group, answers, changes) {
    this.pushed.push(...group);
    const refusal = group.map((one) => this.refuse(one)).find(Boolean);
    if (refusal) {
      for (const { number } of group)
        answers.push({
          type: 'refuse',
          number,
          ...(this.refuse(group.find((one) => one.number === number)) || {
            code: 'depends',
            message: 'another write of the batch was refused',
          }),
        });
      return;
    }
    for (const mutation of group) {
      const { number, collection, id } = mutation;
      const done = this.applied.get(`${socket.client}#${number}`);
      if (done) {
        answers.push({ type: 'ack', number, ...done });
        continue;
      }
      const record = this.records.get(collection)?.get(id);
      const base =
        mutation.after === undefined
          ? mutation.base
          : this.applied.get(`${socket.client}#${mutation.after}`)?.version;
      const current = record?.data === undefined ? 0 : record.version;
      if (mutation.base !== undefined || mutation.after !== undefined) {
        if (base !== current && base !== record?.version) {
          answers.push({
            type: 'conflict',
            number,
            currentVersion: record?.version ?? 0,
            currentData: record?.data ?? null,
            ...(record?.data === undefined && { deleted: true }),
            createdAt: record?.createdAt ?? 0,
            updatedAt: record?.updatedAt ?? 0,
          });
          continue;
        }
      }
      const change = this.#apply(collection, id, applied(mutation, record?.data));
      this.applied.set(`${socket.client}#${number}`, { version: change.version, seq: change.seq });
      answers.push({ type: 'ack', number, version: change.version, seq: change.seq });
      changes.push({ ...change, by: `w-${socket.client.slice(0, 6)}#${number}` });
    }
  }

  #apply(collection, id, data) {
    if (!this.records.has(collection)) this.records.set(collection, new Map());
    const records = this.records.get(collection);
    const before = records.get(id);
    const now = Date.now();
    const record = {
      version: (before?.version ?? 0) + 1,
      data,
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
    };
    records.set(id, record);
    const { version } = record;
    return {
      seq: ++this.seq,
      collection,
      id,
      version,
      ...(data === undefined
        ? { op: 'delete', updatedAt: now }
        : { op: 'set', data, createdAt: record.createdAt, updatedAt: now }),
    };
  }

  #publish(changes) {
    for (const change of changes) {
      for (const socket of this.sockets) {
        const topic = socket.topics.get(change.collection);
        if (topic) this.say(socket, { type: 'changes', topic, changes: [change], cursor: `c${change.seq}` });
      }
    }
  }

  /** As somebody else would. */
  write(collection, id, data) {
    this.#publish([this.#apply(collection, id, data)]);
  }
  read(collection, id) {
    return this.records.get(collection)?.get(id)?.data;
  }
}

function merge(into, patch) {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const out = typeof into === 'object' && into !== null && !Array.isArray(into) ? { ...into } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete out[key];
    else out[key] = merge(out[key], value);
  }
  return out;
}

function applied({ op, data, path, value, values }, before) {
  if (op === 'put') return data;
  if (op === 'delete') return undefined;
  if (op === 'patch' && !Array.isArray(data)) return merge(before, data);
  const out = structuredClone(before);
  const at = (pointer) => pointer.slice(1).split('/');
  if (op === 'patch') {
    for (const step of data) {
      const keys = at(step.path);
      const last = keys.pop();
      const holder = keys.reduce((all, key) => all[key], out);
      if (step.op === 'remove') delete holder[last];
      else holder[last] = step.value;
    }
    return out;
  }
  const [key] = at(path);
  if (op === 'add') out[key] = (out[key] ?? 0) + value;
  if (op === 'setInsert') out[key] = [...new Set([...(out[key] ?? []), ...values])];
  if (op === 'setRemove') out[key] = (out[key] ?? []).filter((one) => !values.includes(one));
  return out;
}

/** Waits until `done()` is truthy; fails with `what` after two seconds, or `ms`. */
export async function until(done, what, ms = 2000) {
  for (let i = 0; i < ms / 5; i++) {
    const value = await done();
    if (value) return value;
    await settle(5);
  }
  throw new Error(`never happened: ${what ?? done}`);
}
