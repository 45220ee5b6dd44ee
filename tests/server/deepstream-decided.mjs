// What differs from the original, and the section of the contract that decided it. `ours` makes our answer of
// the original's; `text` that of the default, where it is another than with `errorEvents` `numeric`.
// core/dialects/deepstream/README.md has the list for people.
const texts = {
  record: { 102: 'VERSION_EXISTS', 107: 'RECORD_NOT_FOUND', 108: 'VERSION_EXISTS', 115: 'MESSAGE_DENIED' },
  rpc: { 100: 'NO_RPC_PROVIDER', 107: 'MESSAGE_DENIED' },
};

/** The original's numbers as our texts (section 6). */
export function named({ result, body }) {
  const renamed = body.map((entry) =>
    entry.errorEvent in (texts[entry.errorTopic] ?? {})
      ? { ...entry, errorEvent: texts[entry.errorTopic][entry.errorEvent] }
      : entry,
  );
  return { result, body: renamed };
}

const each =
  (change) =>
  ({ result, body }) => ({ result, body: body.map(change) });
const failed = (entry) => ({ result: 'FAILURE', body: [{ success: false, ...entry }] });
const says = (status, body) => (theirs) => ({ ...theirs, status, type: text, body });
const text = 'text/plain; charset=utf-8';

const notPost = says(400, 'Reading records via HTTP GET is not possible, use POST with a JSON body instead.');
const token = (theirs) => ({ ...theirs, body: { success: true, token: 'a token', clientData: {} } });

const at = '/deepstream/api';
const elsewhere = says(
  404,
  `Endpoint not found. There are ${at}/v1, ${at}/v1/auth, ${at}, ${at}/auth, /deepstream/health-check`,
);
const noFile = 'there is nothing here; `www` in the configuration names a folder to be served';
const preflighted = (theirs) => ({ ...theirs, status: 204, type: null, body: '' });

const denied = {
  section: '5.7: the action is called as the command calls it',
  ours: each((entry) => {
    const { action: _, ...rest } = entry;
    const words = { READ: 'read', HEAD: 'head', DELETE: 'delete', CREATEANDUPDATE: 'write', REQUEST: 'make' };
    const word = rest.errorAction ?? words[/Action "(\w+)"/.exec(rest.error)[1]];
    return { ...rest, error: `Message denied. Action "${word}" is not permitted.`, errorAction: word };
  }),
};

const tooHigh = (name, currentVersion, currentData, sent) => ({
  section:
    '5.3: a version too high is a conflict with what is there; by number it has the sent version in its text',
  ours: each((entry) => ({
    ...entry,
    error: `Record update failed. Version ${sent} is not valid for record "${name}".`,
    currentData,
  })),
  text: each((entry) => ({
    ...entry,
    error: `Record update failed. Version ${currentVersion} exists for record "${name}".`,
    currentData,
  })),
});

function invalidPath(path, i) {
  const section = '5.3: a path that cannot be meant is an error, and changes nothing';
  const entry = (errorEvent) =>
    failed({
      error: `Record update failed. Path "${path}" is not valid for record "p/${i}".`,
      errorTopic: 'record',
      errorEvent,
    });
  const unchanged = { a: { x: 1 }, l: [0, { x: 1 }], t: 'text', n: 1 };
  return [
    { section, ours: () => entry(116), text: () => entry('INVALID_MESSAGE_DATA') },
    { section, ours: each((read) => ({ ...read, version: 1, data: unchanged })) },
  ];
}

export const decided = {
  'GET on the batch path': { section: '1: answered, and told to use POST', ours: notPost },
  'GET of the auth endpoint': { section: '1: answered, and told to use POST', ours: notPost },
  'one byte more': { section: '2, check 4: 413', ours: says(413, 'the body is too large') },
  'health': { section: '1', ours: says(200, 'OK') },
  'the auth endpoint, open access': { section: '3: always a token', ours: token },
  'the auth endpoint, a name': { section: '3: always a token', ours: token },
  'the auth endpoint, no object': {
    section: '3: an object is handed to the strategy',
    ours: says(400, 'Failed to parse body of request: …'),
  },

  'POST to no known path': { section: '1: with the paths there are', ours: elsewhere },
  'GET of no known path': {
    section: 'interfaces.md: static files come last',
    ours: (theirs) => ({ ...theirs, cors: null, body: noFile }),
  },
  'a broken content type': {
    section: '2, check 2: parameters are allowed',
    ours: (theirs) => ({
      ...theirs,
      status: 200,
      type: 'application/json; charset=utf-8',
      body: { result: 'SUCCESS', body: [{ success: true }] },
    }),
  },
  'preflight': { section: '7', ours: preflighted },
  'preflight for what is not allowed': { section: '7: the browser compares', ours: preflighted },
  'preflight for another method': { section: '7: the browser compares', ours: preflighted },
  'preflight without headers': { section: '7', ours: preflighted },
  'preflight without a method': { section: '7: the browser compares', ours: preflighted },

  'the head of a record that is missing': {
    section: '5.2: a failure; -1 by number',
    text: () =>
      failed({
        error: 'Record read failed. Record "none/1" could not be found.',
        errorTopic: 'record',
        errorEvent: 'RECORD_NOT_FOUND',
      }),
  },
  'a version too far ahead': tooHigh('v/6', 1, { a: 1 }, 3),
  'version 2 of a new record': tooHigh('v/7', 0, {}, 2),
  'version 0 of a record': {
    section: '5.3: version 0 is no force',
    ours: () => conflict(102),
    text: () => conflict('VERSION_EXISTS'),
  },
  'a read after a write in one batch': {
    section: '4: commands see the earlier ones',
    ours: () => ({
      result: 'SUCCESS',
      body: [{ success: true }, { success: true, version: 1, data: { a: 1 } }],
    }),
  },
  'forbidden names': denied,
  'a forbidden write': denied,
};

