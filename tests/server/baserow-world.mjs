// A server with Baserow, its users, and requests and sockets as its clients make them.
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { secret } from './secrets.mjs';
import { Server, Socket, folder } from './world.mjs';

/** `settings` are Baserow's, `more` is the rest of the configuration. */
export async function start(t, { more = {}, settings = {}, data = ':memory:' } = {}) {
  const file = path.join(folder(t), 'rockpool.json');
  const jwtSecret = secret('what-the-tokens-of-baserow-are-signed-with');
  const dialects = { baserow: { jwtSecret, ...settings }, ...more.dialects };
  writeFileSync(file, JSON.stringify({ data, ...more, dialects }));
  const server = await Server.start(t, '--config', file);
  return { server, file, base: `${server.url}/baserow/api` };
}

/** Status, headers and what the body says. `person`: who asks; `socket`: the one that is not told of it. */
export async function ask(world, method, place, { person, socket, body, headers = {} } = {}) {
  const said = {
    ...(person && { Authorization: `JWT ${person.token}` }),
    ...(socket && { WebSocketId: socket.id }),
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...headers,
  };
  const answer = await fetch(`${world.base}/${place}`, {
    method,
    headers: said,
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: text ? JSON.parse(text) : undefined };
}

/** The same, of which it is expected that it works: what the body says. */
export async function done(world, method, place, options) {
  const answer = await ask(world, method, place, options);
  if (answer.status >= 300) throw new Error(`${method} ${place}: ${answer.status} ${answer.text}`);
  return answer.json;
}

/** A new user: `id`, `email`, `password`, `token`, `refresh`, and `group`, the id of the first one. */
export async function person(world, name) {
  const email = `${name}@x.test`;
  const password = secret(`the pass of ${name}`);
  const body = { name, email, password, authenticate: true };
  const made = await done(world, 'POST', 'user/', { body });
  const user = {
    id: made.user.id,
    name,
    email,
    password,
    token: secret(made.access_token),
    refresh: secret(made.refresh_token),
  };
  const [group] = await done(world, 'GET', 'groups/', { person: user });
  return { ...user, group: group.id };
}

/** Makes `guest` a member of a group of `owner`. */
export async function join(world, owner, guest, { group = owner.group, permissions = 'MEMBER' } = {}) {
  const body = { email: guest.email, permissions, base_url: 'https://a.test/join' };
  const { id } = await done(world, 'POST', `groups/invitations/group/${group}/`, { person: owner, body });
  return done(world, 'POST', `groups/invitations/${id}/accept/`, { person: guest });
}

export const database = (world, person, name) =>
  done(world, 'POST', `applications/group/${person.group}/`, { person, body: { name, type: 'database' } });

export const table = (world, person, base, name) =>
  done(world, 'POST', `database/tables/database/${base.id}/`, { person, body: { name } });

let marks = 0;
const isMark = (frame) => frame.type === 'user_updated' && frame.user.first_name.startsWith('mark ');

/** A WebSocket: `id`, `hello`, `next()`, `until(type)`, `turnTo(table)`, `say(message)`, `heard()`, `raw`. */
export async function socket(world, person, query = {}) {
  const search = new URLSearchParams({ jwt_token: person.token, ...query });
  const raw = await Socket.open(world.server.port, {
    target: `/baserow/ws/core/?${search}`,
    subprotocol: undefined,
  });
  const marked = new Set(); // users who are not called again what they are called
  let read = 0;
  async function nextOfAll() {
    await raw.until(() => raw.texts.length > read || raw.ended);
    if (raw.texts.length === read) throw new Error(`closed (${raw.closeCode} ${raw.closeReason})`);
    return JSON.parse(raw.texts[read++]);
  }
  // Marks are no messages; neither is it that their users get their names back.
  function isMessage(frame) {
    if (isMark(frame)) return !marked.add(frame.user.id);
    return frame.type !== 'user_updated' || !marked.delete(frame.user.id);
  }
  const made = {
    raw,
    /** The next frame. */
    async next() {
      for (;;) {
        const frame = await nextOfAll();
        if (isMessage(frame)) return frame;
      }
    },
    /** Frames up to the next one of that type, which is the last of them. */
    async until(type) {
      const heard = [];
      do heard.push(await made.next());
      while (heard.at(-1).type !== type);
      return heard;
    },
    say: (message) => raw.send(message),
    async turnTo(table) {
      made.say({ page: 'table', table_id: table.id });
      return (await made.until('page_add')).at(-1);
    },
    /** All that was sent to it up to now: everything comes in the order of commits, and so does a mark. */
    async heard() {
      const mark = `mark ${++marks}`;
      for (const name of [mark, person.name])
        await done(world, 'PATCH', 'user/account/', { person, body: { first_name: name } });
      const heard = [];
      for (;;) {
        const frame = await nextOfAll();
        if (isMessage(frame)) heard.push(frame);
        else if (isMark(frame) && frame.user.first_name === mark) return heard;
      }
    },
    async fate() {
      await raw.until(() => raw.closeReason !== undefined || raw.ended);
      return `${raw.closeCode} ${raw.closeReason}`;
    },
  };
  made.hello = await made.next();
  made.id = made.hello.web_socket_id;
  return made;
}
