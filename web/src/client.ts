// The database an app holds: joins records, writes and the driver.
import type {
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
import { Clashes, clashOf } from './clashes.js';
import { Table, TableFace } from './collection.js';
import type { Follower, Home } from './collection.js';
import type { Core } from './core.js';
import { Crew } from './crew.js';
import type { Ship } from './crew.js';
import { Driver } from './driver.js';
import type { Sink } from './driver.js';
import { RockpoolError, checkFunction, fromCore, unsupported, wrap } from './errors.js';
import { Listeners } from './listeners.js';
import { Source, until } from './live.js';
import type { Clockwork } from './live.js';
import { policyOf } from './options.js';
import type { Settings } from './options.js';
import { abilitiesOf, need } from './platform.js';
import type { Platform } from './platform.js';
import { Room } from './presence.js';
import type { ClashJson, CoreEvent, Json, LocalWrite } from './protocol.js';
import type { TableQuery } from './query.js';
import { Signals } from './signals.js';
import type { Store } from './store.js';
import { checkName, checkRecord, freeze, recordText } from './value.js';
import { WriteRecord, Writes, handleOf } from './write.js';

export class Client implements Rockpool, Sink, Home, Ship {
  #capabilities: Rockpool['capabilities'] | undefined;
  readonly pending: Live<readonly WriteInfo[]>;
  readonly conflicts: Live<readonly Conflict[]>;
  readonly status: Live<Status>;
  readonly core: Core;
  readonly local: boolean;
  readonly clock: Clockwork = {
    sync: () => this.#driver.sync(),
    tell: (source) => this.#driver.tell(source),
  };
  readonly #settings: Settings;
  #driver!: Driver;
  readonly #platform: Platform;
  readonly #writes: Writes;
  readonly #status: Source<Status>;
  readonly #conflicts: Source<readonly Conflict[]>;
  readonly crew: Crew;
  readonly #clashes: Clashes;
  readonly tables = new Map<string, Follower>();
  readonly #faces = new Map<string, Collection<Json>>();
  readonly #queries = new Map<number, TableQuery>();
  readonly signals: Signals;
  /** Where the dialect has live queries. */
  lives: import('./live-query.js').LiveQueries | undefined;
  readonly #rooms = new Map<string, Room>();
  readonly #listeners = new Listeners(this.clock);
  #lastQuery = 0;
  #batch: { write: LocalWrite; record: WriteRecord }[] | undefined;
  #closing: Promise<void> | undefined;

  constructor(core: Core, settings: Settings, platform: Platform) {
    this.core = core;
    this.#settings = settings;
    this.#platform = platform;
    this.local = settings.url === '';
    this.#writes = new Writes(
      this.clock,
      core,
      platform,
      ({ op, wish }) => this.crew.follows && this.crew.ask(op, wish),
      (info) => this.#emit('refused', info),
    );
    this.crew = new Crew(this, this.#writes, platform, () => this.signals);
    this.signals = new Signals(
      this.clock,
      () => this.crew.status().state === 'online',
      (message) => this.crew.lead(Tell.signal, 0, message),
    );
    this.#clashes = new Clashes(core, (json, to) => this.#resolve(json, to));
    this.#status = new Source(this.clock, (old) => this.#readStatus(old));
    this.#conflicts = new Source(this.clock, (old) => this.#clashes.list(old));
    this.pending = this.#writes.pending.live();
    this.conflicts = this.#conflicts.live();
    this.status = this.#status.live();
  }

  get capabilities(): Rockpool['capabilities'] {
    return (this.#capabilities ??= abilitiesOf(this.core));
  }
  get clientId(): string {
    return this.core.text(Ask.client);
  }

  /**
   * `fill` puts an engine behind the core: the first, or another that knows the same, a little more or less.
   * What the app holds lives on, and what reads the same stays the same object.
   */
  begin(fill: () => void, store?: Store, follows = false): void {
    this.#driver?.abandon();
    fill();
    this.#driver = new Driver(this.core, this, {
      ...(store && { store }),
      ...(this.#settings.socket && { socket: this.#settings.socket }),
      token: this.#settings.token,
      url: this.#settings.url,
    });
    this.crew.begin(follows);
    if (globalThis.navigator?.onLine === false) this.core.tell(Tell.online, Date.now(), 0);
    this.#writes.begin();
    for (const [name, table] of this.tables) {
      this.crew.lead(Tell.keep, 0, name);
      table.begin();
    }
    for (const room of this.#rooms.values()) room.begin();
    if (follows) this.signals.happened(null);
    this.#conflicts.moved();
    this.#statusMoved();
    this.#driver.touch();
  }

  feed(happened: (now: number) => void): void {
    this.#driver.feed(happened);
  }

  flush(): void {
    this.#driver.flush();
  }

  stop(): void {
    this.crew.begin(false);
    this.#driver.stop();
  }

  abandon(): void {
    this.#driver.abandon();
  }

  /** Writes of which no disk is known to hold them. */
  get unconfirmed(): number {
    return this.#writes.unconfirmed.size;
  }

  happened(event: CoreEvent): void {
    this.crew.pass(event);
    switch (event[0]) {
      case 'rows':
        return this.tables.get(event[1])?.rowsMoved(event.slice(2) as string[]);
      case 'all':
        return this.#queries.get(event[1])?.replace(event[3], event[2]);
      case 'steps':
        return this.#queries.get(event[1])?.step(event[3], event[2]);
      case 'known':
        return this.tables.get(event[1])?.knownMoved();
      case 'writes':
        return this.#writes.moved(event[1], event.slice(2) as number[]);
      case 'refused':
        return this.#emit('refused', this.#writes.refused(event[1]));
      case 'status':
        this.crew.statusOf(event[1]);
        return this.#statusMoved();
      case 'conflicts':
        return this.#conflicts.moved();
      case 'merged':
        return this.#emit('merged', clashOf(event[1]));
      case 'conflict':
        return this.#emit('conflict', this.#clashes.conflict(event[1]));
      case 'ask':
        return this.#decide(event[1], event[2]);
      case 'reset':
        return this.#emit('reset', { reason: event[1], lost: event[2] });
      case 'signal':
        return this.signals.happened(event[1]);
      case 'presence':
        this.crew.peersOf(event[1], event[2]);
        return this.#rooms.get(event[1])?.moved();
      case 'error':
        return this.failed(fromCore(event[1]));
      case 'log':
        this.tables.get(event[1].path!)?.knownMoved(fromCore({ ...event[1], path: '' }));
        return this.#settings.log_('warn', event[1].message, event[1]);
    }
  }

  failed(error: RockpoolError): void {
    this.#settings.log_('error', error.message, error);
    this.crew.pass(['error', { code: error.code, message: error.message }]);
    this.#emit('error', error);
  }

  #statusMoved(): void {
    this.#status.moved();
    this.signals.statusMoved();
    for (const table of this.tables.values()) table.statusMoved();
    this.#listeners.emit('status', () => this.#status.get());
  }

  #readStatus(old: Status | undefined): Status {
    const { failing, paused, error, ...status } = this.crew.status();
    const { kind, leader, persisted, lost } = this.#platform.keeping;
    const now: Status = freeze({
      ...status,
      ...(this.#platform.tabs?.outdated && { state: 'outdated' as const }),
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

  keepingMoved(): void {
    this.#statusMoved();
  }

  reaching(): boolean {
    const { state } = this.crew.status();
    return state === 'online' || state === 'connecting';
  }

  #resolve({ collection, id, writes }: ClashJson, to: 'mine' | 'theirs' | object | null): Write {
    const side = to === 'mine' || to === 'theirs';
    if (!side && to !== null) checkRecord(to);
    const text = side ? to : to === null ? '' : recordText(this.#table(collection).checked(to));
    const texts = `${collection}\0${id}\0${text}`;
    if (!this.crew.follows) return this.#whole((now) => this.core.resolve(now, +!side, texts));
    const mine = this.write(writes.at(-1) ?? '');
    if (!mine)
      throw new RockpoolError('not-found', `there is no conflict on '${id}' in '${collection}' any more`);
    this.crew.ask(-Ask.resolve, +!side, texts);
    return mine;
  }

  #decide(ticket: number, json: ClashJson): void {
    const { resolve } = policyOf(json.collection, this.#options(json.collection).policy);
    let [answer, text] = [0, ''];
    try {
      const decided = resolve?.(clashOf(json));
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

  look(collection: string, id: string): boolean {
    if (this.local || this.capabilities.resume) return false;
    this.crew.lead(Tell.keep, 0, `${collection}\0${id}`);
    return true;
  }

  enlist(query: TableQuery): number {
    this.#queries.set(++this.#lastQuery, query);
    return this.#lastQuery;
  }

  delist(id: number): void {
    this.#queries.delete(id);
  }

  until<T>(source: Source<T>, signal: AbortSignal | undefined, done: (value: T) => boolean): Promise<T> {
    return until(source, this.#status, signal, done, () => this.#closing !== undefined);
  }

  put(write: LocalWrite): Write {
    const now = Date.now();
    this.#checkOpen();
    const record = new WriteRecord(this.#writes, write.collection, write.id, write.kind, write.data, now);
    if (this.#batch) {
      this.#batch.push({ write, record });
    } else {
      this.#writes.take([write], [record]);
      this.#driver.touch();
    }
    return handleOf(record);
  }

  #checkOpen(): void {
    if (this.#closing) throw new RockpoolError('closed', 'the database is closed');
    if (this.#platform.tabs?.outdated)
      throw new RockpoolError(
        'outdated',
        'another tab runs a newer version of this app; load this one again',
      );
  }

  /** A write that the core itself makes. */
  #whole(act: (now: number) => ReturnType<Core['resolve']>): Write {
    this.#checkOpen();
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
    let table = this.tables.get(name) as Table | undefined;
    if (!table) {
      this.tables.set(name, (table = new Table(this, name, this.#options(name))));
      this.crew.lead(Tell.keep, 0, name);
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
    need(this.capabilities, 'batches');
    checkFunction(fn, 'batch');
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
    const records = new Set(batch.map(({ write }) => `${write.collection}\0${write.id}`));
    // Several writes on one record may have become one in the core; then all share the fate of the batch's
    // first.
    this.#writes.take(
      batch.map(({ write }) => write),
      batch.map(({ record }) => record),
      records.size === batch.length,
    );
    this.#driver.touch();
    return handleOf(batch.at(-1)!.record);
  }

  on<E extends keyof Events>(event: E, fn: (e: Events[E]) => void): Stop {
    return this.#listeners.on(event, fn);
  }

  #emit<E extends keyof Events>(event: E, detail: Events[E]): void {
    this.#listeners.emit(event, () => detail);
  }

  write(key: string): Write | undefined {
    this.clock.sync();
    return this.#writes.find(key);
  }

  cancel(write: { key: string }): boolean {
    this.clock.sync();
    if (this.crew.follows && !this.#platform.tabs!.holds(write.key)) {
      // Whether it was sent is for the leader to say; the handle hears of it.
      this.crew.ask(-Ask.cancel, 0, write.key);
      return false;
    }
    const gone = this.core.ask(Ask.cancel, Date.now(), 0, write.key) === 1;
    this.#driver.touch();
    return gone;
  }

  retry(write: { key: string }, value?: object): Write {
    if (value !== undefined) checkRecord(value);
    const text = value === undefined ? '' : recordText(value);
    this.#checkOpen();
    this.clock.sync();
    const again = this.#writes.retry(write.key, text);
    this.#driver.touch();
    return again;
  }

  dismiss(write: { key: string }): void {
    this.clock.sync();
    if (this.crew.follows) this.feed((now) => this.core.tell(Tell.dismiss, now, 0, write.key));
    this.crew.lead(Tell.dismiss, 0, write.key);
  }

  async synced(o: { signal?: AbortSignal } = {}): Promise<void> {
    await this.until(this.#status, o.signal, ({ pending }) => pending === 0);
  }

  pause(): void {
    this.crew.lead(Tell.pause, 1);
  }
  resume(): void {
    this.crew.lead(Tell.pause, 0);
  }

  event(name: string): any {
    checkName(name, 'topic');
    need(this.capabilities, 'events');
    return this.signals.topics.face(name);
  }
  get rpc(): Rockpool['rpc'] {
    need(this.capabilities, 'rpc');
    return this.signals.calls.face;
  }
  liveQuery(query: string, variables?: object): any {
    need(this.capabilities, 'liveQuery');
    return this.lives!.face(query, variables);
  }
  presence(name: string): any {
    checkName(name, 'room');
    need(this.capabilities, 'presence');
    let room = this.#rooms.get(name);
    if (!room) this.#rooms.set(name, (room = new Room(this.clock, this.crew, name, this.#platform.tab)));
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
    this.signals.close();
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
    const held = "another process holds this store and its writes; log out there, or with pending: 'discard'";
    if (how !== 'discard' && this.#platform.alone) throw new RockpoolError('follower', held);
    if (how === 'push') await this.synced(o);
    const { length } = this.core.pending();
    if (how !== 'discard' && length)
      throw new RockpoolError('unsynced', `${length} writes have not reached the server`);
    await this.destroy();
  }

  async destroy(): Promise<void> {
    this.#platform.evict();
    await this.close();
    await this.#platform.wipe();
  }
}
