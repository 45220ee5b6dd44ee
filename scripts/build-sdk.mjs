// dist/ from web/src and build/wasm: a file each for pages, Node and script tags, a core for each dialect;
// and what answers queries in the page.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { minify } from 'terser';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => path.join(root, ...parts);
const stamp = at('build/sdk.stamp');
const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

/** Of build/wasm what dist/ has under another name: a page that says nothing of dialects loads core.wasm. */
const cores = new Map(
  readdirSync(at('build/wasm'))
    .filter((name) => /^core\.\w+\.wasm$/.test(name))
    .map((name) => [name, name.replace('.native', '')]),
);

const answers = 'answers.datocms.wasm';

/** One number for everything that dist/ is made of. */
function digest() {
  const inputs = readdirSync(at('web'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
  inputs.push(
    at('package.json'),
    at('package-lock.json'),
    at('wasm/numbers.js'),
    fileURLToPath(import.meta.url),
  );
  for (const name of ['core.web.mjs', 'core.node.mjs', answers, ...cores.keys()])
    inputs.push(at('build/wasm', name));
  const hash = createHash('sha256');
  for (const file of inputs.sort()) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/**
 * What Emscripten's glue has that the SDK has no use for: views of the memory but the one of bytes, texts for
 * a console it is not given, old browsers' names of IndexedDB, and a search for the wasm, whose address it is
 * told. Another Emscripten may write them in another way; then they stay.
 */
const spare = [
  [/\b\w+\.HEAP(?!U8=)\w+=new \w+\(\w+\);/g, ''],
  [/,\w+\.HEAP(?!U8=)\w+=new \w+\(\w+\)|;?\w+\.HEAP(?!U8=)\w+=new \w+\(\w+\)(?=\})/g, ''],
  [/\b\w+\(`(?:failed to asynchronously prepare wasm|wasm streaming compile failed): \$\{\w+\}`\)[;,]/g, ''],
  [/\b\w+\("falling back to ArrayBuffer instantiation"\)[;,]/g, ''],
  [/\b\w+\(`Module\.instantiateWasm callback failed with error: \$\{\w+\}`\),/g, ''],
  [/\+"\. Build with -sASSERTIONS for more info\."/g, ''],
  [/"both async and sync fetching of the wasm failed"/g, '"it cannot be fetched"'],
  [/var \w+=null;typeof window=="object"&&\(\w+=window\.indexedDB\|\|[^;]*;return \w+(?=\})/g, ''],
  [/typeof document!="undefined"&&document\.currentScript[^]*?lastIndexOf\("\/"\)\+1\);/g, ''],
  [/\|\|\w+\(\w+\)\|\|typeof fetch!="function"|(\w+\.printErr)\|\|console\.error\.bind\(console\)/g, '$1'],
  [/(?<=var )\w+=\w+=>\w+\.startsWith\("data:application\/octet-stream;base64,"\),(?=\w+;)/g, ''],
  [/(\w+)\.locateFile\?\w+\("core\.wasm"\)[^;]*?\.href;/g, '$1.locateFile();'],
];

/**
 * `#core-glue` is Emscripten's module for one place, `#core-wasm` the core itself or nothing. `#live-query`
 * and `#answers` stay files of their own.
 */
function core(place, embed = false) {
  const glue = `core.${place}.mjs`;
  return {
    name: 'core',
    setup(plugin) {
      plugin.onResolve({ filter: /^#core-glue$/ }, () => ({
        path: at('build/wasm', glue),
        namespace: 'glue',
      }));
      plugin.onLoad({ filter: /.*/, namespace: 'glue' }, ({ path: file }) => ({
        // The facade says where core.wasm is; another name here is one more file for bundlers to seek.
        contents: spare.reduce(
          (text, [what, by]) => text.replaceAll(what, by),
          readFileSync(file, 'utf8').replace(/core\.(web|node)\.wasm/g, 'core.wasm'),
        ),
        resolveDir: at('build/wasm'),
      }));
      plugin.onResolve({ filter: /^#core-wasm$/ }, () => ({
        path: at('build/wasm/core.native.wasm'),
        namespace: 'wasm',
      }));
      plugin.onLoad({ filter: /.*/, namespace: 'wasm' }, ({ path: file }) =>
        embed
          ? { contents: readFileSync(file), loader: 'binary' }
          : { contents: 'export default undefined;' },
      );
      plugin.onResolve({ filter: /^#(live-query|answers)$/ }, ({ path: name }) => ({
        path: `./${name.slice(1)}.${place}.js`,
        external: true,
      }));
    },
  };
}

