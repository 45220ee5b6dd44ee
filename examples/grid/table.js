// The table of this page at the server. Whoever comes first makes it with the REST API of Baserow; the rest
// is the SDK's.

import { keep, recall } from '../shared/session.js';

const base = new URL('/baserow', location.href);
const database = 'Demo';
const name = 'Tide pools';

/** Everybody who opens the page. An account of a demo is no secret. */
export const account = { email: 'grid@demo.test', password: 'low tide at seven' };

/** The columns that the page shows, besides what others add to the table. */
export const columns = [
  { name: 'Name', type: 'text' },
  { name: 'Limpets', type: 'number' },
  { name: 'Active', type: 'boolean' },
  { name: 'Notes', type: 'text' },
];

async function ask(method, path, token, body) {
  const answer = await fetch(`${base}/api/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `JWT ${token}` }) },
    body: body && JSON.stringify(body),
  });
  const said = await answer.json().catch(() => undefined);
  if (answer.ok) return said;
  throw new Error(said?.error ?? `${method} ${path}: ${answer.status}`);
}

async function signIn() {
  const made = await ask('POST', 'user/', undefined, { name: 'Grid', ...account, authenticate: true }).catch(
    (error) => {
      if (error instanceof TypeError) throw error; // there is no network
      return ask('POST', 'user/token-auth/', undefined, account);
    },
  );
  return made.access_token;
}

/** Two windows may come at the same time: the table that was made first is the one. */
async function oldest(list, make, goes) {
  const named = async () => (await list()).filter(goes).toSorted((a, b) => a.id - b.id)[0];
  return (await named()) ?? (await make(), await named());
}

async function find() {
  const token = await signIn();
  const [group] = await ask('GET', 'groups/', token);
  const home = await oldest(
    () => ask('GET', `applications/group/${group.id}/`, token),
    () => ask('POST', `applications/group/${group.id}/`, token, { name: database, type: 'database' }),
    (one) => one.name === database,
  );
  const place = `database/tables/database/${home.id}/`;
  const table = await oldest(
    () => ask('GET', place, token),
    () => ask('POST', place, token, { name }),
    (one) => one.name === name,
  );
  const fields = await ask('GET', `database/fields/table/${table.id}/`, token);
  if (!fields.some((field) => field.name === 'Limpets')) {
    const limpets = { name: 'Limpets', type: 'number', number_decimal_places: 0, number_negative: false };
    await ask('POST', `database/fields/table/${table.id}/`, token, limpets).catch(() => {});
  }
  return `table_${table.id}`;
}

/** The collection's name. Known from the last time, so that the page opens without a server. */
export async function collection() {
  try {
    const found = await find();
    keep('grid', found);
    return found;
  } catch (problem) {
    const known = recall('grid');
    if (known) return known;
    throw problem;
  }
}

export const url = base.href;
