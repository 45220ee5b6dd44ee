# Compiler settings shared by every target. docs/decisions/0001-house.md says why.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(ROCKPOOL_FUZZ "Build only the libFuzzer programs of tests/fuzz" OFF)
set(ROCKPOOL_SANITIZE "" CACHE STRING "Sanitizers for the whole build, e.g. address,undefined")

# Asserts stay on in every build: a data layer that is wrong has to stop, not to go on.
if(ROCKPOOL_SANITIZE)
  set(CMAKE_CXX_FLAGS_RELEASE "-O1 -g1")
else()
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
endif()
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Werror -Wno-missing-field-initializers)
# clang 19 objects to what the headers of g++ 12 do inside std::stable_sort.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wno-deprecated-declarations)
endif()
include_directories("${CMAKE_SOURCE_DIR}")

# nlohmann/json is header-only: every target must see it configured alike, or the program has two of them.
add_compile_definitions(JSON_NOEXCEPTION JSON_NO_IO JSON_USE_IMPLICIT_CONVERSIONS=0
  ROCKPOOL_VERSION="${PROJECT_VERSION}")

find_program(ROCKPOOL_CCACHE ccache)
if(ROCKPOOL_CCACHE AND NOT EMSCRIPTEN)
  # The same source in another folder, such as a second clone, is answered from the cache too.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros
    "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${ROCKPOOL_CCACHE}")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  else()
    add_compile_options(-fpch-preprocess)
  endif()
endif()

set(rockpool_sanitizers ${ROCKPOOL_SANITIZE})
if(ROCKPOOL_FUZZ)
  string(APPEND rockpool_sanitizers ",fuzzer-no-link")
endif()

if(rockpool_sanitizers)
  add_compile_options(-fsanitize=${rockpool_sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${rockpool_sanitizers})
elseif(NOT EMSCRIPTEN)
  add_compile_options(-fstack-protector-strong -fPIE
    $<$<CONFIG:Release>:-U_FORTIFY_SOURCE> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
  add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie> -Wl,-z,relro,-z,now)
endif()

# lld links the many test programs several times faster than bfd.
find_program(ROCKPOOL_LLD ld.lld HINTS /usr/lib/llvm-19/bin)
if(ROCKPOOL_LLD AND NOT EMSCRIPTEN)
  get_filename_component(lld_folder "${ROCKPOOL_LLD}" DIRECTORY)
  add_link_options(-B${lld_folder} -fuse-ld=lld)
endif()

# Size is what a page pays for: -O3 makes the core half as large again after brotli.
# Asserts stay on, without their texts. Nothing is inlined before the link (cmake/RockpoolWasm.cmake), which
# sees how often a function is called: a copy in each file is more than the link can undo.
if(EMSCRIPTEN)
  set(CMAKE_CXX_FLAGS_RELEASE "-Oz -mbulk-memory -mnontrapping-fptoint -mllvm -inline-threshold=-40")
  add_compile_options(-flto -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-c++-static-destructors)
  add_compile_definitions(EMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0 ROCKPOOL_CLIENT_ONLY)
  include_directories(BEFORE "${CMAKE_SOURCE_DIR}/wasm/include")
  # A header that comes to stand before one of the library's is in no list of what was read before.
  file(GLOB_RECURSE shadows CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}"
    "${CMAKE_SOURCE_DIR}/wasm/include/*")
  string(MD5 shadows "${shadows}")
  add_compile_definitions(ROCKPOOL_SHADOWS=${shadows})
endif()

# Core throws nothing anywhere; rtti is left on natively, where only its size would be saved.
set(ROCKPOOL_CORE_OPTIONS -fno-exceptions)
