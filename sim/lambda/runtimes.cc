#include "lambda/runtimes.h"

#include <charconv>
#include <iterator>

namespace skyreplay::lambda {
namespace {

using std::chrono::milliseconds;

struct Row {
  std::string_view runtime;
  PackageType package;
  bool is_arm;
  int p50_ms;
  int p99_ms;
};

constexpr PackageType kZip = PackageType::kZip;
constexpr PackageType kImage = PackageType::kImage;

constexpr Row kObserved[] = {
    {"python3.13", kZip, false, 101, 177},   {"python3.13", kZip, true, 82, 146},
    {"python3.14", kZip, false, 122, 280},   {"nodejs22.x", kZip, false, 143, 220},
    {"nodejs24.x", kZip, true, 121, 189},    {"java21", kZip, false, 250, 596},
    {"java25", kZip, false, 215, 532},       {"dotnet8", kZip, false, 255, 606},
    {"dotnet10", kZip, false, 276, 705},     {"ruby3.4", kZip, false, 228, 490},
    {"python3.13", kImage, false, 301, 422}, {"nodejs22.x", kImage, false, 549, 815},
    {"java21", kImage, false, 510, 799},     {"dotnet8", kImage, false, 648, 810},
};

struct Point {
  double mb;
  double mean_ms;
};

constexpr Point kLoaded[] = {{0, 171},  {1, 197},   {4, 280},  {8, 391},
                             {16, 649}, {32, 1277}, {64, 3110}};
constexpr double kMegabyte = 1e6;

/// What a family's name is followed by, read as X or X.Y: python3.12 is 3,012.
std::optional<int> version_of(std::string_view runtime, std::string_view family) {
  if (!runtime.starts_with(family)) return std::nullopt;
  const char* at = runtime.data() + family.size();
  const char* const end = runtime.data() + runtime.size();
  int parts[2] = {0, 0};
  for (int i = 0; i < 2; ++i) {
    const auto [next, error] = std::from_chars(at, end, parts[i]);
    if (error != std::errc{} || parts[i] < 0 || parts[i] > 999) return std::nullopt;
    if (next == end) return parts[0] * 1'000 + parts[1];
    if (*next != '.') return std::nullopt;
    at = next + 1;
    if (i == 0 && runtime.substr(static_cast<std::size_t>(at - runtime.data())) == "x") {
      return parts[0] * 1'000;
    }
  }
  return std::nullopt;
}

constexpr std::string_view kManaged[] = {"python", "nodejs", "java", "dotnet", "ruby"};

}  // namespace

std::optional<ObservedInit> observed_init(std::string_view runtime, PackageType package,
                                          bool is_arm) {
  for (const Row& row : kObserved) {
    if (row.runtime != runtime || row.package != package || row.is_arm != is_arm) continue;
    return ObservedInit{milliseconds{row.p50_ms}, milliseconds{row.p99_ms}};
  }
  return std::nullopt;
}

double init_factor(std::uint64_t loaded_bytes) {
  const double mb = static_cast<double>(loaded_bytes) / kMegabyte;
  std::size_t i = 1;
  while (i + 1 < std::size(kLoaded) && mb > kLoaded[i].mb) ++i;
  const Point& a = kLoaded[i - 1];
  const Point& b = kLoaded[i];
  const double mean = a.mean_ms + (b.mean_ms - a.mean_ms) * (mb - a.mb) / (b.mb - a.mb);
  return mean / kLoaded[0].mean_ms;
}

bool is_managed(std::string_view runtime) {
  for (const std::string_view family : kManaged) {
    if (version_of(runtime, family)) return true;
  }
  return false;
}

bool is_runtime(std::string_view runtime) {
  return is_managed(runtime) || runtime == "provided.al2" || runtime == "provided.al2023";
}

bool has_snap_start(std::string_view runtime) {
  return version_of(runtime, "java").value_or(0) >= 11'000 ||
         version_of(runtime, "python").value_or(0) >= 3'012 ||
         version_of(runtime, "dotnet").value_or(0) >= 8'000;
}

bool snap_start_is_charged(std::string_view runtime) { return !runtime.starts_with("java"); }

}  // namespace skyreplay::lambda
