#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"

namespace skyreplay::lambda {

/// How a function's code is packed.
enum class PackageType : std::uint8_t { kZip, kImage };

/// What was observed of Init Duration: a log-normal law by two of its quantiles.
struct ObservedInit {
  Duration p50{};
  Duration p99{};
};

/// Init of a hello-world by runtime ("python3.13"), daily runs of 2026 (L19; L20 of images; source
/// maxday/lambda-perf). None where nothing was observed.
std::optional<ObservedInit> observed_init(std::string_view runtime, PackageType package,
                                          bool is_arm);

/// What loading so much code makes of a hello-world's Init, as a factor: linear between what was
/// observed of Node.js 18 with 1 KB to 64 MB of JavaScript, and beyond that on the last line (L21).
double init_factor(std::uint64_t loaded_bytes);

/// Whether AWS has a runtime of that form: pythonX.Y, nodejsX.x, javaX, dotnetX, rubyX.Y,
/// provided.X.
bool is_runtime(std::string_view runtime);
/// Whether AWS keeps it up to date; the others bring their own.
bool is_managed(std::string_view runtime);

/// java11, python3.12, dotnet8 and what came later (L30).
bool has_snap_start(std::string_view runtime);
/// L34: of Java snapshots cost nothing.
bool snap_start_is_charged(std::string_view runtime);

}  // namespace skyreplay::lambda
