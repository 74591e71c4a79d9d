#include "progress.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace skyreplay::tool {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kRedraw{100};
constexpr seconds kLine{10};
constexpr int kBarWidth = 20;

double seconds_between(ProgressMeter::Clock::time_point from, ProgressMeter::Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

/// "2026-01-05T03:21:00Z": to the second is enough to watch.
std::string simulated_time(const RunProgress& at) {
  const std::time_t second = std::chrono::floor<seconds>(at.now.time_since_epoch()).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(second));
}

/// "850", "12.3 k", "1.23 M": three digits.
std::string short_number(double value) {
  const auto digits = [](double scaled) { return scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0; };
  if (value < 999.5) return fmt::format("{:.0f}", value);
  if (value < 999.5e3) return fmt::format("{:.{}f} k", value / 1e3, digits(value / 1e3));
  return fmt::format("{:.{}f} M", value / 1e6, digits(value / 1e6));
}

/// "0:34", "12:05", "1:02:03".
std::string clock_face(double left_s) {
  const auto left = static_cast<std::int64_t>(left_s + 0.5);
  if (left < 3600) return fmt::format("{}:{:02}", left / 60, left % 60);
  return fmt::format("{}:{:02}:{:02}", left / 3600, left / 60 % 60, left % 60);
}

}  // namespace

std::string ProgressMeter::update(const RunProgress& at, Clock::time_point now) {
  return update(Progress{simulated_time(at), std::clamp(at.share, 0.0, 1.0), at.requests}, now);
}

std::string ProgressMeter::update(const RunsProgress& at, Clock::time_point now) {
  return update(
      Progress{fmt::format("{} of {} runs done", at.runs_done, at.runs), at.share, at.requests},
      now);
}

std::string ProgressMeter::update(const Progress& at, Clock::time_point now) {
  if (now - last_ < (style_ == Style::kLines ? Clock::duration{kLine} : Clock::duration{kRedraw})) {
    return "";
  }
  last_ = now;
  if (style_ == Style::kLines) return line(at, now);
  drawn_ = true;
  return bar(at, now);
}

std::string ProgressMeter::clear() {
  if (!drawn_) return "";
  drawn_ = false;
  return "\r\033[K";
}

/// A drain goes on after the trace's span, where there is no telling how long.
std::string ProgressMeter::rate_and_left(const Progress& at, double elapsed_s) {
  std::string text =
      elapsed_s > 0
          ? fmt::format("{} requests/s", short_number(static_cast<double>(at.requests) / elapsed_s))
          : "";
  if (at.share > 0 && elapsed_s > 0) {
    text += fmt::format(", {} left", clock_face(elapsed_s * (1 - at.share) / at.share));
  }
  return text;
}

std::string ProgressMeter::bar(const Progress& at, Clock::time_point now) const {
  const auto full = static_cast<int>(at.share * kBarWidth);
  const std::string done(static_cast<std::size_t>(full), '#');
  const std::string rest(static_cast<std::size_t>(kBarWidth - full), '.');
  const bool colored = style_ == Style::kColoredBar;
  // The line is overwritten first and its rest erased after, so that it does not flicker.
  return fmt::format("\r[{}{}{}{}] {:3.0f} %  {}  {}\033[K", colored ? "\033[32m" : "", done,
                     colored ? "\033[0m" : "", rest, at.share * 100, at.place,
                     rate_and_left(at, seconds_between(started_, now)));
}

std::string ProgressMeter::line(const Progress& at, Clock::time_point now) const {
  return fmt::format("skyreplay: {:.0f} %, at {}, {}\n", at.share * 100, at.place,
                     rate_and_left(at, seconds_between(started_, now)));
}

}  // namespace skyreplay::tool
