// What has to be alike in the two answers to one request.
import assert from 'node:assert/strict';
import { Kind, parse } from 'graphql';

// Ours alone: what a server bounds. graphql-js has no such bounds.
const bounds = ['queryTooLarge', 'queryTooDeep', 'queryTooComplex', 'tooManyAliases', 'resultTooLarge'];

/** Without what a normal form does away with: places, ways to write texts, an alias that says nothing. */
const plain = (node) =>
  JSON.parse(
    JSON.stringify(node, (key, value) => {
      if (key === 'loc' || key === 'block') return undefined;
      return value?.kind === Kind.FIELD && value.alias?.value === value.name.value
        ? { ...value, alias: undefined }
        : value;
    }),
  );

/** The chosen operation, and by name the fragments that it reaches. */
function used(document, operationName) {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const chosen = operationName ? operations.find(({ name }) => name?.value === operationName) : operations[0];
  const reached = new Map();
  const visit = (node) =>
    JSON.stringify(node, (_, value) => {
      if (value?.kind !== Kind.FRAGMENT_SPREAD || reached.has(value.name.value)) return value;
      const fragment = document.definitions.find(
        ({ kind, name }) => kind === Kind.FRAGMENT_DEFINITION && name.value === value.name.value,
      );
      reached.set(value.name.value, plain(fragment));
      visit(fragment);
      return value;
    });
  visit(chosen);
  return { operation: plain(chosen), fragments: Object.fromEntries([...reached].sort()) };
}

const paths = (errors) => (errors ?? []).map(({ path }) => path ?? []).slice(0, 100);

/** Throws where they differ; returns what became of the request: accepted, refused or bounded. */
export function compare(request, ours, theirs) {
  const bounded = (ours.errors ?? ours.result.errors ?? []).some(({ extensions }) =>
    bounds.includes(extensions?.code),
  );
  if (bounded) return 'bounded';
  const accepted = 'data' in theirs;
  assert.equal(
    'result' in ours,
    accepted,
    JSON.stringify(accepted ? ours.errors : theirs.errors?.map(String)),
  );
  if (!accepted) {
    for (const { message, locations, fields } of ours.errors) {
      assert.ok(message);
      assert.ok(locations?.every(({ line, column }) => line > 0 && column > 0) ?? true);
      assert.ok(fields === undefined || fields.length > 0);
    }
    return 'refused';
  }
  assert.equal(JSON.stringify(ours.result.data), JSON.stringify(theirs.data));
  assert.deepEqual(paths(ours.result.errors), paths(theirs.errors));
  const printed = parse(ours.printed);
  assert.deepEqual(used(printed), used(theirs.document, request.operationName));
  return 'accepted';
}
