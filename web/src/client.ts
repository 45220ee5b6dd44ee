// The database an app holds: joins records, writes and the driver.
import type {
  Clash,
  Collection,
  Conflict,
  Events,
  Live,
  Rockpool,
  Status,
  Stop,
  Write,
  WriteInfo,
} from '../index.js';
import { Ask, Tell } from './calls.js';
import { Table, TableFace } from './collection.js';
import type { Home } from './collection.js';
import type { Core } from './core.js';
import type { Driver, Sink } from './driver.js';
import { RockpoolError, fromCore, unsupported, wrap } from './errors.js';
import { Source, guarded, sameList } from './live.js';
import type { Clockwork } from './live.js';
import { policyOf } from './options.js';
import type { Settings } from './options.js';
import { Room } from './presence.js';
import type { ClashJson, CoreEvent, Json, LocalWrite } from './protocol.js';
import type { TableQuery } from './query.js';
import { Signals } from './signals.js';
import { checkName, checkRecord, freeze, randomHex, recordText } from './value.js';
import { WriteRecord, Writes, handleOf } from './write.js';

/** How the store of this tab is kept. */
export interface Keeping {
  kind: 'disk' | 'memory';
  leader: boolean;
  persisted: boolean;
  lost: boolean;
}

/** What closing and wiping do outside of this file. */
export interface Platform {
  keeping: Keeping;
  /** Stores what is not stored yet and lets the store go. */
  close(): Promise<void>;
  /** Deletes the store; after `close`. */
  wipe(): Promise<void>;
  /** Asks the other tabs to close. */
  evict(): void;
}

const abilities = Object.freeze({
  versions: true,
  resume: true,
  batches: true,
  presence: true,
  events: true,
  rpc: true,
  liveQuery: false,
});

export class Client implements Rockpool, Sink, Home {
  readonly capabilities = abilities;
  readonly pending: Live<readonly WriteInfo[]>;
  readonly conflicts: Live<readonly Conflict[]>;
  readonly status: Live<Status>;
  readonly clientId: string;
  readonly core: Core;
  readonly clock: Clockwork;
  readonly local: boolean;
  readonly #settings: Settings;
  readonly #driver: Driver;
  readonly #platform: Platform;
  readonly #writes: Writes;
  readonly #status: Source<Status>;
  readonly #conflicts: Source<readonly Conflict[]>;
  readonly #tables = new Map<string, Table>();
  readonly #faces = new Map<string, Collection<Json>>();
  readonly #queries = new Map<number, TableQuery>();
  readonly #signals: Signals;
  readonly #rooms = new Map<string, Room>();
  readonly #member = randomHex(8);
  readonly #listeners = new Map<keyof Events, Set<{ fn(event: never): void }>>();
  #lastQuery = 0;
  #batch: { write: LocalWrite; record: WriteRecord }[] | undefined;
  #closing: Promise<void> | undefined;

  constructor(core: Core, settings: Settings, driverOf: (sink: Sink) => Driver, platform: Platform) {
    this.core = core;
    this.#settings = settings;
    this.#platform = platform;
    this.#driver = driverOf(this);
    this.clock = this.#driver;
    this.local = settings.url === '';
    this.clientId = core.text(Ask.client);
    const { kind, leader } = platform.keeping;
    this.#writes = new Writes(this.clock, core, { disk: kind === 'disk', follower: !leader });
    this.#signals = new Signals(core, this.clock, (happened) => this.#driver.feed(happened));
    this.#status = new Source(this.clock, (old) => this.#readStatus(old));
    this.#conflicts = new Source(this.clock, (old) => this.#readConflicts(old));
    this.pending = this.#writes.pending.live();
    this.conflicts = this.#conflicts.live();
    this.status = this.#status.live();
  }

  // ---- what the core says

