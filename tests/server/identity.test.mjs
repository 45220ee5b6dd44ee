// Who is let in, how it is found out, and how that ends.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';

import { Requests, until } from './requests.mjs';
import { secret, secretsIn } from './secrets.mjs';
import { Server, Socket, folder, put, run, runWith } from './world.mjs';

const passwords = { ada: secret('ada-knows-this-one'), bob: secret('bob-knows-another') };
const hashes = {};
const settings = {
  adminToken: 'the-admin-token-of-the-tests',
  jwt: { secret: 'a-secret-of-32-bytes-for-identity-tests' },
};
const keys = {};

function keyOf(user, ...switches) {
  const { stdout } = run('key', '--user', user, ...switches);
  const [token, line] = stdout.trim().split('\n');
  Object.assign(keys, JSON.parse(`{${line}}`));
  return token;
}
const tokens = { read: '', write: '', listen: '' };

const configuration = (more = {}) => ({
  ...settings,
  data: ':memory:',
  spaces: { default: { access: 'closed' } },
  users: { ada: { password: hashes.ada, roles: ['editor'] }, bob: { password: hashes.bob } },
  apiKeys: keys,
  ...more,
});

function write(file, more) {
  writeFileSync(file, JSON.stringify(configuration(more)));
  return file;
}
const fresh = (t, more) => write(path.join(folder(t), 'rockpool.json'), more);

let server;
before(async (t) => {
  for (const [user, password] of Object.entries(passwords))
    hashes[user] = runWith(password, 'password').stdout.trim();
  tokens.read = keyOf('ada', '--read-only');
  tokens.write = keyOf('ada', '--role', 'importer');
  tokens.listen = keyOf('ada', '--realtime');
  server = await Server.start(t, '--config', fresh(t));
});

let made = 0;
const client = () => `client-${String(++made).padStart(8, '0')}`;
const basic = (user, password) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const bearer = (token) => ({ Authorization: `Bearer ${token}` });

async function ask(method, target, { body, headers = {}, at = server } = {}) {
  secretsIn(headers);
  const answer = await fetch(at.url + target, {
    method,
    headers: { ...(body && { 'Content-Type': 'application/json' }), ...headers },
    body: body && JSON.stringify(body),
  });
  const said = {
    status: answer.status,
    headers: answer.headers,
    body: await answer.json().catch(() => null),
  };
  secret(said.body?.token);
  return said;
}
const logIn = (user, password = passwords[user], { at, ...more } = {}) =>
  ask('POST', '/v1/session', { body: { user, password, ...more }, at });
const refused = ({ status, body }) => [status, body.error.code];

// Each gives {user, ended}: `ended` is the code of the error that came last.
const bindings = {
  async websocket(token, at = server) {
    const socket = await Socket.open(at.port);
    const { user } = await socket.hello(client(), { token });
    return { user, ended: async () => [(await socket.next('error')).code, await socket.closed()][0] };
  },
  async sse(token, at = server) {
    const session = await Requests.begin(at.url, client(), { token });
    const { user } = await session.next('welcome');
    await session.listen();
    return { user, ended: async () => (await session.next('error')).code };
  },
  async poll(token, at = server) {
    const session = await Requests.begin(at.url, client(), { token });
    const { user } = await session.next('welcome');
    return { user, ended: async () => (await session.next('error', { polls: true })).code };
  },
};
const everywhere = (token, at) => Promise.all(Object.values(bindings).map((connect) => connect(token, at)));
const allEnd = async (open) =>
  assert.deepEqual(await Promise.all(open.map((one) => one.ended())), ['auth', 'auth', 'auth']);

async function isRefused(token, at = server) {
  const hello = { type: 'hello', protocol: 1, client: client(), token };
  const answer = await new Requests(at.url).post(hello, {});
  assert.equal(answer.status, 401);
  assert.equal(answer.body.messages[0].code, 'auth');
}

test('the verbs make a hash of a password and a key', () => {
  assert.match(hashes.ada, /^\$argon2id\$v=19\$m=65536,t=2,p=1\$/);
  assert.equal(runWith('', 'password').status, 2);
  assert.equal(run('key').status, 2);
  const [token, line] = run('key', '--user', 'ada', '--ttl', '90d').stdout.trim().split('\n');
  const [prefix, key] = Object.entries(JSON.parse(`{${line}}`))[0];
  assert.match(token, new RegExp(`^rk_${prefix}_[A-Za-z0-9_-]{43}$`));
  assert.equal(Date.parse(key.expires) - Date.parse(key.created), 90 * 24 * 3600 * 1000);
});

