// A table of Baserow as large as grids get, 100,000 rows of 20 fields unless other numbers are given: how
// fast it is filled and its pages are read, against an answer of the server's that reads nothing; and the
// time until 200 who look at it have heard of a change, against sending as many bytes to as many plain
// sockets.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';

const rows = Number(process.argv[2] ?? 100_000);
const fields = Number(process.argv[3] ?? 20);
const watchers = 200;
const rounds = 21;
const batch = 200;
const program = process.env.ROCKPOOL ?? 'build/release/rockpool';

const here = mkdtempSync(path.join(tmpdir(), 'rockpool-bench-'));
const config = {
  data: ':memory:',
  limits: { spaceBytes: 4 * 2 ** 30, connectionsPerUser: 1000 },
  dialects: { baserow: { jwtSecret: randomBytes(32).toString('hex'), accessTokenSeconds: 3600 } },
};
writeFileSync(path.join(here, 'rockpool.json'), JSON.stringify(config));

async function serve() {
  const words = ['serve', '--listen', '127.0.0.1:0', '--config', path.join(here, 'rockpool.json')];
  const child = spawn(program, [...words, '--log-level', 'error'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout.on('data', (data) => {
      const said = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(data);
      if (said) resolve(Number(said[1]));
    });
  });
  return { child, port, url: `http://127.0.0.1:${port}` };
}

