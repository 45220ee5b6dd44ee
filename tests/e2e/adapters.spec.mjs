// Pages that speak dialects without versions and replay: as offline-first as the native ones beside them.
import {
  expect,
  get,
  online,
  pause,
  put,
  reopen,
  resume,
  status,
  synced,
  test,
  update,
  watch,
} from './fixtures.mjs';

test.use({
  config: {
    dialects: {
      baserow: { jwtSecret: 'what the tokens of these pages are signed with' },
      jsonpad: { accounts: { user: { tokens: ['api'], realtimeTokens: ['rt'] } } },
      rested: { adminToken: 'administrator' },
      datocms: {
        tokens: [{ token: 'tok-of-these-pages', permissions: ['read', 'drafts', 'write'] }],
        models: { notes: { fields: { title: 'string', body: 'text' } } },
      },
    },
  },
});

async function manage(server, place, body) {
  const answer = await fetch(`${server.url}/rested/api/1/manage/${place}`, {
    method: 'POST',
    headers: { Authorization: 'Bearer administrator', 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.json();
}

/** What `open` is given, and the collection `notes` made where a page cannot. */
const dialects = {
  async jsonpad(server) {
    const token = JSON.stringify({ user: 'user', token: 'api', realtimeToken: 'rt' });
    return { dialect: 'jsonpad', url: `${server.url}/jsonpad`, token };
  },
  async rested(server) {
    const { projectId, apiKey } = await manage(server, 'projects', { name: 'a project' });
    await manage(server, `projects/${projectId}/endpoints`, { name: 'notes' });
    return { dialect: 'rested', url: `${server.url}/rested`, token: apiKey };
  },
  async baserow(server) {
    const ask = async (place, body, token) => {
      const answer = await fetch(`${server.url}/baserow/api/${place}/`, {
        method: body ? 'POST' : 'GET',
        headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `JWT ${token}` }) },
        ...(body && { body: JSON.stringify(body) }),
      });
      return answer.json();
    };
    const login = { email: 'ada@x.test', password: 'what Ada says at the door' };
    const { access_token: token } = await ask('user', { name: 'Ada', ...login, authenticate: true });
    const [group] = await ask('groups', undefined, token);
    const stock = { name: 'Stock', type: 'database' };
    const { id } = await ask(`applications/group/${group.id}`, stock, token);
    const table = { name: 'notes', collection: 'notes', first_row_header: true, data: [['title', 'body']] };
    await ask(`database/tables/database/${id}`, table, token);
    return { dialect: 'baserow', url: `${server.url}/baserow`, token: JSON.stringify(login) };
  },
  async datocms(server) {
    return { dialect: 'datocms', url: `${server.url}/datocms/preview`, token: 'tok-of-these-pages' };
  },
};

const first = '0190a5b1c2d37000a000000000000001';
const second = '0190a5b1c2d37000a000000000000002';
/** A record's text for others, by what it says: JSONPad's pages have ids of their own for those of others. */
const titles = (page) =>
  page.evaluate(() =>
    db
      .collection('notes')
      .query({})()
      .rows.map(({ title, body }) => `${title}: ${body}`)
      .sort(),
  );

for (const [name, prepare] of Object.entries(dialects)) {
  test(`${name}: edits made offline outlive a reload and join those of a native page`, async ({
    person,
    server,
  }) => {
    const how = await prepare(server);
    const [ada, bob] = [await (await person()).opened(how), await (await person()).opened()];
    await watch(ada, 'notes');
    await watch(bob, 'notes');
    await put(ada, 'notes', first, { title: 'Tide', body: 'low' }, 'acknowledged');
    await expect.poll(() => get(bob, 'notes', first)).toEqual({ id: first, title: 'Tide', body: 'low' });

    await pause(ada);
    await update(ada, 'notes', first, { body: 'rising' });
    await put(ada, 'notes', second, { title: 'Made offline', body: 'here' });
    await update(bob, 'notes', first, { title: 'Tides' }, 'acknowledged');
    await reopen(ada, how);
    expect((await status(ada)).pending).toBe(2);
    expect(await get(ada, 'notes', first)).toMatchObject({ id: first, title: 'Tide', body: 'rising' });

    await resume(ada);
    await synced(ada);
    const all = ['Made offline: here', 'Tides: rising'];
    await expect.poll(() => titles(bob)).toEqual(all);
    await watch(ada, 'notes');
    await expect.poll(() => titles(ada)).toEqual(all);
    await update(bob, 'notes', first, { body: 'high' }, 'acknowledged');
    await expect.poll(() => titles(ada)).toEqual([all[0], 'Tides: high']);
  });

  test(`${name}: tabs of a store act as one, and the next one leads`, async ({ person, server }) => {
    const how = await prepare(server);
    const ada = await person();
    const tabs = [await ada.opened(how), await ada.opened(how)];
    for (const tab of tabs) await watch(tab, 'notes');
    await online(tabs[0]);
    await put(tabs[1], 'notes', first, { title: 'one', body: '1' }, 'acknowledged');
    await expect.poll(() => titles(tabs[0])).toEqual(['one: 1']);
    const [leader, other] = (await status(tabs[0])).leader ? tabs : [...tabs].reverse();
    await leader.close();
    await expect.poll(async () => (await status(other)).leader).toBe(true);
    await put(other, 'notes', second, { title: 'two', body: '2' }, 'acknowledged');
  });
}
