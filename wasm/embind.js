// Types of Embind that no call of ours has. Its own registrations of them are a tenth of the glue.
addToLibrary({
  _embind_register_std_wstring: () => {},
  _embind_register_memory_view: () => {},
  _embind_register_bigint: () => {},
  // Only names a type in an error message; the core's own way of doing so needs printf.
  $getTypeName: (type) => String(type),
});