  happened(event: CoreEvent): void {
    switch (event[0]) {
      case 'rows':
        return this.#tables.get(event[1])?.rowsMoved(event.slice(2) as string[]);
      case 'all':
        return this.#queries.get(event[1])?.replace(event[3], event[2]);
      case 'steps':
        return this.#queries.get(event[1])?.step(event[3], event[2]);
      case 'known':
        return this.#tables.get(event[1])?.knownMoved();
      case 'writes':
        return this.#writes.moved(event[1], event.slice(2) as number[]);
      case 'refused':
        return this.#emit('refused', this.#writes.refused(event[1]));
      case 'status':
        return this.#statusMoved();
      case 'conflicts':
        return this.#conflicts.moved();
      case 'merged':
        return this.#emit('merged', this.#clash(event[1]));
      case 'conflict':
        return this.#emit('conflict', this.#conflict(event[1]));
      case 'ask':
        return this.#decide(event[1], event[2]);
      case 'reset':
        return this.#emit('reset', { reason: event[1], lost: event[2] });
      case 'signal':
        return this.#signals.happened(event[1]);
      case 'presence':
        return this.#rooms.get(event[1])?.moved();
      case 'log':
        return this.#settings.log_('warn', event[1].message, event[1]);
    }
  }

  failed(error: RockpoolError): void {
    this.#settings.log_('error', error.message, error);
    this.#emit('error', error);
  }

