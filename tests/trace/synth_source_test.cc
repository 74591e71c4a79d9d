// Synthesized requests against the laws of their spec. Every case states its interval; where it is
// over chance, the seeds are fixed, so a pass today is a pass tomorrow.
#include "trace/synth_source.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "core/error.h"
#include "skyreplay/trace_import.h"
#include "support/temp_folder.h"
#include "trace/import_support.h"

using namespace std::chrono_literals;

namespace skyreplay::trace {
namespace {

struct Request {
  TimePoint arrival;
  std::uint32_t route;
  Duration work;
  std::uint64_t bytes_in, bytes_out;

  auto operator<=>(const Request&) const = default;
};

std::vector<Request> made(const SynthSpec& spec) {
  SynthSource source(spec);
  std::vector<Request> requests;
  for (Batch batch = source.next(); batch.size > 0; batch = source.next()) {
    CHECK(batch.first_row == requests.size());
    for (std::size_t i = 0; i < batch.size; ++i) {
      requests.push_back({TimePoint{Duration{batch.arrival_ns[i]}}, batch.route[i],
                          Duration{batch.work_ns[i]}, batch.bytes_in[i], batch.bytes_out[i]});
    }
  }
  return requests;
}

SynthSpec parsed(const std::string& text, std::uint64_t seed = 1) {
  SynthSpec spec = parse_synth_spec("version: 1\n" + text, "s.yaml");
  spec.seed = seed;
  return spec;
}

std::vector<Request> made(const std::string& text, std::uint64_t seed = 1) {
  return made(parsed(text, seed));
}

/// Requests per period of the span from kDefaultOrigin.
std::vector<double> counts(const std::vector<Request>& requests, Duration period, std::size_t n) {
  std::vector<double> result(n);
  for (const Request& request : requests) {
    ++result.at(static_cast<std::size_t>((request.arrival - kDefaultOrigin) / period));
  }
  return result;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double variance(const std::vector<double>& values) {
  const double middle = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - middle) * (value - middle);
  return sum / static_cast<double>(values.size() - 1);
}

std::vector<double> seconds(const std::vector<Request>& requests) {
  std::vector<double> result;
  for (const Request& each : requests) {
    result.push_back(std::chrono::duration<double>(each.work).count());
  }
  std::sort(result.begin(), result.end());
  return result;
}

double quantile(const std::vector<double>& sorted, double p) {
  return sorted.at(static_cast<std::size_t>(p * static_cast<double>(sorted.size())));
}

const std::string kFlat = "duration: 2000s\nrate: 4\nclasses:\n  - {name: a, routes: 5, share: 1, ";

TEST_CASE("counts per second are Poisson: mean, variance and chi-square over 20 seeds") {
  // 40,000 seconds at 4 a second.
  constexpr double kSeconds = 40'000;
  std::vector<double> all;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto per_second = counts(made(kFlat + "duration: 1ms}\n", seed), 1s, 2000);
    all.insert(all.end(), per_second.begin(), per_second.end());
  }
  // The mean's error is sqrt(4 / n) = 0.01; a Poisson sample's variance / mean has the error
  // sqrt(2 / n) = 0.0071. 99.9 % intervals.
  CHECK(std::abs(mean(all) - 4) < 3.29 * std::sqrt(4 / kSeconds));
  CHECK(std::abs(variance(all) / mean(all) - 1) < 3.29 * std::sqrt(2 / kSeconds));

