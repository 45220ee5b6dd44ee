// The containers that stand in for the C++ library's in core.wasm (docs/decisions/0007) do what it says of its own.
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const build = fileURLToPath(new URL('../../build/wasm', import.meta.url));

test('containers of the core keep their elements whole, in order and no longer than needed', () => {
  execFileSync('cmake', ['--build', build, '--target', 'containers_test', '--', '--quiet']);
  execFileSync(process.execPath, [`${build}/containers_test.cjs`], { stdio: ['ignore', 'inherit', 'pipe'] });
});
