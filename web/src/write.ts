// Handles of writes. The core knows a write by its number; a handle lives here until the write is settled.
import type { Live, Stop, Write, WriteInfo, WriteState } from '../index.js';
import type { Core } from './core.js';
import { RockpoolError, fromCore } from './errors.js';
import { Source, sameList } from './live.js';
import type { Clockwork } from './live.js';
import { provisionalBase } from './protocol.js';
import type { Wish, WriteJson } from './protocol.js';
import { freeze } from './value.js';

const state = Symbol('state');
type Handle = Write & { [state]: WriteRecord };

class Settling {
  readonly promise: Promise<void>;
  resolve!: () => void;
  reject!: (error: RockpoolError) => void;
  constructor() {
    this.promise = new Promise<void>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => {});
  }
}

export interface WriteTerms {
  /** This tab's name. */
  tab: string;
  /** A disk holds what is durable. */
  disk: boolean;
  /** Another process holds the store: nothing here becomes durable but on the server. */
  alone: boolean;
}

/** What the core was asked for, kept until its writes are known to be on a disk. */
export interface Call {
  readonly op: number;
  readonly wish: Wish;
  /** By the number of the write, from its first. */
  readonly heads: readonly WriteRecord[];
}

/** What is known of one write. Pictures and promises are made when somebody asks. */
export class WriteRecord {
  key = '';
  /** Op of the call that made it. */
  call = 0;
  batch: string | undefined;
  state: WriteState = 'accepted';
  durable = false;
  tries = 0;
  error: RockpoolError | undefined;
  /** Writes of one batch on one record, which the core has made one. */
  companions: WriteRecord[] = [];
  #source: Source<WriteInfo> | undefined;
  #info: WriteInfo | undefined;
  #durable: Settling | undefined;
  #acknowledged: Settling | undefined;
  #subscribe: Live<WriteInfo>['subscribe'] | undefined;

  constructor(
    readonly home: Writes,
    readonly collection: string,
    readonly id: string,
    readonly op: string,
    readonly text: string,
    readonly at: number,
  ) {}

  get source(): Source<WriteInfo> {
    return (this.#source ??= new Source(this.home.clock, () => this.info()));
  }

  get subscribe(): Live<WriteInfo>['subscribe'] {
    return (this.#subscribe ??= (fn: (info: WriteInfo) => void): Stop => this.source.subscribe(fn));
  }

  info(): WriteInfo {
    return (this.#info ??= Object.freeze({
      key: this.key,
      ...(this.batch !== undefined && { batch: this.batch }),
      collection: this.collection,
      id: this.id,
      op: this.op,
      value: this.text === '' ? null : freeze(JSON.parse(this.text)),
      state: this.state,
      at: this.at,
      tries: this.tries,
      ...(this.error && { error: this.error }),
    }));
  }

  move(to: WriteState): void {
    this.#info = undefined;
    this.state = to;
    if (to === 'sent') this.tries++;
    if (to === 'durable') this.durable = true;
    if (to === 'acknowledged' || to === 'sent')
      this.durable ||= to === 'acknowledged' || this.home.terms.disk;
    this.settle();
    this.#source?.moved();
    for (const companion of this.companions) companion.move(to);
  }

  /** The core's whole word on it. */
  take(json: WriteJson): void {
    const same =
      this.tries === json.tries &&
      this.batch === json.batch &&
      this.state === json.state &&
      !this.error &&
      !json.error;
    this.durable ||= json.durable && this.home.terms.disk;
    if (same) return this.settle();
    this.#info = undefined;
    this.tries = json.tries;
    this.batch = json.batch;
    this.state = json.state;
    this.error = undefined;
    this.#source?.moved();
    if (json.error) {
      this.error = fromCore(json.error, this.info());
      this.#info = undefined;
    }
    this.settle();
    for (const companion of this.companions) companion.take(json);
  }

