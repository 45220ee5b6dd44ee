// Spaces whose rights a back end decides.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';

import { Server, Socket, folder, put, run } from './world.mjs';

const secret = 'a-secret-of-the-back-end';

async function backEnd(t, decide) {
  const asked = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const bytes of request) body += bytes;
    assert.match(request.headers['rockpool-signature'], /^t=\d+,v1=[0-9a-f]{64}$/);
    const question = JSON.parse(body);
    asked.push(question);
    const answer = decide(question);
    if (answer === undefined) return response.writeHead(500).end();
    response.end(JSON.stringify({ allow: answer }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close().closeAllConnections());
  return { asked, url: `http://127.0.0.1:${server.address().port}/may` };
}

function configuration(t, webhook, more = {}) {
  const file = path.join(folder(t), 'rockpool.json');
  const spaces = { default: { webhook: { secret, ...webhook }, ...more } };
  writeFileSync(file, JSON.stringify({ data: ':memory:', spaces }));
  return file;
}

const push = (...mutations) => ({ type: 'push', settled: 0, except: [], mutations });

test('a back end says who may do what, once for each question', async (t) => {
  const service = await backEnd(
    t,
    ({ name, verb }) => name === 'open' || (name === 'shown' && verb !== 'create'),
  );
  const server = await Server.start(t, '--config', configuration(t, { url: service.url }));
  const page = await Socket.open(server.port);
  await page.hello('client-of-service');
  page.send(push(put(1, 'open', 'a', 1), put(2, 'shown', 'b', 1), put(3, 'open', 'c', 1)));
  assert.equal((await page.next('refuse')).code, 'forbidden');
  await page.next('ack');
  await page.next('ack');
  page.send({ type: 'subscribe', sub: 1, collection: 'shown' });
  await page.next('subscribed');
  page.send({ type: 'subscribe', sub: 2, collection: 'hidden' });
  const refused = await page.next('error');
  assert.deepEqual([refused.code, refused.sub], ['forbidden', 2]);
  const [first] = service.asked;
  assert.deepEqual(
    { ...first, verb: undefined, name: undefined },
    { user: null, roles: [], space: 'default', verb: undefined, kind: 'collection', name: undefined },
  );
  const questions = service.asked.map(({ verb, name }) => `${verb} ${name}`);
  assert.equal(new Set(questions).size, questions.length, 'nothing is asked twice');
});

test('a back end that gives no answer allows nothing, and clients may try again', async (t) => {
  let works = false;
  const service = await backEnd(t, () => (works ? true : undefined));
  const server = await Server.start(t, '--config', configuration(t, { url: service.url, timeoutMs: 500 }));
  const page = await Socket.open(server.port);
  await page.hello('client-of-service');
  page.send(push(put(1, 'a', 'x', 1)));
  const refusal = await Promise.race([page.next('refuse'), page.next('error')]);
  assert.equal(refusal.code, 'overloaded');
  assert.match(server.stderr, /authorization webhook gave no answer: status 500/);
  works = true;
  for (let i = 0; i < 20; i++) {
    page.send(push(put(1, 'a', 'x', 1)));
    await page.until(() => page.messages.some(({ type }) => ['ack', 'refuse', 'error'].includes(type)));
    if (page.messages.shift().type === 'ack') return;
  }
  assert.fail('it was never asked again');
});

test('mistakes in its configuration are named', (t) => {
  for (const [webhook, more, message] of [
    [{ url: 'nowhere' }, {}, /spaces\.default\.webhook\.url: is no URL that can be called/],
    [
      { url: 'http://a/', cacheSeconds: 0 },
      {},
      /spaces\.default\.webhook\.cacheSeconds: must be a whole number/,
    ],
    [{ url: 'http://a/' }, { access: 'open' }, /spaces\.default\.webhook: leaves nothing to `access`/],
  ]) {
    const { status, stderr } = run('serve', '--config', configuration(t, webhook, more));
    assert.equal(status, 2);
    assert.match(stderr, message);
  }
});
