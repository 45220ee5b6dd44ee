/**
 * Rockpool: records that live in the page, can be written offline, and meet again.
 *
 * Limits: a record or value is at most 1 MiB of JSON and 64 levels deep; ids are 1 to 2,048 and names 1 to
 * 256 bytes of UTF-8 without control characters; a batch holds at most 256 writes and 256 KiB; at most 10,000
 * writes wait for the server.
 * Times are milliseconds since 1970.
 */

/**
 * A current value and its changes. Call it: the same object until it changes. `subscribe` runs `fn` at once,
 * then on each change, once for everything that happened in one task.
 * React: `useSyncExternalStore(x.subscribe, x, x)`. Svelte: `$x`.
 */
export interface Live<T> {
  (): T;
  subscribe(fn: (value: T) => void): Stop;
}
/** Undoes what returned it. Calling it again does nothing. */
export type Stop = () => void;

/** Standard Schema v1 (zod, valibot, arktype). Must answer synchronously; its output must be plain JSON. */
export interface Validator<T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Checked<T> | Promise<Checked<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}
export type Checked<T> =
  { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly Issue[] };
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What you read: flat, with its id, frozen (so typed deeply readonly). Version and times: `meta(id)`. */
export type Row<T> = Deep<Omit<T, 'id'>> & { readonly id: string };
/** What you write. Plain JSON. Without an id a UUIDv7 (32 hex digits) is made. */
export type New<T> = Omit<T, 'id'> & { id?: string };
/** null stores null, undefined removes the field, objects merge, arrays are replaced. */
export type Changes<T> = {
  [K in Exclude<keyof T, 'id'>]?:
    (T[K] extends readonly unknown[] ? T[K] : T[K] extends object ? Changes<T[K]> : T[K]) | undefined;
};
export type Deep<T> = T extends readonly (infer E)[]
  ? readonly Deep<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Deep<T[K]> }
    : T;
type Plain = string | number | boolean | null | undefined | readonly unknown[];
/** Dotted paths, three levels deep. */
export type Path<T, D extends 0[] = []> = D['length'] extends 3
  ? never
  : {
      [K in keyof T & string]: NonNullable<T[K]> extends Plain
        ? K
        : K | `${K}.${Path<NonNullable<T[K]>, [...D, 0]>}`;
    }[keyof T & string];
export type At<T, P> = P extends keyof T
  ? T[P]
  : P extends `${infer H}.${infer R}`
    ? H extends keyof T
      ? At<NonNullable<T[H]>, R>
      : never
    : never;
export type PathTo<T, V> = { [P in Path<T>]: NonNullable<At<T, P>> extends V ? P : never }[Path<T>];

/** Means the same here and on the server. Sorted by code point, then id; `nocase` folds case. */
export interface Query<T> {
  where?: Where<T>;
  orderBy?: Order<T> | readonly Order<T>[];
  /** At most this many rows; `more()` raises it. */
  limit?: number;
  /** Only rows behind the one with this id. */
  after?: string;
}
export type Order<T> = Path<T> | { by: Path<T>; desc?: boolean; nocase?: boolean };
export type Where<T> = { [P in Path<T>]?: At<T, P> | Test<At<T, P>> } & {
  $and?: Where<T>[];
  $or?: Where<T>[];
  $not?: Where<T>;
};
export interface Test<V> {
  $eq?: V;
  $ne?: V;
  $gt?: V;
  $gte?: V;
  $lt?: V;
  $lte?: V;
  $in?: readonly V[];
  /** The array holds this element. */
  $has?: V extends readonly (infer E)[] ? E : never;
  /** The text contains this one, whatever the case. */
  $text?: string;
  $exists?: boolean;
}
/**
 * unknown: never downloaded, so an empty result means nothing. cached: was complete in an earlier session.
 * complete: confirmed by the server in this one (local only: always).
 */
