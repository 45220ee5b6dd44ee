# tests/fuzz/frame.cpp gives the libFuzzer program fuzz_frame, linked with core alone. Those of the edge
# take the few files of the server that know no socket. In a build for tests it gives replay_frame instead,
# which goes through the recorded inputs: what is fuzzed rarely is compiled and run with everything else.
find_package(Boost 1.81 REQUIRED)
add_library(rockpool_fuzz_edge STATIC EXCLUDE_FROM_ALL
  server/net/request_parser.cpp server/net/request_checks.cpp server/net/response.cpp
  server/net/static_files.cpp)
target_link_libraries(rockpool_fuzz_edge PUBLIC rockpool_wire Boost::headers)
set(fuzz_edge_targets http_requests paths)

rockpool_sources(fuzz_sources tests/fuzz)
list(REMOVE_ITEM fuzz_sources "${CMAKE_SOURCE_DIR}/tests/fuzz/replay.cpp")
if(NOT ROCKPOOL_FUZZ)
  add_library(rockpool_replay STATIC tests/fuzz/replay.cpp)
endif()
foreach(source IN LISTS fuzz_sources)
  get_filename_component(name "${source}" NAME_WE)
  if(ROCKPOOL_FUZZ)
    set(target fuzz_${name})
    add_executable(${target} "${source}")
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  else()
    set(target replay_${name})
    add_executable(${target} "${source}")
    target_precompile_headers(${target} REUSE_FROM rockpool_pch)
    target_link_libraries(${target} PRIVATE rockpool_replay)
    add_test(NAME ${target} COMMAND ${target} "${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name}")
    set_tests_properties(${target} PROPERTIES TIMEOUT 60 LABELS unit)
  endif()
  target_compile_options(${target} PRIVATE ${ROCKPOOL_CORE_OPTIONS})
  target_link_libraries(${target} PRIVATE rockpool_core)
  # It is run over a hub, and a log in memory.
  if(name MATCHES "^(baserow|datocms)$")
    target_link_libraries(${target} PRIVATE rockpool_memory)
  endif()
  if(name IN_LIST fuzz_edge_targets)
    target_link_libraries(${target} PRIVATE rockpool_fuzz_edge)
  endif()
endforeach()