  settle(): void {
    const over = this.state === 'cancelled' || this.state === 'refused';
    if (this.durable || over) this.home.unconfirmed.delete(this.call);
    if (this.durable) this.#durable?.resolve();
    else if (over) this.#durable?.reject(this.#refusal());
    if (this.state === 'acknowledged') this.#acknowledged?.resolve();
    else if (over) this.#acknowledged?.reject(this.#refusal());
  }

  #refusal(): RockpoolError {
    if (this.state === 'refused' && this.error) return this.error;
    const code = this.state === 'refused' ? 'refused' : 'cancelled';
    return new RockpoolError(code, `the write on ${this.collection}/${this.id} was ${code}`, {
      write: this.info(),
    });
  }

  get durablePromise(): Promise<void> {
    if (this.#durable) return this.#durable.promise;
    this.#durable = new Settling();
    if (this.home.terms.alone && !this.durable) {
      this.#durable.reject(
        new RockpoolError('follower', 'another process holds this store; wait for `acknowledged` here', {
          write: this.info(),
        }),
      );
    }
    this.settle();
    return this.#durable.promise;
  }

  get acknowledgedPromise(): Promise<void> {
    if (!this.#acknowledged) {
      this.#acknowledged = new Settling();
      this.settle();
    }
    return this.#acknowledged.promise;
  }
}

let warned = false;

/** `await write` looks for this. */
function warnOfAwait(): void {
  if (warned) return;
  warned = true;
  let quiet = false;
  // Bundlers replace the whole expression; where there is no `process`, this is development.
  try {
    quiet = process.env.NODE_ENV === 'production';
  } catch {
    /* no process */
  }
  if (!quiet)
    console.warn(
      'rockpool: a write is not a promise, so awaiting it waits for nothing. ' +
        'Await write.durable or write.acknowledged.',
    );
}

const handleProto = Object.create(Function.prototype, {
  key: {
    get(this: Handle) {
      return this[state].key;
    },
  },
  id: {
    get(this: Handle) {
      return this[state].id;
    },
  },
  state: {
    get(this: Handle) {
      this[state].home.clock.sync();
      return this[state].state;
    },
  },
  durable: {
    get(this: Handle) {
      return this[state].durablePromise;
    },
  },
  acknowledged: {
    get(this: Handle) {
      return this[state].acknowledgedPromise;
    },
  },
  subscribe: {
    get(this: Handle) {
      return this[state].subscribe;
    },
  },
  then: {
    get() {
      warnOfAwait();
      return undefined;
    },
  },
}) as object;

export function handleOf(record: WriteRecord): Write {
  const handle = (() => record.source.get()) as unknown as Handle;
  handle[state] = record;
  Object.setPrototypeOf(handle, handleProto);
  return handle;
}

const open: readonly WriteState[] = ['accepted', 'durable', 'sent', 'conflict', 'refused'];

export class Writes {
  readonly pending: Source<readonly WriteInfo[]>;
  /** Oldest first. */
  readonly unconfirmed = new Map<number, Call>();
  #op = 0;
  #open = new Map<number, WriteRecord>();
  #pictures = new Map<string, { text: string; info: WriteInfo }>();

