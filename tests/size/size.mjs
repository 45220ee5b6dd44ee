// What a page downloads, after brotli, and what must not be linked into it.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const budget = 95_000;
const target = 80_000;
// What answers queries in the page, loaded when the first one is asked.
const answersBudget = 67_000;
// One std::ostringstream brings the whole of iostreams and locales: 25 KB.
const banned = /basic_(o|i|io)?stream|basic_ios|basic_streambuf|locale/;
const symbols = readdirSync('build/wasm')
  .map((name) => `build/wasm/${name}/core.web.mjs.symbols`)
  .concat('build/wasm/answers.datocms.wasm.symbols')
  .filter((file) => existsSync(file));

if (!existsSync('dist/index.web.js')) {
  console.error("size: there is no dist/; 'npm run build' makes it");
  process.exit(1);
}
const cores = readdirSync('dist').filter((name) => /^core.*\.wasm$/.test(name));
const brotli = (name) =>
  brotliCompressSync(readFileSync(`dist/${name}`), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  }).length;
const figure = (bytes) => bytes.toLocaleString('en').padStart(9);

const code = brotli('index.web.js');
console.log(`${figure(code)}  index.web.js, for every page; with the core of a dialect:`);
let most = 0;
for (const name of cores) {
  const total = brotli(name) + code;
  most = Math.max(most, total);
  console.log(`${figure(total)}  of${figure(budget)} bytes (target ${figure(target).trim()}), ${name}`);
}
const answers = brotli('answers.web.js') + brotli('answers.datocms.wasm');
console.log(`${figure(answers)}  of${figure(answersBudget)} bytes, answers.datocms.wasm and answers.web.js`);
console.log(`${figure(brotli('rockpool.js'))}  rockpool.js, for script tags, not counted`);

const linked = symbols.length
  ? symbols
      .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
      .filter((line) => banned.test(line))
      .map((line) => line.slice(0, 160))
  : ['no symbol map: build/wasm is incomplete'];
for (const line of linked.slice(0, 10)) console.error(`size: linked but banned: ${line}`);
const over = [most - budget, answers - answersBudget].filter((bytes) => bytes > 0);
for (const bytes of over) console.error(`size: ${bytes.toLocaleString('en')} bytes too many`);
process.exit(over.length || linked.length ? 1 : 0);
