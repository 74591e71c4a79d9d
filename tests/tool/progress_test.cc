#include "progress.h"

#include <doctest/doctest.h>

namespace skyreplay::tool {
namespace {

using namespace std::chrono_literals;
using Clock = ProgressMeter::Clock;
using Style = ProgressMeter::Style;

constexpr Clock::time_point kStart{};

/// A quarter of a trace that began at 2026-01-05T00:00:00Z, and three million requests.
RunProgress quarter() {
  return {.now = std::chrono::sys_seconds{1767571200s} + 2h + 500ms,
          .share = 0.25,
          .requests = 3'000'000};
}

TEST_CASE("the bar shows the share, the simulated time, requests a second and the time left") {
  ProgressMeter meter(Style::kBar, kStart);
  CHECK(meter.update(quarter(), kStart + 2s) ==
        "\r[#####...............]  25 %  2026-01-05T02:00:00Z  1.50 M requests/s, 0:06 left\033[K");
}

TEST_CASE("only a colored bar has colors") {
  ProgressMeter colored(Style::kColoredBar, kStart);
  CHECK(colored.update(quarter(), kStart + 2s).find("[\033[32m#####\033[0m.") != std::string::npos);
  ProgressMeter plain(Style::kBar, kStart);
  CHECK(plain.update(quarter(), kStart + 2s).find("\033[3") == std::string::npos);
}

TEST_CASE("the bar is redrawn at most ten times a second") {
  ProgressMeter meter(Style::kBar, kStart);
  CHECK(meter.update(quarter(), kStart + 99ms).empty());
  CHECK_FALSE(meter.update(quarter(), kStart + 100ms).empty());
  CHECK(meter.update(quarter(), kStart + 199ms).empty());
  CHECK_FALSE(meter.update(quarter(), kStart + 200ms).empty());
}

TEST_CASE("a line comes every ten seconds, the first after ten") {
  ProgressMeter meter(Style::kLines, kStart);
  CHECK(meter.update(quarter(), kStart + 9s).empty());
  CHECK(meter.update(quarter(), kStart + 10s) ==
        "skyreplay: 25 %, at 2026-01-05T02:00:00Z, 300 k requests/s, 0:30 left\n");
  CHECK(meter.update(quarter(), kStart + 19s).empty());
  CHECK_FALSE(meter.update(quarter(), kStart + 21s).empty());
}

TEST_CASE("a drain beyond the trace's span shows as all done") {
  RunProgress late = quarter();
  late.share = 1.2;
  ProgressMeter meter(Style::kLines, kStart);
  CHECK(meter.update(late, kStart + 10s) ==
        "skyreplay: 100 %, at 2026-01-05T02:00:00Z, 300 k requests/s, 0:00 left\n");
}

TEST_CASE("before the first request there is no telling what is left") {
  RunProgress nothing = quarter();
  nothing.share = 0;
  nothing.requests = 0;
  ProgressMeter meter(Style::kLines, kStart);
  CHECK(meter.update(nothing, kStart + 10s) ==
        "skyreplay: 0 %, at 2026-01-05T02:00:00Z, 0 requests/s\n");
}

TEST_CASE("long waits are told in hours, and rates with three digits") {
  RunProgress slow = quarter();
  slow.share = 0.01;
  slow.requests = 123'449;
  ProgressMeter meter(Style::kLines, kStart);
  CHECK(meter.update(slow, kStart + 100s) ==
        "skyreplay: 1 %, at 2026-01-05T02:00:00Z, 1.23 k requests/s, 2:45:00 left\n");
}

TEST_CASE("a bar is cleared once and only if there was one") {
  ProgressMeter meter(Style::kBar, kStart);
  CHECK(meter.clear().empty());
  CHECK_FALSE(meter.update(quarter(), kStart + 1s).empty());
  CHECK(meter.clear() == "\r\033[K");
  CHECK(meter.clear().empty());
}

}  // namespace
}  // namespace skyreplay::tool
