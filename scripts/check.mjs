// npm run check: the quick loop before a commit.
import { fileURLToPath } from 'node:url';
import { ctest, format, run, runStages, sim, step, tidy } from './stages.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
if (!(await run('scripts/setup.sh')).ok) process.exit(1);
const { failed } = await runStages([
  ['format', format],
  ['tidy', tidy],
  ['build', step('scripts/build.sh', ['native'])],
  ['unit', ctest('release', 'unit')],
  ['suites', ctest('release', 'suites')],
  ['100 seeds', () => sim(100)],
]);
process.exit(failed ? 1 : 0);
