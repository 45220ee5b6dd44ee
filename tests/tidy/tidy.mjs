// Checks the tree against the rules of the house and prints `file:line: rule` for each breach.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { judge } from './rules.mjs';

const text = /\.(cpp|h|ts|mjs|js|jsonc?|md|cmake|sh|html|css|ya?ml|txt|py)$|(^|\/)(\.npmrc|\.gitignore|run)$/;

/** Tracked files and new ones that are not ignored. */
function files(root) {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  return listed
    .toString()
    .split('\0')
    .filter((file) => text.test(file) && isThere(path.join(root, file)));
}

function isThere(file) {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

export function tidy(root) {
  return files(root).flatMap((file) =>
    judge(file, readFileSync(path.join(root, file), 'utf8')).map(
      ({ line, message }) => `${file}:${line}: ${message}`,
    ),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.resolve(process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url)));
  const found = tidy(root);
  for (const breach of found) console.log(breach);
  if (found.length) console.log(`tidy: ${found.length} found`);
  process.exit(found.length ? 1 : 0);
}
