# rockpool_module(<name> <folder> [JSON] [DEPS <module>...] [TESTS <module>...])
#
# Library rockpool_<name> from <folder>/*.cpp, program <name>_test from <folder>/*_test.cpp.
# A folder without sources gives an interface library, so a module may be named before it is written.
# TESTS: what only the tests of the module use, from whatever floor.
# CLIENT: pages have <CLIENT>.cpp and client*.cpp of it, and nothing else.
# JSON: the module uses core/model/value.h, so it takes the precompiled nlohmann header.

# One compiled copy of a slow header for all targets that are compiled alike.
function(rockpool_precompiled target)
  cmake_parse_arguments(arg "" "" "OPTIONS;HEADERS;LIBRARIES" ${ARGN})
  set(source "${CMAKE_BINARY_DIR}/generated/${target}.cpp")
  if(NOT EXISTS "${source}")
    file(WRITE "${source}" "// Carrier of a precompiled header.\n")
  endif()
  add_library(${target} OBJECT EXCLUDE_FROM_ALL "${source}")
  target_compile_options(${target} PRIVATE ${arg_OPTIONS})
  target_link_libraries(${target} PRIVATE ${arg_LIBRARIES})
  target_precompile_headers(${target} PRIVATE ${arg_HEADERS})
endfunction()

# Sources of a folder, split into <out> and <out>_tests. Extra arguments: RECURSE.
macro(rockpool_sources out folder)
  if("${ARGN}" STREQUAL "RECURSE")
    file(GLOB_RECURSE ${out} CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${folder}/*.cpp")
  else()
    file(GLOB ${out} CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${folder}/*.cpp")
  endif()
  set(${out}_tests ${${out}})
  list(FILTER ${out}_tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER ${out} EXCLUDE REGEX "_test\\.cpp$")
endmacro()

# A gtest program, run from the repository root; its cases are counted from build/<preset>/results/<name>.xml.
function(rockpool_gtest name)
  cmake_parse_arguments(arg "CORE" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  if(arg_CORE)
    target_compile_options(${name} PRIVATE ${ROCKPOOL_CORE_OPTIONS} ${ROCKPOOL_TEST_OPTIONS})
    target_precompile_headers(${name} REUSE_FROM rockpool_pch_test)
  endif()
  add_test(NAME ${name} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}" COMMAND ${name} --gtest_brief=1
    "--gtest_output=xml:${CMAKE_BINARY_DIR}/results/${name}.xml")
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS unit)
endfunction()

function(rockpool_module name folder)
  cmake_parse_arguments(arg "JSON" "CLIENT" "DEPS;TESTS" ${ARGN})
  list(TRANSFORM arg_DEPS PREPEND rockpool_)
  list(TRANSFORM arg_TESTS PREPEND rockpool_)
  rockpool_sources(sources ${folder})
  if(EMSCRIPTEN AND arg_CLIENT)
    list(FILTER sources INCLUDE REGEX "/(client[a-z_]*|${arg_CLIENT})\\.cpp$")
  endif()

  if(sources)
    add_library(rockpool_${name} STATIC ${sources})
    if(EMSCRIPTEN)
      # Only what a core is linked from is compiled, and no server's half.
      set_target_properties(rockpool_${name} PROPERTIES EXCLUDE_FROM_ALL TRUE)
    endif()
    target_compile_options(rockpool_${name} PRIVATE ${ROCKPOOL_CORE_OPTIONS})
    target_link_libraries(rockpool_${name} PUBLIC ${arg_DEPS})
    if(arg_JSON)
      target_precompile_headers(rockpool_${name} REUSE_FROM rockpool_pch)
    endif()
  else()
    add_library(rockpool_${name} INTERFACE)
    target_link_libraries(rockpool_${name} INTERFACE ${arg_DEPS})
  endif()

  if(sources_tests AND ROCKPOOL_TESTS)
    rockpool_gtest(${name}_test CORE SOURCES ${sources_tests} LIBRARIES rockpool_${name} ${arg_TESTS})
  endif()
endfunction()

# Every folder below <root> is one dialect; <root>/*.cpp is the list that names them all. For WebAssembly it
# is there once for each dialect, as rockpool_only_<dialect>, and names that one alone.
function(rockpool_dialects root)
  file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true "${CMAKE_SOURCE_DIR}/${root}/*")
  set(names "")
  foreach(folder IN LISTS folders)
    if(NOT IS_DIRECTORY "${folder}")
      continue()
    endif()
    get_filename_component(dialect "${folder}" NAME)
    # The halves of the others share their codec.
    set(client "")
    if(NOT dialect MATCHES "^(native|deepstream)$")
      set(client CLIENT ${dialect})
    endif()
    rockpool_module(dialect_${dialect} ${root}/${dialect} JSON ${client}
      DEPS base model wire query index graphql dialect)
    list(APPEND names dialect_${dialect})
    if(EMSCRIPTEN)
      rockpool_sources(list_sources ${root})
      add_library(rockpool_only_${dialect} STATIC EXCLUDE_FROM_ALL ${list_sources})
      target_compile_options(rockpool_only_${dialect} PRIVATE ${ROCKPOOL_CORE_OPTIONS})
      target_compile_definitions(rockpool_only_${dialect} PRIVATE ROCKPOOL_DIALECT=${dialect})
      target_link_libraries(rockpool_only_${dialect} PUBLIC rockpool_dialect_${dialect})
    endif()
  endforeach()
  if(NOT EMSCRIPTEN)
    rockpool_module(dialects ${root} JSON DEPS ${names} dialect TESTS sync)
  endif()
endfunction()

# Tests run once for each time they are compiled: a third less to wait for.
set(ROCKPOOL_TEST_OPTIONS $<$<CONFIG:Release>:-O1>)

if(EMSCRIPTEN OR ROCKPOOL_FUZZ)
  set(ROCKPOOL_TESTS OFF)
else()
  find_package(GTest REQUIRED)
  enable_testing()
  set(ROCKPOOL_TESTS ON)
  rockpool_precompiled(rockpool_pch_test OPTIONS ${ROCKPOOL_CORE_OPTIONS} ${ROCKPOOL_TEST_OPTIONS}
    HEADERS <gtest/gtest.h> <nlohmann/json.hpp> LIBRARIES GTest::gmock)
endif()

# Emscripten's sysroot must not see /usr/include: only the one library folder is linked into the build tree.
if(EMSCRIPTEN)
  set(ROCKPOOL_NLOHMANN "/usr/include/nlohmann" CACHE PATH "Folder holding json.hpp")
  file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/include")
  file(CREATE_LINK "${ROCKPOOL_NLOHMANN}" "${CMAKE_BINARY_DIR}/include/nlohmann" SYMBOLIC)
  include_directories(SYSTEM "${CMAKE_BINARY_DIR}/include")
endif()
rockpool_precompiled(rockpool_pch OPTIONS ${ROCKPOOL_CORE_OPTIONS} HEADERS <nlohmann/json.hpp>)
