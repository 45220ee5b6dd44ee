// Groups, their people and databases over HTTP, and every message on them: who gets it, and who does not.
import assert from 'node:assert/strict';
import test from 'node:test';

import { ask, database, done, join, person, socket, start } from './baserow-world.mjs';

// Ada and Ben in Ada's group, Eve in none but her own; Ada's own socket, one more of hers, and theirs.
async function company(t, options) {
  const world = await start(t, options);
  const ada = await person(world, 'ada');
  const ben = await person(world, 'ben');
  const eve = await person(world, 'eve');
  await join(world, ada, ben);
  const sockets = {
    own: await socket(world, ada),
    other: await socket(world, ada),
    ben: await socket(world, ben),
    eve: await socket(world, eve),
  };
  return {
    world,
    ada,
    ben,
    eve,
    sockets,
    /** What each of the sockets is told of a request of Ada's that names her own one. */
    async told(method, place, body) {
      const answer = await done(world, method, place, { person: ada, socket: sockets.own, body });
      const frames = {};
      for (const [name, one] of Object.entries(sockets)) frames[name] = await one.heard();
      return { answer, ...frames };
    },
  };
}

const group = { id: 1, name: "ada's group" };

test('group_updated goes to the members but for the own socket', async (t) => {
  const { told } = await company(t);
  const frame = { type: 'group_updated', group_id: 1, group: { id: 1, name: 'Lab' } };
  const { answer, own, other, ben, eve } = await told('PATCH', 'groups/1/', { name: 'Lab' });
  assert.deepEqual(answer, { id: 1, name: 'Lab' });
  assert.deepEqual([own, other, ben, eve], [[], [frame], [frame], []]);
});

test('group_created goes to the other sockets of who made it', async (t) => {
  const { told } = await company(t);
  const { answer, own, other, ben, eve } = await told('POST', 'groups/', { name: 'Lab' });
  const frame = { type: 'group_created', group: { id: answer.id, name: 'Lab' } };
  assert.deepEqual([own, other, ben, eve], [[], [frame], [], []]);
});

test('group_deleted goes to those who were members, and before_group_deleted before it', async (t) => {
  const { told } = await company(t);
  const frames = [
    { type: 'before_group_deleted', group_id: 1, group },
    { type: 'group_deleted', group_id: 1 },
  ];
  await told('POST', 'groups/', { name: 'Lab' }); // what marks are heard in
  const { own, other, ben, eve } = await told('DELETE', 'groups/1/');
  assert.deepEqual([own, other, ben, eve], [[], frames, frames, []]);
});

test('groups_reordered goes to the other sockets of the user alone', async (t) => {
  const { told } = await company(t);
  const { answer } = await told('POST', 'groups/', { name: 'Lab' });
  const frame = { type: 'groups_reordered', group_ids: [answer.id, 1] };
  const { own, other, ben, eve } = await told('POST', 'groups/order/', { groups: [answer.id, 1] });
  assert.deepEqual([own, other, ben, eve], [[], [frame], [], []]);
});

test('group_user_added, _updated and _deleted go to the members and to who goes', async (t) => {
  const { told, world, ada, ben, eve, sockets } = await company(t);
  const { id } = await done(world, 'POST', 'groups/invitations/group/1/', {
    person: ada,
    body: { email: eve.email, permissions: 'MEMBER', base_url: 'https://a.test' },
  });
  const joined = await done(world, 'POST', `groups/invitations/${id}/accept/`, {
    person: eve,
    socket: sockets.eve,
  });
  const member = joined.users.find((one) => one.email === eve.email);
  const added = { type: 'group_user_added', id: member.id, group_id: 1, group_user: member };
  assert.deepEqual(await sockets.ben.heard(), [added]);
  assert.deepEqual(await sockets.own.heard(), [added]);
  assert.deepEqual(await sockets.eve.heard(), []);
  await sockets.other.heard();

  const changed = await told('PATCH', `groups/users/${member.id}/`, { permissions: 'ADMIN' });
  const updated = {
    type: 'group_user_updated',
    id: member.id,
    group_id: 1,
    group_user: { ...member, permissions: 'ADMIN' },
  };
  assert.deepEqual(changed.answer, updated.group_user);
  assert.deepEqual(changed.eve, [updated]);
  assert.deepEqual(changed.own, []);

  const gone = await told('DELETE', `groups/users/${member.id}/`);
  const deleted = { ...updated, type: 'group_user_deleted', group_user: { ...updated.group_user, id: null } };
  assert.deepEqual([gone.own, gone.other, gone.ben, gone.eve], [[], [deleted], [deleted], [deleted]]);
  assert.equal((await ask(world, 'GET', 'groups/users/group/1/', { person: ben })).status, 400);
});

