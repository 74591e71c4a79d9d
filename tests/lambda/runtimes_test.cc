#include "lambda/runtimes.h"

#include <doctest/doctest.h>

namespace skyreplay::lambda {
namespace {

using namespace std::chrono_literals;

TEST_CASE(
    "L19, L20: what was observed of a hello-world's Init, from a zip file and from an image") {
  const auto zip = observed_init("python3.13", PackageType::kZip, false);
  REQUIRE(zip);
  CHECK(zip->p50 == 101ms);
  CHECK(zip->p99 == 177ms);
  CHECK(observed_init("python3.13", PackageType::kZip, true)->p50 == 82ms);
  CHECK(observed_init("java21", PackageType::kImage, false)->p99 == 799ms);
  CHECK_FALSE(observed_init("java21", PackageType::kZip, true));
  CHECK_FALSE(observed_init("provided.al2023", PackageType::kZip, false));
}

TEST_CASE("L21: more code makes Init longer, between what was observed in proportion") {
  CHECK(init_factor(0) == 1);
  CHECK(init_factor(8'000'000) == doctest::Approx(391.0 / 171));
  CHECK(init_factor(12'000'000) == doctest::Approx((391.0 + 649) / 2 / 171));
  CHECK(init_factor(64'000'000) == doctest::Approx(3'110.0 / 171));
  // On at 57.28 ms a MB, as from 32 to 64 MB.
  CHECK(init_factor(128'000'000) == doctest::Approx((3'110 + 64 * (3'110 - 1'277) / 32.0) / 171));
}

TEST_CASE("a runtime's name has the form of AWS's") {
  for (const char* name : {"python3.13", "nodejs22.x", "java21", "dotnet8", "ruby3.4"}) {
    CHECK(is_managed(name));
  }
  CHECK(is_runtime("provided.al2023"));
  CHECK_FALSE(is_managed("provided.al2023"));
  for (const char* name : {"", "python", "python3.", "python3.13.1", "nodejs22.y", "java-21",
                           "cobol85", "nodejsx", "java 21", "python3.9999"}) {
    INFO(name);
    CHECK_FALSE(is_runtime(name));
  }
}

TEST_CASE("L30: SnapStart is for java11, python3.12, dotnet8 and later") {
  for (const char* name : {"java11", "java25", "python3.12", "python3.14", "dotnet8", "dotnet10"}) {
    CHECK(has_snap_start(name));
  }
  for (const char* name :
       {"java8", "python3.11", "python3.9", "dotnet6", "nodejs22.x", "ruby3.4"}) {
    CHECK_FALSE(has_snap_start(name));
  }
  CHECK_FALSE(snap_start_is_charged("java21"));
  CHECK(snap_start_is_charged("python3.13"));
}

}  // namespace
}  // namespace skyreplay::lambda
