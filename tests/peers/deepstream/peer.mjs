// The original deepstream server beside ours, and the original client against either. Installed by
// scripts/setup.sh; the server's native engine is left out, its Node HTTP service does the same.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

/** The unmodified npm client: `DeepstreamClient` and its merge strategies. */
export function original() {
  const require = createRequire(path.join(here, 'peer.mjs'));
  try {
    return {
      ...require('@deepstream/client'),
      ...require('@deepstream/client/dist/src/record/merge-strategy'),
    };
  } catch (error) {
    throw new Error('the original deepstream is not installed; run scripts/setup.sh', { cause: error });
  }
}

const allowed = {
  record: { create: true, write: true, read: true, delete: true, listen: true, notify: true },
  event: { publish: true, subscribe: true, listen: true },
  rpc: { provide: true, request: true },
};
const forbidden = (rules) => Object.fromEntries(Object.keys(rules).map((verb) => [verb, false]));
const permissions = {
  presence: { '*': { allow: true } },
  ...Object.fromEntries(
    Object.entries(allowed).map(([topic, rules]) => [topic, { '*': rules, 'denied/*': forbidden(rules) }]),
  ),
};

function authentication(users, endpointUrl) {
  if (users) return { type: 'file', options: { users } };
  if (!endpointUrl) return { type: 'none', options: {} };
  const retries = { retryStatusCodes: [], retryAttempts: 1, retryInterval: 1 };
  return {
    type: 'http',
    options: { endpointUrl, permittedStatusCodes: [200], requestTimeout: 5000, ...retries },
  };
}

/** Rules for more names, by topic and name. */
const withRules = (rules = {}) =>
  Object.fromEntries(
    Object.entries(permissions).map(([topic, of]) => [
      topic,
      {
        ...of,
        // Of two patterns its longer one counts, and what it says nothing of is as for every name.
        ...Object.fromEntries(
          Object.entries(rules[topic] ?? {}).map(([name, one]) => [name, { ...of['*'], ...one }]),
        ),
      },
    ]),
  );

/**
 * Its configuration: `users` by name as {password, clientData, serverData}, or the address of a webhook, or
 * open access; `rules` for more names.
 */
function configuration({ users, rpc, rules, webhook }) {
  return {
    logLevel: 3,
    telemetry: { type: 'deepstreamIO', options: { enabled: false } },
    httpServer: {
      type: 'default',
      options: {
        host: '127.0.0.1',
        healthCheckPath: '/health-check',
        allowAllOrigins: true,
        maxMessageSize: 1 << 20,
      },
    },
    connectionEndpoints: [
      { type: 'ws-binary', options: { urlPath: '/deepstream' } },
      {
        type: 'http',
        options: {
          authPath: '/api/auth',
          postPath: '/api',
          getPath: '/api',
          enableAuthEndpoint: true,
          allowAuthData: true,
          requestTimeout: 20_000,
        },
      },
    ],
    auth: [authentication(users, webhook)],
    permission: {
      type: 'config',
      options: { permissions: withRules(rules), maxRuleIterations: 3, cacheEvacuationInterval: 60_000 },
    },
    ...(rpc && { rpc: { ackTimeout: rpc.accept, responseTimeout: rpc.response } }),
  };
}

/** Starts the original. `t`, if given, ends it with the test. */
export async function startOriginal(t, options = {}) {
  original();
  const child = spawn(
    process.execPath,
    [path.join(here, 'serve.cjs'), JSON.stringify(configuration(options))],
    { cwd: here, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const close = () => closed(child);
  t?.after(close);
  let said = '';
  const port = await new Promise((resolve, reject) => {
    child.stdout.on('data', (data) => {
      said += data;
      const found = /^listening on (\d+)$/m.exec(said);
      if (found) resolve(Number(found[1]));
    });
    child.stderr.on('data', (data) => (said += data));
    child.on('exit', () => reject(new Error(`the original did not start:\n${said}`)));
  });
  return {
    name: 'the original',
    original: true,
    pid: child.pid,
    port,
    root: `http://127.0.0.1:${port}`,
    http: `http://127.0.0.1:${port}/api`,
    path: '/deepstream',
    said: () => said,
    close,
  };
}

function closed(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.on('exit', resolve);
    child.kill('SIGKILL');
  });
}
