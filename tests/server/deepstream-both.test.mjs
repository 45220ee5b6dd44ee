// The same requests and messages to the original and to ours. Whatever differs was decided, and is in the
// list of deepstream-decided.mjs, or one of the two is not what it is taken for.
import assert from 'node:assert/strict';
import test from 'node:test';

import * as cases from './deepstream-cases.mjs';
import { decideMessages, decidePaths, decided, named, sorted } from './deepstream-decided.mjs';
import { connect, sleep, worlds } from './deepstream-world.mjs';

/** JSON without what is made up by chance; text without the reason, which each gives in its own words. */
function plain(text) {
  try {
    return JSON.parse(text, (key, value) => (key === 'token' ? 'a token' : value));
  } catch {
    return text
      .trim()
      .replace(/( Reason:.*|(?<=body of request: ).*)$/s, (end) => (end[0] === ' ' ? '' : '…'));
  }
}

async function send(world, { at, below = '', method, type, body, fields }) {
  const answer = await fetch(
    at ? world.root + (world.original ? '' : world.mount) + at : world.http + below,
    {
      method,
      body,
      headers: { ...(type && { 'content-type': type }), ...fields },
    },
  );
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    cors: answer.headers.get('access-control-allow-origin'),
    body: plain(await answer.text()),
  };
}

async function run(world, { before = [], send: commands, ...one }) {
  for (const batch of before) await send(world, cases.batch(...batch));
  if (!commands) return send(world, one);
  return (await send(world, cases.batch(...commands))).body;
}

/** What a client hears after each of its messages. `counts`: of how many to wait for. */
async function hear(t, world, steps, counts) {
  const client = await connect(t, world, { login: { username: 'self' } });
  const { connection } = client.services;
  const heard = [];
  let request;
  for (const topic of [4, 5, 6, 7])
    connection.handlers.set(topic, ({ parsedData: _, ...message }) => {
      if (topic === 6 && message.action === 2) {
        request = message;
        // Calls have numbers of the server's.
        message = { ...message, correlationId: 'of the call' };
      }
      heard.push(message);
    });
  const others = {};
  const act = async (step) => {
    if (Array.isArray(step)) await send(world, cases.batch(...step));
    else if (step.comes) others[step.comes] = await connect(t, world, { login: { username: step.comes } });
    else if (step.goes) others[step.goes].close();
    else connection.sendMessage(said(step, request));
  };
  const all = [];
  for (const [i, step] of steps.entries()) {
    heard.length = 0;
    await act(step);
    // The original says when it is done by saying nothing more; ours has to say as much.
    const count = counts ? counts[i] : step.late;
    if (count === undefined) await sleep(150);
    else for (let n = 0; n < 100 && heard.length < count; n++) await sleep(20);
    all.push(heard.map(filled).sort((a, b) => a.action - b.action));
  }
  for (const one of [client, ...Object.values(others)]) one.close();
  return all;
}

function said(step, request) {
  const { say } = step.late ? step : { say: step };
  return typeof say === 'function' ? say(request) : say;
}

/** Without empty members, which say nothing. */
function filled(message) {
  const empty = (value) =>
    value === undefined ||
    value === false ||
    value === '' ||
    (typeof value === 'object' && Object.keys(value).length === 0);
  return Object.fromEntries(
    Object.entries(message)
      .filter(([name, value]) => name === 'version' || !empty(value))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** `words`: ours is the default, which says errors by text. */
function judge(claim, theirs, ours, words = false) {
  const difference = decided[claim];
  const change = difference && ((words && difference.text) || difference.ours);
  const said = words ? named(theirs) : theirs;
  if (!change) return assert.deepEqual(ours, said);
  assert.notDeepEqual(ours, said, `the difference of section ${difference.section} is gone`);
  assert.deepEqual(ours, change(structuredClone(said)), `section ${difference.section}`);
}

decidePaths(cases.paths);

test('the original and ours', async (t) => {
  const rpc = { accept: 400, response: 800 };
  const [original, ours, numeric] = await Promise.all([
    worlds[0].start(t, { rpc }),
    worlds[1].start(t, { rpc }),
    worlds[1].start(t, { numeric: true }),
  ]);
  const requests = Object.entries(cases.requests);
  const malformed = Object.entries(cases.malformed).map(([claim, body]) => [claim, cases.batch(...body)]);
  for (const [claim, request] of [...requests, ...malformed])
    await t.test(claim, async () => judge(claim, await run(original, request), await run(ours, request)));

  const commands = Object.entries(cases.commands).map(([claim, send]) => [
    claim,
    Array.isArray(send) ? { send } : send,
  ]);
  const paths = cases.paths.flatMap((path, i) => {
    const { before, send } = cases.throughPath(path, `p/${i}`);
    return [
      [`path ${JSON.stringify(path)}`, { before, send: send[0] }],
      [`data after path ${JSON.stringify(path)}`, { send: send[1] }],
    ];
  });
  for (const [claim, one] of [...commands, ...paths])
    await t.test(claim, async () => {
      const theirs = await run(original, one);
      judge(claim, theirs, await run(numeric, one));
      judge(claim, theirs, await run(ours, one), true);
    });

  for (const [claim, steps] of Object.entries(cases.messages))
    await t.test(claim, async (t) => {
      const theirs = await hear(t, original, steps);
      const expected = theirs.map((heard, i) => decideMessages(claim, heard, steps[i]));
      const counts = expected.map((heard) => heard.length);
      assert.deepEqual(await hear(t, ours, steps, counts), expected);
    });

  for (const message of cases.listensTwice)
    await t.test(`what ends the original: to listen twice, topic ${message.topic}`, async (t) => {
      const acknowledged = { ...message, isAck: true };
      const heard = await hear(t, ours, [{ ...message }, { ...message }], [1, 1]);
      assert.deepEqual(heard, [[sorted(acknowledged)], [sorted(acknowledged)]]);
    });

  for (const [i, path] of cases.poison.entries())
    await t.test(`what ends the original: path ${path}`, async () => {
      const { before, send } = cases.throughPath(path, `x/${i}`);
      const { body } = await run(ours, { before, send: send[0] });
      const replaced = path.startsWith('none');
      assert.equal(body[0].success, replaced);
      assert.equal(body[0].errorEvent, replaced ? undefined : 'INVALID_MESSAGE_DATA');
      const after = (await run(ours, { send: send[1] })).body[0];
      assert.equal(after.version, replaced ? 2 : 1);
      assert.deepEqual(after.data.a, { x: 1 });
    });
});
