// A server that speaks deepstream over HTTP, the commands it takes and the entries it answers with.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { secret } from './secrets.mjs';
import { Server, folder, runWith } from './world.mjs';

export const password = secret('mara-knows-this-one');
const hash = runWith(password, 'password').stdout.trim();
const denied = { 'denied/*': false };

function configuration(t, deepstream = {}, more = {}) {
  const file = path.join(folder(t), 'rockpool.json');
  const settings = {
    data: ':memory:',
    spaces: { default: { access: 'open' } },
    users: { mara: { password: hash, roles: ['editor'] } },
    dialects: {
      deepstream: {
        clientData: { mara: { role: 'editor' } },
        permissions: { record: denied, event: denied, rpc: denied },
        ...deepstream,
      },
    },
    ...more,
  };
  writeFileSync(file, JSON.stringify(settings));
  return file;
}

/** Started with settings of deepstream's, and other configuration. */
export const start = (t, deepstream, more) => Server.start(t, '--config', configuration(t, deepstream, more));

/** Whom commands go to where a test names nobody else. */
export const shared = { server: undefined };

export async function post(body, { at = shared.server, to = '/api/v1', headers = {} } = {}) {
  const answer = await fetch(`${at.url}/deepstream${to}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const type = answer.headers.get('Content-Type');
  assert.equal(type, answer.status === 200 ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8');
  assert.equal(answer.headers.get('Access-Control-Allow-Origin'), '*');
  return { status: answer.status, text, json: answer.status === 200 ? JSON.parse(text) : undefined };
}

// Entries of a batch that is let in.
export async function run(commands, options) {
  const answer = await post({ body: commands }, options);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.body.length, commands.length);
  return answer.json.body;
}
export const one = async (command, options) => (await run([command], options))[0];

export const write = (recordName, data, more) => ({
  topic: 'record',
  action: 'write',
  recordName,
  data,
  ...more,
});
/** A batch as text, of a write and a read of it: for data that JavaScript would not write so. */
export const written = (name, data) =>
  `{"body":[{"topic":"record","action":"write","recordName":"${name}","data":${data}},` +
  `{"topic":"record","action":"read","recordName":"${name}"}]}`;
export const at = (recordName, place, data, more) => write(recordName, data, { path: place, ...more });
export const read = (recordName) => ({ topic: 'record', action: 'read', recordName });
export const head = (recordName) => ({ topic: 'record', action: 'head', recordName });
export const remove = (recordName) => ({ topic: 'record', action: 'delete', recordName });
export const emit = (eventName, data) => ({ topic: 'event', action: 'emit', eventName, data });
export const query = { topic: 'presence', action: 'query' };
export const good = { success: true };

let made = 0;
export const fresh = (name = 'test') => `${name}/${++made}`;

export const conflict = (name, version, data) => ({
  success: false,
  error: `Record update failed. Version ${version} exists for record "${name}".`,
  errorTopic: 'record',
  errorEvent: 'VERSION_EXISTS',
  currentVersion: version,
  currentData: data,
});
export const missing = (name) => ({
  success: false,
  error: `Record read failed. Record "${name}" could not be found.`,
  errorTopic: 'record',
  errorEvent: 'RECORD_NOT_FOUND',
});
export const misplaced = (name, place) => ({
  success: false,
  error: `Record update failed. Path "${place}" is not valid for record "${name}".`,
  errorTopic: 'record',
  errorEvent: 'INVALID_MESSAGE_DATA',
});
export const forbidden = (topic, action) => ({
  success: false,
  error: `Message denied. Action "${action}" is not permitted.`,
  errorTopic: topic,
  errorEvent: 'MESSAGE_DENIED',
  errorAction: action,
});

// Past fetch, which hides what it does not understand.
export const ask = (method, target, headers = {}, body) =>
  new Promise((resolve, reject) => {
    const url = new URL(`${shared.server.url}${target}`);
    const request = http.request(url, { method, headers }, async (answer) => {
      let text = '';
      for await (const piece of answer) text += piece;
      resolve({ status: answer.statusCode, headers: answer.headers, text });
    });
    request.on('error', reject);
    request.end(body);
  });