export type Known = 'unknown' | 'cached' | 'complete';
export interface Result<T> {
  readonly rows: readonly Row<T>[];
  readonly known: Known;
  /** Not complete yet, and the server is being asked. */
  readonly loading: boolean;
  /** There are rows beyond `limit`. */
  readonly hasMore: boolean;
  /** The query itself was wrong (`invalid`, with the path). */
  readonly error?: RockpoolError;
  /** Since the previous result; indexes are those at the time of each step. Empty in the first one. */
  readonly changes: readonly { type: 'enter' | 'change' | 'leave'; row: Row<T>; index: number }[];
}
/**
 * Equal queries are one object, so it may stand inline in a component. Unchanged rows, and an unchanged list,
 * keep their identity.
 */
export interface LiveQuery<T> {
  (): Result<T>;
  subscribe(fn: (rows: readonly Row<T>[], result: Result<T>) => void): Stop;
  /** Raises the limit by `n`, by the query's own limit when left out. */
  more(n?: number): void;
  /**
   * Resolves when complete, or cached while offline. Rejects with the query's error (`forbidden`: the server
   * does not show this collection), `closed`, or the signal's reason.
   */
  ready(o?: { signal?: AbortSignal }): Promise<Result<T>>;
}

export type Rule = 'merge' | 'server' | 'client' | 'manual';
/**
 * What happens to a field that was changed on both sides. `merge` (default): mine, which comes later, and
 * event `merged` tells of it; `server`: theirs; `client`: mine; `manual`: waits in `conflicts`; `set` unites
 * arrays.
 */
export type Policy<T> =
  Rule | Resolve<T> | { default: Rule | Resolve<T>; fields: { [P in Path<T>]?: Rule | 'set' } };
/**
 * Pure, synchronous; runs again if the server moved on. null deletes, 'manual' asks the user, a throw counts
 * as 'manual'.
 */
export type Resolve<T> = (clash: Clash<T>) => New<T> | null | 'manual';
/**
 * undefined = deleted (or, for base, absent) on that side. `merged`: mine and theirs wherever they do not
 * collide.
 */
export interface Clash<T> {
  readonly collection: string;
  readonly id: string;
  /** Dotted; empty when one side deleted the record. */
  readonly paths: readonly string[];
  readonly base?: Row<T>;
  readonly mine?: Row<T>;
  readonly theirs?: Row<T>;
  readonly merged: Row<T>;
}
export interface Conflict<T = any> extends Clash<T> {
  readonly at: number;
  /** Keys of the writes that wait for this. */
  readonly writes: readonly string[];
  /** Throws `not-found` when it was resolved meanwhile, `invalid` for a wrong value. null deletes. */
  resolve(to: 'mine' | 'theirs' | New<T> | null): Write<T>;
}

export type WriteState =
  'accepted' | 'durable' | 'sent' | 'acknowledged' | 'conflict' | 'refused' | 'cancelled';
/** Frozen picture of a write, a new one for each state. `key` is unique over tabs and sessions. */
export interface WriteInfo<T = any> {
  readonly key: string;
  /** Key of the batch's first write. */
  readonly batch?: string;
  readonly collection: string;
  readonly id: string;
  readonly op: string;
  /** What was said: the value, the changes, the operands; null for a remove. */
  readonly value: Deep<Partial<T>> | null;
  readonly state: WriteState;
  readonly at: number;
  /** How often it was sent. */
  readonly tries: number;
  readonly error?: RockpoolError;
}
/**
 * Not a promise: `await write` does nothing (development builds say so). Its promises never cause
 * `unhandledrejection`.
 */
export interface Write<T = any> extends Live<WriteInfo<T>> {
  readonly key: string;
  /** Of the record. */
  readonly id: string;
  readonly state: WriteState;
  /**
   * On this disk, or already on the server. Soon, offline too; with memory storage not before the server has
   * it.
   * Rejects with `refused`, `cancelled`, or, in Node when another process holds the store, `follower`.
   */
  readonly durable: Promise<void>;
  /**
   * In the server's log. Offline: not before the link is back. Rejects when refused or cancelled. Local only:
   * as `durable`.
   */
  readonly acknowledged: Promise<void>;
}

