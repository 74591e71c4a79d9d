# sky_room(LINKS room... LIBRARIES target...)
#
# Makes the folder it is called from one static library named after it. LINKS are the rooms it may
# include (public); LIBRARIES are third-party targets its sources use (private).
#
# A room's headers are reached as "room/header.h" through an include directory that holds only that
# room, so including a room that is not linked does not compile.
function(sky_room)
  cmake_parse_arguments(ARG "" "" "LINKS;LIBRARIES" ${ARGN})
  get_filename_component(room ${CMAKE_CURRENT_SOURCE_DIR} NAME)

  set(window ${CMAKE_BINARY_DIR}/rooms/${room})
  file(MAKE_DIRECTORY ${window})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${window}/${room} SYMBOLIC)

  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  if(NOT sources)  # a room of headers only
    add_library(${room} INTERFACE)
    target_include_directories(${room} INTERFACE ${window})
    target_link_libraries(${room} INTERFACE ${ARG_LINKS})
    return()
  endif()
  add_library(${room} STATIC ${sources})
  target_include_directories(${room} PUBLIC ${window})
  target_link_libraries(${room} PUBLIC ${ARG_LINKS} PRIVATE sky_options ${ARG_LIBRARIES})
endfunction()

# sky_precompile(target)
#
# Compiles once for the target what most sources of it read first: the standard library and the schema of
# scenarios, which are two thirds of the time of each. g++ alone: clang's would have to be told to clang-tidy.
function(sky_precompile target)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    return()
  endif()
  target_precompile_headers(${target} PRIVATE
    <algorithm> <array> <chrono> <cstdint> <functional> <map> <memory> <optional> <set> <span> <string>
    <string_view> <utility> <variant> <vector> <skyreplay/scenario.pb.h> ${ARGN})
  # Warnings about std::string that g++ 12 gives wrongly (its bug 105651) and else keeps to itself, as
  # they are about system headers: it forgets what is one.
  target_compile_options(${target} PRIVATE -Wno-stringop-overflow -Wno-stringop-overread
    -Wno-array-bounds)
endfunction()

# sky_tests(NAME [PRECOMPILE] LINKS target...)
#
# Builds every *_test.cc of the calling folder into one program and registers each file as a ctest
# test named "NAME/x_test", after SKYREPLAY_TEST_PREFIX. PRECOMPILE: as sky_precompile(), with doctest.
function(sky_tests name)
  cmake_parse_arguments(ARG "PRECOMPILE" "" "LINKS;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_tests ${sources})
  target_link_libraries(${name}_tests PRIVATE sky_options test_support ${ARG_LINKS})
  if(ARG_PRECOMPILE)
    sky_precompile(${name}_tests <doctest/doctest.h>)
  endif()
  foreach(source ${sources})
    get_filename_component(file ${source} NAME_WE)
    set(test ${SKYREPLAY_TEST_PREFIX}${name}/${file})
    add_test(NAME ${test} COMMAND ${name}_tests --source-file=*/${file}.cc)
    set_tests_properties(${test} PROPERTIES
      LABELS "${ARG_LABELS}"
      SKIP_REGULAR_EXPRESSION "SKIPPED: every case of this file"
      ENVIRONMENT "SKYREPLAY_SOURCE=${PROJECT_SOURCE_DIR}")
  endforeach()
endfunction()
