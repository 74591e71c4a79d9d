#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace skyreplay::scaling {

/// What a predictive policy looks back on at least and at most, and ahead to (E78).
inline constexpr std::size_t kLeastHistoryHours = 24;
inline constexpr std::size_t kMostHistoryHours = std::size_t{14} * 24;
inline constexpr std::size_t kForecastHours = 48;

/// The load of the hours that follow, from that of the hours before, oldest first (E78, E81). AWS
/// does not publish its forecaster; this one is ours.
///
/// **Method.** Ridge regression of log(1 + load) on a constant, six harmonics of the day, from a
/// week of history on the first six harmonics of the week that are not a day's, and from two days
/// on a trend; all but the constant are held back by a twentieth of the hours. It is read as
/// exp(.) - 1, at most twice the largest hour seen, and rounded to thousandths, so that the last
/// bits of a machine's library do not matter. The logarithm makes a busy day the quiet one's
/// multiple, and keeps a flash crowd from bending the rest. Its
/// error on real series stands in docs/scaling.md.
/// REQUIRES kLeastHistoryHours <= hours <= kMostHistoryHours, loads finite and not negative.
/// **Cost** O(hours x 26^2).
std::vector<double> forecast(std::span<const double> hourly_load);

}  // namespace skyreplay::scaling
