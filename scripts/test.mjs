// npm test [-- --only NAME]: everything, stage by stage, and with CI set more of it.
// The last line is `N passed, N failed`.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { asan, ctest, e2e, fuzz, node, run, runStages, size, soak, step, tidy } from './stages.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
mkdirSync('build/results', { recursive: true });

const stages = new Map([
  ['tidy', tidy],
  ['unit', ctest('release', 'unit')],
  ['suites', ctest('release', 'suites')],
  ['sim', ctest('release', 'sim')],
  ['server', node('tests/server')],
  ['web', node('web/test')],
  ['size', size],
  ['e2e', e2e],
]);
const more = new Map([
  ['asan', asan],
  ['fuzz', fuzz],
  ['soak', soak],
]);

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
const ready = ['tidy', 'asan', 'fuzz'].includes(only) ? [] : needed;
const { failed } = await runStages([...ready, ...chosen]);
process.exit(failed ? 1 : 0);
