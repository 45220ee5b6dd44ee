// npm run prove [-- NAME]: the longer proofs of tests/prove, each ending in its figure.
import { runPrograms } from './programs.mjs';

process.exit(await runPrograms('prove', process.argv.slice(2)));
