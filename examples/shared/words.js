// What the pages say about the state of the store, in one place.

import { plural } from './dom.js';

const carriers = { websocket: 'WebSocket', sse: 'event stream', poll: 'long polling' };
export const carrier = (transport) => carriers[transport] ?? '';

const wait = (count) =>
  count === 0
    ? 'Nothing is waiting.'
    : `${plural(count, 'change')} ${count === 1 ? 'waits' : 'wait'} to be sent.`;

/** tone: good, busy, off or bad. `name` is short, `detail` a sentence. */
export function stateWords(status, paused) {
  const said = status.error?.message;
  switch (status.state) {
    case 'online':
      return status.pending
        ? {
            tone: 'good',
            name: 'Online',
            detail: `${plural(status.pending, 'change')} on the way to the server.`,
          }
        : { tone: 'good', name: 'Online', detail: 'Everything here is on the server, too.' };
    case 'connecting':
      return { tone: 'busy', name: 'Connecting', detail: `Looking for the server. ${wait(status.pending)}` };
    case 'offline':
      return paused
        ? { tone: 'off', name: 'Offline', detail: `Because you chose so. ${wait(status.pending)}` }
        : { tone: 'off', name: 'Offline', detail: `The server does not answer. ${wait(status.pending)}` };
    case 'auth':
      return {
        tone: 'bad',
        name: 'Signed out',
        detail: said ?? 'The server wants a new sign-in. Nothing is lost.',
      };
    case 'user-mismatch':
      return {
        tone: 'bad',
        name: 'Other user',
        detail: said ?? 'These data belong to another user. Nothing is shown or sent.',
      };
    case 'outdated':
      return {
        tone: 'bad',
        name: 'Reload',
        detail: said ?? 'Another window runs a newer version of this page. Reload it.',
      };
    case 'stopped':
      return {
        tone: 'bad',
        name: 'Stopped',
        detail: said ?? 'The server and this page do not understand each other. Reload the page.',
      };
    default:
      return { tone: 'bad', name: 'Closed', detail: said ?? 'The store was closed. Reload the page.' };
  }
}

/** Where this page keeps its data; `warn` when it is not the disk. */
export function storageWords(status) {
  if (status.storage.kind === 'failing') {
    return {
      warn: true,
      text:
        'The disk of this browser refuses to store. Keep this page open: changes are kept here, ' +
        'and go to the server when it stores again.',
    };
  }
  if (status.storage.kind === 'memory') {
    return {
      warn: true,
      text: 'This browser offers no storage. Changes live as long as this page, and on the server once sent.',
    };
  }
  return {
    warn: false,
    text: status.storage.lost
      ? 'Saved in this browser. It had removed an older copy, which was fetched again.'
      : status.leader
        ? 'Saved in this browser.'
        : 'Saved in this browser, by another window of this page.',
  };
}

const verbs = {
  put: 'written',
  patch: 'edited',
  delete: 'deleted',
  add: 'counted',
  setInsert: 'tagged',
  setRemove: 'untagged',
  batch: 'edited together',
};
export const verb = (op) => verbs[op] ?? 'edited';