export interface CollectionOptions<T> {
  /** Asked for `insert`, `put` and the outcome of `update`. */
  schema?: Validator<T>;
  policy?: Policy<T>;
  /** Taken as a hint. */
  indexes?: readonly Path<T>[];
  /**
   * What stays here for offline. For now collections are kept whole in either case; a filter throws
   * `unsupported`.
   */
  keep?: 'queried' | 'all' | Where<T>;
  /** An older `version`'s row in today's shape. Throws `unsupported` for now. */
  upcast?: (old: any, from: number) => T;
  /** Integers beyond 2^53: as numbers (default). 'string' throws `unsupported` for now. */
  bigints?: 'number' | 'string';
}
export type JsonPatch =
  | { op: 'add' | 'replace' | 'test'; path: string; value: unknown }
  | { op: 'remove'; path: string }
  | { op: 'move' | 'copy'; from: string; path: string };
/**
 * Writes are synchronous: shown at once, or they throw (`invalid` with its path, `not-found`, `exists`,
 * `quota`, `too-large`, `closed`) and nothing happened. When another tab was quicker, one is refused with the
 * code that its call would have thrown. Only plain JSON is taken: a Date, Blob, Map,
 * function, bigint, NaN or cycle is `invalid`, with its path.
 */
export interface Collection<T> {
  readonly name: string;
  /** Throws `exists` when the id is there. */
  insert(value: New<T>): Write<T>;
  /** Throws `not-found` when the record is not here. */
  update(id: string, changes: Changes<T>): Write<T>;
  /** The whole value; creates or replaces. */
  put(id: string, value: New<T>): Write<T>;
  /** RFC 6902; all of it applies, or it throws. */
  patch(id: string, ops: readonly JsonPatch[]): Write<T>;
  /** Adds `by` (1). Never conflicts. */
  increment(id: string, path: PathTo<T, number>, by?: number): Write<T>;
  /** Into a set-like array; what is there already is not doubled. Never conflicts. */
  include(id: string, path: PathTo<T, readonly unknown[]>, ...values: unknown[]): Write<T>;
  /** Out of a set-like array. Never conflicts. */
  exclude(id: string, path: PathTo<T, readonly unknown[]>, ...values: unknown[]): Write<T>;
  /** Throws `not-found` when the record is not here. */
  remove(id: string): Write<T>;
  /** What is here now; undefined = not here. */
  get(id: string): Row<T> | undefined;
  /** From here, otherwise from the server. Rejects `offline`, `closed`, or with the signal's reason. */
  fetch(id: string, o?: { signal?: AbortSignal }): Promise<Row<T> | undefined>;
  meta(id: string):
    | {
        version: string;
        createdAt: number;
        updatedAt: number;
        pending: number;
        conflict: boolean;
        remoteId?: string;
      }
    | undefined;
  watch(id: string): Live<{
    readonly row?: Row<T>;
    readonly known: Known;
    readonly pending: number;
    readonly conflict: boolean;
  }>;
  query(q?: Query<T>): LiveQuery<T>;
  /** Of what is here; the server's number when `known` is complete. */
  count(where?: Where<T>): Live<{ readonly total: number; readonly known: Known }>;
}