  constructor(
    readonly clock: Clockwork,
    readonly core: Core,
    readonly terms: WriteTerms,
    /** What the core took is to be taken by the leader. */
    readonly submit: (call: Call) => void,
    readonly refusedHere: (info: WriteInfo) => void,
  ) {
    this.pending = new Source(clock, (old) => this.#list(old));
  }

  #list(old: readonly WriteInfo[] | undefined): readonly WriteInfo[] {
    const pictures = new Map<string, { text: string; info: WriteInfo }>();
    const list = this.core.pending().map((json) => {
      const text = JSON.stringify(json);
      let picture = this.#pictures.get(json.key);
      if (picture?.text !== text) picture = { text, info: this.#record(json).info() };
      pictures.set(json.key, picture);
      return picture.info;
    });
    this.#pictures = pictures;
    return sameList(old, list) ? old! : Object.freeze(list);
  }

  /** Has the core make writes. `apart`: each of `records` is one; else they have become one, their first. */
  take(wish: Wish, records: readonly WriteRecord[], apart = true): void {
    const op = this.#op + 1;
    const number = this.core.perform(Date.now(), this.terms.tab, op, wish);
    this.#op += records.length;
    const call: Call = { op, wish, heads: apart ? records : records.slice(0, 1) };
    records.forEach((record, i) => {
      record.call = op;
      record.key = `${this.terms.tab}#${apart ? op + i : op}`;
      if (records.length > 1) record.batch = `${this.terms.tab}#${op}`;
    });
    if (!apart) records[0]!.companions = records.slice(1);
    this.unconfirmed.set(op, call);
    this.#place(call, number);
    this.pending.moved();
    this.submit(call);
  }

  #place({ heads }: Call, number: number): void {
    heads.forEach((record, i) => this.#open.set(number + i, record));
  }

  /** The leader has taken a call of ours. */
  taken(op: number, number: number): void {
    const call = this.unconfirmed.get(op);
    if (!call) return;
    call.heads.forEach((_, i) => this.#open.delete(provisionalBase + op + i));
    this.#place(call, number);
  }

  /** Another engine answers. What it does not know, and no disk is known to hold, is asked for again. */
  begin(): void {
    const known = new Map(this.core.pending().map((json) => [json.key, json]));
    const before = this.#open;
    this.#open = new Map();
    for (const record of before.values()) {
      const json = known.get(record.key);
      if (json) {
        this.#open.set(json.number, record);
        record.take(json);
      } else if (record.state !== 'refused' && !this.unconfirmed.has(record.call)) {
        record.move('acknowledged');
      }
    }
    for (const call of [...this.unconfirmed.values()]) {
      if (known.has(call.heads[0]!.key)) continue;
      try {
        this.#place(call, this.core.perform(Date.now(), this.terms.tab, call.op, call.wish));
        this.submit(call);
      } catch (error) {
        for (const record of call.heads) this.#over(record, error as RockpoolError);
      }
    }
    this.pending.moved();
  }

  #over(record: WriteRecord, error: RockpoolError): void {
    // It was taken, and is settled since.
    if (error.code === 'sent') return record.move('acknowledged');
    record.error = error;
    record.move('refused');
    this.refusedHere(record.info());
  }

  #record(json: WriteJson): WriteRecord {
    const { number } = json;
    let record = this.#open.get(number);
    if (!record) {
      record = new WriteRecord(
        this,
        json.collection,
        json.id,
        json.op,
        json.value === null ? '' : JSON.stringify(json.value),
        json.at,
      );
      this.#open.set(number, record);
    }
    record.key = json.key;
    record.take(json);
    return record;
  }

  /** A refused write again. */
  retry(key: string, value: string): Write {
    const { collection = '', id = '', op = '', value: was } = this.core.findWrite(key) ?? {};
    const text = value || (was ? JSON.stringify(was) : '');
    const record = new WriteRecord(this, collection, id, op, text, Date.now());
    this.take({ key, value }, [record]);
    return handleOf(record);
  }

  /** The handle of a write the core gave whole. */
  handle(json: WriteJson): Write {
    this.pending.moved();
    return handleOf(this.#record(json));
  }

  refused(json: WriteJson): WriteInfo {
    this.pending.moved();
    return this.#record(json).info();
  }

  find(key: string): Write | undefined {
    const json = this.core.findWrite(key);
    return json && handleOf(this.#record(json));
  }

  moved(to: WriteState, numbers: readonly number[]): void {
    for (const number of numbers) {
      this.#open.get(number)?.move(to);
      if (!open.includes(to)) this.#open.delete(number);
    }
    this.pending.moved();
  }
}
