// A collection: its rows as JavaScript objects, and who looks at them.
import type {
  Changes,
  Collection,
  CollectionOptions,
  JsonPatch,
  Known,
  Live,
  LiveQuery,
  New,
  Query,
  Row,
  Where,
  Write,
} from '../index.js';
import { Tell } from './calls.js';
import type { Core } from './core.js';
import { RockpoolError } from './errors.js';
import { Source, sameMembers } from './live.js';
import type { Clockwork } from './live.js';
import type { Json, Kind, LocalWrite } from './protocol.js';
import { TableQuery } from './query.js';
import {
  check,
  checkId,
  checkRecord,
  freeze,
  isMembers,
  merged,
  newId,
  patchText,
  pointer,
  recordText,
  textOf,
} from './value.js';
import type { Members } from './value.js';

type Watched = {
  readonly row?: Row<Json>;
  readonly known: Known;
  readonly pending: number;
  readonly conflict: boolean;
};

/** What a collection needs of the database. */
export interface Home {
  readonly core: Core;
  readonly clock: Clockwork;
  readonly local: boolean;
  touch(): void;
  put(write: LocalWrite): Write;
  /** The server is there, or being asked for. */
  reaching(): boolean;
  until<T>(source: Source<T>, signal: AbortSignal | undefined, done: (value: T) => boolean): Promise<T>;
  /** A number for a live query, by which its events find it. */
  enlist(query: TableQuery): number;
  delist(id: number): void;
  /** Asks the server for a record that its lists may not name. False where all are known. */
  look(collection: string, id: string): boolean;
}

/** Hears what becomes of a collection. */
export interface Follower {
  rowsMoved(ids: string[]): void;
  /** With a refusal: the server does not show it, and why. */
  knownMoved(refusal?: RockpoolError): void;
  statusMoved(): void;
  /** Another engine answers. */
  begin(): void;
}

/** A server that does not answer within this has nothing to say. */
const lookMs = 3_000;

export class Table implements Follower {
  readonly core: Core;
  readonly clock: Clockwork;
  readonly #rows = new Map<string, Row<Json>>();
  readonly #watchers = new Map<string, Source<Watched>>();
  readonly #counts = new Map<string, Source<{ readonly total: number; readonly known: Known }>>();
  readonly #queries = new Map<string, TableQuery>();
  /** Ids the server was asked for. */
  readonly #asked = new Set<string>();
  /** Why the server does not show it. */
  refusal: RockpoolError | undefined;
  #known: Known | undefined;

  constructor(
    readonly home: Home,
    readonly name: string,
    readonly options: CollectionOptions<Json>,
  ) {
    this.core = home.core;
    this.clock = home.clock;
  }

