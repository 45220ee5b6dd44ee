// What the declarations promise, checked by tsc: each line marked with @ts-expect-error has to be wrong.
import { open, RockpoolError } from '../index.js';
import type { Collection, Known, Live, Result, Row, Status, Write } from '../index.js';

interface Task {
  title: string;
  done: boolean;
  rank?: number;
  author: { name: string; tags: string[] };
  list: number[];
}
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <T extends true>(): T | void => {};

const opened = () =>
  open<{ tasks: Task }>({
    url: 'https://api.example',
    token: async ({ reason, signal }) => (signal.aborted ? null : reason),
    collections: {
      tasks: { policy: { default: 'merge', fields: { title: 'manual', 'author.tags': 'set' } } },
    },
  });

export async function opening(): Promise<void> {
  const db = await opened();
  // @ts-expect-error: no such collection
  db.collection('none');
  await open<{ tasks: Task }>({
    // @ts-expect-error: no such field
    collections: { tasks: { policy: { default: 'merge', fields: { nope: 'manual' } } } },
  });
  const untyped = await open({});
  untyped.collection('anything').insert({ whatever: [1, { deep: true }] });
}

export async function writing(tasks: Collection<Task>): Promise<void> {
  const write: Write<Task> = tasks.insert({
    title: 'a',
    done: false,
    author: { name: 'ada', tags: [] },
    list: [],
  });
  // @ts-expect-error: a field is missing
  tasks.insert({ title: 'a' });
  tasks.update('id', { title: 'b', author: { name: 'eve' }, rank: undefined });
  // @ts-expect-error: of the wrong type
  tasks.update('id', { done: 'yes' });
  // @ts-expect-error: an id does not change
  tasks.update('id', { id: 'other' });
  tasks.increment('id', 'rank', 2);
  // @ts-expect-error: not a number
  tasks.increment('id', 'title');
  tasks.include('id', 'author.tags', 'x');
  // @ts-expect-error: not a list
  tasks.include('id', 'title', 'x');
  await write.durable;
  const state: string = write().state;
  void state;
}

export function reading(tasks: Collection<Task>): void {
  const row: Row<Task> | undefined = tasks.get('id');
  if (row) {
    is<Equal<typeof row.id, string>>();
    // @ts-expect-error: rows are frozen
    row.title = 'x';
    // @ts-expect-error: deeply
    row.author.tags.push('x');
  }

  const query = tasks.query({
    where: { done: false, 'author.name': { $in: ['ada'] }, $or: [{ rank: { $gt: 1 } }] },
    orderBy: ['title', { by: 'rank', desc: true }],
    limit: 5,
  });
  // @ts-expect-error: no such field
  tasks.query({ where: { nope: 1 } });
  // @ts-expect-error: of the wrong type
  tasks.query({ where: { title: { $gt: 5 } } });
  const result: Result<Task> = query();
  is<Equal<typeof result.known, Known>>();
  query.subscribe((rows, { hasMore }) => [rows[0]?.title, hasMore]);
  const total: number = tasks.count({ done: true })().total;
  void total;
}

export async function watching(): Promise<void> {
  const db = await opened();
  const status: Live<Status> = db.status;
  db.on('refused', ({ error }) => error?.code === 'forbidden');
  // @ts-expect-error: no such event
  db.on('nope', () => {});
  try {
    await db.synced({ signal: AbortSignal.timeout(5) });
  } catch (error) {
    if (RockpoolError.is(error, 'closed')) is<Equal<typeof error, RockpoolError>>();
  }
  for (const conflict of db.conflicts()) conflict.resolve('mine');
  void status;
}
