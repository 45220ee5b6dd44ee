// The stages of `npm test` and `npm run check`. Each runs one kind of test and returns what it counted.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { search } from '../tests/server/secrets.mjs';

/** Runs a program; its output goes to the console unless `hush`, then it is returned. */
export function run(program, args = [], { hush = false, env = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', hush ? 'pipe' : 'inherit', hush ? 'pipe' : 'inherit'],
      env: { ...process.env, ...env },
    });
    let output = '';
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

function lastLines(text, count) {
  const lines = text.trimEnd().split('\n');
  return [...(lines.length > count ? ['...'] : []), ...lines.slice(-count)].join('\n');
}

const one = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 });
const attribute = (tag, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
const number = (tag, name) => Number(attribute(tag, name) ?? 0);

/** ctest over some labels. A gtest program counts as its cases, anything else as one. `only`: of these. */
export function ctest(preset, labels, only = []) {
  return async () => {
    const named = only.length ? ['-R', `^(${only.join('|')})$`] : [];
    const build = path.join('build', preset);
    const results = path.join(build, 'results');
    const report = path.resolve(results, `ctest-${labels}.xml`);
    mkdirSync(results, { recursive: true });
    const chosen = ['--test-dir', build, '-L', `^(${labels})$`, ...named];
    const listed = await run('ctest', [...chosen, '-N'], { hush: true });
    if (/Total Tests: 0/.test(listed.output)) return { passed: 0, failed: 0 };
    for (const [, name] of listed.output.matchAll(/Test +#\d+: (\S+)/g))
      rmSync(path.join(results, `${name}.xml`), { force: true });
    rmSync(report, { force: true });
    const { ok, output } = await run(
      'ctest',
      [...chosen, '-j2', '--output-on-failure', '--output-junit', report],
      { hush: true },
    );
    if (!ok) console.log(lastLines(output, 120));
    if (!existsSync(report)) return one(false);
    return countCtest(readFileSync(report, 'utf8'), results);
  };
}

export function countCtest(report, results) {
  const sum = { passed: 0, failed: 0 };
  for (const [, tag] of report.matchAll(/<testcase ([^>]*)>/g)) {
    const passed = attribute(tag, 'status') === 'run';
    const cases = path.join(results, `${attribute(tag, 'name')}.xml`);
    const root = existsSync(cases)
      ? /<testsuites ([^>]*)>/.exec(readFileSync(cases, 'utf8'))?.[1]
      : undefined;
    const failed = root ? number(root, 'failures') + number(root, 'errors') : 0;
    if (root) sum.passed += number(root, 'tests') - failed - number(root, 'disabled');
    else if (passed) sum.passed += 1;
    // A program that died after its last case, or before its first, is a failure too.
    sum.failed += failed || (passed ? 0 : 1);
  }
  return sum;
}

/**
 * The tests of one folder that run on Node: of the SDK in web/test, of the built server in tests/server. Two
 * files at a time: they wait more than they work.
 */
export function node(folder) {
  return async () => {
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.test.mjs')) : [];
    if (files.length === 0) return { passed: 0, failed: 0 };
    const { ok, output } = await run(
      process.execPath,
      [
        '--test',
        '--test-concurrency=2',
        '--test-reporter=tap',
        ...files.map((file) => path.join(folder, file)),
      ],
      { hush: true },
    );
    const count = (name) => Number(new RegExp(`^# ${name} (\\d+)`, 'm').exec(output)?.[1] ?? 0);
    const failed = count('fail') + count('cancelled');
    if (!ok) console.log(failures(output));
    return { passed: count('pass'), failed: failed || (ok ? 0 : 1) };
  };
}

/** From TAP: every `not ok` with what follows it up to the next result. */
function failures(tap) {
  const blocks = tap.split(/^(?=\s*(?:not )?ok \d)/m).filter((block) => /^\s*not ok/.test(block));
  return blocks.length ? blocks.map((block) => block.trimEnd()).join('\n') : tap;
}

export async function size() {
  return one((await run(process.execPath, ['tests/size/size.mjs'])).ok);
}

export async function tidy() {
  const found = await run(process.execPath, ['tests/tidy/tidy.mjs']);
  const self = await run(process.execPath, ['tests/tidy/tidy.test.mjs'], { hush: true });
  if (!self.ok) console.log(self.output);
  return { passed: Number(found.ok) + Number(self.ok), failed: Number(!found.ok) + Number(!self.ok) };
}

export async function format() {
  const { ok, output } = await run('scripts/format.sh', ['--check'], { hush: true });
  // clang-format says `file:line:column: error`, Prettier names the file alone.
  const files = new Set([...output.matchAll(/^(\S+?)(?::\d+:\d+: error.*)?$/gm)].map(([, file]) => file));
  if (!ok) console.log(`${[...files].join('\n') || output}\nnot formatted; 'npm run format' does it`);
  return one(ok);
}

export async function e2e() {
  if (!existsSync('tests/e2e')) return { passed: 0, failed: 0 };
  const report = path.resolve('build/results/e2e.json');
  rmSync(report, { force: true });
  const { ok } = await run(
    'node_modules/.bin/playwright',
    ['test', '-c', 'tests/e2e', '--reporter=dot,json'],
    {
      env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    },
  );
  if (!existsSync(report)) return one(false);
  const { stats, errors } = JSON.parse(readFileSync(report, 'utf8'));
  if (stats.flaky) console.log(`${stats.flaky} passed only when tried again`);
  const failed = stats.unexpected + (errors?.length ?? 0);
  return { passed: stats.expected + stats.flaky, failed: failed || (ok ? 0 : 1) };
}

/** No log of the servers that ran in the stages before holds a secret that they were given. */
export function logs(folder) {
  return async () => {
    if (!existsSync(folder)) return one(false);
    const { logs: lines, secrets, found } = search(folder);
    for (const line of found) console.log(`a secret in a log: ${line}`);
    console.log(`${lines} lines of logs, ${secrets} secrets`);
    return one(found.length === 0 && lines > 100 && secrets > 10);
  };
}

export async function sim(seeds) {
  if (!existsSync('build/release/rockpool_sim')) return { passed: 0, failed: 0 };
  return one((await run('build/release/rockpool_sim', ['--seeds', String(seeds)])).ok);
}

export async function asan() {
  if (!existsSync('build/asan/build.ninja')) {
    const { ok, output } = await run('cmake', ['--preset', 'asan'], { hush: true });
    if (!ok) console.log(output);
  }
  if (!(await run('cmake', ['--build', 'build/asan', '--', '--quiet'])).ok) return one(false);
  return ctest('asan', 'unit|suites|sim')();
}

/** What has threads: the server. Core has none. */
const threaded = ['server_test', 'suites_test'];

export async function tsan() {
  if (!existsSync('build/tsan/build.ninja')) {
    const { ok, output } = await run('cmake', ['--preset', 'tsan'], { hush: true });
    if (!ok) console.log(output);
  }
  const targets = threaded.flatMap((name) => ['--target', name]);
  if (!(await run('cmake', ['--build', 'build/tsan', ...targets, '--', '--quiet'])).ok) return one(false);
  return ctest('tsan', 'unit|suites', threaded)();
}

export async function fuzz() {
  const sum = { passed: 0, failed: 0 };
  const files = existsSync('tests/fuzz')
    ? readdirSync('tests/fuzz').filter((file) => file.endsWith('.cpp') && file !== 'replay.cpp')
    : [];
  for (const file of files) {
    const target = path.parse(file).name;
    const { ok, output } = await run('scripts/fuzz.sh', [target, '10'], { hush: true });
    if (!ok) console.log(`${target}:\n${lastLines(output, 40)}`);
    sum[ok ? 'passed' : 'failed'] += 1;
  }
  return sum;
}

export async function soak() {
  if (!existsSync('tests/soak')) return { passed: 0, failed: 0 };
  return one((await run(process.execPath, ['tests/soak/soak.mjs', '--seconds', '60'])).ok);
}

/** Runs the stages in order, names each with its figures, prints the sum as the last line and returns it. */
export async function runStages(stages) {
  const sum = { passed: 0, failed: 0 };
  for (const [name, stage] of stages) {
    console.log(`\n== ${name}`);
    const began = Date.now();
    const { passed, failed } = await stage();
    sum.passed += passed;
    sum.failed += failed;
    console.log(
      `== ${name}: ${passed} passed, ${failed} failed, ${((Date.now() - began) / 1000).toFixed(1)} s`,
    );
  }
  console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
  return sum;
}

/** A step that is no test: counted only when it fails. */
export function step(program, args) {
  return async () => ({ passed: 0, failed: (await run(program, args)).ok ? 0 : 1 });
}
