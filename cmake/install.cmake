# `cmake --install BUILD --component library`: what a program that embeds skyreplay needs. One archive holds
# every room, so that a consumer links one thing; the libraries inside of it are found by the package file.
include(GNUInstallDirs)

set(parts ${SKY_ROOMS} proto_trace proto_scenario proto_result proto_otlp proto_sweep)
list(TRANSFORM parts REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)
# Not part of a plain build: the rooms are what the rest of it links.
add_library(skyreplay_library STATIC EXCLUDE_FROM_ALL ${objects})
set_target_properties(skyreplay_library PROPERTIES
  OUTPUT_NAME skyreplay EXPORT_NAME skyreplay LINKER_LANGUAGE CXX)
target_include_directories(skyreplay_library INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(skyreplay_library INTERFACE cxx_std_20)
target_link_libraries(skyreplay_library INTERFACE
  $<LINK_ONLY:protobuf::libprotobuf> $<LINK_ONLY:date::date-tz> $<LINK_ONLY:fmt::fmt> $<LINK_ONLY:yaml-cpp> $<LINK_ONLY:TBB::tbb> $<LINK_ONLY:SQLiteCpp>
  $<LINK_ONLY:zstd::libzstd_shared> $<LINK_ONLY:ZLIB::ZLIB> $<LINK_ONLY:OpenSSL::Crypto> $<LINK_ONLY:simdjson::simdjson>
  $<LINK_ONLY:pugixml::pugixml> $<LINK_ONLY:PkgConfig::xxhash> $<LINK_ONLY:PkgConfig::re2> $<LINK_ONLY:PkgConfig::libgit2>
  $<LINK_ONLY:Threads::Threads>)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/skyreplay)
install(TARGETS skyreplay_library EXPORT skyreplay COMPONENT library OPTIONAL
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/skyreplay DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
install(EXPORT skyreplay NAMESPACE skyreplay:: DESTINATION ${package} COMPONENT library)
include(CMakePackageConfigHelpers)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/skyreplay-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/skyreplay-config.cmake ${CMAKE_BINARY_DIR}/skyreplay-config-version.cmake
  DESTINATION ${package} COMPONENT library)

# `cmake --install BUILD --component program`: the tool.
install(TARGETS skyreplay COMPONENT program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
