#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace skyreplay::testing {

/// A file below $SKYREPLAY_TRACES (by default ../shared/traces beside the source); empty if absent.
inline std::filesystem::path real_trace(const std::string& relative) {
  const char* folder = std::getenv("SKYREPLAY_TRACES");
  const char* source = std::getenv("SKYREPLAY_SOURCE");
  const std::filesystem::path base =
      folder != nullptr
          ? std::filesystem::path(folder)
          : std::filesystem::path(source != nullptr ? source : ".") / "../shared/traces";
  const std::filesystem::path path = base / relative;
  return std::filesystem::exists(path) ? path : std::filesystem::path();
}

}  // namespace skyreplay::testing

/// Ends the test case, saying why, where the real trace is not on this machine.
#define SKIP_WITHOUT_TRACE(path)                                                      \
  if ((path).empty()) {                                                               \
    MESSAGE("SKIPPED: the real trace is absent; set SKYREPLAY_TRACES to its folder"); \
    return;                                                                           \
  }