test('a log-in gives a token that every binding takes, and says who it is', async () => {
  const { status, body, headers } = await logIn('ada');
  assert.equal(status, 200);
  assert.equal(body.user, 'ada');
  assert.deepEqual(body.roles, ['editor']);
  assert.ok(body.expiresIn > 29 * 24 * 3600 * 1000);
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.equal(headers.get('set-cookie'), null);
  for (const one of await everywhere(body.token)) assert.equal(one.user, 'ada');
  const who = await ask('GET', '/v1/session', { headers: bearer(body.token) });
  assert.equal(who.body.user, 'ada');
  assert.deepEqual(refused(await ask('GET', '/v1/session')), [401, 'auth']);
});

test('a wrong password and an unknown account are told the same', async () => {
  const wrong = await logIn('ada', 'wrong');
  const unknown = await logIn('nobody', 'wrong');
  assert.deepEqual([wrong.status, wrong.body], [unknown.status, unknown.body]);
  assert.equal(wrong.status, 401);
  assert.ok((await logIn('ada')).body.token);
});

test('after ten failures an account is closed for a minute, whatever is tried', async () => {
  for (let i = 0; i < 10; i++) assert.equal((await logIn('mallory', 'guess')).status, 401);
  const answer = await logIn('mallory', 'guess');
  assert.deepEqual(refused(answer), [429, 'overloaded']);
  const wait = Number(answer.headers.get('retry-after'));
  assert.ok(wait > 0 && wait <= 60, `${wait} s`);
  assert.equal((await logIn('ada')).status, 200, 'others are not touched');
});

test('after ten failures from an address it is closed to all accounts', async (t) => {
  const strict = await Server.start(t, '--config', fresh(t, { limits: { countLoopback: true } }));
  for (let i = 0; i < 10; i++) assert.equal((await logIn(`guess-${i}`, 'x', { at: strict })).status, 401);
  assert.equal((await logIn('ada', passwords.ada, { at: strict })).status, 429);
  const socket = await Socket.open(strict.port, {
    fields: [`Authorization: ${basic('ada', passwords.ada).Authorization}`],
  });
  socket.send({ type: 'hello', protocol: 1, client: client() });
  const error = await socket.next('error');
  assert.equal(error.code, 'overloaded');
  assert.ok(error.retryAfter > 0);
});

test('more log-ins at once than may wait are told to come again', async (t) => {
  const small = await Server.start(t, '--config', fresh(t, { limits: { passwordQueue: 0 } }));
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) => logIn(`user-${i}`, 'x', { at: small })),
  );
  const statuses = new Set(answers.map(({ status }) => status));
  assert.deepEqual([...statuses].sort(), [401, 503]);
  assert.ok(answers.find(({ status }) => status === 503).headers.get('retry-after'));
  assert.equal((await logIn('ada', passwords.ada, { at: small })).status, 200);
});

test('a log-out ends the session and what was opened by it', async () => {
  const { body } = await logIn('ada');
  const open = await everywhere(body.token);
  const other = await logIn('ada');
  const stays = await bindings.websocket(other.body.token);
  assert.equal((await ask('DELETE', '/v1/session', { headers: bearer(body.token) })).status, 204);
  await allEnd(open);
  await isRefused(body.token);
  assert.equal((await ask('DELETE', '/v1/session', { headers: bearer(body.token) })).status, 401);
  assert.equal((await ask('GET', '/v1/session', { headers: bearer(other.body.token) })).status, 200);
  assert.equal(stays.user, 'ada');
});

test('an admin ends one session, or all that a user has', async (t) => {
  const own = fresh(t);
  const at = await Server.start(t, '--config', own);
  const revoke = (body, token = settings.adminToken) =>
    ask('POST', '/v1/revoke', { body, headers: bearer(token), at });
  const one = await logIn('ada', passwords.ada, { at });
  const two = await logIn('ada', passwords.ada, { at });
  const eve = secret(run('token', '--config', own, '--user', 'eve').stdout.trim());
  const jwt = run('token', '--config', own, '--user', 'ada').stdout.trim();
  assert.deepEqual(refused(await revoke({ user: 'ada' }, two.body.token)), [403, 'forbidden']);

  const first = await everywhere(one.body.token, at);
  assert.equal((await revoke({ session: one.body.session })).status, 204);
  await allEnd(first);
  assert.equal((await revoke({ session: one.body.session })).status, 204, 'it is over, again');

  const rest = [...(await everywhere(two.body.token, at)), ...(await everywhere(jwt, at))];
  assert.equal((await revoke({ user: 'ada' })).status, 204);
  await Promise.all(rest.map((open) => open.ended()));
  for (const token of [two.body.token, jwt, tokens.read]) await isRefused(token, at);
  assert.equal((await bindings.websocket(eve, at)).user, 'eve', 'others are not touched');
  const again = await logIn('ada', passwords.ada, { at });
  assert.equal((await bindings.websocket(again.body.token, at)).user, 'ada');
});

