# Everything comes from the distribution's packages; docs/architecture.md says why each was chosen.
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(date REQUIRED)
find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(TBB REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(zstd REQUIRED)
find_package(pugixml REQUIRED)
find_package(ZLIB REQUIRED)
find_package(simdjson REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(PkgConfig REQUIRED)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(libgit2 REQUIRED IMPORTED_TARGET libgit2)

find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)
find_path(FAST_FLOAT_INCLUDE_DIR fast_float/fast_float.h REQUIRED)
find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)

# Headers without a CMake package of their own.
add_library(header_only INTERFACE)
target_include_directories(header_only SYSTEM INTERFACE
  ${RANDOM123_INCLUDE_DIR} ${FAST_FLOAT_INCLUDE_DIR} ${CLI11_INCLUDE_DIR})
