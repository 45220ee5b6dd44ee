// What a page downloads, after brotli, and what must not be linked into it.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const budget = 95_000;
const target = 80_000;
// One std::ostringstream brings the whole of iostreams and locales: 25 KB.
const banned = /basic_(o|i|io)?stream|basic_ios|basic_streambuf|locale/;
const symbols = 'build/wasm/core.web.mjs.symbols';

if (!existsSync('dist/index.web.js')) {
  console.error("size: there is no dist/; 'npm run build' makes it");
  process.exit(1);
}
const files = [...readdirSync('dist').filter((name) => name.endsWith('.wasm')), 'index.web.js'];
const brotli = (name) =>
  brotliCompressSync(readFileSync(`dist/${name}`), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  }).length;
const figure = (bytes) => bytes.toLocaleString('en').padStart(9);

let total = 0;
for (const name of files) {
  const bytes = brotli(name);
  total += bytes;
  console.log(`${figure(bytes)}  ${name}`);
}
console.log(
  `${figure(total)}  of ${budget.toLocaleString('en')} bytes (target ${target.toLocaleString('en')})`,
);
console.log(`${figure(brotli('rockpool.js'))}  rockpool.js, for script tags, not counted`);

const linked = existsSync(symbols)
  ? readFileSync(symbols, 'utf8')
      .split('\n')
      .filter((line) => banned.test(line))
      .map((line) => line.slice(0, 160))
  : ['no symbol map: build/wasm is incomplete'];
for (const line of linked.slice(0, 10)) console.error(`size: linked but banned: ${line}`);
if (total > budget) console.error(`size: ${(total - budget).toLocaleString('en')} bytes too many`);
process.exit(total > budget || linked.length ? 1 : 0);
