// npm run bench [-- NAME]: the programs of tests/bench, one after the other.
import { runPrograms } from './programs.mjs';

process.exit(await runPrograms('bench', process.argv.slice(2)));