  #statusMoved(): void {
    this.#status.moved();
    this.#signals.statusMoved();
    for (const table of this.#tables.values()) table.statusMoved();
    if (this.#listeners.get('status')?.size)
      this.clock.tell({ tell: () => this.#emit('status', this.#status.get()) });
  }

  #readStatus(old: Status | undefined): Status {
    const { failing, paused, error, ...status } = this.core.status();
    const { kind, leader, persisted, lost } = this.#platform.keeping;
    const now: Status = freeze({
      ...status,
      ...(error && { error: fromCore(error) }),
      leader,
      storage: { kind: failing ? 'failing' : kind, persisted, lost },
    });
    return old &&
      JSON.stringify({ ...old, error: old.error?.message }) ===
        JSON.stringify({ ...now, error: now.error?.message })
      ? old
      : now;
  }

  /** Something in `keeping` has changed. */
  keepingMoved(): void {
    this.#statusMoved();
  }

  reaching(): boolean {
    const { state } = this.core.status();
    return state === 'online' || state === 'connecting';
  }

  #clash({ collection, id, paths, base, mine, theirs, merged }: ClashJson): Clash<Json> {
    return freeze({
      collection,
      id,
      paths,
      ...(base && { base }),
      ...(mine && { mine }),
      ...(theirs && { theirs }),
      merged: merged ?? mine ?? theirs ?? { id },
    });
  }

  #conflict(json: ClashJson): Conflict<Json> {
    const { collection, id } = json;
    const resolve = (to: 'mine' | 'theirs' | object | null): Write => {
      const side = to === 'mine' || to === 'theirs';
      if (!side && to !== null) checkRecord(to);
      const text = side ? to : to === null ? '' : recordText(this.#table(collection).checked(to));
      return this.#whole((now) => this.core.resolve(now, collection, id, text, !side));
    };
    return Object.freeze({ ...this.#clash(json), at: json.at, writes: Object.freeze(json.writes), resolve });
  }

  #conflictTexts: string[] = [];

  #readConflicts(old: readonly Conflict[] | undefined): readonly Conflict[] {
    const jsons = this.core.conflicts();
    const texts = jsons.map((json) => JSON.stringify(json));
    const list = jsons.map((json, i) => {
      const before = this.#conflictTexts.indexOf(texts[i]!);
      return old && before >= 0 ? old[before]! : this.#conflict(json);
    });
    this.#conflictTexts = texts;
    return sameList(old, list) ? old! : Object.freeze(list);
  }

  #decide(ticket: number, json: ClashJson): void {
    const { resolve } = policyOf(json.collection, this.#options(json.collection).policy);
    let [answer, text] = [0, ''];
    try {
      const decided = resolve?.(this.#clash(json));
      if (decided === null) answer = 1;
      else if (decided !== undefined && decided !== 'manual') {
        checkRecord(decided);
        [answer, text] = [2, recordText(decided)];
      }
    } catch (error) {
      this.failed(wrap(error, 'invalid', `the policy of ${json.collection} gave no answer for ${json.id}`));
    }
    this.#driver.feed((now) => this.core.tell(Tell.decide, now, ticket, `${answer}\0${text}`));
  }

  // ---- Home

  touch(): void {
    this.#driver.touch();
  }

  enlist(query: TableQuery): number {
    this.#queries.set(++this.#lastQuery, query);
    return this.#lastQuery;
  }

  delist(id: number): void {
    this.#queries.delete(id);
  }

  until<T>(source: Source<T>, signal: AbortSignal | undefined, done: (value: T) => boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      const stops: Stop[] = [];
      const end = (settle: () => void): void => {
        for (const stop of stops.splice(0)) stop();
        signal?.removeEventListener('abort', abort);
        settle();
      };
      const abort = (): void => end(() => reject(signal!.reason));
      const look = (): void => {
        try {
          const value = source.get();
          if (done(value)) end(() => resolve(value));
          else if (this.#closing) end(() => reject(new RockpoolError('closed', 'the database is closed')));
        } catch (error) {
          end(() => reject(error));
        }
      };
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort);
      stops.push(source.subscribe(look, false), this.#status.subscribe(look, false));
      look();
    });
  }

  put(write: LocalWrite): Write {
    const now = Date.now();
    if (this.#closing) throw new RockpoolError('closed', 'the database is closed');
    const record = new WriteRecord(this.#writes, write.collection, write.id, write.kind, write.data, now);
    if (this.#batch) {
      this.#batch.push({ write, record });
    } else {
      this.#writes.begin(record, this.core.write(now, [write]), 0);
      this.#driver.touch();
    }
    return handleOf(record);
  }

  /** A write that the core itself makes. */
  #whole(act: (now: number) => ReturnType<Core['retry']>): Write {
    if (this.#closing) throw new RockpoolError('closed', 'the database is closed');
    this.clock.sync();
    const write = this.#writes.handle(act(Date.now()));
    this.#driver.touch();
    return write;
  }

  // ---- the app's calls

  #options(name: string): Settings['collections'][string] {
    return this.#settings.collections[name] ?? {};
  }

  #table(name: string): Table {
    let table = this.#tables.get(name);
    if (!table) {
      this.#tables.set(name, (table = new Table(this, name, this.#options(name))));
      this.#driver.feed((now) => this.core.tell(Tell.keep, now, 0, name));
    }
    return table;
  }

  collection(name: string): Collection<any> {
    checkName(name, 'collection');
    let face = this.#faces.get(name);
    if (!face) this.#faces.set(name, (face = new TableFace<Json>(this.#table(name))));
    return face;
  }

  batch(fn: () => void): Write {
    if (this.#batch) throw new RockpoolError('usage', 'a batch cannot be made inside another');
    const batch = (this.#batch = []);
    try {
      const answer = fn() as unknown;
      if (answer instanceof Promise)
        throw new RockpoolError(
          'usage',
          'the function of a batch is synchronous; gather what it needs before',
        );
    } finally {
      this.#batch = undefined;
    }
    return this.#commit(batch);
  }

  #commit(batch: { write: LocalWrite; record: WriteRecord }[]): Write {
    if (batch.length === 0) throw new RockpoolError('usage', 'a batch needs at least one write');
    const first = this.core.write(
      Date.now(),
      batch.map(({ write }) => write),
    );
    const single = batch.length === 1;
    const records = new Set(batch.map(({ write }) => `${write.collection}\0${write.id}`));
    // Several writes on one record may have become one in the core; then all share the fate of the batch's
    // first.
    const apart = records.size === batch.length;
    batch.forEach(({ record }, i) =>
      this.#writes.begin(record, apart ? first + i : first, single ? 0 : first),
    );
    this.#driver.touch();
    return handleOf(batch.at(-1)!.record);
  }

  on<E extends keyof Events>(event: E, fn: (e: Events[E]) => void): Stop {
    let listeners = this.#listeners.get(event);
    if (!listeners) this.#listeners.set(event, (listeners = new Set()));
    const listener = { fn };
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  #emit<E extends keyof Events>(event: E, detail: Events[E]): void {
    const listeners = this.#listeners.get(event);
    if (!listeners?.size) return;
    this.clock.tell({
      tell: () => {
        for (const { fn } of [...listeners]) guarded(fn as (detail: Events[E]) => void, detail);
      },
    });
  }

  write(key: string): Write | undefined {
    this.clock.sync();
    return this.#writes.find(key);
  }

  cancel(write: { key: string }): boolean {
    this.clock.sync();
    const gone = this.core.ask(Ask.cancel, Date.now(), 0, write.key) === 1;
    this.#driver.touch();
    return gone;
  }

  retry(write: { key: string }, value?: object): Write {
    let text = '';
    if (value !== undefined) {
      checkRecord(value);
      text = recordText(value);
    }
    return this.#whole((now) => this.core.retry(now, write.key, text));
  }

  dismiss(write: { key: string }): void {
    this.clock.sync();
    this.#driver.feed((now) => this.core.tell(Tell.dismiss, now, 0, write.key));
  }

  async synced(o: { signal?: AbortSignal } = {}): Promise<void> {
    await this.until(this.#status, o.signal, ({ pending }) => pending === 0);
  }

  pause(): void {
    this.#driver.feed((now) => this.core.tell(Tell.pause, now, 1));
  }
  resume(): void {
    this.#driver.feed((now) => this.core.tell(Tell.pause, now, 0));
  }

  event(name: string): any {
    return this.#signals.topics.face(name);
  }
  get rpc(): Rockpool['rpc'] {
    return this.#signals.calls.face;
  }
  liveQuery(): never {
    throw unsupported('db.liveQuery');
  }
  presence(name: string): any {
    checkName(name, 'room');
    let room = this.#rooms.get(name);
    if (!room)
      this.#rooms.set(
        name,
        (room = new Room(
          this.core,
          this.clock,
          (happened) => this.#driver.feed(happened),
          name,
          this.#member,
        )),
      );
    return room.face;
  }

  async persist(): Promise<boolean> {
    const persisted = (await globalThis.navigator?.storage?.persist?.()) ?? false;
    this.#platform.keeping.persisted = persisted;
    this.keepingMoved();
    return persisted;
  }

  async estimate(): Promise<{ usage: number; quota: number }> {
    const { usage = 0, quota = 0 } = (await globalThis.navigator?.storage?.estimate?.()) ?? {};
    return { usage, quota };
  }

  async export(): Promise<Blob> {
    this.clock.sync();
    return new Blob([this.core.text(Ask.exportAll)], { type: 'application/json' });
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#signals.close();
    await this.#platform.close();
    for (const room of this.#rooms.values()) room.stop();
    this.#statusMoved();
  }

  async logout(
    o: { pending?: 'fail' | 'push' | 'discard' | 'keep'; signal?: AbortSignal } = {},
  ): Promise<void> {
    const how = o.pending ?? 'fail';
    if (!['fail', 'push', 'discard', 'keep'].includes(how))
      throw new RockpoolError('usage', 'logout: pending is fail, push, discard or keep');
    if (how === 'keep') throw unsupported("logout({ pending: 'keep' })");
    if (how !== 'discard' && !this.#platform.keeping.leader) {
      throw new RockpoolError(
        'follower',
        "another tab leads this store and may hold unsent writes; log out there, or with pending: 'discard'",
      );
    }
    if (how === 'push') await this.synced(o);
    const unsent = this.core.pending().length;
    if (how !== 'discard' && unsent > 0)
      throw new RockpoolError('unsynced', `${unsent} writes have not reached the server`);
    await this.destroy();
  }

  async destroy(): Promise<void> {
    this.#platform.evict();
    await this.close();
    await this.#platform.wipe();
  }
}