test('sessions and revocations outlive the server', async (t) => {
  const file = fresh(t, { data: path.join(folder(t), 'data') });
  const before = await Server.start(t, '--config', file);
  const { body } = await logIn('ada', passwords.ada, { at: before });
  const gone = await logIn('bob', passwords.bob, { at: before });
  await ask('POST', '/v1/revoke', {
    body: { user: 'bob' },
    headers: bearer(settings.adminToken),
    at: before,
  });
  await before.kill();
  const after = await Server.start(t, '--config', file);
  assert.equal((await bindings.websocket(body.token, after)).user, 'ada');
  await isRefused(gone.body.token, after);
});

test('a token that runs out ends every binding', async (t) => {
  const short = run('token', '--config', fresh(t), '--user', 'ada', '--ttl', '3s').stdout.trim();
  await allEnd(await everywhere(short));
});

test('what the hidden collections hold is nobodys to read or write', async () => {
  const socket = await Socket.open(server.port);
  await socket.hello(client(), { token: settings.adminToken });
  for (const collection of ['$sessions', '$revocations']) {
    socket.send({ type: 'subscribe', sub: collection, collection });
    assert.equal((await socket.next('error')).code, 'forbidden');
    socket.send({ type: 'push', settled: 0, except: [], mutations: [put(1, collection, 'x', {})] });
    assert.equal((await socket.next('refuse')).code, 'forbidden');
  }
  socket.close();
});

test('an API key does what it may', async () => {
  const outcome = async (token) => {
    const socket = await Socket.open(server.port);
    const { user } = await socket.hello(client(), { token });
    assert.equal(user, 'ada');
    socket.send({ type: 'push', settled: 0, except: [], mutations: [put(1, 'notes', client(), {})] });
    await socket.until(() => socket.messages.some(({ type }) => type === 'ack' || type === 'refuse'));
    const { type, code } = socket.messages.find(
      (message) => message.type === 'ack' || message.type === 'refuse',
    );
    socket.close();
    return code ?? type;
  };
  assert.equal(await outcome(tokens.write), 'ack');
  assert.equal(await outcome(tokens.read), 'forbidden');
  assert.equal(await outcome(tokens.listen), 'forbidden');
  await isRefused(`${tokens.write}x`);
  await isRefused('rk_000000000000_' + tokens.write.split('_').at(-1));
});

test('Basic and Bearer stand for the token that hello does not say', async () => {
  const hello = () => ({ type: 'hello', protocol: 1, client: client() });
  const user = async (headers) =>
    (await new Requests(server.url).post(hello(), headers)).body.messages[0].user;
  assert.equal(await user(basic('ada', passwords.ada)), 'ada');
  assert.equal(await user(bearer(tokens.read)), 'ada');
  const { status } = await new Requests(server.url).post(hello(), basic('ada', 'wrong'));
  assert.equal(status, 401);
  const answer = await ask('POST', '/v1/session', { headers: basic('bob', passwords.bob) });
  assert.equal(answer.body.user, 'bob');
  const socket = await Socket.open(server.port, { fields: [`Authorization: Bearer ${answer.body.token}`] });
  assert.equal((await socket.hello(client())).user, 'bob');
  socket.close();
});

test('a cookie counts for pages of the server, and of nobody else', async () => {
  const { headers, body } = await logIn('ada', passwords.ada, { cookie: true });
  const [cookie, ...attributes] = headers.get('set-cookie').split('; ');
  assert.match(cookie, /^__Host-rockpool=rs_/);
  secret(cookie.split('=')[1]);
  for (const wanted of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/'])
    assert.ok(attributes.includes(wanted), wanted);
  assert.ok(!attributes.some((attribute) => attribute.startsWith('Domain')));
  assert.equal(body.token, undefined);

  const open = async (...fields) => {
    const socket = await Socket.open(server.port, { fields: [`Cookie: ${cookie}`, ...fields] });
    if (socket.status !== 101) return socket.status;
    socket.send({ type: 'hello', protocol: 1, client: client() });
    await socket.until(() => socket.messages.length > 0);
    socket.close();
    return socket.messages[0].user ?? socket.messages[0].code;
  };
  assert.equal(await open('Origin: http://x'), 'ada', 'the Host of the tests is x');
  assert.equal(await open('Sec-Fetch-Site: same-origin'), 'ada');
  assert.equal(await open(), 'auth', 'neither says that the page is ours');
  assert.equal(await open('Sec-Fetch-Site: cross-site'), 'auth');
  assert.equal(await open('Origin: https://evil.example'), 403);
  assert.equal(await open('Origin: null'), 403);

  const out = (more) => ask('DELETE', '/v1/session', { headers: { Cookie: cookie, ...more } });
  assert.equal((await out({})).status, 401, 'without an Origin it counts for nothing');
  assert.equal((await out({ Origin: 'https://evil.example' })).status, 403);
  const done = await out({ Origin: server.url });
  assert.equal(done.status, 204);
  assert.match(done.headers.get('set-cookie'), /^__Host-rockpool=; Path=\/; Max-Age=0;/);
  assert.equal(await open('Origin: http://x'), 'auth');
});

test('what a form of another page can send is no log-in', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    const answer = await fetch(`${server.url}/v1/session`, {
      method: 'POST',
      headers: { 'Content-Type': type },
      body: JSON.stringify({ user: 'ada', password: passwords.ada, cookie: true }),
    });
    assert.equal(answer.status, 415);
    assert.equal(answer.headers.get('set-cookie'), null);
  }
});

