// What crosses the boundary to the core: wasm/core.h has the other side.
import type { Known, WriteState } from '../index.js';
import type { CoreError } from './errors.js';

export type Json = Record<string, unknown> & { id: string };

export interface WriteJson {
  key: string;
  number: number;
  batch?: string;
  collection: string;
  id: string;
  op: string;
  value: unknown;
  state: WriteState;
  durable: boolean;
  at: number;
  tries: number;
  error?: CoreError;
}
export interface ClashJson {
  collection: string;
  id: string;
  paths: string[];
  base?: Json;
  mine?: Json;
  theirs?: Json;
  merged?: Json;
  at: number;
  writes: string[];
}
export interface StatusJson {
  state: 'online' | 'connecting' | 'offline' | 'auth' | 'user-mismatch' | 'outdated' | 'stopped' | 'closed';
  error?: CoreError;
  transport?: 'websocket' | 'sse' | 'poll';
  user?: string;
  syncedAt?: number;
  pending: number;
  conflicts: number;
  refused: number;
  failing: boolean;
  paused: boolean;
}
export interface MetaJson {
  version: string;
  createdAt: number;
  updatedAt: number;
  pending: number;
  conflict: boolean;
  remoteId?: string;
}
export interface MemberJson {
  key: string;
  user?: string;
  state: unknown;
}
export interface RestoreJson {
  cutBytes: number;
  problem: string;
  error?: CoreError;
}
export type Failed = { error: CoreError };

/** One step that turns a list into its next state; indexes are those of the moment. */
export type ListStep =
  | ['enter', index: number, row: Json, moved?: true]
  | ['change', index: number, row: Json]
  | ['leave', index: number, moved?: true];

/** Ways to carry messages, by the core's number. */
export const transports = ['websocket', 'sse', 'poll'] as const;
export type Transport = (typeof transports)[number];

/** An event or a step of a call, as docs/protocol.md has it. */
export interface Signal {
  type: string;
  id?: number;
  event?: string;
  rpc?: string;
  data?: unknown;
  error?: unknown;
  user?: string;
}

export type Reason = 'start' | 'expiring' | 'refused';

/** In the order they are to be done; `rows` come before the queries that show them. */
export type CoreEvent =
  | ['open', carrier: number, kind: string, url: string, subprotocol: string, headers: [string, string][]]
  | ['send', carrier: number, text: string, binary?: 1]
  | ['close', carrier: number, code: number, reason: string]
  | ['persist', step: number]
  | ['token', reason: Reason]
  | ['rows', collection: string, ...ids: string[]]
  | ['all', query: number, hasMore: boolean, rows: Json[]]
  | ['steps', query: number, hasMore: boolean, steps: ListStep[]]
  | ['known', collection: string]
  | ['writes', state: WriteState, ...numbers: number[]]
  | ['refused', write: WriteJson]
  | ['status', leaders?: StatusJson]
  | ['conflicts']
  | ['merged', clash: ClashJson]
  | ['conflict', clash: ClashJson]
  | ['ask', ticket: number, clash: ClashJson]
  | ['reset', reason: string, lost: { collection: string; id: string }[]]
  | ['signal', message: Signal | null]
  | ['presence', room: string, leaders?: MemberJson[]]
  | ['error', error: CoreError]
  | ['log', error: CoreError]
  | ['exchange', carrier: number, method: string, url: string, headers: [string, string][], body: string];

export const knownNames: readonly Known[] = ['unknown', 'cached', 'complete'];

/** Kinds of a local write, by the core's number. */
export const kinds = [
  'insert',
  'update',
  'put',
  'patch',
  'increment',
  'include',
  'exclude',
  'remove',
] as const;
export type Kind = (typeof kinds)[number];

export interface LocalWrite {
  kind: Kind;
  collection: string;
  id: string;
  path: string;
  data: string;
}

/** What makes writes: the app's own, or a refused one again, with another value unless that is empty. */
export type Wish = readonly LocalWrite[] | { readonly key: string; readonly value: string };

/** Numbers of a follower's writes before the leader gives them one; core/sync/outbox.h. */
export const provisionalBase = 2 ** 52;
