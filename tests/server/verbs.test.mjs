import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Server, Socket, folder, put, run, runIn } from './world.mjs';

const lines = (text) => text.trimEnd().split('\n');

// Fails with this status and one line that says this.
function refuses(expected, says, ...words) {
  const { status, stdout, stderr } = run(...words);
  assert.equal(status, expected, `${words.join(' ')}: ${stderr}`);
  const told = lines(stderr).filter((line) => !line.startsWith('{'));
  assert.equal(told.length, 1, stderr);
  assert.match(told[0], says);
  assert.equal(stdout, '');
}

test('wrong words are refused with status 2 and a hint', () => {
  refuses(2, /unknown verb 'srve'; did you mean 'serve'\?/, 'srve');
  refuses(2, /unknown option --dta; did you mean --data\?/, 'serve', '--dta', 'x');
  refuses(2, /--data needs a value/, 'serve', '--data');
  refuses(2, /--log-level must be/, 'serve', '--log-level', 'loud');
  refuses(2, /is no address/, 'serve', '--listen', '8787');
  refuses(2, /--collection is missing/, 'import', '--data', 'x', 'file');
  refuses(2, /FILE is missing/, 'import', '--collection', 'c', '--data', 'x');
  refuses(2, /name either a folder/, 'import', '--collection', 'c', 'file');
  refuses(2, /--user is missing/, 'token');
  assert.equal(run().status, 2);
  assert.equal(run('help').status, 0);
  assert.match(run('version').stdout, /^rockpool \d+\.\d+\.\d+\n$/);
});

test('configuration mistakes are named by their path', (t) => {
  const config = path.join(folder(t), 'rockpool.json');
  const refusesText = (text, says) => {
    writeFileSync(config, text);
    refuses(2, says, 'serve', '--config', config);
  };
  const acess = /spaces\.default\.acess: unknown key; did you mean 'access'\?/;
  refusesText('{"spaces": {"default": {"acess": "open"}}}', acess);
  refusesText('{"listen": 1}', /listen: must be text/);
  refusesText('{"tls": {}}', /tls\.cert: is missing/);
  refusesText('{"dialects": {"datocms": {"models": []}}}', /dialects\.datocms: models: give an object/);
  refusesText('{"listen": "0.0.0.0:0"}', /listen: 0\.0\.0\.0 can be reached from other machines/);
  refusesText('{"listen": "0.0.0.0:0", "plaintext": true}', /access: is open by default/);
  refusesText('{"www": "nowhere"}', /nowhere: no folder/);
  refusesText('{', /rockpool\.json: /);
  refuses(2, /cannot be read/, 'serve', '--config', config + '.no');
});

test('a port in use, a folder in use, a folder that cannot be used', async (t) => {
  const home = folder(t);
  const server = await Server.start(t, '--data', path.join(home, 'data'));
  const serve = (port, data) => ['serve', '--listen', `127.0.0.1:${port}`, '--data', data];
  refuses(1, /cannot listen on 127\.0\.0\.1:\d+: the port is in use/, ...serve(server.port, ':memory:'));
  refuses(1, /data is in use by another Rockpool/, ...serve(0, path.join(home, 'data')));
  const file = path.join(home, 'file');
  writeFileSync(file, 'x');
  refuses(1, /file/, ...serve(0, file));
  if (process.getuid() !== 0) {
    const closed = path.join(home, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0);
    refuses(1, /closed/, ...serve(0, path.join(closed, 'data')));
  }
});

test('a damaged database is refused and named', async (t) => {
  const data = path.join(folder(t), 'data');
  const rows = path.join(path.dirname(data), 'rows.json');
  writeFileSync(rows, JSON.stringify(Array.from({ length: 2000 }, (_, n) => ({ n, text: 'x'.repeat(50) }))));
  assert.equal(run('import', '--collection', 'c', '--data', data, rows).status, 0);
  const name = readdirSync(data).find((entry) => entry.endsWith('.db'));
  const bytes = readFileSync(path.join(data, name));
  for (let at = 4096; at < bytes.length; at += 4096) bytes.fill(0x5a, at, at + 200);
  writeFileSync(path.join(data, name), bytes);
  refuses(1, /damaged|cannot be read/, 'serve', '--listen', '127.0.0.1:0', '--data', data);
  const { status } = run('check', '--data', data);
  assert.equal(status, 1);
});

