// Comments on rows of Baserow over HTTP, and what those who look at their table are told.
import assert from 'node:assert/strict';
import test from 'node:test';

import { grid } from './baserow-grid.mjs';
import { ask, done, person } from './baserow-world.mjs';

test('a comment is told of on the page of its table, and listed', async (t) => {
  const { world, ada, ben, parts, ask: by, told } = await grid(t);
  const row = await by('POST', `database/rows/table/${parts.id}/`, {});
  await told();
  const place = `row_comments/${parts.id}/${row.id}/`;
  const made = await by('POST', place, { comment: 'check' });
  assert.deepEqual(made, {
    id: made.id,
    table_id: parts.id,
    row_id: row.id,
    comment: 'check',
    first_name: 'ada',
    created_on: made.created_on,
    updated_on: made.created_on,
    user_id: ada.id,
  });
  assert.match(made.created_on, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  assert.deepEqual(await told(), [{ type: 'row_comment_created', row_comment: made }]);
  assert.deepEqual(await done(world, 'GET', place, { person: ben }), {
    count: 1,
    next: null,
    previous: null,
    results: [made],
  });
});

test('what is told of a row says how many comments it has', async (t) => {
  const { parts, fields, ask: by, told } = await grid(t);
  const rows = `database/rows/table/${parts.id}/`;
  const row = await by('POST', rows, {});
  await by('POST', `row_comments/${parts.id}/${row.id}/`, { comment: 'check' });
  await told();
  await by('PATCH', `${rows}${row.id}/`, { [`field_${fields[0].id}`]: 'bolt' });
  const updated = (await told()).at(-1);
  assert.deepEqual(updated.metadata, { [row.id]: { row_comment_count: 1 } });
});

test('comments that are no comments are refused', async (t) => {
  const { world, ada, parts, ask: by } = await grid(t);
  const eve = await person(world, 'eve');
  const row = await by('POST', `database/rows/table/${parts.id}/`, {});
  const place = `row_comments/${parts.id}/${row.id}/`;
  const cases = [
    [place, ada, {}, 400, 'ERROR_REQUEST_BODY_VALIDATION'],
    [place, ada, { comment: '' }, 400, 'ERROR_REQUEST_BODY_VALIDATION'],
    [place, ada, { comment: 'a'.repeat(10_001) }, 400, 'ERROR_REQUEST_BODY_VALIDATION'],
    [place, eve, { comment: 'a' }, 400, 'ERROR_USER_NOT_IN_GROUP'],
    [`row_comments/999/${row.id}/`, ada, { comment: 'a' }, 404, 'ERROR_TABLE_DOES_NOT_EXIST'],
    [`row_comments/${parts.id}/999/`, ada, { comment: 'a' }, 404, 'ERROR_ROW_DOES_NOT_EXIST'],
  ];
  for (const [at, user, body, status, error] of cases) {
    const answer = await ask(world, 'POST', at, { person: user, body });
    assert.deepEqual([answer.status, answer.json.error], [status, error]);
  }
});
