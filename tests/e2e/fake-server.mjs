// A WebSocket server as small as it gets, that says what a test wants to be said. It answers /health as any
// server does.
import { createHash } from 'node:crypto';
import http from 'node:http';

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

function frame(text) {
  const body = Buffer.from(text);
  const head =
    body.length < 126
      ? Buffer.from([0x81, body.length])
      : Buffer.from([0x81, 126, body.length >> 8, body.length & 255]);
  return Buffer.concat([head, body]);
}

/** Whole text frames out of what has arrived; `rest` is what is not whole yet. */
function read(buffer) {
  const texts = [];
  let at = 0;
  while (buffer.length - at >= 6) {
    let length = buffer[at + 1] & 127;
    let mask = at + 2;
    if (length === 126) {
      length = buffer.readUInt16BE(at + 2);
      mask = at + 4;
    }
    if (buffer.length < mask + 4 + length) break;
    const body = Buffer.from(
      buffer.subarray(mask + 4, mask + 4 + length).map((byte, i) => byte ^ buffer[mask + (i & 3)]),
    );
    if ((buffer[at] & 15) === 1) texts.push(body.toString());
    at = mask + 4 + length;
  }
  return { texts, rest: buffer.subarray(at) };
}

/** `answer(message, say, end)` hears each message. Resolves with { url, connections, close }. */
export function fakeServer(answer) {
  const fake = { connections: 0 };
  const sockets = new Set();
  const server = http.createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>Elsewhere</title>');
  });
  server.on('upgrade', (request, socket) => {
    fake.connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    const accept = createHash('sha1')
      .update(request.headers['sec-websocket-key'] + magic)
      .digest('base64');
    const asked = request.headers['sec-websocket-protocol'];
    socket.write(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${accept}`,
        ...(asked ? [`Sec-WebSocket-Protocol: ${asked.split(',')[0].trim()}`] : []),
        '\r\n',
      ].join('\r\n'),
    );
    const say = (message) =>
      socket.write(frame(typeof message === 'string' ? message : JSON.stringify(message)));
    const end = (code = 1008) => socket.end(Buffer.from([0x88, 2, code >> 8, code & 255]));
    let buffer = Buffer.alloc(0);
    socket.on('data', (data) => {
      const { texts, rest } = read(Buffer.concat([buffer, data]));
      buffer = rest;
      for (const text of texts) for (const message of [JSON.parse(text)].flat()) answer(message, say, end);
    });
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve(
        Object.assign(fake, {
          url: `http://127.0.0.1:${server.address().port}`,
          close: () =>
            new Promise((done) => {
              for (const socket of sockets) socket.destroy();
              server.close(done);
              server.closeAllConnections();
            }),
        }),
      ),
    ),
  );
}