  std::vector<double> seen(13);  // 0 to 11, and 12 or more
  for (const double count : all) ++seen[std::min<std::size_t>(static_cast<std::size_t>(count), 12)];
  double chi_square = 0, chance = std::exp(-4.0), left = 1;
  for (std::size_t k = 0; k < 13; ++k) {
    const double expected = kSeconds * (k < 12 ? chance : left);
    chi_square += (seen[k] - expected) * (seen[k] - expected) / expected;
    left -= chance;
    chance *= 4.0 / static_cast<double>(k + 1);
  }
  CHECK(chi_square < 32.9);  // 99.9 % of 12 degrees of freedom
}

TEST_CASE("arrivals are uniform within a second and ascend") {
  const auto requests = made(kFlat + "duration: 1ms}\n");
  CHECK(std::is_sorted(requests.begin(), requests.end(),
                       [](const auto& a, const auto& b) { return a.arrival < b.arrival; }));
  std::vector<double> tenths(10);
  for (const Request& each : requests) {
    ++tenths[static_cast<std::size_t>(each.arrival.time_since_epoch() % 1s / 100ms)];
  }
  const double expected = static_cast<double>(requests.size()) / 10;
  double chi_square = 0;
  for (const double tenth : tenths) {
    chi_square += (tenth - expected) * (tenth - expected) / expected;
  }
  CHECK(chi_square < 27.9);  // 99.9 % of 9 degrees of freedom
}

TEST_CASE("a day's shape is linear between the hours named, and keeps the mean rate") {
  const auto requests = made(
      "duration: 24h\nrate: 10\nshape: {by_hour: {6: 1, 18: 3}}\nclasses:\n"
      "  - {name: a, routes: 1, share: 1, duration: 1ms}\n");
  const auto per_hour = counts(requests, 1h, 24);
  // Its mean is 2, so a multiplier of 1 is 5 a second. 4 standard deviations of a Poisson count.
  const auto expect = [&](std::size_t hour, double multiplier) {
    const double expected = 3600 * 5 * multiplier;
    CHECK(std::abs(per_hour[hour] - expected) < 4 * std::sqrt(expected));
  };
  expect(6, 1 + 1.0 / 12);  // rises by 2 over 12 hours; its middle is half an hour in
  expect(12, 2 + 1.0 / 12);
  expect(17, 3 - 1.0 / 12);
  expect(18, 3 - 1.0 / 12);
  expect(0, 2 - 1.0 / 12);  // falls through midnight
  expect(5, 1 + 1.0 / 12);
  CHECK(std::abs(static_cast<double>(requests.size()) - 864'000) < 4 * std::sqrt(864'000.0));
}

TEST_CASE("a sine is highest at its peak, and a class's own shape replaces the spec's") {
  const std::string text =
      "duration: 24h\nrate: 10\nshape: {by_hour: {0: 1}}\nclasses:\n"
      "  - {name: a, routes: 1, share: 0.5, duration: 1ms,\n"
      "     shape: {sine: {amplitude: 0.8, peak: 14h30m}}}\n"
      "  - {name: b, routes: 1, share: 0.5, duration: 1ms}\n";
  std::vector<Request> wave, flat;
  for (const Request& each : made(text)) (each.route == 0 ? wave : flat).push_back(each);
  const auto per_hour = counts(wave, 1h, 24);
  // The hour's mean is the sine at its middle times sin(x)/x with x = pi/24, which is 0.9971.
  CHECK(std::abs(per_hour[14] - 18'000 * (1 + 0.8 * 0.9971)) < 4 * std::sqrt(32'400));
  CHECK(std::abs(per_hour[2] - 18'000 * (1 - 0.8 * 0.9971)) < 4 * std::sqrt(3'642));
  for (const double hour : counts(flat, 1h, 24)) {
    CHECK(std::abs(hour - 18'000) < 4 * std::sqrt(18'000));
  }
}

TEST_CASE("classes get their share and routes their Zipf share within it") {
  const auto requests = made(
      "duration: 10000s\nrate: 50\nclasses:\n"
      "  - {name: a, routes: 4, share: 0.8, popularity: {zipf: 1}, duration: 1ms}\n"
      "  - {name: b, routes: 2, share: 0.2, duration: 1ms}\n");
  std::vector<double> rows(6);
  for (const Request& each : requests) ++rows.at(each.route);
  // 1 + 1/2 + 1/3 + 1/4 = 25/12.
  const std::vector<double> expected = {400'000 * 12.0 / 25,
                                        400'000 * 6.0 / 25,
                                        400'000 * 4.0 / 25,
                                        400'000 * 3.0 / 25,
                                        50'000,
                                        50'000};
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(std::abs(rows[i] - expected[i]) < 3.7 * std::sqrt(expected[i]));
  }
}

TEST_CASE("lognormal popularity takes the law's quantiles as weights") {
  const auto requests = made(
      "duration: 10000s\nrate: 50\nclasses:\n"
      "  - {name: a, routes: 2, share: 1, popularity: {lognormal: 2}, duration: 1ms}\n");
  // Quantiles 3/4 and 1/4 of a standard normal are ±0.67449: weights e^±1.34898.
  const double share = std::exp(1.34898) / (std::exp(1.34898) + std::exp(-1.34898));
  double first = 0;
  for (const Request& each : requests) first += each.route == 0 ? 1 : 0;
  const double n = static_cast<double>(requests.size());
  CHECK(std::abs(first / n - share) < 3.7 * std::sqrt(share * (1 - share) / n));
}

TEST_CASE("a burst multiplies the rate, and the mean over bursts and gaps stays") {
  // Bursts cover a third of the time at 5 times the rate of the rest: 3/7 and 15/7 of the mean.
  const auto run = [](const std::string& of, std::uint64_t seed) {
    return made(
        "duration: 50000s\nrate: 14\nclasses:\n  - {name: a, routes: 2, share: 1, "
        "duration: 1ms, bursts: {of: " +
            of + ", multiplier: 5, every: 200s, length: 100s}}\n",
        seed);
  };
  for (const std::string of : {"class", "route"}) {
    CAPTURE(of);
    double total = 0, correlation = 0;
    std::vector<double> high, low;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      const auto requests = run(of, seed);
      total += static_cast<double>(requests.size());
      std::vector<Request> first, second;
      for (const Request& each : requests) (each.route == 0 ? first : second).push_back(each);
      const auto a = counts(first, 20s, 2500), b = counts(second, 20s, 2500);
      // 20 s hold 60 requests of a route outside a burst and 300 inside.
      for (const double count : a) {
        if (count < 100) low.push_back(count);
        if (count > 230) high.push_back(count);
      }
      double covariance = 0;
      for (std::size_t i = 0; i < a.size(); ++i) covariance += (a[i] - mean(a)) * (b[i] - mean(b));
      correlation += covariance / 2500 / std::sqrt(variance(a) * variance(b)) / 8;
    }
    // Per seed about 167 cycles; the share of time in bursts varies by 6 %, the rate with it.
    CHECK(std::abs(total / 8 / 50'000 - 14) < 14 * 0.07);
    CHECK(std::abs(mean(low) - 60) < 3);
    CHECK(std::abs(mean(high) - 300) < 6);
    // Routes share a class's bursts, and have nothing to do with each other's own.
    if (of == "class") CHECK(correlation > 0.9);
    if (of == "route") CHECK(std::abs(correlation) < 0.1);
  }
}

TEST_CASE("timers ring at exact instants of their period") {
  const auto requests = made(
      "start: 2026-01-05T00:00:30Z\nduration: 10m\nclasses:\n"
      "  - {name: t, routes: 2, every: 1m, phase: aligned, duration: 1ms}\n"
      "  - {name: r, routes: 1, every: 90s, duration: 1ms}\n");
  std::vector<Duration> aligned, free;
  for (const Request& each : requests) {
    (each.route < 2 ? aligned : free).push_back(each.arrival - kDefaultOrigin);
  }
  REQUIRE(aligned.size() == 20);
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(aligned[i] == static_cast<std::int64_t>(i / 2 + 1) * 1min);
  }
  // 600 s hold six or seven calls 90 s apart, wherever the first falls.
  REQUIRE(free.size() >= 6);
  CHECK(free.front() - 30s < 90s);
  CHECK(10min + 30s - free.back() <= 90s);
  for (std::size_t i = 1; i < free.size(); ++i) CHECK(free[i] - free[i - 1] == 90s);
}

TEST_CASE("a period of the span's length makes exactly one call of each route") {
  std::vector<int> calls(40);
  for (const Request& each : made("duration: 8h\nclasses:\n"
                                  "  - {name: t, routes: 40, every: 8h, duration: 1ms}\n")) {
    ++calls.at(each.route);
  }
  CHECK(calls == std::vector<int>(40, 1));
}

TEST_CASE("a ring makes as many calls as its law says, all within the stretch after it") {
  const auto requests = made(
      "duration: 1h\nclasses:\n  - {name: t, routes: 1, every: 10m, phase: aligned, calls: 36, "
      "within: 4m, duration: 1ms}\n");
  REQUIRE(requests.size() == 216);
  std::vector<double> minutes(10);
  for (const Request& each : requests) {
    ++minutes[static_cast<std::size_t>((each.arrival - kDefaultOrigin) % 10min / 1min)];
  }
  double chi_square = 0;
  for (std::size_t i = 0; i < 4; ++i) chi_square += (minutes[i] - 54) * (minutes[i] - 54) / 54;
  CHECK(chi_square < 16.3);  // 99.9 % of 3 degrees of freedom
  for (std::size_t i = 4; i < 10; ++i) CHECK(minutes[i] == 0);

  const auto at_once = made(
      "duration: 20m\nclasses:\n  - {name: t, routes: 1, every: 10m, phase: aligned, calls: 3, "
      "duration: 1ms}\n");
  REQUIRE(at_once.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(at_once[i].arrival == kDefaultOrigin + static_cast<std::int64_t>(i / 3) * 10min);
  }
}

TEST_CASE("calls of a ring drawn from a law have its median, and those past the end are cut off") {
  const std::string text =
      "duration: 2000m\nclasses:\n  - {name: t, routes: 1, every: 1m, phase: aligned, "
      "calls: {p50: 100, p99: 400}, duration: 1ms";
  auto rings = counts(made(text + "}\n"), 1min, 2000);
  std::sort(rings.begin(), rings.end());
  // sigma = ln 4 / 2.3263 = 0.596; the median's error 1.2533 sigma / sqrt(2000) = 1.67 %.
  CHECK(std::abs(quantile(rings, 0.5) / 100 - 1) < 3.29 * 0.0167);
  CHECK(variance(rings) > 1000);

  const auto cut = made(
      "duration: 10m\nclasses:\n  - {name: t, routes: 1, every: 10m, phase: aligned, calls: 1000, "
      "within: 20m, duration: 1ms}\n");
  CHECK(std::abs(static_cast<double>(cut.size()) - 500) < 3.29 * std::sqrt(250));
  CHECK(cut.back().arrival < kDefaultOrigin + 10min);
}

TEST_CASE("a multiplier below 1 makes lulls and keeps the mean") {
  // A fifth of the time at a tenth of the rate: 10/0.82 = 12.195 a second, and 1.2195 in a lull.
  for (const std::string of : {"class", "route"}) {
    CAPTURE(of);
    double total = 0;
    std::vector<double> high, low;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      const auto requests = made(
          "duration: 50000s\nrate: 10\nclasses:\n  - {name: a, routes: 1, share: 1, "
          "duration: 1ms, bursts: {of: " +
              of + ", multiplier: 0.1, every: 400s, length: 100s}}\n",
          seed);
      total += static_cast<double>(requests.size());
      for (const double count : counts(requests, 20s, 2500)) {
        if (count < 60) low.push_back(count);
        if (count > 190) high.push_back(count);
      }
    }
    // Per seed 100 cycles; the share of time in lulls varies by about 11 %, the rate by 2.5 %.
    CHECK(std::abs(total / 8 / 50'000 - 10) < 10 * 0.03);
    CHECK(std::abs(mean(high) - 243.9) < 2);
    CHECK(std::abs(mean(low) - 24.39) < 2);
  }
}

TEST_CASE("periods spread over a class's routes in proportion to their weights") {
  const auto requests = made(
      "duration: 1h\nclasses:\n  - {name: t, routes: 8, every: {1m: 5, 10m: 3}, duration: 1ms}\n");
  std::vector<double> rows(8);
  for (const Request& each : requests) ++rows.at(each.route);
  CHECK(rows == std::vector<double>{60, 60, 60, 60, 60, 6, 6, 6});
}

TEST_CASE("durations follow their law: lognormal, percentiles, constant") {
  const std::string head = "duration: 1000s\nrate: 100\nclasses:\n  - {name: a, routes: 1, ";
  const auto lognormal =
      seconds(made(head + "share: 1, duration: {lognormal: {p50: 20ms, p99: 400ms}}}\n"));
  // ln 20 / 2.3263 = 1.2878 is sigma; the median's error is 1.2533 sigma / sqrt(n) = 0.51 %, and
  // that of the 99th percentile sqrt(0.01 * 0.99 / n) / density = 1.5 %.
  CHECK(std::abs(quantile(lognormal, 0.5) / 0.020 - 1) < 4 * 0.0051);
  CHECK(std::abs(quantile(lognormal, 0.99) / 0.400 - 1) < 4 * 0.0152);

  const auto knots =
      seconds(made(head + "share: 1, duration: {percentiles: {0: 10ms, 90: 20ms, 100: 1s}}}\n"));
  CHECK(knots.front() >= 0.010);
  CHECK(knots.back() <= 1);
  CHECK(std::abs(quantile(knots, 0.45) - 0.015) < 0.0001);
  CHECK(std::abs(quantile(knots, 0.95) - 0.510) < 0.03);

  const auto constant = seconds(made(head + "share: 1, duration: 7ms}\n"));
  CHECK(constant.front() == 0.007);
  CHECK(constant.back() == 0.007);
}

TEST_CASE("a median drawn per route, a shape around it, and a longest duration") {
  const std::string head = "duration: 2000s\nrate: 400\nclasses:\n  - {name: a, routes: 200, ";
  const auto medians = [](const std::vector<Request>& requests) {
    std::vector<std::vector<double>> of_route(200);
    for (const Request& each : requests) {
      of_route.at(each.route).push_back(std::chrono::duration<double>(each.work).count());
    }
    std::vector<double> result;
    for (auto& each : of_route) {
      std::sort(each.begin(), each.end());
      result.push_back(quantile(each, 0.5));
    }
    std::sort(result.begin(), result.end());
    return result;
  };
  const auto shaped = made(head +
                           "share: 1, duration: {p50: {lognormal: {p50: 100ms, p99: 10s}}, "
                           "relative: {0: 0.5, 50: 1, 100: 3}}}\n");
  // Of 200 routes: sigma = ln 100 / 2.3263 = 1.98, the error of their median 1.98 * 1.2533 /
  // sqrt(200) = 0.175 in the logarithm. 99.9 %.
  const auto of_routes = medians(shaped);
  CHECK(std::abs(std::log(quantile(of_routes, 0.5) / 0.1)) < 3.29 * 0.175);
  CHECK(of_routes.back() / of_routes.front() > 100);

  const auto fixed = made(head + "share: 1, duration: {p50: 10ms, p99_over_p50: 20, max: 50ms}}\n");
  const auto all = seconds(fixed);
  CHECK(std::abs(quantile(all, 0.5) / 0.010 - 1) < 0.01);
  CHECK(all.back() == 0.050);
  // P(draw > 5 medians) with sigma = ln 20 / 2.3263: 1 - Phi(1.2498) = 0.1057, all held at the cap.
  const auto held = static_cast<double>(std::count(all.begin(), all.end(), 0.050));
  CHECK(std::abs(held / static_cast<double>(all.size()) - 0.1057) < 0.002);
}

TEST_CASE("bytes follow their laws") {
  const auto requests = made(
      "duration: 1000s\nrate: 100\nclasses:\n  - {name: a, routes: 1, share: 1, duration: 1ms, "
      "bytes_in: 250, bytes_out: {p50: 1000, p99: 20000}}\n");
  std::vector<double> out;
  for (const Request& each : requests) {
    CHECK(each.bytes_in == 250);
    out.push_back(static_cast<double>(each.bytes_out));
  }
  std::sort(out.begin(), out.end());
  CHECK(std::abs(quantile(out, 0.5) / 1000 - 1) < 4 * 0.0051);
  CHECK(std::abs(quantile(out, 0.99) / 20'000 - 1) < 4 * 0.0152);
}

TEST_CASE("routes carry class, kind and memory use by their laws") {
  const SynthSource source(parsed(
      "duration: 1s\nrate: 1\nclasses:\n  - {name: a, routes: 2000, share: 1, duration: 1ms, "
      "kind: {queue: 3, async: 1}, memory: {p50_mib: {p50: 80, p99: 400}, max_over_p50: 1.5}}\n"));
  const auto& routes = source.info().routes;
  REQUIRE(routes.size() == 2000);
  CHECK(routes[1999].name == "a-2000");
  double queues = 0;
  std::vector<double> memory;
  for (const Route& route : routes) {
    CHECK(route.attributes == std::vector<std::pair<std::string, std::string>>{{"class", "a"}});
    queues += route.kind == InvocationKind::kQueue ? 1 : 0;
    memory.push_back(route.memory_used_p50_mib.value());
    CHECK(route.memory_used_max_mib.value() ==
          doctest::Approx(memory.back() * 1.5).epsilon(0.0001));
  }
  CHECK(std::abs(queues - 1500) < 3.29 * std::sqrt(2000 * 0.75 * 0.25));
  std::sort(memory.begin(), memory.end());
  // sigma = ln 5 / 2.3263 = 0.692; the median's error 1.2533 sigma / sqrt(2000) = 1.9 %.
  CHECK(std::abs(quantile(memory, 0.5) / 80 - 1) < 3.29 * 0.0194);
}

const std::string kMixed =
    "duration: 20m\nrate: 30\nshape: {sine: {amplitude: 0.5, peak: 1h}}\nclasses:\n"
    "  - {name: a, routes: 20, share: 0.7, popularity: {zipf: 1}, duration: 5ms}\n"
    "  - {name: b, routes: 5, share: 0.3, duration: {exponential: {mean: 1s}},\n"
    "     bursts: {of: route, multiplier: 9, every: 3m, length: 20s}}\n"
    "  - {name: t, routes: 5, every: {10s: 1, 1m: 1}, duration: 2ms}\n";

TEST_CASE("the same spec and seed make the same requests, another seed others") {
  const auto requests = made(kMixed, 5);
  CHECK(requests == made(kMixed, 5));
  CHECK(requests != made(kMixed, 6));
}

TEST_CASE("a class's requests do not depend on the other classes' laws") {
  std::string other = kMixed;
  other.replace(other.find("duration: 5ms"), 13, "duration: 9ms");
  const auto of_class_b = [](const std::vector<Request>& requests) {
    std::vector<Request> result;
    for (const Request& each : requests) {
      if (each.route >= 20 && each.route < 25) result.push_back(each);
    }
    return result;
  };
  CHECK(of_class_b(made(kMixed)) == of_class_b(made(other)));
  CHECK(made(kMixed) != made(other));
}

TEST_CASE("a shorter run is the beginning of a longer one") {
  SynthSpec part = parsed(kMixed);
  part.duration = 7min;
  std::vector<Request> whole = made(kMixed);
  std::erase_if(whole, [](const Request& each) { return each.arrival >= kDefaultOrigin + 7min; });
  CHECK(made(part) == whole);
}

TEST_CASE("rates beyond a slot's size keep their mean") {
  const auto requests = made(
      "duration: 2s\nrate: 500000\nclasses:\n  - {name: a, routes: 3, share: 1, duration: 1ms}\n");
  CHECK(std::abs(static_cast<double>(requests.size()) - 1e6) < 3.29 * 1000);
  CHECK(std::is_sorted(requests.begin(), requests.end(),
                       [](const auto& a, const auto& b) { return a.arrival < b.arrival; }));
}

TEST_CASE("one spec makes one file, byte for byte, with span, seed and routes in it") {
  const testing::Folder folder;
  SynthOptions options;
  options.spec = folder.write("s.yaml", "version: 1\nname: mix\n" + kMixed);
  options.out = folder.path() / "one.skytrace";
  const ImportReport report = synthesize_trace(options);
  options.out = folder.path() / "two.skytrace";
  synthesize_trace(options);
  CHECK(skyreplay::testing::read_file(folder.path() / "one.skytrace") ==
        skyreplay::testing::read_file(folder.path() / "two.skytrace"));

  const TraceInfo info = testing::contents(options.out).info;
  CHECK(info.rows == report.rows);
  CHECK(info.start == kDefaultOrigin);
  CHECK(info.end == kDefaultOrigin + 20min);
  CHECK(info.routes.size() == 30);
  REQUIRE(info.provenance.size() == 1);
  CHECK(info.provenance[0].tool == "synth");
  CHECK(info.provenance[0].measured.empty());
  const std::map<std::string, std::string> arguments(info.provenance[0].arguments.begin(),
                                                     info.provenance[0].arguments.end());
  CHECK(arguments == std::map<std::string, std::string>{
                         {"name", "mix"}, {"seed", "1"}, {"duration", "20m"}, {"spec", "s.yaml"}});
}

TEST_CASE("seed, duration and number of requests may be given instead of the spec's") {
  const testing::Folder folder;
  SynthOptions options;
  options.spec = folder.write("s.yaml", "version: 1\n" + kMixed);
  options.out = folder.path() / "t.skytrace";
  options.duration = "1m";
  options.seed = 7;
  CHECK(synthesize_trace(options).end == kDefaultOrigin + 1min);
  CHECK(testing::contents(options.out).info.provenance[0].arguments.at(0).second == "7");
  options.duration.clear();
  // 30 a second of the Poisson classes; of the timers two ring every 10 s and three every minute.
  options.requests = 3'033;
  const ImportReport report = synthesize_trace(options);
  CHECK(std::abs(std::chrono::duration<double>(report.end - report.start).count() -
                 3'033 / (30 + 2.0 / 10 + 3.0 / 60)) < 1e-6);

  const auto refused = [&](const std::string& duration, std::optional<std::uint64_t> requests) {
    options.duration = duration;
    options.requests = requests;
    return testing::error_of([&] { synthesize_trace(options); });
  };
  CHECK(refused("1m", 5) == "trace synth: give either --duration or --requests, not both");
  CHECK(refused("soon", {}) == "--duration: 'soon' is no duration such as 30m");
  CHECK(refused("0s", {}) == "--duration: must be above 0s");
  CHECK(refused("4000d", {}) == "--duration: must not exceed ten years");
  CHECK(refused("", ~0ULL) == "--requests: more than ten years at the spec's rate, or none");
  options.spec = folder.write("bad.yaml", "version: 1\nduration: 1h\nclases: []\n");
  options.out = folder.path() / "none.skytrace";
  CHECK(refused("", {}) ==
        options.spec.string() + ":3:1: unknown field 'clases', did you mean 'classes'?");
  CHECK_FALSE(std::filesystem::exists(options.out));
}

}  // namespace
}  // namespace skyreplay::trace