test('import of every format, twice, by folder and by server', async (t) => {
  const home = folder(t);
  const file = (name, text) => (writeFileSync(path.join(home, name), text), path.join(home, name));
  const array = file('a.json', '[{"id":"x","n":1},\n{"id":"y","n":2}]');
  const ndjson = file('b.ndjson', '{"id":"x","n":1}\n{"id":"z","n":3}\n');
  const csv = file('c.csv', 'id,n\nx,1\r\n"q,""r""",4\n');
  const data = path.join(home, 'data');
  const load = (from, target) => {
    const { status, stdout, stderr } = run('import', '--collection', 'c', '--id', 'id', ...target, from);
    assert.equal(status, 0, stderr);
    return stdout.replace(/ in [\d.]+ s\n$/, '');
  };
  assert.equal(load(array, ['--data', data]), 'imported 2, updated 0, unchanged 0');
  assert.equal(load(array, ['--data', data]), 'imported 0, updated 0, unchanged 2');
  const server = await Server.start(t, '--data', data);
  refuses(1, /use --url/, 'import', '--collection', 'c', '--data', data, array);
  const url = ['--url', server.url];
  assert.equal(load(ndjson, url), 'imported 1, updated 0, unchanged 1');
  assert.equal(load(csv, url), 'imported 1, updated 1, unchanged 0');
  const expected = [
    '{"id":"q,\\"r\\"","n":"4"}',
    '{"id":"x","n":"1"}',
    '{"id":"y","n":2}',
    '{"id":"z","n":3}',
  ];
  assert.deepEqual(lines(run('export', '--collection', 'c', ...url).stdout), expected);
  assert.equal(await server.stop(), 0);
  const out = path.join(home, 'out.json');
  assert.equal(run('export', '--collection', 'c', '--data', data, out).status, 0);
  assert.deepEqual(
    JSON.parse(readFileSync(out)),
    expected.map((line) => JSON.parse(line)),
  );
  assert.match(run('check', '--data', data).stdout, /4 records/);
});

test('a broken file is said with its line, and what is in is counted', (t) => {
  const home = folder(t);
  const data = path.join(home, 'data');
  const refusesFile = (name, text, says) => {
    writeFileSync(path.join(home, name), text);
    refuses(1, says, 'import', '--collection', 'c', '--data', data, path.join(home, name));
  };
  const many = Array.from({ length: 999 }, (_, n) => `{"n":${n}}`).join('\n');
  const before = /line 1000: .*the rows before it are in: imported 999, updated 0, unchanged 0/;
  refusesFile('a.ndjson', `${many}\n{"n":\n{"n":1000}\n`, before);
  refusesFile('a.json', '[{"m":1},\n\n{"m":2]', /line 3: .*imported 1, /);
  refusesFile('a.csv', 'a,b\n1,2\n3\n', /line 3: has 1 fields, the header has 2; .*imported 1, /);
  refusesFile('b.csv', 'a\n"x\n', /line 2: the quote that opens here is never closed/);
  refusesFile('c.json', '', /line 1: neither a JSON array nor lines/);
  const nowhere = path.join(home, 'nowhere.json');
  refuses(1, /nowhere\.json: cannot be read/, 'import', '--collection', 'c', '--data', data, nowhere);
  assert.match(run('check', '--data', data).stdout, /1001 records/);
});

test('import and export say why a server cannot be reached', () => {
  refuses(1, /127\.0\.0\.1:1/, 'import', '--collection', 'c', '--url', 'http://127.0.0.1:1', '/dev/null');
  refuses(1, /127\.0\.0\.1:1/, 'export', '--collection', 'c', '--url', 'https://127.0.0.1:1');
  refuses(2, /is no address of a server/, 'export', '--collection', 'c', '--url', 'nonsense');
});

