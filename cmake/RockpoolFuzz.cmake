# tests/fuzz/frame.cpp gives the libFuzzer program fuzz_frame, linked with core alone.
rockpool_sources(fuzz_sources tests/fuzz)
foreach(source IN LISTS fuzz_sources)
  get_filename_component(name "${source}" NAME_WE)
  add_executable(fuzz_${name} "${source}")
  target_compile_options(fuzz_${name} PRIVATE ${ROCKPOOL_CORE_OPTIONS})
  target_link_libraries(fuzz_${name} PRIVATE rockpool_core)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endforeach()
