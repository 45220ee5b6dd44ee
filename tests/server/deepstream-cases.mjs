// What is sent to the original and to ours: requests, commands and messages of a WebSocket. Judged by
// deepstream-both.test.mjs.
const post = (body, more) => ({ method: 'POST', type: 'application/json', body, ...more });
const json = (value, more) => post(JSON.stringify(value), more);
export const batch = (...commands) => json({ body: commands });

const emit = (eventName, more) => ({ topic: 'event', action: 'emit', eventName, ...more });
const read = (recordName) => ({ topic: 'record', action: 'read', recordName });
const head = (recordName) => ({ topic: 'record', action: 'head', recordName });
const remove = (recordName) => ({ topic: 'record', action: 'delete', recordName });
const write = (recordName, data, more) => ({ topic: 'record', action: 'write', recordName, data, ...more });
const call = (rpcName, more) => ({ topic: 'rpc', action: 'make', rpcName, ...more });
const online = (more) => ({ topic: 'presence', action: 'query', ...more });
const list = (action, listName, more) => ({ topic: 'list', action, listName, ...more });
const notify = (...recordNames) => ({ topic: 'record', action: 'notify', recordNames });

export const requests = {
  'GET on the batch path': { method: 'GET' },
  'PUT': { method: 'PUT', type: 'application/json', body: '{}' },
  'DELETE': { method: 'DELETE' },
  'POST to no known path': json({ body: [emit('e')] }, { at: '/elsewhere' }),
  'GET of no known path': { method: 'GET', at: '/elsewhere' },
  'text behind the path': json({ body: [emit('e')] }, { below: '/anything' }),
  'a query string': json({ body: [emit('e')] }, { below: '?x=1' }),
  'no content type': post('{"body":[]}', { type: undefined }),
  'plain text': post('{"body":[]}', { type: 'text/plain' }),
  'a form': post('a=1', { type: 'application/x-www-form-urlencoded' }),
  'a +json type': post('{"body":[]}', { type: 'application/vnd.api+json' }),
  'a type in capitals, with charset': json(
    { body: [emit('e')] },
    { type: 'APPLICATION/JSON; charset=UTF-8' },
  ),
  'a charset that is no UTF': json({ body: [emit('e')] }, { type: 'application/json; charset=latin1' }),
  'a broken content type': json({ body: [emit('e')] }, { type: 'application/json; charset' }),
  'exactly one mebibyte': post(sized(1_048_576)),
  'one byte more': post(sized(1_048_577)),
  'no JSON': post('{"body":['),
  'text as JSON': post('"text"'),
  'a number': post('1'),
  'an array at the top': post('[]'),
  'commands at the top': json([emit('e')]),
  'an empty body': post(''),
  'an empty object': post('{}'),
  'null': post('null'),
  'body null': json({ body: null }),
  'body an object': json({ body: {} }),
  'body a text': json({ body: 'x' }),
  'body empty': json({ body: [] }),
  'body of null': json({ body: [null] }),
  'body of numbers': json({ body: [1] }),
  'body of arrays': json({ body: [[]] }),
  'a whole number written with a point': post(
    '{"body":[{"topic":"record","action":"write","recordName":"v/3","data":{},"version":1.0}]}',
  ),
  'keys nobody knows at the top': json({ body: [emit('e')], extra: 1 }),
  'a key twice': post('{"body":[],"body":[{"topic":"event","action":"emit","eventName":"e"}]}'),
  'authData that is no object': json({ authData: 'x', body: [emit('e')] }),
  'authData null': json({ authData: null, body: [emit('e')] }),
  'authData under open access': json({ authData: {}, body: [emit('e')] }),
  'a token under open access': json({ token: 'any', body: [emit('e')] }),
  'token null': json({ token: null, body: [emit('e')] }),
  'token empty': json({ token: '', body: [emit('e')] }),
  'token a number': json({ token: 1, body: [emit('e')] }),
  'health': { method: 'GET', at: '/health-check' },
  'the auth endpoint, open access': json({}, { below: '/auth' }),
  'the auth endpoint, a name': json({ username: 'ada' }, { below: '/auth' }),
  'the auth endpoint, no object': json([1], { below: '/auth' }),
  'the auth endpoint, no JSON': post('{', { below: '/auth' }),
  'GET of the auth endpoint': { method: 'GET', below: '/auth' },
  'preflight': preflight('POST', 'content-type'),
  'preflight for what is not allowed': preflight('POST', 'x-other'),
  'preflight for another method': preflight('PATCH', 'content-type'),
  'preflight without headers': preflight('POST'),
  'preflight without a method': { method: 'OPTIONS', fields: { origin: 'http://x.example' } },
};

