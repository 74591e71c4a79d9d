// Predictive scaling's forecaster (E78, E81): on made series whose future is known, and on real
// ones.

#include "scaling/forecast.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <string>

#include "core/time.h"
#include "support/traces.h"
#include "trace/text_input.h"

namespace skyreplay::scaling {
namespace {

/// The hours [0, n) of a made series.
template <class Load>
std::vector<double> hours(std::size_t n, Load load) {
  std::vector<double> series;
  for (std::size_t hour = 0; hour < n; ++hour) series.push_back(load(hour));
  return series;
}

double daily(std::size_t hour) {
  return 1000 + 600 * std::sin(2 * std::numbers::pi * static_cast<double>(hour) / 24);
}

/// Sum of absolute errors over the sum of loads, forecasts made every 6 hours from `first` on.
template <class Forecast>
double error_on(const std::vector<double>& load, std::size_t first, Forecast forecast) {
  double errors = 0;
  double loads = 0;
  for (std::size_t now = first; now + kForecastHours <= load.size(); now += 6) {
    const std::size_t from = now > kMostHistoryHours ? now - kMostHistoryHours : 0;
    const std::vector<double> ahead = forecast(std::span(load).subspan(from, now - from));
    for (std::size_t i = 0; i < kForecastHours; ++i) {
      errors += std::abs(ahead[i] - load[now + i]);
      loads += load[now + i];
    }
  }
  return errors / loads;
}

std::vector<double> as_yesterday(std::span<const double> history) {
  std::vector<double> ahead;
  const auto day = history.last(24);
  for (std::size_t i = 0; i < kForecastHours; ++i) ahead.push_back(day[i % 24]);
  return ahead;
}

std::string text_of(const std::string& path) {
  trace::TextInput input(path);
  std::string text;
  char buffer[65536];
  while (const std::size_t n = input.read(buffer, sizeof buffer)) text.append(buffer, n);
  return text;
}

/// Counts, "1998-04-30 21:30:00,2" a line, as hourly sums; what is not there is 0.
std::vector<double> dated_hours(const std::string& path) {
  const std::string text = text_of(path);
  std::vector<double> load;
  std::chrono::sys_time<std::chrono::hours> first{};
  for (std::size_t at = text.find('\n') + 1; at < text.size();) {
    int year = 0, month = 0, day = 0, hour = 0;
    double count = 0;
    REQUIRE(std::sscanf(text.c_str() + at, "%d-%d-%d %d:%*d:%*d,%lf", &year, &month, &day, &hour,
                        &count) == 5);
    const auto now =
        std::chrono::sys_days(std::chrono::year(year) / month / day) + std::chrono::hours(hour);
    if (load.empty()) first = now;
    const auto i = static_cast<std::size_t>((now - first).count());
    load.resize(std::max(load.size(), i + 1));
    load[i] += count;
    at = text.find('\n', at) + 1;
    if (at == 0) break;
  }
  return load;
}

}  // namespace

TEST_CASE("a load that never changes is forecast as it is") {
  for (const double load : forecast(hours(24, [](std::size_t) { return 500.0; }))) {
    CHECK(load == doctest::Approx(500).epsilon(0.001));
  }
  for (const double load : forecast(hours(336, [](std::size_t) { return 0.0; }))) CHECK(load == 0);
}

TEST_CASE("E78: two weeks of one day's shape foretell the next two days") {
  const std::vector<double> ahead = forecast(hours(336, daily));
  for (std::size_t i = 0; i < kForecastHours; ++i) {
    CHECK(ahead[i] == doctest::Approx(daily(336 + i)).epsilon(0.12));
  }
}

TEST_CASE("E78: one day of history is enough for its shape") {
  const std::vector<double> ahead = forecast(hours(24, daily));
  CHECK(ahead[6] > 1.8 * ahead[18]);  // 1,600 against 400
  CHECK(ahead[30] == ahead[6]);
}

TEST_CASE("two weeks tell a quiet weekend from working days") {
  const auto load = [](std::size_t hour) { return hour / 24 % 7 >= 5 ? 200.0 : 1000.0; };
  // The history begins on a Monday and ends on a Friday night: the next two days are quiet.
  const std::vector<double> ahead = forecast(hours(12 * 24, load));
  CHECK(ahead[12] < 450);
  CHECK(ahead[36] < 450);
}

TEST_CASE("growth goes on, and never beyond twice the largest hour seen") {
  const std::vector<double> grows = forecast(
      hours(336, [](std::size_t hour) { return 100 * std::exp2(static_cast<double>(hour) / 84); }));
  CHECK(grows[24] > 1400);  // 1,600 at the end of four doublings
  const auto leaps = hours(48, [](std::size_t hour) { return hour < 47 ? 1.0 : 1e6; });
  for (const double load : forecast(leaps)) CHECK(load <= 2e6);
}

/// Of a load's hours: ours and the day before's.
void check_errors(const std::vector<double>& load, double ours, double day_before, double within) {
  const double made = error_on(load, kLeastHistoryHours, forecast);
  const double naive = error_on(load, kLeastHistoryHours, as_yesterday);
  MESSAGE("harmonics ", made, ", the day before ", naive);
  CHECK(made == doctest::Approx(ours).epsilon(within));
  CHECK(naive == doctest::Approx(day_before).epsilon(within));
}

TEST_CASE("on the World Cup of 1998 the errors are 56 % of the load, the day before's 58 %") {
  const auto path = testing::real_trace("worldcup98/requests_per_minute.csv.gz");
  SKIP_WITHOUT_TRACE(path);
  const std::vector<double> load = dated_hours(path.string());
  check_errors(load, 0.556, 0.578, 0.01);
}

TEST_CASE("on a load balancer of 2014 the errors are 30 % of the load, the day before's 39 %") {
  const auto path = testing::real_trace("nab_cloudwatch/elb_request_count_8c0756.csv.gz");
  SKIP_WITHOUT_TRACE(path);
  const std::vector<double> load = dated_hours(path.string());
  check_errors(load, 0.30, 0.39, 0.02);
}

TEST_CASE("on NASA's server of 1995 the errors are 35 % of the load, the day before's 36 %") {
  const auto path = testing::real_trace("nasa_http_1995/rps_per_second_first14d.txt.gz");
  SKIP_WITHOUT_TRACE(path);
  const std::string text = text_of(path.string());
  std::vector<double> load;
  const char* at = text.c_str();
  char* end = nullptr;
  for (std::size_t second = 0;; ++second, at = end) {
    const double count = std::strtod(at, &end);
    if (end == at) break;
    if (second % 3600 == 0) load.push_back(0);
    load.back() += count;
  }
  load.pop_back();  // an hour that is not whole
  check_errors(load, 0.36, 0.36, 0.02);
}

}  // namespace skyreplay::scaling