export interface OpenOptions<S> {
  /** Of the server, http(s). Left out: local only. */
  url?: string;
  /** Another name for another store beside the first. */
  store?: string;
  /** Default "default". */
  space?: string;
  /** Of the server; default 'native'. */
  dialect?: 'native' | 'baserow' | 'deepstream' | 'datocms' | 'jsonpad' | 'rested';
  /**
   * Whose data: part of the store's name, and compared with the server's `welcome.user` before anything is
   * pushed.
   */
  user?: string;
  /** Take over what was written in this store without a user. Throws `unsupported` for now. */
  adopt?: boolean;
  /** Asked once at a time. A throw = try later; null = signed out (`auth`). Dialects: or credentials. */
  token?: (ask: {
    reason: 'start' | 'expiring' | 'refused';
    signal: AbortSignal;
  }) => string | null | Promise<string | null>;
  /** Schemas and policies are given here, not later: whichever tab leads must have them. */
  collections?: { [K in keyof S]?: CollectionOptions<S[K]> };
  /** Of the app's data, a whole number. A tab with a larger one takes the lead, others become `outdated`. */
  version?: number;
  /**
   * grouped: a commit whenever none runs (default). strict: also past a power cut. 'each' throws
   * `unsupported` for now.
   */
  durability?: 'grouped' | 'each' | 'strict';
  /**
   * auto: IDBFS where IndexedDB and Web Locks are there, else memory. memory: nothing survives a reload.
   * 'idb' and 'opfs' throw `unsupported` for now.
   */
  storage?: 'auto' | 'idbfs' | 'idb' | 'opfs' | 'memory';
  /** Node: folder of the store. Left out: memory. */
  dir?: string;
  /** Those that may be used, best first (all): what does not get through in 3 s gives way to the next. */
  transports?: readonly ('websocket' | 'sse' | 'poll')[];
  /** Where the core is, or the compiled module; answers.datocms.wasm is looked for beside `url` first. */
  wasm?: { url?: string | URL; module?: WebAssembly.Module };
  /** A WebSocket class, for tests and for Node 20, which otherwise uses the other transports. */
  WebSocket?: unknown;
  /**
   * From which level on entries go to the console (default 'warn'), or who takes all of them. Nothing is ever
   * sent anywhere.
   */
  log?:
    | 'error'
    | 'warn'
    | 'info'
    | 'debug'
    | ((entry: { level: string; at: number; event: string; detail: object }) => void);
  /** Throws `unsupported` for now. */
  platform?: object;
}
export interface Status {
  /**
   * online: greeted. connecting: trying. offline: no network, paused, or local only. auth: a token is needed.
   * user-mismatch: the server knows another user; nothing is shown or pushed. outdated: another tab has a
   * newer `version` of the app, and this one writes no more; or the server wants a newer one.
   * stopped: the server refused for good; `error` says why. closed: by `close`.
   */
  readonly state:
    'online' | 'connecting' | 'offline' | 'auth' | 'user-mismatch' | 'outdated' | 'stopped' | 'closed';
  readonly error?: RockpoolError;
  readonly transport?: 'websocket' | 'sse' | 'poll';
  /**
   * This tab has the disk and the connection. The others follow it, and one of them leads when it goes.
   */
  readonly leader: boolean;
  readonly user?: string;
  /** When everything here was last known to agree with the server. */
  readonly syncedAt?: number;
  readonly pending: number;
  readonly conflicts: number;
  readonly refused: number;
  readonly storage: {
    /** failing: writes are kept in memory and tried again. */
    readonly kind: 'disk' | 'memory' | 'failing';
    readonly persisted: boolean;
    /** Was here once and the browser removed it. */
    readonly lost: boolean;
  };
}
export interface Events {
  status: Status;
  conflict: Conflict;
  /** A clash the policy settled. */
  merged: Clash<any>;
  refused: WriteInfo;
  /** The server's history changed (restored backup); `lost`: acknowledged records it no longer has. */
  reset: { reason: string; lost: readonly { collection: string; id: string }[] };
  /** What went wrong beside a call: the disk, a policy that threw, a token function that gave nonsense. */
  error: RockpoolError;
}
export interface Peer<P> {
  readonly key: string;
  readonly self: boolean;
  /** The server's word. */
  readonly user?: string;
  readonly state: P;
}

/**
 * Resolves when local data can be read; never waits for the network. Same url, store, space and user: the
 * same object (StrictMode, HMR). Rejects with `usage`, `unsupported`, `newer-store` (written by a newer
 * Rockpool; left untouched) or `internal` (the WebAssembly could not be loaded).
 */