test('application_* go to the group', async (t) => {
  const { told } = await company(t);
  const made = await told('POST', 'applications/group/1/', { name: 'Stock', type: 'database' });
  const application = { id: 1, name: 'Stock', order: 1, type: 'database', group, tables: [] };
  assert.deepEqual(made.answer, application);
  const created = { type: 'application_created', application };
  assert.deepEqual([made.own, made.other, made.ben, made.eve], [[], [created], [created], []]);

  const renamed = await told('PATCH', 'applications/1/', { name: 'Store' });
  const { tables, ...short } = { ...application, name: 'Store' };
  const updated = { type: 'application_updated', application_id: 1, application: short };
  assert.deepEqual(tables, []);
  assert.deepEqual([renamed.own, renamed.ben, renamed.eve], [[], [updated], []]);

  const second = await told('POST', 'applications/group/1/', { name: 'Shop', type: 'database' });
  const ordered = await told('POST', 'applications/group/1/order/', { application_ids: [2, 1] });
  assert.equal(second.answer.id, 2);
  assert.equal(ordered.ben.length, 1);
  assert.equal(ordered.ben[0].type, 'applications_reordered');
  assert.equal(ordered.ben[0].group_id, 1);
  assert.deepEqual(
    ordered.ben[0].order,
    await Promise.all([2, 1].map((id) => hashed(id))),
    'the ids are hashed',
  );

  const removed = await told('DELETE', 'applications/1/');
  const deleted = { type: 'application_deleted', application_id: 1 };
  assert.deepEqual([removed.own, removed.other, removed.ben, removed.eve], [[], [deleted], [deleted], []]);
});

async function hashed(id) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(String(id)));
  return Buffer.from(digest).toString('hex');
}

test('user_updated goes to everybody in a common group', async (t) => {
  const { world, ada, sockets } = await company(t);
  await done(world, 'PATCH', 'user/account/', {
    person: ada,
    socket: sockets.own,
    body: { first_name: 'Ada' },
  });
  const frame = { type: 'user_updated', user: { id: ada.id, username: 'ada@x.test', first_name: 'Ada' } };
  assert.deepEqual(await sockets.ben.next(), frame);
  assert.deepEqual(await sockets.other.next(), frame);
  assert.deepEqual(await sockets.own.heard(), []);
  assert.deepEqual(await sockets.eve.heard(), []);
});

test('user_deleted, user_restored and user_permanently_deleted leave nobody out', async (t) => {
  const settings = { accountDeletionGraceSeconds: 1 };
  const { world, ben, sockets } = await company(t, { settings });
  const user = { id: ben.id, username: 'ben@x.test', first_name: 'ben' };
  const schedule = (token) =>
    done(world, 'POST', 'user/schedule-account-deletion/', { person: { token }, socket: sockets.ben });
  await schedule(ben.token);
  assert.deepEqual(await sockets.ben.next(), { type: 'user_deleted', user });
  assert.deepEqual(await sockets.own.next(), { type: 'user_deleted', user });
  const refused = await ask(world, 'GET', 'groups/', { person: ben });
  assert.deepEqual([refused.status, refused.json.error], [401, 'ERROR_DEACTIVATED_USER']);
  const { token } = await done(world, 'POST', 'user/token-auth/', {
    body: { email: ben.email, password: ben.password },
  });
  assert.deepEqual(await sockets.ben.next(), { type: 'user_restored', user });
  assert.deepEqual(await sockets.own.next(), { type: 'user_restored', user });
  await schedule(token);
  assert.deepEqual(await sockets.own.next(), { type: 'user_deleted', user });
  assert.deepEqual(await sockets.own.next(), { type: 'user_permanently_deleted', user_id: ben.id });
  assert.deepEqual(await sockets.eve.heard(), []);
});

test('everything is there after a restart, and ids are never given again', async (t) => {
  const { folder } = await import('./world.mjs');
  const data = folder(t);
  const world = await start(t, { data });
  const ada = await person(world, 'ada');
  const base = await database(world, ada, 'Stock');
  const gone = await database(world, ada, 'Gone');
  await done(world, 'DELETE', `applications/${gone.id}/`, { person: ada });
  await world.server.stop();
  const again = await start(t, { data });
  const list = await done(again, 'GET', 'applications/', { person: ada });
  assert.deepEqual(list, [base]);
  assert.equal((await database(again, ada, 'New')).id, gone.id + 1);
});

test('every socket hears the same, in the order of commits', async (t) => {
  const { world, ada, ben, sockets } = await company(t);
  await done(world, 'PATCH', 'groups/users/4/', { person: ada, body: { permissions: 'ADMIN' } });
  for (const one of [sockets.own, sockets.ben]) await one.heard();
  const requests = Array.from({ length: 60 }, (_, i) => ({
    person: i % 2 ? ada : ben,
    body: { name: `${i}` },
  }));
  await Promise.all(
    requests.map((options, i) =>
      i % 3
        ? done(world, 'PATCH', 'groups/1/', options)
        : done(world, 'POST', 'applications/group/1/', {
            ...options,
            body: { ...options.body, type: 'database' },
          }),
    ),
  );
  const [one, other] = [await sockets.own.heard(), await sockets.ben.heard()];
  assert.equal(one.length, 60);
  assert.deepEqual(one, other);
});
