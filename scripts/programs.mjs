// Runs the stand-alone programs of a folder below tests/: NAME.mjs, or NAME.cpp as build/release/bench_NAME.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

// Node 20 has a WebSocket behind a flag, later ones have it anyway.
const flags = globalThis.WebSocket ? [] : ['--experimental-websocket', '--no-warnings'];

/** Returns the exit code: 0 when every program that ran returned 0. */
export async function runPrograms(kind, [name, ...args]) {
  const folder = path.join('tests', kind);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const names = [
    ...new Set(
      files.filter((file) => /^[a-z][\w-]*\.(mjs|cpp)$/.test(file)).map((file) => path.parse(file).name),
    ),
  ];
  const chosen = name ? names.filter((one) => one === name) : names;
  if (chosen.length === 0) {
    console.error(
      name
        ? `${kind}: no '${name}' in ${folder}; there are: ${names.join(', ') || 'none'}`
        : `${kind}: ${folder} is empty`,
    );
    return name ? 2 : 0;
  }
  if (
    !run('scripts/setup.sh', []) ||
    !run('scripts/build.sh', ['all']) ||
    !run('scripts/build.sh', ['native'])
  )
    return 1;
  const failed = [];
  for (const one of chosen) {
    const began = Date.now();
    console.log(`\n${kind}: ${one}`);
    const script = path.join(folder, `${one}.mjs`);
    const ok = existsSync(script)
      ? run(process.execPath, [...flags, script, ...args])
      : run(`build/release/bench_${one}`, args);
    if (!ok) failed.push(one);
    console.log(`${kind}: ${one} ${ok ? 'done' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  }
  const which = failed.length ? `: ${failed.join(', ')}` : '';
  console.log(`\n${chosen.length - failed.length} done, ${failed.length} failed${which}`);
  return failed.length ? 1 : 0;
}

function run(program, args) {
  return spawnSync(program, args, { stdio: 'inherit' }).status === 0;
}
