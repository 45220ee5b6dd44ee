// A worker that answers queries over one record.
import { Answers } from '/sdk/answers.web.js';

const answers = await Answers.load({ post: { fields: { title: 'string' } } });
answers.put('post', { id: '1', title: 'from a worker' });
globalThis.postMessage(answers.ask('{ post { id title } }'));
