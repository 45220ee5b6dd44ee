// What DatoCMS does when there is too much of something, seen from outside.
import assert from 'node:assert/strict';
import test from 'node:test';

import { ask, start } from './datocms-world.mjs';

const body = { query: '{ blogPost { title } }' };

test('pages may look at when to come again, whatever the answer', async (t) => {
  const world = await start(t, { more: { limits: { userMessagesPerSecond: 1, userMessagesBurst: 1 } } });
  const origin = { headers: { Origin: 'https://blog.example' } };
  const answers = [
    await ask(world, 'POST', 'graphql', body, origin),
    await ask(world, 'POST', 'graphql', body, origin),
    await ask(world, 'POST', 'listen', body, origin),
    await ask(world, 'POST', 'listen', body, { ...origin, token: '' }),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 429, 503, 401],
  );
  for (const { headers, status } of answers) {
    assert.match(headers.get('Access-Control-Expose-Headers'), /X-RateLimit-Reset, Retry-After/, `${status}`);
    assert.equal(headers.get('Access-Control-Allow-Origin'), '*');
  }
});
