# The core for pages and Node: two glues, and one wasm for each dialect that the SDK speaks, in build/wasm.
#
#   core.web.mjs    pages and workers, IDBFS     core.<dialect>.wasm   for whichever glue, compared below
#   core.node.mjs   Node, its fs                 *.symbols             for tests/size: what must not be linked
#
# Two glues because one for both holds import("module"), on which webpack and esbuild fail. A wasm for each
# dialect because a page speaks one: docs/decisions/0018-dialects-in-the-sdk.md.
set(ROCKPOOL_SDK_DIALECTS native deepstream jsonpad rested baserow datocms)

rockpool_sources(wasm_sources wasm)
if(NOT wasm_sources)
  return()
endif()

# JavaScript libraries: x.web.js and x.node.js for one glue, x.js for both.
file(GLOB wasm_libraries_web CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/wasm/*.js")
set(wasm_libraries_node ${wasm_libraries_web})
list(FILTER wasm_libraries_web EXCLUDE REGEX "\\.node\\.js$")
list(FILTER wasm_libraries_node EXCLUDE REGEX "\\.web\\.js$")

add_library(rockpool_wasm OBJECT ${wasm_sources})
target_compile_options(rockpool_wasm PRIVATE ${ROCKPOOL_CORE_OPTIONS})
target_link_libraries(rockpool_wasm PUBLIC
  rockpool_sync rockpool_query rockpool_journal rockpool_model)

# By way of a file: a dollar sign does not get through CMake and Ninja whole.
set(wasm_functions "${CMAKE_CURRENT_BINARY_DIR}/generated/library-functions.txt")
file(WRITE "${wasm_functions}" "$rockpoolStore\n")

# What is inlined is what is no longer than its call: LLVM takes a call for 25 bytes, in wasm it is about 3.
set(wasm_inlining -Wl,-mllvm,-inline-threshold=5,-mllvm,-inline-call-penalty=0)

# Smaller in sum: no loads and stores moved out of loops, equal functions folded, the newer value numbering.
set(wasm_folding -Wl,-mllvm,-disable-licm-promotion,-mllvm,-enable-pre=false,-mllvm,-enable-load-pre=false
  -Wl,-mllvm,-enable-newgvn,-mllvm,-enable-merge-functions)

# Binaryen builds all control flow anew from what LLVM made, and then goes over it twice more.
set(wasm_passes --flatten,--rereloop,-Oz,-Oz)
string(APPEND wasm_passes ,--always-inline-max-function-size=6,--converge,--reorder-functions,--dealign)

set(wasm_smallest -Oz ${wasm_inlining} ${wasm_folding} -flto -fno-exceptions -fno-rtti
  -sALLOW_MEMORY_GROWTH -sWASM_BIGINT -sMALLOC=emmalloc -sBINARYEN_EXTRA_PASSES=${wasm_passes}
  -Wl,--wrap=strtod,--wrap=strtoull,--wrap=strtoll,--wrap=snprintf # wasm/libc.cpp
  --emit-symbol-map) # for all: it changes the order of the imports

set(wasm_link ${wasm_smallest}
  "SHELL:--closure 1" -sMODULARIZE -sEXPORT_ES6 -sEXPORT_NAME=createCore -sDYNAMIC_EXECUTION=0
  -sINCOMING_MODULE_JS_API=wasmBinary,instantiateWasm,locateFile,printErr
  -sEXPORTED_RUNTIME_METHODS=HEAPU8 "-sDEFAULT_LIBRARY_FUNCS_TO_INCLUDE=@${wasm_functions}")

# core.<name>.mjs and its wasm for one dialect, in the folder of that dialect.
function(rockpool_glue dialect name)
  set(target core_${dialect}_${name})
  add_executable(${target})
  target_link_libraries(${target} PRIVATE rockpool_wasm rockpool_only_${dialect})
  target_link_options(${target} PRIVATE ${wasm_link} ${ARGN})
  foreach(library IN LISTS wasm_libraries_${name})
    target_link_options(${target} PRIVATE "SHELL:--js-library ${library}")
  endforeach()
  set_target_properties(${target} PROPERTIES OUTPUT_NAME core.${name} SUFFIX .mjs
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/${dialect}"
    LINK_DEPENDS "${wasm_libraries_${name}}")
endfunction()

set(wasm_compare COMMAND "${CMAKE_COMMAND}" -E compare_files)
set(wasm_copy COMMAND "${CMAKE_COMMAND}" -E copy)
foreach(dialect IN LISTS ROCKPOOL_SDK_DIALECTS)
  rockpool_glue(${dialect} web -sENVIRONMENT=web -lidbfs.js) # which is all that a worker needs as well
  if(dialect STREQUAL native)
    rockpool_glue(native node -sENVIRONMENT=node)
    add_custom_command(OUTPUT core.native.wasm core.web.mjs core.node.mjs
      DEPENDS core_native_web core_native_node
      ${wasm_compare} native/core.web.wasm native/core.node.wasm
      ${wasm_copy} native/core.web.mjs native/core.node.mjs .
      ${wasm_copy} native/core.web.wasm core.native.wasm
      COMMENT "Comparing the wasm of both glues" VERBATIM)
  else()
    add_custom_command(OUTPUT core.${dialect}.wasm
      DEPENDS core_${dialect}_web core.web.mjs
      ${wasm_compare} ${dialect}/core.web.mjs core.web.mjs
      ${wasm_copy} ${dialect}/core.web.wasm core.${dialect}.wasm
      COMMENT "Comparing the glue of ${dialect}" VERBATIM)
  endif()
  list(APPEND wasm_cores core.${dialect}.wasm)
endforeach()
add_custom_target(rockpool_core_wasm ALL DEPENDS ${wasm_cores})

# Queries answered from a page's cache, loaded when they are wanted: no glue, plain exports.
# docs/decisions/0029-datocms-in-the-page.md says why.
set(answers_sources local models types rows filter filters matcher shelf content evaluation result)
list(TRANSFORM answers_sources PREPEND "${CMAKE_SOURCE_DIR}/core/dialects/datocms/")
list(TRANSFORM answers_sources APPEND ".cpp")
rockpool_sources(answers_exports wasm/answers)
add_executable(answers_datocms ${answers_exports} ${answers_sources} "${CMAKE_SOURCE_DIR}/wasm/libc.cpp")
target_compile_options(answers_datocms PRIVATE ${ROCKPOOL_CORE_OPTIONS})
target_link_libraries(answers_datocms PRIVATE rockpool_graphql rockpool_index rockpool_query rockpool_dialect)
target_link_options(answers_datocms PRIVATE ${wasm_smallest} --no-entry -sSTANDALONE_WASM
  -sERROR_ON_UNDEFINED_SYMBOLS=0 -sWARN_ON_UNDEFINED_SYMBOLS=0)
set_target_properties(answers_datocms PROPERTIES OUTPUT_NAME answers.datocms SUFFIX .wasm)

# Built and run by web/test/containers.test.mjs.
add_executable(containers_test EXCLUDE_FROM_ALL ${wasm_sources_tests})
target_link_options(containers_test PRIVATE -sENVIRONMENT=node -sEXIT_RUNTIME -sSAFE_HEAP)
set_target_properties(containers_test PROPERTIES SUFFIX .cjs)