export const malformed = {
  'no topic': [{ action: 'emit', eventName: 'e' }],
  'an unknown topic': [{ topic: 'mail', action: 'emit', eventName: 'e' }],
  'no action': [{ topic: 'event', eventName: 'e' }],
  'an unknown action': [{ topic: 'event', action: 'shout', eventName: 'e' }],
  'no event name': [{ topic: 'event', action: 'emit' }],
  'an empty event name': [emit('')],
  'an event name that is no text': [emit(1)],
  'a member nobody knows': [emit('e', { extra: 1 })],
  'a record command with an event name': [{ topic: 'record', action: 'read', eventName: 'r' }],
  'no record name': [{ topic: 'record', action: 'read' }],
  'an empty record name': [read('')],
  'a read with data': [{ ...read('r'), data: 1 }],
  'a write without data': [{ topic: 'record', action: 'write', recordName: 'r' }],
  'a write of a number': [write('r', 1)],
  'a write of a text': [write('r', 'x')],
  'a write of null': [write('r', null)],
  'a path that is no text': [write('r', 1, { path: 1 })],
  'version -2': [write('r', {}, { version: -2 })],
  'version 1.5': [write('r', {}, { version: 1.5 })],
  'version as text': [write('r', {}, { version: '1' })],
  'version null': [write('r', {}, { version: null })],
  'no procedure name': [{ topic: 'rpc', action: 'make' }],
  'names that are no array': [online({ names: 'ada' })],
  'names of numbers': [online({ names: [1] })],
  'a list of numbers': [list('write', 'l', { data: [1] })],
  'a list that is no array': [list('write', 'l', { data: {} })],
  'notify without names': [{ topic: 'record', action: 'notify' }],
  'the third of three': [emit('e'), emit('f'), emit('')],
};

