// Pages that know nothing of us: the example of RESTED's page on real-time data, completed, and a page of
// another origin that speaks JSONPad by `fetch`.
import { createServer } from 'node:http';

import { expect, test } from './fixtures.mjs';

const accounts = { user: { tokens: ['api'], realtimeTokens: ['rt'] } };
test.use({ config: { dialects: { rested: { adminToken: 'administrator' }, jsonpad: { accounts } } } });

async function manage(server, place, body) {
  const answer = await fetch(`${server.url}/rested/api/1/manage/${place}`, {
    method: 'POST',
    headers: { Authorization: 'Bearer administrator', 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.json();
}

/** A page of another origin, for one test. */
async function elsewhere(page, html) {
  const site = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end(html));
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  await page.goto(`http://127.0.0.1:${site.address().port}/`);
  return site;
}

// As it stands there; what was lost of it is between the marks.
const example = (url) => `<!doctype html><title>RESTED</title><script>
  window.said = [];
  function websocketExample() {
    console.log('Creating socket');
    let socket = new WebSocket(/**/ '${url}' /**/);

    socket.onopen = () => {
      console.log('Socket open.');
      window.said.push('open');
    };

    socket.onmessage = (message) => {
      const data = JSON.parse(/**/ message.data /**/);
      console.log('Socket server message', data);
      window.said.push(data);
    };

    socket.onerror = (error) => {
      console.error('Error ', error);
    };

    socket.onclose = (error) => {
      console.error('Close ', error);
      window.said.push([error.code, error.reason]);
    };
  }
  websocketExample();
</script>`;

test("the example of RESTED's page hears what happens, and why it ends", async ({ page, server }) => {
  const { projectId, apiKey } = await manage(server, 'projects', { name: 'a project' });
  const place = `projects/${projectId}/endpoints`;
  const { endpointId } = await manage(server, place, { name: 'shop/orders' });
  const base = `${server.url}/rested/api/1/ce`;
  const site = await elsewhere(page, example(`${base.replace('http', 'ws')}/shop/orders?key=${apiKey}`));
  const said = () => page.evaluate(() => window.said);
  await expect.poll(said).toEqual(['open']);
  // Another page of that origin writes.
  const record = await page.evaluate(
    async ([url]) => {
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ someNewData: 'test' });
      return (await fetch(url, { method: 'POST', headers, body, credentials: 'include' })).json();
    },
    [`${base}/shop/orders?key=${apiKey}`],
  );
  await expect.poll(said).toEqual(['open', { type: 'POST', record }]);
  await fetch(`${server.url}/rested/api/1/manage/${place}/${endpointId}`, {
    method: 'DELETE',
    headers: { Authorization: 'Bearer administrator' },
  });
  await expect
    .poll(async () => (await said()).at(-1))
    .toEqual([1000, 'Options of the endpoint are changed.']);
  site.close();
});

test('a page that is refused can read why', async ({ page, server }) => {
  const { projectId, apiKey } = await manage(server, 'projects', {
    name: 'a project',
    allowedOrigins: 'https://elsewhere.test',
  });
  await manage(server, `projects/${projectId}/endpoints`, { name: 'shop/orders' });
  const url = `${server.url.replace('http', 'ws')}/rested/api/1/ce/shop/orders?key=${apiKey}`;
  const site = await elsewhere(page, example(url));
  await expect.poll(() => page.evaluate(() => window.said)).toEqual(['open', [4000, 'Origin not allowed.']]);
  site.close();
});

test('a page of another origin works with JSONPad by fetch alone', async ({ page, server }) => {
  const site = await elsewhere(page, '<!doctype html><title>JSONPad</title>');
  const heard = await page.evaluate(async (base) => {
    const as = (user) => ({ Authorization: `Basic ${btoa(user)}` });
    const write = async (method, place, data) => {
      const headers = { ...as('user:api'), 'Content-Type': 'application/json' };
      const answer = await fetch(`${base}/api/v1.0/${place}`, {
        method,
        headers,
        body: JSON.stringify(data),
      });
      return answer.json();
    };
    await write('POST', 'lists', { name: 'todo', realtime_enabled: true });
    const poll = (query) => fetch(`${base}/lists/todo?${query}`, { headers: as('user:rt') });
    const cursor = (await poll('wait=0')).headers.get('Rockpool-Cursor');
    const waiting = poll(`since=${cursor}`);
    const { item } = await write('POST', 'lists/todo/items', { text: 'buy milk' });
    const event = await (await waiting).json();
    await write('PATCH', `lists/todo/items/${item.id}`, { done: true });
    const all = await (
      await fetch(`${base}/api/v1.0/lists/todo/items/data`, { headers: as('user:api') })
    ).json();
    const refused = await fetch(`${base}/api/v1.0/lists`, { headers: as('user:wrong') });
    return { type: event.event_type, data: event.event_data.data, all, refused: refused.status };
  }, `${server.url}/jsonpad`);
  expect(heard).toEqual({
    type: 'item-create',
    data: { text: 'buy milk' },
    all: [{ text: 'buy milk', done: true }],
    refused: 401,
  });
  site.close();
});