function conflict(errorEvent) {
  return failed({
    error: 'Record update failed. Version 1 exists for record "v/8".',
    errorTopic: 'record',
    errorEvent,
    currentVersion: 1,
    currentData: { a: 1 },
  });
}

/** By their place in `paths`. */
export function decidePaths(paths) {
  const wrong = ['[ 1 ]', 'a["x"]', 'l[x]', 'l[-1]', 'l.name', 'l[0', ']', '[0]', '.', ' ', 'z[1200]'];
  for (const [i, path] of paths.entries()) {
    if (!wrong.includes(path)) continue;
    const [written, read] = invalidPath(path, i);
    decided[`path ${JSON.stringify(path)}`] = written;
    decided[`data after path ${JSON.stringify(path)}`] = read;
  }
}

/**
 * Messages differ in these ways (section 10, and "Decided here" of the README): every subscription is
 * acknowledged with its names, one that was refused too, for a client warns after 2 s without; so are
 * listening and its end; whoever unsubscribes from what it has not is told; a version too high is a conflict
 * with what is there; a conflict names the action that was sent; an acknowledgement has the number of what it
 * acknowledges. Who answers a call too late is not told, nor who subscribes to everybody twice.
 */
export function decideMessages(claim, heard, step) {
  const isSilent = ({ topic, action, name }) =>
    (topic === 6 && action === 103 && claim === 'procedures that are late') ||
    (topic === 7 && action === 103 && name === '%_EVERYONE_%');
  const all = heard
    .filter((message) => !isSilent(message))
    .map((message) => decideMessage(message, step.say ?? step));
  const denied = heard.some(({ isError, originalAction }) => isError && originalAction === step.action);
  const subscribes = step.topic === 5 ? [21, 22, 23, 25] : [3];
  const isBulk = step.topic < 7 && subscribes.includes(step.action) && step.topic !== 6;
  const acknowledgement = (more) => ({ action: step.action, isAck: true, ...more, topic: step.topic });
  if (isBulk && denied && !heard.some(({ isAck }) => isAck))
    all.push(sorted(acknowledgement({ correlationId: step.correlationId, names: step.names })));
  if (claim === 'events' && [5, 6].includes(step.action) && !heard.length)
    all.push(sorted(acknowledgement({ name: step.name })));
  const unknown = { 'j/never': 118, 'e9': 107, 'p9': 110 }[step.names?.[0]];
  if (unknown)
    all.push(
      sorted({
        action: unknown,
        correlationId: step.correlationId,
        isError: true,
        name: step.names[0],
        originalAction: step.action,
        topic: step.topic,
      }),
    );
  return all.sort((a, b) => a.action - b.action);
}

export const sorted = (message) =>
  Object.fromEntries(Object.entries(message).sort(([a], [b]) => (a < b ? -1 : 1)));

function decideMessage(message, step) {
  if (message.isAck && step.names && step.topic !== 6 && step.topic !== 7)
    return sorted({ ...message, names: step.names });
  if (message.topic === 7 && message.isAck) return sorted({ ...message, correlationId: step.correlationId });
  if (message.topic === 7 && message.action === 103) return sorted({ ...message, isError: true });
  const isTwice =
    (message.topic === 4 && message.action === 106) || (message.topic === 6 && message.action === 109);
  if (isTwice) return sorted({ ...message, correlationId: step.correlationId, isError: true });
  if (message.action === 108) return { ...message, action: 102, data: '{"a":1}' };
  if (message.action === 102) return { ...message, originalAction: step.action };
  return message;
}
