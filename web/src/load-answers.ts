// The way to answers.ts, a file of its own: a page that asks nothing downloads none of it.
import type { Answers, Place } from './answers.js';
import { wrap } from './errors.js';

/** Queries over `models`, answered without a server from the records that are put in. */
export async function loadAnswers(models: object, place?: Place): Promise<Answers> {
  try {
    const { Answers } = await import('#answers');
    return await Answers.load(models, place);
  } catch (error) {
    throw wrap(error, 'internal', 'queries cannot be answered here');
  }
}
