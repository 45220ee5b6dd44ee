// What strangers send to a server on the internet. Each attack says itself what the right answer is.
import assert from 'node:assert/strict';
import net from 'node:net';

import { Socket, get, raw, sleep, status } from './world.mjs';

const smuggled = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n';
const post = (...fields) => ['POST /v1/messages HTTP/1.1', 'Host: x', ...fields, '', ''].join('\r\n');
const chunked = post('Transfer-Encoding: chunked');

// One answer, of one of these statuses, and then the end: what stands behind is nobody's request.
async function refused(port, name, bytes, statuses) {
  const answer = await raw(port, bytes, { silent: 5_000 });
  const answers = answer.text.match(/HTTP\/1\.1 \d+/g) ?? [];
  assert.equal(answers.length, 1, `${name}: ${answer.text.slice(0, 300)}`);
  assert.ok(statuses.includes(status(answer)), `${name}: ${answers[0]}`);
  assert.ok(answer.closed, `${name}: stays open`);
}

const all = (list, act) => Promise.all(list.map((one) => act(one)));

const malformed = [
  ['line feeds alone', 'GET / HTTP/1.1\nHost: x\n\n', [400]],
  ['one line feed alone', 'GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n', [400]],
  ['a folded field', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n', [400]],
  ['a space before the colon', 'GET / HTTP/1.1\r\nHost : x\r\n\r\n', [400]],
  ['a field without a name', 'GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n', [400]],
  ['a field without a colon', 'GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n', [400]],
  ['a NUL in a field', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n', [400]],
  ['a carriage return in a field', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n', [400]],
  ['two spaces in the request line', 'GET  / HTTP/1.1\r\nHost: x\r\n\r\n', [400]],
  ['no version', 'GET /\r\n\r\n', [400]],
  ['a version in small letters', 'GET / http/1.1\r\nHost: x\r\n\r\n', [400, 505]],
  ['version 3', 'GET / HTTP/3.0\r\nHost: x\r\n\r\n', [400, 505]],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', [400]],
  ['two of Host', 'GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n', [400]],
  ['a control byte in the target', 'GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n', [400]],
  ['no UTF-8 in the target', 'GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n', [400]],
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', [400]],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 505]],
];

const ambiguous = [
  ['CL.TE', 'Content-Length: 5', 'Transfer-Encoding: chunked'],
  ['TE.CL', 'Transfer-Encoding: chunked', 'Content-Length: 5'],
  ['TE twice', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
  ['TE twice, one of them odd', 'Transfer-Encoding: chunked', 'Transfer-encoding: x'],
  ['xchunked', 'Transfer-Encoding: xchunked'],
  ['chunked twice', 'Transfer-Encoding: chunked, chunked'],
  ['chunked not last', 'Transfer-Encoding: chunked, identity'],
  ['identity', 'Transfer-Encoding: identity'],
  ['a vertical tab', 'Transfer-Encoding: \x0bchunked'],
  ['a quoted coding', 'Transfer-Encoding: "chunked"'],
  ['a space before the colon of TE', 'Transfer-Encoding : chunked'],
  ['a coding in a folded line', 'Transfer-Encoding:\r\n chunked'],
  ['lengths that differ', 'Content-Length: 5', 'Content-Length: 6'],
  ['a length twice', 'Content-Length: 5', 'Content-Length: 5'],
  ['a list of lengths', 'Content-Length: 5, 5'],
  ['a plus', 'Content-Length: +5'],
  ['a minus', 'Content-Length: -5'],
  ['hexadecimal', 'Content-Length: 0x5'],
  ['two numbers', 'Content-Length: 5 5'],
  ['an exponent', 'Content-Length: 5e0'],
  ['nothing', 'Content-Length:'],
  ['a length past 64 bits', 'Content-Length: 18446744073709551621'],
].map(([name, ...fields]) => [name, post(...fields) + '5\r\nhello\r\n0\r\n\r\n' + smuggled, [400, 413, 501]]);

const broken_chunks = [
  ['a chunk size of 0x', '0x5\r\nhello\r\n0\r\n\r\n'],
  ['a plus before a chunk size', '+5\r\nhello\r\n0\r\n\r\n'],
  ['a minus before a chunk size', '-5\r\nhello\r\n0\r\n\r\n'],
  ['a space before a chunk size', ' 5\r\nhello\r\n0\r\n\r\n'],
  ['no chunk size', '\r\nhello\r\n0\r\n\r\n'],
  ['a chunk size past 64 bits', '10000000000000005\r\nhello\r\n0\r\n\r\n'],
  ['a chunk that is longer than said', '2\r\nhello\r\n0\r\n\r\n'],
  ['a chunk size behind a line feed alone', '5\nhello\r\n0\r\n\r\n'],
  ['a chunk behind a line feed alone', '5\r\nhello\n0\r\n\r\n'],
  ['an endless extension', `5;${'x'.repeat(5_000)}\r\nhello\r\n0\r\n\r\n`],
  ['endless trailers', `5\r\nhello\r\n0\r\n${'X: y\r\n'.repeat(1_000)}\r\n`],
].map(([name, body]) => [name, chunked + body + smuggled, [400]]);

const oversized = [
  ['an endless request line', get('/' + 'x'.repeat(9_000)), [414]],
  ['an endless field', get('/', 'X: ' + 'x'.repeat(17_000)), [431]],
  ['endless fields', get('/', ...Array(101).fill('X: 1')), [431]],
  ['a length past the limit', post(`Content-Length: ${(1 << 20) + 1}`), [413]],
  [
    'a length past the limit, asked for first',
    post('Content-Length: 9999999', 'Expect: 100-continue'),
    [413],
  ],
  ['a compressed body', post('Content-Encoding: gzip', 'Content-Length: 5') + 'hello', [415]],
];

const body = (text) =>
  post(`Content-Length: ${Buffer.byteLength(text, 'latin1')}`, 'Connection: close') + text;
const nested = [
  ['arrays', '['.repeat(100_000)],
  ['arrays that end', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['objects', '{"a":'.repeat(100_000)],
  ['no UTF-8', '{"type":"\xff"}'],
  ['half a character', '{"type":"\xe2\x82'],
  ['a NUL', '{"type":"hello"}\0'],
].map(([name, text]) => [name, body(text), [400]]);

async function truncated({ port }) {
  const request = get('/v1/poll?n=1', 'Rockpool-Session: none') + body('{"type":"hello"}');
  const cut = (at) =>
    new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => socket.end(request.slice(0, at), 'latin1'));
      socket.on('error', () => {}).on('close', resolve);
      socket.setTimeout(10_000, () => resolve(assert.fail(`cut at ${at}: stays open`))).resume();
    });
  for (let at = 0; at < request.length; at += 40)
    await all([...Array(Math.min(40, request.length - at)).keys()], (i) => cut(at + i));
}

// `closes`: with which code, once it was too much.
async function flood({ port }, closes, act) {
  const socket = await Socket.open(port);
  await act(socket);
  assert.equal(await socket.closed(), closes);
}

const pings = (server) =>
  flood(server, 1008, (socket) => {
    for (let i = 0; i < 1_000; i++) socket.frame(9, Buffer.from('x'));
  });
const fragments = (server) =>
  flood(server, 1008, (socket) => {
    socket.frame(1, Buffer.from('"'), { first: 0x01 });
    for (let i = 0; i < 1_100; i++) socket.frame(0, Buffer.from('x'), { first: 0x00 });
  });
const deepMessages = async ({ port }) => {
  const socket = await Socket.open(port);
  for (let i = 0; i < 20; i++) {
    socket.send('['.repeat(100_000));
    assert.equal((await socket.next('error')).code, 'bad_message');
  }
  socket.close();
};
const badText = (server) => flood(server, 1007, (s) => s.frame(1, Buffer.from([0xc3, 0x28])));
const largeMessage = (server) =>
  flood(server, 1009, (s) => s.frame(1, Buffer.from('x'), { length: (1 << 20) + 1 }));

async function messages({ port }) {
  const socket = await Socket.open(port);
  await socket.hello('client-of-a-flood');
  for (let i = 0; i < 1_500; i++) socket.send({ type: 'ping' });
  const error = await socket.next('error');
  assert.equal(error.code, 'overloaded');
  assert.equal(error.retryable, true);
  socket.close();
}

async function connections({ port }) {
  for (let round = 0; round < 4; round++) {
    const sockets = Array.from({ length: 250 }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
    await all(sockets, (socket) => new Promise((resolve) => socket.on('connect', resolve)));
    sockets.forEach((socket) => socket.destroy());
  }
}

// Begun and never ended, by people who are gone when it is looked at.
async function halfOpen({ port }) {
  const halves = [
    '',
    'G',
    'GET / HTTP/1.1\r\nHost: x\r\n',
    get('/v1/connect', 'Upgrade: websocket').slice(0, -2),
    post('Content-Length: 100') + '{',
  ];
  const sockets = Array.from({ length: 300 }, (_, i) => {
    const socket = net.connect(port, '127.0.0.1').on('error', () => {});
    socket.write(halves[i % halves.length]);
    return socket;
  });
  await sleep(1_000);
  sockets.forEach((socket) => socket.destroy());
}

// The server has to send one byte after the other to somebody who does not read.
async function slowReaders({ port }) {
  const sockets = Array.from({ length: 50 }, () => {
    const socket = net.connect(port, '127.0.0.1').on('error', () => {});
    socket.pause();
    for (let i = 0; i < 200; i++) socket.write(get('/metrics'));
    return socket;
  });
  await sleep(1_000);
  sockets.forEach((socket) => socket.destroy());
}

async function logins({ port }) {
  await all([...Array(100).keys()], async (i) => {
    const socket = await Socket.open(port);
    const token = ['x', 'e30.e30.', 'x'.repeat(10_000), 'a.b.c'][i % 4];
    socket.send({ type: 'hello', protocol: 1, client: `client-login-${i}`, token });
    assert.equal((await socket.next('error')).code, 'auth');
    await socket.closed();
  });
}

const table = (rows) => (server) =>
  all(rows, ([name, bytes, statuses]) => refused(server.port, name, bytes, statuses));

// Each takes the server; all of them leave it as they found it.
export const attacks = new Map([
  ['malformed requests', table(malformed)],
  ['requests with two ends', table(ambiguous)],
  ['chunks that are none', table(broken_chunks)],
  ['oversized requests', table(oversized)],
  ['deep JSON and bad UTF-8 in bodies', table(nested)],
  ['a request cut at each byte', truncated],
  ['a flood of pings', pings],
  ['a flood of fragments', fragments],
  ['a flood of messages', messages],
  ['deep JSON in messages', deepMessages],
  ['messages that are not UTF-8', badText],
  ['a message that is too large', largeMessage],
  ['a flood of connections', connections],
  ['handshakes that never end', halfOpen],
  ['readers that do not read', slowReaders],
  ['a flood of log-ins', logins],
]);
