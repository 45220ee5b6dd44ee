// The way to answers.ts, a file of its own: a page that asks nothing downloads none of it.
import type { Answers } from './answers.js';
import { wrap } from './errors.js';

const name = 'answers.datocms.wasm';

/**
 * Queries over `models`, answered without a server from the records that are put in. Where the app says in
 * what place the core is, its WebAssembly is looked for beside that first.
 */
export async function loadAnswers(models: object, core?: string | URL): Promise<Answers> {
  try {
    const { Answers } = await import('#answers');
    if (!core) return await Answers.load(models);
    const url = String(core).replace(/[^/?#]*(?:[?#].*)?$/, name);
    return await Answers.load(models, { url }).catch((error: unknown) =>
      Answers.load(models).catch(() => {
        throw error;
      }),
    );
  } catch (error) {
    throw wrap(error, 'internal', 'queries cannot be answered here');
  }
}
