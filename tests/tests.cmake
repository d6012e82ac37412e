# Every tests/**/test_*.c is a test of its own. One that includes
# tests/support/database.h needs PostGIS: it is labelled "database" and runs
# between the fixture's start and stop of a private cluster. What stands in tests/geo
# is labelled "one_thread": there are no threads in geo.
find_library(CMOCKA cmocka REQUIRED)

house_library(support tests/support/*.c tests/bench/dimacs.c)
target_link_libraries(support PUBLIC api ${CMOCKA})
target_include_directories(support SYSTEM PRIVATE ${PQ_INCLUDE})

file(GLOB_RECURSE TEST_SOURCES CONFIGURE_DEPENDS tests/test_*.c)
foreach(path ${TEST_SOURCES})
  cmake_path(GET path STEM name)
  add_executable(${name} ${path})
  target_link_libraries(${name} PRIVATE support)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120)
  if(path MATCHES "/tests/geo/")
    set_tests_properties(${name} PROPERTIES LABELS one_thread)
  endif()
  file(STRINGS ${path} needs_database REGEX "tests/support/database.h" LIMIT_COUNT 1)
  if(needs_database)
    set_tests_properties(${name} PROPERTIES LABELS database FIXTURES_REQUIRED cluster
      ENVIRONMENT "VIGIL_TEST_CLUSTER=${PROJECT_BINARY_DIR}/test-cluster.env")
  endif()
endforeach()

# Every tests/**/test_* without an ending is a program that is a test of its own.
file(GLOB_RECURSE TEST_PROGRAMS CONFIGURE_DEPENDS tests/test_*)
list(FILTER TEST_PROGRAMS EXCLUDE REGEX "/test_[^/]*\\.[a-z]+$|node_modules")
foreach(path ${TEST_PROGRAMS})
  cmake_path(GET path STEM name)
  add_test(NAME ${name} COMMAND ${path})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS program ENVIRONMENT "VIGIL_BUILD=${PROJECT_BINARY_DIR}")
endforeach()
add_test(NAME cluster_start COMMAND ${PROJECT_SOURCE_DIR}/tests/support/cluster start ${PROJECT_BINARY_DIR}/test-cluster.env)
add_test(NAME cluster_stop COMMAND ${PROJECT_SOURCE_DIR}/tests/support/cluster stop ${PROJECT_BINARY_DIR}/test-cluster.env)
set_tests_properties(cluster_start PROPERTIES FIXTURES_SETUP cluster TIMEOUT 120)
set_tests_properties(cluster_stop PROPERTIES FIXTURES_CLEANUP cluster TIMEOUT 60)

# Each fuzz target is tests/fuzz/fuzz_*.c with its corpus in tests/fuzz/corpus/NAME.
# Built by clang it fuzzes; built by any compiler it replays the corpus as a test.
file(GLOB FUZZ_SOURCES CONFIGURE_DEPENDS tests/fuzz/fuzz_*.c)
foreach(path ${FUZZ_SOURCES})
  cmake_path(GET path STEM name)
  string(REPLACE fuzz_ "" subject ${name})
  if(FUZZERS)
    add_executable(${name} ${path})
    target_link_libraries(${name} PRIVATE support -fsanitize=fuzzer)
  else()
    add_executable(${name} ${path} tests/fuzz/replay.c)
    target_link_libraries(${name} PRIVATE support)
    add_test(NAME ${name} COMMAND ${name} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${subject})
    set_tests_properties(${name} PROPERTIES TIMEOUT 60)
  endif()
endforeach()

# Programs of the bars that are written in C.
file(GLOB BENCH_SOURCES CONFIGURE_DEPENDS tests/bench/bench_*.c)
foreach(path ${BENCH_SOURCES})
  cmake_path(GET path STEM name)
  add_executable(${name} ${path})
  target_link_libraries(${name} PRIVATE support)
endforeach()

# Programs of the fault bars.
file(GLOB FAULT_SOURCES CONFIGURE_DEPENDS tests/fault/*.c)
foreach(path ${FAULT_SOURCES})
  cmake_path(GET path STEM name)
  add_executable(${name} ${path})
  target_link_libraries(${name} PRIVATE support)
endforeach()
