// What open() was given, checked.
import type { CollectionOptions, OpenOptions, Policy, Resolve } from '../index.js';
import type { SocketClass } from './carriers/websocket.js';
import { cores } from './cores.js';
import { RockpoolError, unsupported } from './errors.js';
import { transports as allTransports } from './protocol.js';
import type { Json, Transport } from './protocol.js';
import { checkName, isMembers } from './value.js';

export type Log = (level: string, event: string, detail: object) => void;

export interface Settings extends OpenOptions<Record<string, Json>> {
  url: string;
  space: string;
  dialect: NonNullable<OpenOptions<unknown>['dialect']>;
  store: string;
  user: string;
  dir: string;
  version: number;
  storage: 'auto' | 'idbfs' | 'memory';
  collections: Record<string, CollectionOptions<Json>>;
  transports: readonly Transport[];
  socket?: SocketClass;
  /** Names the store: folder of the mount, database, lock and channel. */
  path: string;
  log_: Log;
}

const levels = ['error', 'warn', 'info', 'debug'];
const known = [
  'url',
  'store',
  'space',
  'dialect',
  'user',
  'adopt',
  'token',
  'collections',
  'version',
  'durability',
  'storage',
  'dir',
  'transports',
  'wasm',
  'WebSocket',
  'log',
  'platform',
];
const formatVersion = 1;

function usage(what: string): never {
  throw new RockpoolError('usage', `open: ${what}`);
}

function text(options: OpenOptions<unknown>, name: 'url' | 'store' | 'space' | 'user' | 'dir'): string {
  const value: unknown = options[name];
  if (value === undefined) return '';
  if (typeof value !== 'string') usage(`option ${name} is a text, not ${String(value)}`);
  return value;
}

function checkUrl(url: string): string {
  if (url === '') return '';
  let parsed: URL;
  try {
    // Pages may say "/api"; it means their own server.
    parsed = new URL(url, url[0] === '/' && typeof location !== 'undefined' ? location.href : undefined);
  } catch {
    return usage(`option url, "${url}", is no URL; it looks like https://api.example`);
  }
  if (!/^https?:$/.test(parsed.protocol)) usage(`option url begins with http:// or https://`);
  if (parsed.username || parsed.password) usage('option url has a user or password in it; give option token');
  return (parsed.origin + parsed.pathname).replace(/\/+$/, '');
}

function checkCollections(collections: unknown): Record<string, CollectionOptions<Json>> {
  if (collections === undefined) return {};
  if (!isMembers(collections)) usage('option collections is an object of options by name');
  for (const [name, options] of Object.entries(collections)) {
    checkName(name, 'collection');
    if (options === undefined) continue;
    if (!isMembers(options)) usage(`the options of collection ${name} are an object`);
    if (options.upcast) throw unsupported('option upcast');
    if (options.bigints === 'string') throw unsupported("option bigints: 'string'");
    if (options.keep !== undefined && typeof options.keep !== 'string')
      throw unsupported('keeping a part of a collection');
    if (
      options.schema &&
      typeof (options.schema as { '~standard'?: { validate?: unknown } })['~standard']?.validate !==
        'function'
    ) {
      usage(`the schema of collection ${name} is no Standard Schema (it has no ~standard.validate)`);
    }
    policyOf(name, options.policy as Policy<Json> | undefined);
  }
  return collections as Record<string, CollectionOptions<Json>>;
}

const rules = ['merge', 'server', 'client', 'manual'];

/** A policy in the core's words; functions stay here. */
export function policyOf(
  name: string,
  policy: Policy<Json> | undefined,
): { standard: string; fields: Record<string, string>; resolve?: Resolve<Json> } {
  const parts = isMembers(policy)
    ? (policy as { default?: unknown; fields?: unknown })
    : { default: policy ?? 'merge' };
  const standard = parts.default ?? 'merge';
  const fields = parts.fields ?? {};
  if (typeof standard !== 'function' && !rules.includes(standard as string))
    usage(`the policy of collection ${name} is one of ${rules.join(', ')}, or a function`);
  if (!isMembers(fields)) usage(`the policy of collection ${name} has its fields in an object`);
  for (const [path, rule] of Object.entries(fields)) {
    if (![...rules, 'set'].includes(rule as string))
      usage(`the policy of ${name}.${path} is one of ${rules.join(', ')}, set`);
  }
  return typeof standard === 'function'
    ? { standard: 'function', fields: fields as Record<string, string>, resolve: standard as Resolve<Json> }
    : { standard: standard as string, fields: fields as Record<string, string> };
}

function logOf(log: OpenOptions<unknown>['log'] = 'warn'): Log {
  if (typeof log === 'function')
    return (level, event, detail) => log({ level, at: Date.now(), event, detail });
  const least = levels.indexOf(log);
  if (least < 0) usage(`option log is a function or one of ${levels.join(', ')}`);
  return (level, event, detail) => {
    if (levels.indexOf(level) <= least) console[level as 'warn'](`rockpool: ${event}`, detail);
  };
}

/** Each part as one name of a folder. */
function segment(part: string): string {
  return part === ''
    ? '%'
    : encodeURIComponent(part).replace(/[.*'()!~]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
}

export function settingsOf(options: OpenOptions<any>): Settings {
  if (!isMembers(options as unknown)) usage('give it an object: { url: location.origin }');
  for (const name of Object.keys(options))
    if (!known.includes(name)) usage(`there is no option ${name}; there are ${known.join(', ')}`);
  const {
    dialect = 'native',
    storage = 'auto',
    durability = 'grouped',
    version = 0,
    transports = allTransports,
    token,
  } = options;
  if (!Object.hasOwn(cores, dialect)) throw unsupported(`dialect '${dialect}'`);
  if (!['auto', 'idbfs', 'memory'].includes(storage)) throw unsupported(`storage '${storage}'`);
  if (durability !== 'grouped' && durability !== 'strict') throw unsupported(`durability '${durability}'`);
  if (!Array.isArray(transports) || !transports.every((one) => allTransports.includes(one)))
    usage(`option transports is a list of ${allTransports.join(', ')}, best first`);
  if (options.adopt) throw unsupported('option adopt');
  if (options.platform) throw unsupported('option platform');
  if (!Number.isInteger(version) || version < 0 || version > 0xffffffff)
    usage('option version is a whole number');
  if (token !== undefined && typeof token !== 'function') usage('option token is a function');
  const socket = options.WebSocket ?? globalThis.WebSocket;
  if (socket !== undefined && typeof socket !== 'function') usage('option WebSocket is a class');

  const url = checkUrl(text(options, 'url'));
  const carriers = [...new Set(transports)].filter((one) =>
    dialect === 'jsonpad' ? one === 'poll' : one === 'websocket' ? socket : /^(nat|dat)/.test(dialect),
  );
  if (!carriers.length && (url || !transports.length)) {
    usage('option transports leaves no way to the server: add sse or poll, or option WebSocket');
  }
  const [store, user, dir] = [text(options, 'store'), text(options, 'user'), text(options, 'dir')];
  const space = text(options, 'space') || 'default';
  checkName(space, 'space');
  // What one dialect has stored is of no use to another.
  const root = `/rockpool-${formatVersion}${dialect === 'native' ? '' : `-${dialect}`}`;
  return {
    ...options,
    url,
    store,
    user,
    dir,
    space,
    dialect,
    version,
    transports: carriers,
    storage: storage as Settings['storage'],
    collections: checkCollections(options.collections),
    socket: socket as SocketClass,
    path: `${root}/${[url, store, space, user].map(segment).join('/')}`,
    log_: logOf(options.log),
  };
}