test('SIGHUP: who is no more goes, whose roles changed stays, and so does everybody else', async (t) => {
  const file = fresh(t);
  const at = await Server.start(t, '--config', file);
  const reload = async (more, expected = 'users, keys, tokens and rights were read again') => {
    const from = at.stderr.length;
    if (more) write(file, more);
    at.child.kill('SIGHUP');
    await until(() => at.stderr.slice(from).includes(expected), expected);
  };
  const { body } = await logIn('ada', passwords.ada, { at });
  const bob = await logIn('bob', passwords.bob, { at });
  const admin = await bindings.websocket(settings.adminToken, at);
  const open = [...(await everywhere(body.token, at))];
  const key = await bindings.websocket(tokens.write, at);
  const users = (ada, rest) => ({
    users: { ada: { password: hashes.ada, ...ada }, bob: { password: hashes.bob, ...rest } },
  });
  const roles = async () => (await ask('GET', '/v1/session', { headers: bearer(body.token), at })).body.roles;

  await reload(users({ roles: ['viewer'] }));
  assert.deepEqual(await roles(), ['viewer']);

  writeFileSync(file, `{"adminToken": "${settings.adminToken}\n", "users": {}}`);
  await reload(undefined, 'everything stays as it was');
  writeFileSync(file, JSON.stringify({ ...configuration(), userz: {} }));
  await reload(undefined, 'userz: unknown key');
  assert.deepEqual(await roles(), ['viewer']);
  assert.ok(!at.stderr.includes(settings.adminToken));

  await reload({ ...users({ roles: ['viewer'] }, { disabled: true }), apiKeys: {} });
  assert.equal(await key.ended(), 'auth');
  await isRefused(bob.body.token, at);
  assert.deepEqual(await roles(), ['viewer']);

  await reload({ users: { ada: { password: hashes.bob } } });
  await allEnd(open);
  await isRefused(body.token, at);
  assert.equal((await logIn('ada', passwords.bob, { at })).status, 200);

  await reload({ adminToken: 'another-admin-token' });
  assert.equal(await admin.ended(), 'auth');
});

test('of two issuers each signs with its own key', async (t) => {
  const theirs = secret('the-secret-of-another-issuer-of-tokens');
  const at = await Server.start(
    t,
    '--config',
    fresh(t, {
      jwt: { ...settings.jwt, keys: [{ id: 'theirs', algorithm: 'HS256', secret: theirs, issuer: 'them' }] },
    }),
  );
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const sign = (header, claims, by = theirs) => {
    const exp = Math.trunc(Date.now() / 1000) + 60;
    const payload = part({ sub: 'ann', iss: 'them', exp, ...claims });
    const text = `${part({ alg: 'HS256', ...header })}.${payload}`;
    return secret(`${text}.${createHmac('sha256', by).update(text).digest('base64url')}`);
  };
  assert.equal((await bindings.websocket(sign({ kid: 'theirs' }, { roles: ['x'] }), at)).user, 'ann');
  const late = { exp: Math.trunc(Date.now() / 1000) - 30 };
  assert.equal(
    (await bindings.websocket(sign({ kid: 'theirs' }, late), at)).user,
    'ann',
    'their clock may be off',
  );
  await isRefused(sign({}, {}), at);
  await isRefused(sign({ kid: 'other' }, {}), at);
  await isRefused(sign({ kid: 'theirs' }, { iss: 'me' }), at);
  await isRefused(sign({ kid: 'theirs' }, {}, settings.jwt.secret), at);
  await isRefused(sign({ kid: 'theirs', alg: 'none' }, {}), at);
});
