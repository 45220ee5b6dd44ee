// RFC 6455, seen from the other side of the socket: what the public conformance suites ask of servers without
// extensions, each as it is and with every byte on its own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, Socket, sleep } from './world.mjs';

let server;
before(async () => (server = await Server.start(undefined, '--data', ':memory:')));
after(() => server.kill());

const bytes = (text) => Buffer.from(text, 'latin1');
const hello = Buffer.from(
  JSON.stringify({
    type: 'hello',
    protocol: 1,
    client: 'client-conforms',
    space: 'default',
    settled: 0,
    except: [],
  }),
);
const first = (fin, opcode) => ({ first: (fin ? 0x80 : 0) | opcode });
const close = (code, reason = '') =>
  Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]);

// The same with whole frames and byte by byte.
function conforms(name, act) {
  for (const piece of [undefined, 1]) {
    test(`${name}, ${piece ? 'byte by byte' : 'in whole frames'}`, async () => {
      const socket = await Socket.open(server.port);
      assert.ok(socket.accepted);
      socket.piece = piece;
      await act(socket);
      socket.close();
    });
  }
}
const closes = (name, code, act) =>
  conforms(name, async (socket) => {
    await act(socket);
    assert.equal(await socket.closed(), code);
  });

const ponged = async (socket, payload) => {
  await socket.until(() => socket.pongs.length > 0 || socket.ended);
  assert.deepEqual(socket.pongs.splice(0), [payload]);
};

conforms('a ping is answered with what it carries', async (socket) => {
  for (const payload of ['', 'ping', 'x'.repeat(125)]) {
    socket.frame(9, bytes(payload));
    await ponged(socket, payload);
  }
});

conforms('a pong that nobody asked for is passed over', async (socket) => {
  socket.frame(10, bytes('late'));
  socket.frame(9, bytes('still there'));
  await ponged(socket, 'still there');
});

conforms('a message in pieces is one, with pings in between', async (socket) => {
  socket.frame(1, hello.subarray(0, 10), first(false, 1));
  socket.frame(9, bytes('amid'));
  await ponged(socket, 'amid');
  socket.frame(0, Buffer.alloc(0), first(false, 0));
  socket.frame(0, hello.subarray(10), first(true, 0));
  await socket.next('welcome');
});

conforms('lengths of 7, 16 and 64 bits', async (socket) => {
  await socket.hello('client-lengths');
  for (const size of [125, 126, 65_535, 65_536]) {
    if (socket.piece && size > 126) continue;
    const text = JSON.stringify({ type: 'nonsense', filler: '' });
    socket.send(JSON.stringify({ type: 'nonsense', filler: 'x'.repeat(size - text.length) }));
    assert.equal((await socket.next('error')).code, 'bad_message');
  }
});

conforms('characters may be cut anywhere', async (socket) => {
  const text = JSON.stringify({ type: 'κόσμε 🌊' });
  const all = Buffer.from(text);
  for (let cut = 8; cut < all.length - 2; cut++) {
    socket.frame(1, all.subarray(0, cut), first(false, 1));
    socket.frame(0, all.subarray(cut), first(true, 0));
    assert.equal((await socket.next('error')).code, 'bad_message');
  }
});

for (const bit of [0x40, 0x20, 0x10]) {
  closes(`reserved bit ${bit}`, 1002, (s) => s.frame(1, bytes('x'), { first: 0x81 | bit }));
  closes(`reserved bit ${bit} of a ping`, 1002, (s) => s.frame(9, bytes(''), { first: 0x89 | bit }));
}
for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
  closes(`opcode ${opcode}`, 1002, (s) => s.frame(opcode, bytes('')));
closes('a ping that is too long', 1002, (s) => s.frame(9, bytes('x'.repeat(126))));
closes('a ping in pieces', 1002, (s) => s.frame(9, bytes('x'), first(false, 9)));
closes('a close in pieces', 1002, (s) => s.frame(8, close(1000), first(false, 8)));
closes('a continuation of nothing', 1002, (s) => s.frame(0, bytes('x')));
closes('a message within a message', 1002, (s) => {
  s.frame(1, bytes('{'), first(false, 1));
  s.frame(1, bytes('}'));
});
closes('a frame without a mask', 1002, (s) => s.write(Buffer.from([0x81, 1, 0x78])));
closes('a length that is longer than it need be', 1002, (s) =>
  s.write(Buffer.from([0x82, 0xfe, 0, 1, 1, 2, 3, 4, 5])),
);
closes('a message that is too large, by what it declares', 1009, (s) =>
  s.write(Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 1, 1, 2, 3, 4])),
);
closes('a message in too many pieces', 1008, (s) => {
  s.frame(1, bytes('"'), first(false, 1));
  for (let i = 0; i < 1_024; i++) s.frame(0, bytes(''), first(false, 0));
});