export declare function open<S = Record<string, any>>(options: OpenOptions<S>): Promise<Rockpool<S>>;
export interface Rockpool<S = Record<string, any>> {
  readonly clientId: string;
  /** versions, resume, batches, events, rpc, presence, liveQuery: what the dialect can do. */
  readonly capabilities: Readonly<Record<string, boolean>>;
  collection<K extends keyof S & string>(name: K): Collection<S[K]>;
  /**
   * All or nothing, here and on the server (one space): one journal record, one notification, one log entry.
   * `fn` is synchronous, a throw undoes it. Reads inside see the state before; a write that does not fit
   * makes `batch` throw at its end. A refusal, conflict or cancel concerns the whole batch. It fences what it
   * writes, not what it reads.
   * Returns its last write. Throws `usage` when nothing was written.
   */
  batch(fn: () => void): Write;
  /**
   * Every write not settled, refused and conflicting ones too, from earlier sessions as well; oldest first.
   */
  readonly pending: Live<readonly WriteInfo[]>;
  readonly conflicts: Live<readonly Conflict[]>;
  readonly status: Live<Status>;
  on<E extends keyof Events>(event: E, fn: (e: Events[E]) => void): Stop;
  /** The handle again, after a reload. undefined: unknown, or settled. */
  write(key: string): Write | undefined;
  /** False when it may have been sent. Takes its batch, and later writes on an uncreated record, along. */
  cancel(write: { key: string }): boolean;
  /** A refused write again, with another value if given. Throws `not-found`. */
  retry(write: { key: string }, value?: object): Write;
  /** Forget a refused write. */
  dismiss(write: { key: string }): void;
  /** Nothing waits for the server any more. Rejects `closed`, or with the signal's reason. */
  synced(o?: { signal?: AbortSignal }): Promise<void>;
  /** Offline on purpose; survives reloads. `resume` also asks for a token again in state `auth`. */
  pause(): void;
  resume(): void;
  /** At most once, never queued: emit is false when not online. */
  event<M = any>(
    topic: string,
  ): {
    emit(data: M): boolean;
    subscribe(fn: (data: M, from: { user?: string }) => void): Stop;
  };
  /** Carried out by another page, at most once. 10 s unless said, at most 5 min. */
  readonly rpc: {
    /** Offline: rejects `offline` at once, unless `wait`. */
    call<R = any>(
      name: string,
      data?: unknown,
      o?: { timeout?: number; wait?: boolean; signal?: AbortSignal },
    ): Promise<R>;
    provide(name: string, fn: (data: any, from: { user?: string }) => unknown): Stop;
  };
  /** Per tab and room. The last state wins (20 a second, 4 KiB), also over reconnects; null leaves. */
  presence<P = any>(room: string): Live<readonly Peer<P>[]> & { set(state: P | null): void };
  /** DatoCMS: a GraphQL query that stays true, its last result kept. `usage`, `invalid`, `too-large`. */
  liveQuery<R = any>(
    query: string,
    variables?: object,
  ): Live<{ readonly data?: R; readonly known: Known; readonly error?: RockpoolError }>;
  /** navigator.storage.persist; only on the user's wish. False where there is none. */
  persist(): Promise<boolean>;
  /** In bytes; zeros where the browser does not say. */
  estimate(): Promise<{ usage: number; quota: number }>;
  /** Records, pending writes and conflicts as JSON, in any state, a failing store too. */
  export(): Promise<Blob>;
  /** Flushes and lets go; data stays. Reads go on, writes throw `closed`. */
  close(): Promise<void>;
  /**
   * Closes every tab's db and wipes this user's store. With writes pending: fail (default, `unsynced`), push
   * them first, discard; 'keep' throws `unsupported` for now. In Node, when another process holds the store:
   * `follower`, unless discard.
   */
  logout(o?: { pending?: 'fail' | 'push' | 'discard' | 'keep'; signal?: AbortSignal }): Promise<void>;
  /** Wipe without asking. */
  destroy(): Promise<void>;
}

export type ErrorCode =
  | 'usage'
  | 'invalid'
  | 'not-found'
  | 'exists'
  | 'forbidden'
  | 'refused'
  | 'depends'
  | 'cancelled'
  | 'sent'
  | 'offline'
  | 'timeout'
  | 'auth'
  | 'user-mismatch'
  | 'unsynced'
  | 'quota'
  | 'storage'
  | 'newer-store'
  | 'outdated'
  | 'too-large'
  | 'overloaded'
  | 'unsupported'
  | 'follower'
  | 'closed'
  | 'internal';
export declare class RockpoolError extends Error {
  readonly code: ErrorCode;
  /** The same call may succeed later. */
  readonly retryable: boolean;
  /** Milliseconds. */
  readonly retryAfter?: number;
  /** JSON Pointer into the value that was wrong. */
  readonly path?: string;
  readonly issues?: readonly Issue[];
  readonly write?: WriteInfo;
  /** Over bundles and realms, where instanceof fails. */
  static is(e: unknown, code?: ErrorCode): e is RockpoolError;
}