test('tokens open a closed space, and nothing else does', async (t) => {
  const home = folder(t);
  const config = path.join(home, 'rockpool.json');
  const secret = 'demo-secret-demo-secret-demo-secret';
  writeFileSync(
    config,
    JSON.stringify({
      data: 'data',
      jwt: { secret },
      adminToken: 'let-me-in',
      spaces: { default: { access: 'closed' } },
    }),
  );
  const server = await Server.start(t, '--config', config);
  const token = run('token', '--config', config, '--user', 'ada').stdout.trim();
  const hello = async (more) => {
    const socket = await Socket.open(server.port);
    socket.send({ type: 'hello', protocol: 1, client: 'client-0001', ...more });
    const never = () => new Promise(() => {});
    const answer = await Promise.race(['welcome', 'error'].map((type) => socket.next(type).catch(never)));
    if (answer.type === 'error') assert.equal(await socket.closed(), 1008);
    socket.close();
    return answer.type === 'welcome' ? answer.user : answer.code;
  };
  assert.equal(await hello({ token }), 'ada');
  assert.equal(await hello({ token: 'let-me-in' }), 'admin');
  assert.equal(await hello({}), 'auth');
  assert.equal(await hello({ token: token.slice(0, -2) }), 'auth');
  assert.equal(await hello({ token, space: 'other' }), 'forbidden');
  const realtime = run('token', '--config', config, '--user', 'ada', '--realtime').stdout.trim();
  assert.equal(await hello({ token: realtime }), 'ada');
  const rows = path.join(home, 'rows.json');
  writeFileSync(rows, '[1]');
  const load = (...more) => run('import', '--collection', 'c', '--url', server.url, ...more, rows);
  assert.equal(load('--token', token).status, 0);
  assert.equal(load().status, 1);
  assert.equal(load('--token', realtime).status, 1, 'it may only listen');
  await server.stop();
  for (const told of [secret, token, 'let-me-in'])
    assert.ok(!server.stderr.includes(told), 'no secret in the log');
});

test('backup and check take the folder that serve takes', (t) => {
  const home = folder(t);
  writeFileSync(path.join(home, 'rows.json'), '[{"id":"a"}]');
  const made = runIn(
    home,
    'import',
    '--collection',
    'c',
    '--id',
    'id',
    '--data',
    'rockpool-data',
    'rows.json',
  );
  assert.equal(made.status, 0, made.stderr);
  for (const words of [['check'], ['backup', 'copy.db'], ['restore', 'copy.db', '--data', 'elsewhere']]) {
    const { status, stderr } = runIn(home, ...words);
    assert.equal(status, 0, `${words.join(' ')}: ${stderr}`);
  }
  assert.match(runIn(home, 'restore', 'copy.db').stderr, /name the folder to restore into by --data/);
  const empty = runIn(folder(t), 'check');
  assert.equal(empty.status, 1);
  assert.match(empty.stderr, /rockpool-data/);
});

test('a backup of a running server, restored elsewhere, is another history', async (t) => {
  const home = folder(t);
  const [data, copy, file] = ['data', 'copy', 'copy.db'].map((name) => path.join(home, name));
  const server = await Server.start(t, '--data', data);
  const socket = await Socket.open(server.port);
  const { epoch } = await socket.hello('client-0001');
  socket.send({ type: 'push', settled: 0, except: [], mutations: [put(1, 'c', 'a', { n: 1 })] });
  await socket.next('ack');
  socket.send({ type: 'subscribe', sub: 1, collection: 'c' });
  const { cursor } = await socket.next('snapshot');
  assert.equal(run('backup', '--data', data, file).status, 0);
  refuses(1, /exists|there already/, 'backup', '--data', data, file);
  socket.send({ type: 'push', settled: 1, except: [], mutations: [put(2, 'c', 'b', { n: 2 })] });
  await socket.next('ack');
  assert.equal(await server.stop(), 0);
  assert.equal(run('restore', file, '--data', copy).status, 0);
  refuses(1, /holds a store already/, 'restore', file, '--data', copy);
  const restored = await Server.start(t, '--data', copy);
  const again = await Socket.open(restored.port);
  assert.notEqual((await again.hello('client-0001')).epoch, epoch);
  again.send({ type: 'subscribe', sub: 1, collection: 'c', cursor });
  await again.next('reset');
  const snapshot = await again.next('snapshot');
  assert.deepEqual(
    snapshot.records.map((record) => record.id),
    ['a'],
  );
});