for (const wrong of [
  '\x80',
  '\xc0\xaf',
  '\xed\xa0\x80',
  '\xf4\x90\x80\x80',
  '\xf8\x88\x80\x80\x80',
  '\xe1\x80',
])
  closes(`text with ${Buffer.from(wrong, 'latin1').toString('hex')}`, 1007, (s) =>
    s.frame(1, bytes(`fine ${wrong}`)),
  );
closes('text that cannot become UTF-8 any more, before it has all come', 1007, (s) =>
  s.frame(1, bytes('fine \xf4\x90'), { first: 0x81, length: 1_000 }),
);

for (const code of [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
])
  closes(`a good-bye with ${code} is answered with it`, code, (s) => s.frame(8, close(code, 'why')));
for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
  closes(`a good-bye with ${code}, which may not be said`, 1002, (s) => s.frame(8, close(code)));
closes('a good-bye without a code', 1005, (s) => s.frame(8, bytes('')));
closes('a good-bye with half a code', 1002, (s) => s.frame(8, bytes('\x03')));
closes('a good-bye whose reason is no UTF-8', 1007, (s) =>
  s.frame(8, Buffer.concat([close(1000), bytes('\xc3\x28')])),
);
closes('a good-bye with the longest reason', 1000, (s) => s.frame(8, close(1000, 'x'.repeat(123))));
closes('nothing counts after a good-bye', 1000, (s) => {
  s.frame(8, close(1000));
  s.frame(1, hello);
});

test('a flood of pings is ended, a hundred at once are not', async () => {
  const socket = await Socket.open(server.port);
  for (let i = 0; i < 100; i++) socket.frame(9, bytes(`${i}`));
  await socket.until(() => socket.pongs.length === 100);
  for (let i = 0; i < 200; i++) socket.frame(9, bytes(''));
  assert.equal(await socket.closed(), 1008);
  assert.equal(socket.closeReason, 'too many control frames');
});

test('who sends pings and reads no answers costs no memory', async () => {
  const socket = await Socket.open(server.port);
  socket.stream.pause();
  for (let i = 0; i < 95; i++) socket.frame(9, bytes('x'.repeat(125)));
  await sleep(100);
  socket.stream.resume();
  await socket.until(() => socket.pongs.length >= 30);
  socket.close();
});

test('a large message leaves whole while pings are answered beside it', async () => {
  const reader = await Socket.open(server.port);
  const writer = await Socket.open(server.port);
  await reader.hello('client-large-reader');
  await writer.hello('client-large-writer');
  reader.send({ type: 'subscribe', sub: 1, collection: 'large' });
  await reader.next('snapshot');
  const filler = 'x'.repeat(900_000);
  reader.stream.pause();
  for (let number = 1; number <= 4; number++) {
    writer.send({
      type: 'push',
      mutations: [{ number, collection: 'large', id: `r${number}`, op: 'put', base: 0, data: { filler } }],
    });
    await writer.next('ack');
  }
  for (let i = 0; i < 20; i++) reader.frame(9, bytes('meanwhile'));
  await sleep(200);
  reader.stream.resume();
  const got = [];
  while (got.length < 4) got.push(...(await reader.next('changes')).changes);
  assert.deepEqual(
    got.map(({ id, data }) => [id, data.filler.length]),
    [1, 2, 3, 4].map((number) => [`r${number}`, filler.length]),
  );
  await reader.until(() => reader.pongs.length === 20);
  reader.close();
  writer.close();
});

test('a good-bye in the middle of a large message ends the stream, and nothing else', async () => {
  const writer = await Socket.open(server.port);
  await writer.hello('client-hasty-writer');
  const filler = 'x'.repeat(900_000);
  const write = async (number) => {
    const data = { filler };
    const mutations = [{ number, collection: 'hasty', id: `r${number}`, op: 'put', base: 0, data }];
    writer.send({ type: 'push', mutations });
    await writer.next('ack');
  };
  for (let round = 0; round < 3; round++) {
    const reader = await Socket.open(server.port);
    await reader.hello(`client-hasty-${round}`);
    reader.send({ type: 'subscribe', sub: 1, collection: 'hasty' });
    await reader.next('snapshot');
    reader.stream.pause();
    for (let i = 1; i <= 6; i++) await write(round * 6 + i);
    reader.frame(9, bytes('before'));
    reader.frame(8, close(1000));
    await sleep(100);
    reader.stream.resume();
    await reader.until(() => reader.ended);
    reader.close();
  }
  await write(19);
  writer.close();
});
