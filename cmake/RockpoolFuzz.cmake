# tests/fuzz/frame.cpp gives the libFuzzer program fuzz_frame, linked with core alone. Those of the edge
# take the few files of the server that know no socket.
find_package(Boost 1.81 REQUIRED)
add_library(rockpool_fuzz_edge STATIC EXCLUDE_FROM_ALL
  server/net/request_parser.cpp server/net/request_checks.cpp server/net/response.cpp
  server/net/static_files.cpp)
target_link_libraries(rockpool_fuzz_edge PUBLIC rockpool_wire Boost::headers)
set(fuzz_edge_targets http_requests paths)

rockpool_sources(fuzz_sources tests/fuzz)
foreach(source IN LISTS fuzz_sources)
  get_filename_component(name "${source}" NAME_WE)
  add_executable(fuzz_${name} "${source}")
  target_compile_options(fuzz_${name} PRIVATE ${ROCKPOOL_CORE_OPTIONS})
  target_link_libraries(fuzz_${name} PRIVATE rockpool_core)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  if(name IN_LIST fuzz_edge_targets)
    target_link_libraries(fuzz_${name} PRIVATE rockpool_fuzz_edge)
  endif()
endforeach()
