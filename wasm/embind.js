// Embind without what no call of ours has: types, and ways to read types from memory. Its own are a third of
// the glue.
addToLibrary({
  _embind_register_std_wstring: () => {},
  _embind_register_memory_view: () => {},
  _embind_register_bigint: () => {},
  _embind_register_emval: () => {},
  $integerReadValueFromPointer: () => null,
  $floatReadValueFromPointer: () => null,
  // Only names a type in an error message; the core's own way of doing so needs printf.
  $getTypeName: (type) => String(type),
});

// A text: its length in bytes, then the bytes. Not for the run of the linker that only lists what is bound: it
// has types of its own. In brackets: names that the Closure Compiler must leave alone.
if (!('$PrimitiveType' in LibraryManager.library)) {
  addToLibrary({
    _embind_register_std_string__deps: ['$registerType', 'malloc', 'free'],
    _embind_register_std_string: (rawType) => {
      registerType(rawType, {
        name: 'std::string',
        ['fromWireType'](value) {
          const bytes = HEAPU8.subarray(value + 4, value + 4 + HEAPU32[value >> 2]);
          const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
          _free(value);
          return text;
        },
        ['toWireType'](destructors, text) {
          const bytes = new TextEncoder().encode(text);
          const value = _malloc(4 + bytes.length);
          HEAPU32[value >> 2] = bytes.length;
          HEAPU8.set(bytes, value + 4);
          if (destructors !== null) destructors.push(_free, value);
          return value;
        },
        ['argPackAdvance']: 8,
        destructorFunction: (value) => _free(value),
      });
    },
  });
}