export const commands = {
  'an event': [emit('e', { data: { a: 1 } }), emit('e', { data: null }), emit('e')],
  'a record that is missing': [read('none/1')],
  'the head of a record that is missing': [head('none/1')],
  'a write and its entry': [write('w/1', { a: 1 })],
  'a record that is there': { before: [[write('w/2', { a: 1 })]], send: [read('w/2'), head('w/2')] },
  'an array as a record': { before: [[write('w/3', [1])]], send: [read('w/3')] },
  'force': { before: [[write('w/4', {})], [write('w/4', {}, { version: -1 })]], send: [head('w/4')] },
  'version 1 of a new record': { before: [[write('v/1', {}, { version: 1 })]], send: [head('v/1')] },
  'the next version': {
    before: [[write('v/2', {})], [write('v/2', {}, { version: 2 })]],
    send: [head('v/2')],
  },
  'a version that is taken': {
    before: [[write('v/4', { a: 1 })]],
    send: [write('v/4', { b: 1 }, { version: 1 })],
  },
  'a version that is taken, by path': {
    before: [[write('v/5', { a: 1 })]],
    send: [write('v/5', 1, { version: 1, path: 'b' })],
  },
  'a version too far ahead': {
    before: [[write('v/6', { a: 1 })]],
    send: [write('v/6', { b: 1 }, { version: 3 })],
  },
  'version 2 of a new record': [write('v/7', { b: 1 }, { version: 2 })],
  'version 0 of a record': {
    before: [[write('v/8', { a: 1 })]],
    send: [write('v/8', { b: 1 }, { version: 0 })],
  },
  'version 0 of a new record': { before: [[write('v/9', {}, { version: 0 })]], send: [head('v/9')] },
  'delete': { before: [[write('d/1', {})], [remove('d/1')]], send: [read('d/1')] },
  'delete of what is missing': [remove('d/none')],
  'versions after a delete': {
    before: [[write('d/2', {})], [write('d/2', {})], [remove('d/2')], [write('d/2', {})]],
    send: [read('d/2')],
  },
  'a read after a write in one batch': [write('o/1', { a: 1 }), read('o/1')],
  'some fail': [emit('e'), read('none/2')],
  'all fail': [read('none/3'), call('none')],
  'nobody provides': [call('none', { data: 1 })],
  'who is there': [online()],
  'who of these is there': [online({ names: ['ada', 'ada', 'bob'] })],
  'who of nobody': [online({ names: [] })],
  'a list': {
    before: [[list('write', 'l/1', { data: ['a', 'b'] })]],
    send: [list('read', 'l/1')],
  },
  'a list is a record': { before: [[list('write', 'l/2', { data: [] })]], send: [read('l/2')] },
  'a list that is missing': [list('read', 'l/none')],
  'a list that is deleted': {
    before: [[list('write', 'l/3', { data: ['a'] })], [list('delete', 'l/3')]],
    send: [list('read', 'l/3')],
  },
  'a list at a version that is taken': {
    before: [[list('write', 'l/4', { data: ['a'] })]],
    send: [list('write', 'l/4', { data: ['b'], version: 1 })],
  },
  'notify': { before: [[write('n/1', {})]], send: [notify('n/1')] },
  'names of every kind': {
    before: [[write(' Spaces and ünï✓😀%2F/#', { a: 'ä' })]],
    send: [read(' Spaces and ünï✓😀%2F/#'), read(' spaces and ünï✓😀%2F/#')],
  },
  'forbidden names': [
    emit('denied/e'),
    read('denied/r'),
    head('denied/r'),
    remove('denied/r'),
    call('denied/p'),
  ],
  'a forbidden write': [write('denied/r', {})],
};

/** By path: what `{ a: { x: 1 }, l: [0, { x: 1 }], t: 'text', n: 1 }` becomes when `9` is written there. */
export const paths = [
  'a.x',
  'a.b.c',
  'l[0]',
  'l[1].x',
  'l[4]',
  'l[1][2]',
  'm[2]',
  'm[1][2].z',
  ' a . b ',
  'a b',
  'a..b',
  '.a',
  'a.',
  'o.0',
  'l.0',
  't.deep',
  'n[1]',
  '[ 1 ]',
  'l[ 1 ]',
  'ünï.✓',
  'a["x"]',
  'l[x]',
  'l[-1]',
  'l.name',
  'l[0',
  ']',
  '[0]',
  '.',
  ' ',
  '__proto__x',
  'z[1200]',
];

/** What ends the original, or poisons it for all who come later: nothing of it may be sent there. */
export const poison = ['a.__proto__.x', '__proto__', 'constructor.x', 'a.prototype', 'none.a', 'none[0]'];

function sized(bytes) {
  const frame = (data) => JSON.stringify({ body: [emit('e', { data })] });
  return frame('x'.repeat(bytes - frame('').length));
}

function preflight(method, headers) {
  return {
    method: 'OPTIONS',
    fields: {
      'origin': 'http://x.example',
      'access-control-request-method': method,
      ...(headers && { 'access-control-request-headers': headers }),
    },
  };
}

/** Of messages, this ends it: whoever listens to a pattern listens to it again. */
export const listensTwice = [4, 5].map((topic) => ({
  topic,
  action: topic === 4 ? 5 : 27,
  name: 'twice/.*',
}));

/** The record of `paths` at a name of its own, the write, and what is there then. */
export function throughPath(path, name) {
  const data = { a: { x: 1 }, l: [0, { x: 1 }], t: 'text', n: 1 };
  if (poison.includes(path)) data.none = null;
  return { before: [[write(name, data)]], send: [[write(name, 9, { path })], [read(name)]] };
}

