// Values of the app into JSON text and back.
import { RockpoolError } from './errors.js';

const depthMax = 64;

function invalid(path: string, what: string): never {
  throw new RockpoolError('invalid', `${path === '' ? 'the value' : path} is ${what}`, { path });
}

function step(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isPlain(value: object): boolean {
  const proto: unknown = Object.getPrototypeOf(value);
  return (
    proto === null ||
    proto === Object.prototype ||
    (Object.getPrototypeOf(proto) === null && Object.hasOwn(proto as object, 'isPrototypeOf'))
  );
}

function nameOf(value: object): string {
  return `a ${(value.constructor as Function | undefined)?.name || 'class instance'}`;
}

/**
 * Throws `invalid`, with the path, unless `value` is plain JSON. `undefined` is left out of objects, as JSON
 * does.
 */
export function check(value: unknown, path = '', above: object[] = []): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      return Number.isFinite(value) ? undefined : invalid(path, `${value}; JSON has only finite numbers`);
    case 'bigint':
      return invalid(path, 'a bigint; use a number or a string');
    case 'object':
      break;
    default:
      return invalid(path, `of type ${typeof value}; only JSON values can be stored`);
  }
  if (value === null) return;
  const list = Array.isArray(value);
  if (!list && !isPlain(value)) {
    invalid(
      path,
      `${nameOf(value)}; only plain objects, arrays, strings, finite numbers, booleans and null ` +
        'can be stored',
    );
  }
  if (above.includes(value)) invalid(path, 'part of itself');
  if (above.length >= depthMax) invalid(path, `nested deeper than ${depthMax} levels`);
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function')
    invalid(path, 'an object with toJSON; give its plain form');
  above.push(value);
  if (list) {
    for (let i = 0; i < value.length; i++) check(value[i], step(path, i), above);
  } else {
    for (const key of Object.keys(value)) {
      const member = (value as Record<string, unknown>)[key];
      if (member !== undefined && typeof member !== 'string' && typeof member !== 'boolean')
        check(member, step(path, key), above);
    }
  }
  above.pop();
}

export function textOf(value: unknown): string {
  check(value);
  return JSON.stringify(value);
}

export type Members = Record<string, unknown>;

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A record's value, which is an object. Its id travels apart from it. */
export function checkRecord(value: unknown): asserts value is Members {
  if (!isMembers(value)) invalid('', 'no object; a record is an object');
  check(value);
}

export function recordText(value: Members): string {
  if (!Object.hasOwn(value, 'id')) return JSON.stringify(value);
  const { id: _, ...rest } = value;
  return JSON.stringify(rest);
}

export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const key in value) {
      const member = value[key];
      if (typeof member === 'object' && member !== null) freeze(member);
    }
  }
  return value;
}

/** JSON with sorted keys: equal for equal values. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    isMembers(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** "a.b" as a JSON Pointer. */
export function pointer(path: unknown): string {
  if (typeof path !== 'string' || path === '')
    throw new RockpoolError('usage', 'a path is a text like "author.name"');
  return path.split('.').reduce<string>(step, '');
}

// ---- update: `undefined` removes, `null` stores null, objects merge, arrays replace

function stores(value: unknown): boolean {
  return value === null || (isMembers(value) && Object.values(value).some(stores));
}

const removing = (_: string, value: unknown): unknown => (value === undefined ? null : value);

/** `changes` without what is undefined, at any depth. */
const whole = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function steps(changes: Members, before: unknown, path: string, out: object[]): void {
  for (const [key, value] of Object.entries(changes)) {
    const at = step(path, key);
    const present = isMembers(before) && Object.hasOwn(before, key);
    const old = present ? before[key] : undefined;
    if (value === undefined) {
      if (present) out.push({ op: 'remove', path: at });
    } else if (isMembers(value) && isMembers(old)) {
      steps(value, old, at, out);
    } else {
      out.push({ op: 'add', path: at, value: whole(value) });
    }
  }
}

/** The change as a JSON Merge Patch, or, since that cannot store null, as a JSON Patch against `before`. */
export function patchText(changes: Members, before: unknown): { kind: 'update' | 'patch'; text: string } {
  if (!stores(changes)) return { kind: 'update', text: JSON.stringify(changes, removing) };
  const out: object[] = [];
  steps(changes, before, '', out);
  return { kind: 'patch', text: JSON.stringify(out) };
}

/** What `changes` makes of `before`, for a schema to look at. */
export function merged(before: unknown, changes: Members): Members {
  const out: Members = isMembers(before) ? { ...before } : {};
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete out[key];
    else
      Object.defineProperty(out, key, {
        value: isMembers(value) ? merged(out[key], value) : value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
  }
  return out;
}

// ---- ids

let lastTime = 0;
let sequence = 0;

export function randomHex(bytes: number): string {
  let text = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(bytes)))
    text += byte.toString(16).padStart(2, '0');
  return text;
}

/** A UUIDv7 without dashes: ids made later on one page sort later. */
export function newId(now: number): string {
  sequence = now > lastTime ? 0 : sequence + 1;
  if (sequence > 0xfff) {
    lastTime++;
    sequence = 0;
  }
  lastTime = Math.max(now, lastTime);
  const random = randomHex(8);
  const variant = '89ab'[parseInt(random[0]!, 16) & 3]!;
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  return `${hex(lastTime, 12)}7${hex(sequence, 3)}${variant}${random.slice(1)}`;
}

const control = /[\u0000-\u001f\u007f]/;

/** Throws `invalid` for what the core would refuse as an id. */
export function checkId(id: unknown): asserts id is string {
  if (typeof id !== 'string')
    throw new RockpoolError('invalid', `an id is a text, not ${typeof id}`, { path: '/id' });
  if (id === '' || id.length > 2048 || id === '.' || id === '..' || control.test(id)) {
    throw new RockpoolError(
      'invalid',
      'an id has 1 to 2,048 bytes without control characters and is not "." or ".."',
      { path: '/id' },
    );
  }
}

export function checkName(name: unknown, what: string): asserts name is string {
  if (
    typeof name !== 'string' ||
    name === '' ||
    name.length > 256 ||
    name === '.' ||
    name === '..' ||
    name[0] === '$' ||
    control.test(name)
  ) {
    throw new RockpoolError(
      'usage',
      `a ${what}'s name has 1 to 256 bytes without control characters, is not "." or "..", ` +
        'and does not begin with "$"',
    );
  }
}
