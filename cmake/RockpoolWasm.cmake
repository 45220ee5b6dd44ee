# The core for pages and Node: two glues and one wasm, in build/wasm.
#
#   core.web.mjs    pages and workers, IDBFS          core.wasm   the same bytes for both, compared below
#   core.node.mjs   Node, its fs                       *.symbols   for tests/size: what must not be linked
#
# Two glues because one for both holds import("module"), on which webpack and esbuild fail.
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
  rockpool_sync rockpool_query rockpool_dialects rockpool_journal rockpool_model)

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
string(APPEND wasm_passes ,--always-inline-max-function-size=6,--converge,--reorder-functions)

set(wasm_link -Oz ${wasm_inlining} ${wasm_folding} -flto -fno-exceptions -fno-rtti
  "SHELL:--closure 1" -sMODULARIZE -sEXPORT_ES6 -sEXPORT_NAME=createCore -sALLOW_MEMORY_GROWTH
  -sDYNAMIC_EXECUTION=0 -sWASM_BIGINT -sMALLOC=emmalloc
  -sBINARYEN_EXTRA_PASSES=${wasm_passes}
  -sINCOMING_MODULE_JS_API=wasmBinary,instantiateWasm,locateFile,printErr
  -sEXPORTED_RUNTIME_METHODS=HEAPU8 "-sDEFAULT_LIBRARY_FUNCS_TO_INCLUDE=@${wasm_functions}"
  -Wl,--wrap=strtod,--wrap=strtoull,--wrap=strtoll,--wrap=snprintf # wasm/libc.cpp
  --emit-symbol-map) # for both: it changes the order of the imports

function(rockpool_glue name)
  add_executable(core_${name})
  target_link_libraries(core_${name} PRIVATE rockpool_wasm)
  target_link_options(core_${name} PRIVATE ${wasm_link} ${ARGN})
  foreach(library IN LISTS wasm_libraries_${name})
    target_link_options(core_${name} PRIVATE "SHELL:--js-library ${library}")
  endforeach()
  set_target_properties(core_${name} PROPERTIES OUTPUT_NAME core.${name} SUFFIX .mjs
    LINK_DEPENDS "${wasm_libraries_${name}}")
endfunction()
rockpool_glue(web -sENVIRONMENT=web -lidbfs.js) # which is all that a worker needs as well
rockpool_glue(node -sENVIRONMENT=node)

add_custom_command(OUTPUT core.wasm
  DEPENDS core_web core_node
  COMMAND "${CMAKE_COMMAND}" -E compare_files core.web.wasm core.node.wasm
  COMMAND "${CMAKE_COMMAND}" -E copy core.web.wasm core.wasm
  COMMENT "Comparing the wasm of both glues" VERBATIM)
add_custom_target(rockpool_core_wasm ALL DEPENDS core.wasm)

# Built and run by web/test/containers.test.mjs.
add_executable(containers_test EXCLUDE_FROM_ALL ${wasm_sources_tests})
target_link_options(containers_test PRIVATE -sENVIRONMENT=node -sEXIT_RUNTIME -sSAFE_HEAP)
set_target_properties(containers_test PROPERTIES SUFFIX .cjs)