const server = await serve();
let token;
async function ask(method, place, body) {
  const answer = await fetch(`${server.url}/baserow/api/${place}`, {
    method,
    headers: {
      ...(token && { Authorization: `JWT ${token}` }),
      ...(body && { 'Content-Type': 'application/json' }),
    },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${place}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
async function timed(act) {
  const began = performance.now();
  await act();
  return performance.now() - began;
}
async function repeated(act, times = rounds) {
  const took = [];
  for (let i = 0; i < times; i++) took.push(await timed(act));
  return median(took);
}

// ---- a table
const password = randomBytes(12).toString('hex');
const user = { name: 'Ada', email: 'ada@x.test', password, authenticate: true };
token = (await ask('POST', 'user/', user)).access_token;
const [group] = await ask('GET', 'groups/');
const database = await ask('POST', `applications/group/${group.id}/`, { name: 'bench', type: 'database' });
const table = await ask('POST', `database/tables/database/${database.id}/`, { name: 'parts' });
const kinds = [
  { type: 'number', number_decimal_places: 2 },
  { type: 'text' },
  { type: 'boolean' },
  { type: 'date' },
];
let columns = await ask('GET', `database/fields/table/${table.id}/`);
for (let i = columns.length; i < fields; i++)
  await ask('POST', `database/fields/table/${table.id}/`, {
    name: `column ${i}`,
    ...kinds[i % kinds.length],
  });
columns = await ask('GET', `database/fields/table/${table.id}/`);

const word = (n) => (Math.imul(n + 1, 2654435761) >>> 0).toString(36);
function cell(column, row) {
  const n = row * fields + column.order;
  if (column.type === 'number') return `${n % 5000}.25`;
  if (column.type === 'boolean') return n % 3 === 0;
  if (column.type === 'date') return `20${10 + (n % 20)}-0${1 + (n % 9)}-1${n % 9}`;
  return `${word(n)} ${word(n + 7)}`;
}
const row = (n) => Object.fromEntries(columns.map((column) => [`field_${column.id}`, cell(column, n)]));
const place = `database/rows/table/${table.id}/`;
const filling = await timed(async () => {
  for (let n = 0; n < rows; n += batch) {
    const items = Array.from({ length: Math.min(batch, rows - n) }, (_, i) => row(n + i));
    await ask('POST', `${place}batch/`, { items });
  }
});
console.log(`filled: ${Math.round((rows * 1000) / filling)} rows/s, ${batch} in a request`);

// ---- its pages
const floor = await repeated(() => ask('GET', `applications/${database.id}/`));
const text = columns.find((column) => column.type === 'text');
const number = columns.find((column) => column.type === 'number');
const flag = columns.find((column) => column.type === 'boolean' && column.name !== 'Active');
const last = Math.ceil(rows / 100);
const viewOf = async (filter) => {
  const body = { name: 'filtered', type: 'grid' };
  const { id } = await ask('POST', `database/views/table/${table.id}/`, body);
  await ask('POST', `database/views/${id}/filters/`, filter);
  return `database/views/grid/${id}/?`;
};
const few = await viewOf({ field: number.id, type: 'higher_than', value: '4990' });
const third = await viewOf({ field: flag.id, type: 'boolean', value: 'true' });
const pages = {
  'first page': `${place}?size=100`,
  'last page': `${place}?size=100&page=${last}`,
  'sorted, in the middle': `${place}?size=100&page=${last >> 1}&order_by=-field_${text.id}`,
  'searched, few': `${place}?size=100&search=${word(7 * fields)}`,
  'searched, many': `${place}?size=100&search=ab`,
  'filtered, few': `${few}limit=100`,
  'filtered, a third': `${third}limit=100&offset=1000`,
};
console.log(`an answer without rows: ${floor.toFixed(2)} ms`);
for (const [name, address] of Object.entries(pages)) {
  let page;
  const first = await timed(async () => (page = await ask('GET', address)));
  const next = await repeated(() => ask('GET', address));
  const ratio = (next / floor).toFixed(1);
  console.log(
    `${name}: ${page.count} rows, ${first.toFixed(1)} ms at first, then ${next.toFixed(2)} ms (${ratio} x)`,
  );
}

// ---- who looks at it
const until = async (holds) => {
  for (const end = Date.now() + 60_000; !holds(); await new Promise((resolve) => setImmediate(resolve)))
    if (Date.now() > end) throw new Error('waited in vain');
};
const heard = { frames: 0, bytes: 0 };
const sockets = [];
for (let i = 0; i < watchers; i++) {
  let [open, looks] = [false, false];
  const socket = net.connect(server.port, '127.0.0.1');
  const head = [
    `GET /baserow/ws/core/?jwt_token=${token} HTTP/1.1`,
    'Host: x',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  socket.on('data', (data) => {
    if (data.includes('"rows_updated"')) heard.frames++;
    heard.bytes += data.length;
    open ||= data.includes('"authentication"');
    looks ||= data.includes('"page_add"');
  });
  await until(() => open);
  const wish = Buffer.from(JSON.stringify({ page: 'table', table_id: table.id }));
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | wish.length, 0, 0, 0, 0]), wish]));
  await until(() => looks);
  sockets.push(socket);
}
const [{ id }] = (await ask('GET', `${place}?size=1`)).results;
let sent = 0;
heard.bytes = 0;
const fanOut = await repeated(async () => {
  await ask('PATCH', `${place}${id}/`, { [`field_${text.id}`]: `change ${++sent}` });
  await until(() => heard.frames === watchers * sent);
});
const bytes = Math.round(heard.bytes / watchers / rounds);

// The floor: as many bytes to as many sockets, from this process to itself.
const plain = net.createServer();
await new Promise((resolve) => plain.listen(0, '127.0.0.1', resolve));
const ends = [];
plain.on('connection', (end) => ends.push(end));
let came = 0;
const listeners = Array.from({ length: watchers }, () =>
  net.connect(plain.address().port, '127.0.0.1').on('data', (data) => (came += data.length)),
);
await until(() => ends.length === watchers);
const piece = Buffer.alloc(bytes);
let round = 0;
const sending = await repeated(async () => {
  for (const end of ends) end.write(piece);
  await until(() => came === watchers * bytes * (round + 1));
  round++;
});
console.log(
  `a row changed: ${watchers} have heard of it, ${bytes} bytes each, in ${fanOut.toFixed(1)} ms ` +
    `(${(fanOut / sending).toFixed(1)} x plain sockets)`,
);

for (const socket of [...sockets, ...listeners]) socket.destroy();
plain.close();
server.child.removeAllListeners('exit');
server.child.kill();
rmSync(here, { recursive: true });
