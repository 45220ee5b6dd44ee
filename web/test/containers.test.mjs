// What stands in core.wasm for the containers of the C++ library (docs/decisions/0007) does what those do.
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const build = fileURLToPath(new URL('../../build/wasm', import.meta.url));

test('containers of the core keep their elements whole, in order and no longer than needed', () => {
  execFileSync('cmake', ['--build', build, '--target', 'containers_test', '--', '--quiet']);
  execFileSync(process.execPath, [`${build}/containers_test.cjs`], { stdio: ['ignore', 'inherit', 'pipe'] });
});
