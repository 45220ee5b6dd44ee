// A table with a grid view, and those who look at it: Ada, whose group it is in, and Ben, who is a member.
import assert from 'node:assert/strict';

import { database, done, join, person, socket, start, table } from './baserow-world.mjs';

export async function grid(t, options) {
  const world = await start(t, options);
  const ada = await person(world, 'ada');
  const ben = await person(world, 'ben');
  await join(world, ada, ben);
  const stock = await database(world, ada, 'Stock');
  const parts = await table(world, ada, stock, 'Parts');
  const as = { person: ada };
  const fields = await done(world, 'GET', `database/fields/table/${parts.id}/`, as);
  const [view] = await done(world, 'GET', `database/views/table/${parts.id}/`, as);
  const own = await socket(world, ada);
  const looks = await socket(world, ben);
  const elsewhere = await socket(world, ben);
  await own.turnTo(parts);
  await looks.turnTo(parts);
  const made = { world, ada, ben, stock, parts, fields, view, own, looks, elsewhere };
  /** By Ada, with the id of her own socket. */
  made.ask = (method, place, body) => done(world, method, place, { person: ada, socket: own, body });

  const marks = await done(world, 'POST', 'groups/', { ...as, body: { name: 'marks' } });
  await join(world, ada, ben, { group: marks.id });
  let count = 0;
  /** What each of the three was sent since the last time: everything comes in the order of commits. */
  made.heard = async () => {
    const name = `mark ${++count}`;
    await done(world, 'PATCH', `groups/${marks.id}/`, { ...as, body: { name } });
    const all = [];
    for (const one of [own, looks, elsewhere]) {
      const frames = [];
      do frames.push(await one.next());
      while (frames.at(-1).group?.name !== name);
      all.push(frames.slice(0, -1));
    }
    return all;
  };
  /** On the table's page: those elsewhere are told nothing, and neither is the socket whose id was sent. */
  made.told = async () => {
    const [toOwn, toPage, toElsewhere] = await made.heard();
    assert.deepEqual([toOwn, toElsewhere], [[], []]);
    return toPage;
  };
  await made.heard();
  return made;
}