const event = (action, more) => ({ topic: 4, action, ...more });
const record = (action, more) => ({ topic: 5, action, ...more });
const acked = { isWriteAck: true };

const rpc = (action, more) => ({ topic: 6, action, ...more });
const presence = (action, more) => ({ topic: 7, action, ...more });
/** What a provider says of the request it heard last. */
const says = (action, more) => (request) =>
  rpc(action, { name: request.name, correlationId: request.correlationId, ...more });

/**
 * Messages of one client in turn, by their numbers, or made of the request that was heard last. In between an
 * array of commands goes by HTTP, and somebody comes or goes. `late`: so much is heard when a time is over.
 */
export const messages = {
  'subscribe and read, one missing': [
    [write('f/1', { a: 1 })],
    record(22, { names: ['f/1', 'f/none'], correlationId: '1' }),
    [write('f/none', { n: 1 })],
    [write('f/none', 2, { path: 'n' })],
    [remove('f/1')],
    [write('f/1', { again: 1 })],
  ],
  'subscribe and create': [
    record(23, { names: ['g/1', 'g/2'], correlationId: '1' }),
    record(23, { names: ['g/1'], correlationId: '2' }),
  ],
  'subscribe alone, twice': [
    record(25, { names: ['h/none'], correlationId: '1' }),
    [write('h/none', { n: 1 })],
    record(25, { names: ['h/none'], correlationId: '2' }),
  ],
  'subscribe and head': [
    [write('i/1', {}), write('i/2', {})],
    record(21, { names: ['i/1', 'i/2', 'i/none'], correlationId: '1' }),
  ],
  'unsubscribe': [
    record(25, { names: ['j/1'], correlationId: '1' }),
    record(26, { names: ['j/1'], correlationId: '2' }),
    [write('j/1', {})],
    record(26, { names: ['j/never'], correlationId: '3' }),
  ],
  'read and head': [
    [write('k/1', { a: 1 })],
    record(3, { name: 'k/1' }),
    record(5, { name: 'k/1' }),
    record(3, { name: 'k/none' }),
    record(5, { name: 'k/none' }),
  ],
  'update with acknowledgement': [
    record(18, { name: 'm/1', version: 1, parsedData: { x: 1 }, correlationId: '1', ...acked }),
    record(18, { name: 'm/1', version: 1, parsedData: { x: 2 }, correlationId: '2', ...acked }),
  ],
  'create and update': [
    record(16, { name: 'create/1', version: 1, parsedData: { x: 1 }, correlationId: '1', ...acked }),
    record(16, { name: 'create/1', version: 1, parsedData: { x: 2 }, correlationId: '2', ...acked }),
  ],
  'create and update by force': [
    record(16, { name: 'create/2', version: -1, parsedData: { x: 1 }, correlationId: '1', ...acked }),
    record(16, { name: 'create/2', version: -1, parsedData: { x: 2 }, correlationId: '2', ...acked }),
    record(17, { name: 'create/2', version: -1, path: 'y', parsedData: 3, correlationId: '3', ...acked }),
    record(3, { name: 'create/2' }),
  ],
  'patch and erase': [
    [write('o/2', { a: { b: 1, c: 2 } })],
    record(19, { name: 'o/2', path: 'a.b', version: 2, parsedData: 9, correlationId: '1', ...acked }),
    record(20, { name: 'o/2', path: 'a.c', version: 3, correlationId: '2', ...acked }),
    record(3, { name: 'o/2' }),
  ],
  'patch of a version that is taken, unacknowledged': [
    [write('o/3', { a: 1 })],
    record(19, { name: 'o/3', path: 'a', version: 1, parsedData: 9 }),
  ],
  'a version too far ahead by socket': [
    [write('q/1', { a: 1 })],
    record(18, { name: 'q/1', version: 5, parsedData: { b: 1 }, correlationId: '1', ...acked }),
  ],
  'delete by socket': [
    [write('r/1', {})],
    record(25, { names: ['r/1'], correlationId: '1' }),
    record(9, { name: 'r/1' }),
    record(9, { name: 'r/none' }),
  ],
  'notify by socket': [[write('s/1', {})], record(2, { names: ['s/1'], correlationId: '1' })],
  'forbidden records': [
    record(25, { names: ['denied/1', 's/ok'], correlationId: '1' }),
    record(22, { names: ['denied/1'], correlationId: '2' }),
    record(3, { name: 'denied/1' }),
    record(5, { name: 'denied/1' }),
    record(9, { name: 'denied/1' }),
    record(18, { name: 'denied/1', version: 1, parsedData: {}, correlationId: '3', ...acked }),
    record(16, { name: 'denied/1', version: -1, parsedData: {}, correlationId: '4', ...acked }),
    record(27, { name: 'denied/.*' }),
  ],
  'events': [
    event(3, { names: ['e1'], correlationId: '1' }),
    event(3, { names: ['e1'], correlationId: '2' }),
    [emit('e1', { data: { a: 1 } })],
    [emit('e1')],
    event(2, { name: 'e1', parsedData: 1 }),
    event(4, { names: ['e1'], correlationId: '3' }),
    event(4, { names: ['e9'], correlationId: '4' }),
    event(3, { names: ['denied/1'], correlationId: '5' }),
    event(2, { name: 'denied/1', parsedData: 1 }),
    event(5, { name: 'denied/.*' }),
    event(5, { name: 'e2.*' }),
    event(6, { name: 'e2.*' }),
    event(6, { name: 'e2.*' }),
  ],
  'procedures': [
    rpc(8, { names: ['p1'], correlationId: '1' }),
    rpc(8, { names: ['p1', 'p2'], correlationId: '2' }),
    rpc(2, { name: 'p1', correlationId: 'r1', parsedData: { a: 1 } }),
    says(4),
    says(5, { parsedData: { b: 2 } }),
    rpc(2, { name: 'p1', correlationId: 'r2' }),
    says(4),
    says(5),
    rpc(2, { name: 'p1', correlationId: 'r3', parsedData: 1 }),
    says(6),
    rpc(2, { name: 'p2', correlationId: 'r4', parsedData: 1 }),
    says(4),
    says(7, { parsedData: { code: 7 } }),
    rpc(5, { name: 'p1', correlationId: 'nobody asked', parsedData: 1 }),
    rpc(9, { names: ['p1'], correlationId: '3' }),
    rpc(2, { name: 'p1', correlationId: 'r5', parsedData: 1 }),
    rpc(9, { names: ['p9'], correlationId: '4' }),
    rpc(8, { names: ['denied/p', 'p3'], correlationId: '5' }),
    rpc(2, { name: 'denied/p', correlationId: 'r6', parsedData: 1 }),
  ],
  'procedures that are late': [
    rpc(8, { names: ['late'], correlationId: '1' }),
    { late: 2, say: rpc(2, { name: 'late', correlationId: 'r1', parsedData: 1 }) },
    says(4),
    rpc(2, { name: 'late', correlationId: 'r2', parsedData: 1 }),
    { late: 2, say: says(4) },
    says(5, { parsedData: 1 }),
  ],
  'who is there': [
    presence(2),
    presence(4, { names: ['self', 'nobody', 'self'], correlationId: '1' }),
    presence(10, { names: ['ada', 'bob'], correlationId: '2' }),
    presence(10, { names: ['ada'], correlationId: '3' }),
    { comes: 'ada' },
    { comes: 'max' },
    presence(2),
    presence(12, { correlationId: '4' }),
    presence(12, { correlationId: '5' }),
    { goes: 'ada' },
    { goes: 'max' },
    presence(11, { names: ['ada'], correlationId: '6' }),
    presence(11, { names: ['ada', 'never'], correlationId: '7' }),
    presence(13, { correlationId: '8' }),
    presence(13, { correlationId: '9' }),
    { comes: 'ada' },
  ],
};
