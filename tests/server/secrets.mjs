// What no log may ever hold. Every test says which secrets it uses; everything that servers say is kept, and
// the last stage of `npm test` looks for the ones in the other. Without a folder to keep it in nothing is.
import { appendFileSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const folder = process.env.ROCKPOOL_LOGS;
// Shorter ones stand in other words.
const bytesMin = 8;
const told = new Set();

function keep(name, text) {
  if (!folder || !text) return;
  mkdirSync(folder, { recursive: true });
  appendFileSync(path.join(folder, `${name}-${process.pid}.txt`), text);
}

/** Registers a secret, and gives it back. */
export function secret(text) {
  if (typeof text !== 'string' || text.length < bytesMin || told.has(text)) return text;
  told.add(text);
  keep('secrets', `${JSON.stringify(text)}\n`);
  return text;
}

/** Registers what a configuration holds. */
export function secretsOf(config) {
  secret(config?.adminToken);
  secret(config?.jwt?.secret);
  for (const key of config?.jwt?.keys ?? []) secret(key.secret);
  for (const user of Object.values(config?.users ?? {})) secret(user.password);
}

/** Registers what a request says of who sends it. */
export function secretsIn(headers = {}) {
  for (const [name, value] of Object.entries(headers)) {
    if (/^(authorization|cookie|rockpool-session)$/i.test(name))
      secret(String(value).replace(/^\S+[ =]/, ''));
  }
}

/** What makes a server say all it can, where it is kept. */
export const loud = (words = []) =>
  folder && !words.includes('--log-level') ? ['--log-level', 'debug'] : [];

/** Keeps what a server said. */
export const said = (text) => keep('said', text);

/** Where secrets stand that should not: `{logs, secrets, found}`. */
export function search(where) {
  const read = (kind) =>
    readdirSync(where)
      .filter((file) => file.startsWith(kind))
      .map((file) => readFileSync(path.join(where, file), 'utf8'));
  const secrets = new Set(
    read('secrets').flatMap((text) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ),
  );
  const lines = read('said').flatMap((text) => text.split('\n'));
  const found = [];
  for (const line of lines)
    for (const one of secrets)
      if (line.includes(one)) found.push(line.replaceAll(one, '<a secret>').slice(0, 500));
  return { logs: lines.length, secrets: secrets.size, found };
}
