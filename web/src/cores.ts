// The files that speak a dialect, one each: a page loads the one it opens with.

/** Each address as one literal expression: that is what bundlers look for. */
export const cores: Record<string, () => URL> = {
  native: () => new URL('./core.wasm', import.meta.url),
  deepstream: () => new URL('./core.deepstream.wasm', import.meta.url),
  jsonpad: () => new URL('./core.jsonpad.wasm', import.meta.url),
  baserow: () => new URL('./core.baserow.wasm', import.meta.url),
  datocms: () => new URL('./core.datocms.wasm', import.meta.url),
  rested: () => new URL('./core.rested.wasm', import.meta.url),
};