/** `#numbers` is the library of the cores' glue, for a module that has no glue. */
const numbers = {
  name: 'numbers',
  setup(plugin) {
    plugin.onResolve({ filter: /^#numbers$/ }, () => ({ path: at('wasm/numbers.js'), namespace: 'numbers' }));
    plugin.onLoad({ filter: /.*/, namespace: 'numbers' }, ({ path: file }) => ({
      contents: `let library, HEAPU8;
        const addToLibrary = (made) => (library = made);
        const AsciiToString = (at) => String.fromCharCode(...HEAPU8.subarray(at, HEAPU8.indexOf(0, at)));
        ${readFileSync(file, 'utf8')}
        export default (bytes) =>
          Object.fromEntries(
            Object.entries(library).map(([name, run]) => [
              name,
              (...given) => {
                HEAPU8 = bytes();
                return run(...given);
              },
            ]),
          );`,
    }));
  },
};

/** A classic script has no import.meta; its address is known only while it runs, in workers by the stack. */
const scriptAddress = `const rockpoolAddress =
  globalThis.document?.currentScript?.src ||
  new Error().stack?.match(/[a-z-]+:\\/\\/[^\\s)]+?(?=(:\\d+)+\\)?$)/m)?.[0] ||
  globalThis.location?.href ||
  '';
export { rockpoolAddress };`;

/** Nor does it know where it is when it imports, if it came from another origin. */
const besideScript = {
  name: 'beside script',
  setup(plugin) {
    plugin.onLoad({ filter: /open\.ts$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8').replace(
        /import\('#([\w-]+)'\)/,
        "import(new URL('./$1.web.js', import.meta.url).href)",
      ),
      loader: 'ts',
    }));
  },
};

/** Members that only our own files name, to each other: in no message, and none of the DOM's. */
const own =
  'abandon acknowledgedPromise again alone answered calls checked clock comeBack companions crew delist ' +
  'depose drain durablePromise enlist evict failed feed findWrite flush followed follows forward ' +
  'gone happened heads hear heard holds home hurry isLast keeping keepingMoved keyOf knownMoved ' +
  'lastTime later leads leave lives mirror moved outdated peers peersOf perform reaching ' +
  'readers recovered refusal ' +
  'refusedBy refusedHere restore rowsMoved running settle signals statusMoved statusOf ' +
  'submit tables tellBytes terms topics touch unconfirmed unwatch warned watched watcher ' +
  'watchQuery withdraw writeFiles';
const members = { regex: new RegExp(`^(${own.replaceAll(' ', '|')})$`) };

/**
 * esbuild has joined the files; terser gives the commonest names the shortest letters, 5 % after brotli.
 * `names` are those of members, the same in every file. What the first pass has put beside each other a
 * second one joins.
 */
async function shorten(file, module, names) {
  const how = {
    module,
    ecma: 2020,
    compress: { passes: 3, unsafe_arrows: true, unsafe_methods: true },
    format: { ascii_only: false, comments: false },
  };
  const mangled = { ...how, mangle: { properties: members }, nameCache: { props: names } };
  const { code } = await minify(readFileSync(file, 'utf8'), mangled);
  writeFileSync(file, (await minify(code, how)).code);
}

const places = ['web', 'node'];
const parts = ['live-query', 'answers'].flatMap((part) => places.map((place) => `${part}.${place}.js`));
const scripts = ['index.web.js', 'index.node.js', 'rockpool.js', ...parts];

async function bundle(out) {
  const common = {
    entryPoints: [at('web/src/index.ts')],
    bundle: true,
    minify: true,
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    define: { ROCKPOOL_VERSION: JSON.stringify(version) },
  };
  const loaded = (name) => {
    const [part, place] = name.split('.');
    return {
      ...common,
      entryPoints: [at(`web/src/${part}.ts`)],
      format: 'esm',
      outfile: path.join(out, name),
      plugins: [numbers, core(place)],
      define: { ROCKPOOL_NODE: String(place === 'node') },
      ...(place === 'node' ? { platform: 'node', target: 'node20' } : { platform: 'browser' }),
    };
  };
  const address = path.join(out, 'address.mjs');
  writeFileSync(address, scriptAddress);
  await Promise.all([
    build({
      ...common,
      format: 'esm',
      platform: 'browser',
      outfile: path.join(out, 'index.web.js'),
      plugins: [core('web')],
    }),
    build({
      ...common,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      outfile: path.join(out, 'index.node.js'),
      plugins: [core('node')],
    }),
    build({
      ...common,
      format: 'iife',
      globalName: 'Rockpool',
      platform: 'browser',
      inject: [address],
      define: { ...common.define, 'import.meta.url': 'rockpoolAddress' },
      outfile: path.join(out, 'rockpool.js'),
      plugins: [besideScript, core('web', true)],
    }),
    ...parts.map((name) => build(loaded(name))),
  ]);
  rmSync(address);
  const names = {};
  for (const name of scripts) await shorten(path.join(out, name), name !== 'rockpool.js', names);
  cpSync(at('build/wasm', answers), path.join(out, answers));
  for (const [from, to] of cores) cpSync(at('build/wasm', from), path.join(out, to));
  cpSync(at('web/index.d.ts'), path.join(out, 'index.d.ts'));
}

const files = [...scripts, ...cores.values(), answers, 'index.d.ts'];
const now = digest();
if (
  existsSync(stamp) &&
  readFileSync(stamp, 'utf8') === now &&
  files.every((name) => existsSync(at('dist', name)))
) {
  process.exit(0);
}
console.log('build: SDK');
try {
  execFileSync(at('node_modules/.bin/tsc'), ['--noEmit', '-p', at('web')], { stdio: 'inherit' });
  const out = at('build/sdk');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await bundle(out);
  mkdirSync(at('dist'), { recursive: true });
  // Renamed one by one, so that a server that serves dist/ meanwhile never sends half a file.
  for (const name of files) renameSync(path.join(out, name), at('dist', name));
  writeFileSync(stamp, now);
} catch (error) {
  rmSync(stamp, { force: true });
  console.error(`build: the SDK failed: ${error.message}`);
  process.exit(1);
}