  get known(): Known {
    return (this.#known ??= this.home.local ? 'complete' : this.core.known(this.name));
  }

  loading(known: Known): boolean {
    return known !== 'complete' && !this.refusal && this.home.reaching();
  }

  touch(): void {
    this.home.touch();
  }

  until<T>(source: Source<T>, signal: AbortSignal | undefined, done: (value: T) => boolean): Promise<T> {
    return this.home.until(source, signal, done);
  }

  // ---- rows

  /** The one object for this state of the record. */
  keep(row: Json): Row<Json> {
    const have = this.#rows.get(row.id);
    if (have) return have;
    this.#rows.set(row.id, freeze(row) as Row<Json>);
    return row as Row<Json>;
  }

  get(id: string): Row<Json> | undefined {
    this.clock.sync();
    const have = this.#rows.get(id);
    if (have) return have;
    const row = this.core.row(this.name, id);
    return row && this.keep(row);
  }

  rowsMoved(ids: string[]): void {
    for (const id of ids) {
      this.#asked.delete(id);
      this.#rows.delete(id);
      this.#watchers.get(id)?.moved();
    }
    for (const count of this.#counts.values()) count.moved();
  }

  /** Without a refusal, what is known is not refused any more. */
  knownMoved(refusal?: RockpoolError): void {
    this.#known = undefined;
    this.#asked.clear();
    this.refusal = refusal;
    for (const watcher of this.#watchers.values()) watcher.moved();
    for (const count of this.#counts.values()) count.moved();
    for (const query of this.#queries.values()) query.moved();
  }

  /** The link is another: what was loading may not be any more. */
  statusMoved(): void {
    for (const query of this.#queries.values()) query.moved();
  }

  /** Another engine answers. */
  begin(): void {
    for (const [id, row] of this.#rows) {
      const now = this.core.row(this.name, id);
      if (!now || JSON.stringify(now) !== JSON.stringify(row)) this.#rows.delete(id);
    }
    for (const query of this.#queries.values()) query.begin();
    this.knownMoved();
  }

  // ---- live things

  watcher(id: string): Source<Watched> {
    let source = this.#watchers.get(id);
    if (!source) {
      source = new Source<Watched>(
        this.clock,
        (old) => {
          const row = this.get(id);
          const meta = row && this.core.meta(this.name, id);
          const face = {
            ...(row && { row }),
            known: this.#asked.has(id) ? 'unknown' : this.known,
            pending: meta?.pending ?? 0,
            conflict: meta?.conflict ?? false,
          };
          return sameMembers(old, face) ? old! : Object.freeze(face);
        },
        { start: () => void this.#watchers.set(id, source!), stop: () => void this.#watchers.delete(id) },
      );
      this.#look(id, source);
    }
    return source;
  }

  #look(id: string, source: Source<Watched>): void {
    if (this.get(id) || !this.home.look(this.name, id)) return;
    this.#asked.add(id);
    setTimeout(() => this.#asked.delete(id) && source.moved(), lookMs);
  }

  count(where?: Where<Json>): Live<{ readonly total: number; readonly known: Known }> {
    const text = where ? textOf(where) : '';
    const had = this.#counts.get(text);
    if (had) return had.live();
    this.core.count(this.name, text);
    const source: Source<{ readonly total: number; readonly known: Known }> = new Source(
      this.clock,
      (old) => {
        const face = { total: this.core.count(this.name, text), known: this.known };
        return sameMembers(old, face) ? old! : Object.freeze(face);
      },
      { start: () => void this.#counts.set(text, source), stop: () => void this.#counts.delete(text) },
    );
    return source.live();
  }

  query(query: Query<Json>): LiveQuery<Json> {
    const key = TableQuery.keyOf(query);
    let found = this.#queries.get(key);
    if (!found) this.#queries.set(key, (found = new TableQuery(this, query, key)));
    return found.face;
  }

  watch(query: TableQuery, spec: string): number {
    const id = this.home.enlist(query);
    try {
      this.core.watchQuery(id, this.name, spec);
    } catch (error) {
      this.home.delist(id);
      throw error;
    }
    this.#queries.set(query.key, query);
    this.touch();
    return id;
  }

  unwatch(query: TableQuery, id: number): void {
    this.core.tell(Tell.unwatch, 0, id);
    this.home.delist(id);
    if (this.#queries.get(query.key) === query) this.#queries.delete(query.key);
  }

  // ---- writes

  /** Through the schema, if there is one. */
  checked(value: Members): Members {
    const schema = this.options.schema?.['~standard'];
    if (!schema) return value;
    const answer = schema.validate(value);
    if (answer instanceof Promise)
      throw new RockpoolError('usage', `the schema of ${this.name} must answer synchronously`);
    if (!answer.issues) {
      checkRecord(answer.value);
      return answer.value;
    }
    const [issue] = answer.issues;
    const path = (issue?.path ?? [])
      .map((part) => `/${String(typeof part === 'object' ? part.key : part)}`)
      .join('');
    throw new RockpoolError(
      'invalid',
      `${this.name}: ${path && `${path}: `}${issue?.message ?? 'the schema refuses it'}`,
      { path, issues: answer.issues },
    );
  }

  write(kind: Kind, id: string, data: string, path = ''): Write {
    checkId(id);
    return this.home.put({ kind, collection: this.name, id, path, data });
  }
}

/** The face of a table. */
export class TableFace<T> implements Collection<T> {
  readonly name: string;
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
    this.name = table.name;
  }

  insert(value: New<T>): Write<T> {
    checkRecord(value);
    const checked = this.#table.checked(value);
    const id = (value as { id?: string }).id ?? newId(Date.now());
    return this.#table.write('insert', id, recordText(checked));
  }

  put(id: string, value: New<T>): Write<T> {
    checkRecord(value);
    return this.#table.write('put', id, recordText(this.#table.checked(value)));
  }

  update(id: string, changes: Changes<T>): Write<T> {
    checkId(id);
    checkRecord(changes);
    if (Object.hasOwn(changes, 'id'))
      throw new RockpoolError('invalid', 'an id does not change; remove the record and insert another', {
        path: '/id',
      });
    const before = this.#table.get(id);
    if (before && this.#table.options.schema) this.#table.checked(merged(before, changes));
    const { kind, text } = patchText(changes, before);
    return this.#table.write(kind, id, text);
  }

  patch(id: string, ops: readonly JsonPatch[]): Write<T> {
    if (!Array.isArray(ops)) throw new RockpoolError('invalid', 'a JSON Patch is a list of operations');
    return this.#table.write('patch', id, textOf(ops));
  }

  increment(id: string, path: string, by = 1): Write<T> {
    return this.#table.write('increment', id, textOf(by), pointer(path));
  }

  include(id: string, path: string, ...values: unknown[]): Write<T> {
    return this.#table.write('include', id, textOf(values), pointer(path));
  }

  exclude(id: string, path: string, ...values: unknown[]): Write<T> {
    return this.#table.write('exclude', id, textOf(values), pointer(path));
  }

  remove(id: string): Write<T> {
    return this.#table.write('remove', id, '');
  }

  get(id: string): Row<T> | undefined {
    checkId(id);
    return this.#table.get(id) as Row<T> | undefined;
  }

  async fetch(id: string, o: { signal?: AbortSignal } = {}): Promise<Row<T> | undefined> {
    checkId(id);
    const table = this.#table;
    const { row } = await table.until(table.watcher(id), o.signal, ({ row, known }) => {
      if (row || known === 'complete') return true;
      if (table.home.reaching()) return false;
      throw new RockpoolError('offline', `${this.name}/${id} is not here, and the server is not reached`);
    });
    return row as Row<T> | undefined;
  }

  meta(id: string): ReturnType<Collection<T>['meta']> {
    checkId(id);
    this.#table.clock.sync();
    return this.#table.core.meta(this.name, id);
  }

  watch(id: string): ReturnType<Collection<T>['watch']> {
    checkId(id);
    return this.#table.watcher(id).live() as ReturnType<Collection<T>['watch']>;
  }

  query(query: Query<T> = {}): LiveQuery<T> {
    if (!isMembers(query))
      throw new RockpoolError('usage', 'a query is an object like { where, orderBy, limit }');
    check(query);
    return this.#table.query(query as Query<Json>) as unknown as LiveQuery<T>;
  }

  count(where?: Where<T>): ReturnType<Collection<T>['count']> {
    return this.#table.count(where as Where<Json>);
  }
}
