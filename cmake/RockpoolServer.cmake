# The server: everything below server/ but main.cpp as rockpool_server_lib, and the program `rockpool`.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(Boost 1.81 REQUIRED)

# Asio and Beast are compiled once here instead of into every file that includes them.
set(boost_source "${CMAKE_BINARY_DIR}/generated/boost_source.cpp")
file(CONFIGURE OUTPUT "${boost_source}" CONTENT [[
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
]])
add_library(rockpool_boost STATIC "${boost_source}")
target_compile_definitions(rockpool_boost PUBLIC BOOST_ASIO_SEPARATE_COMPILATION
  BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_compile_options(rockpool_boost PRIVATE -w)
target_link_libraries(rockpool_boost PUBLIC Boost::headers OpenSSL::SSL Threads::Threads)

add_library(rockpool_server_deps INTERFACE)
target_link_libraries(rockpool_server_deps INTERFACE
  rockpool_core rockpool_memory rockpool_boost OpenSSL::SSL OpenSSL::Crypto SQLite::SQLite3 Threads::Threads)
find_library(ROCKPOOL_SODIUM sodium REQUIRED)
target_link_libraries(rockpool_server_deps INTERFACE ${ROCKPOOL_SODIUM})

rockpool_precompiled(rockpool_pch_server LIBRARIES rockpool_server_deps
  HEADERS <nlohmann/json.hpp> <boost/asio.hpp> <boost/asio/ssl.hpp> <boost/beast.hpp>)

rockpool_sources(server_sources server RECURSE)
set(server_main "${CMAKE_SOURCE_DIR}/server/main.cpp")
list(REMOVE_ITEM server_sources "${server_main}")
list(FILTER server_sources EXCLUDE REGEX "/server/backplane/memory/")
list(FILTER server_sources_tests EXCLUDE REGEX "/server/backplane/memory/")

if(server_sources)
  add_library(rockpool_server_lib STATIC ${server_sources})
  target_link_libraries(rockpool_server_lib PUBLIC rockpool_server_deps)
  target_precompile_headers(rockpool_server_lib REUSE_FROM rockpool_pch_server)
else()
  add_library(rockpool_server_lib INTERFACE)
  target_link_libraries(rockpool_server_lib INTERFACE rockpool_server_deps)
endif()

if(EXISTS "${server_main}")
  add_executable(rockpool "${server_main}")
  target_link_libraries(rockpool PRIVATE rockpool_server_lib)
  # A request is many short texts, made on one thread and freed on another: a fifth of its cost. Sanitizers
  # bring their own.
  find_library(ROCKPOOL_MIMALLOC mimalloc)
  if(ROCKPOOL_MIMALLOC AND NOT ROCKPOOL_SANITIZE)
    target_link_libraries(rockpool PRIVATE
      -Wl,--push-state,--no-as-needed ${ROCKPOOL_MIMALLOC} -Wl,--pop-state)
  endif()
endif()
if(server_sources_tests)
  rockpool_gtest(server_test SOURCES ${server_sources_tests} LIBRARIES rockpool_server_lib)
  target_precompile_headers(server_test REUSE_FROM rockpool_pch_server)
endif()
