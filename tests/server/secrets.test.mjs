// The look for secrets finds some, if there are any.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { search } from './secrets.mjs';
import { folder } from './world.mjs';

test('a secret in a line of a log is found and not told', (t) => {
  const where = folder(t);
  const write = (name, text) => writeFileSync(path.join(where, name), text);
  write('secrets-1.txt', '"swordfish"\n"with \\"quotes\\""\n');
  write('secrets-2.txt', '"another-one"\n');
  write('said-1.txt', 'listening\n{"message":"ready"}\n');
  assert.deepEqual(search(where), { logs: 3, secrets: 3, found: [] });
  write('said-2.txt', '{"url":"/v1?token=swordfish"}\n');
  assert.deepEqual(search(where).found, ['{"url":"/v1?token=<a secret>"}']);
});
