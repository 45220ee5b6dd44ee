import test from 'node:test';

import { runsAsItSays } from './documents.mjs';

test('the commands of docs/dialects/datocms.md are answered as it says', (t) =>
  runsAsItSays(t, 'docs/dialects/datocms.md'));
