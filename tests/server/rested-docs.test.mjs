import test from 'node:test';

import { runsAsItSays } from './documents.mjs';

test('the commands of docs/dialects/rested.md are answered as it says', (t) =>
  runsAsItSays(t, 'docs/dialects/rested.md'));
