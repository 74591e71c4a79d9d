# Language, warnings and switches that hold for every target of ours.
option(SKYREPLAY_TESTS "Build the tests" ON)
option(SKYREPLAY_BENCH "Build the benchmarks" ON)
option(SKYREPLAY_FUZZ "Of the tests, only the libFuzzer targets of tests/fuzz" OFF)
set(SKYREPLAY_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= spells them (address,undefined | thread)")

set(SKYREPLAY_TEST_PREFIX "" CACHE STRING "Before the names of this build's tests, to tell them from the release build's")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# One interface for our own code; generated code and dependencies do not get it.
add_library(sky_options INTERFACE)
target_compile_options(sky_options INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Werror
  # Results are equal to the bit on every compiler: no fused multiply-add, no reassociation.
  -ffp-contract=off
  # g++ 12 warns wrongly about std::string concatenation (its bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # clang sees the deprecated buffer inside of libstdc++ 12's own stable_sort.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)

# ccache makes a second checkout of the same commit build in seconds.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # What it asks of whoever precompiles headers; neither __DATE__ nor __TIME__ is used anywhere.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

if(SKYREPLAY_SANITIZE)
  # With a sanitizer's checks in between, g++ 12 warns wrongly about moved variants.
  target_compile_options(sky_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_compile_options(-fsanitize=${SKYREPLAY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SKYREPLAY_SANITIZE})
  if(SKYREPLAY_SANITIZE MATCHES thread)
    # protobuf's MapField has one more member where this is defined, and its library, which is the
    # distribution's, was built without.
    add_compile_options(-U__SANITIZE_THREAD__)
  endif()
endif()

# protoc, yaml-cpp and friends would otherwise link several at once on a small machine.
set_property(GLOBAL PROPERTY JOB_POOLS link=2)
set(CMAKE_JOB_POOL_LINK link)
