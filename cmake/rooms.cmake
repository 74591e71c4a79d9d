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

# sky_tests(NAME LINKS target...)
#
# Builds every *_test.cc of the calling folder into one program and registers each file as a ctest
# test named "NAME/x_test", after SKYREPLAY_TEST_PREFIX.
function(sky_tests name)
  cmake_parse_arguments(ARG "" "" "LINKS;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_tests ${sources})
  target_link_libraries(${name}_tests PRIVATE sky_options test_support ${ARG_LINKS})
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
