// Conflicts as the app sees them.
import type { Clash, Conflict, Write } from '../index.js';
import type { Core } from './core.js';
import { sameList } from './live.js';
import type { ClashJson, Json } from './protocol.js';
import { freeze } from './value.js';

export function clashOf({ collection, id, paths, base, mine, theirs, merged }: ClashJson): Clash<Json> {
  return freeze({
    collection,
    id,
    paths,
    ...(base && { base }),
    ...(mine && { mine }),
    ...(theirs && { theirs }),
    merged: merged ?? mine ?? theirs ?? { id },
  });
}

export class Clashes {
  readonly #core: Core;
  readonly #resolve: (json: ClashJson, to: 'mine' | 'theirs' | object | null) => Write;
  #texts: string[] = [];

  constructor(core: Core, resolve: (json: ClashJson, to: 'mine' | 'theirs' | object | null) => Write) {
    this.#core = core;
    this.#resolve = resolve;
  }

  conflict(json: ClashJson): Conflict<Json> {
    return Object.freeze({
      ...clashOf(json),
      at: json.at,
      writes: Object.freeze(json.writes),
      resolve: (to: 'mine' | 'theirs' | object | null) => this.#resolve(json, to),
    });
  }

  /** The same objects as in `old` where they say the same. */
  list(old: readonly Conflict[] | undefined): readonly Conflict[] {
    const jsons = this.#core.conflicts();
    const texts = jsons.map((json) => JSON.stringify(json));
    const list = jsons.map((json, i) => {
      const before = this.#texts.indexOf(texts[i]!);
      return old && before >= 0 ? old[before]! : this.conflict(json);
    });
    this.#texts = texts;
    return sameList(old, list) ? old! : Object.freeze(list);
  }
}
