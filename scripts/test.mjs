// npm test [-- --only NAME]: everything, stage by stage, and with CI set more of it.
// The last line is `N passed, N failed`.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  asan,
  ctest,
  e2e,
  fuzz,
  logs,
  node,
  run,
  runStages,
  size,
  soak,
  step,
  tidy,
  tsan,
} from './stages.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
mkdirSync('build/results', { recursive: true });

const stages = new Map([
  ['tidy', tidy],
  ['unit', ctest('release', 'unit')],
  ['suites', ctest('release', 'suites')],
  ['sim', ctest('release', 'sim')],
  ['server', node('tests/server')],
  ['web', node('web/test')],
  ['graphql', node('tests/graphql')],
  ['regular', node('tests/regular')],
  ['size', size],
  ['e2e', e2e],
  ['logs', logs('build/results/logs')],
]);
const more = new Map([
  ['asan', asan],
  ['tsan', tsan],
  ['fuzz', fuzz],
  ['soak', soak],
]);

// What servers say and which secrets they were given (tests/server/secrets.mjs).
process.env.ROCKPOOL_LOGS = path.resolve('build/results/logs');

const args = process.argv.slice(2);
const only = args[0] === '--only' ? args[1] : undefined;
if (args.length && !stages.has(only) && !more.has(only)) {
  console.error(`usage: npm test [-- --only ${[...stages.keys(), ...more.keys()].join('|')}]`);
  process.exit(2);
}

if (!(await run('scripts/setup.sh')).ok) {
  console.log('\n0 passed, 1 failed');
  process.exit(1);
}
const chosen = [...stages, ...(process.env.CI || only ? more : [])].filter(
  ([name]) => !only || name === only,
);
const needed = [
  ['build', step('scripts/build.sh', ['native'])],
  ['build sdk', step('scripts/build.sh', ['sdk'])],
];
const ready = ['tidy', 'asan', 'tsan', 'fuzz'].includes(only) ? [] : needed;
if (only !== 'logs') rmSync(process.env.ROCKPOOL_LOGS, { recursive: true, force: true });
const { failed } = await runStages([...ready, ...chosen]);
process.exit(failed ? 1 : 0);
