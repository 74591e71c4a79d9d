#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/distribution.h"
#include "core/error.h"
#include "trace/arrival_law.h"
#include "trace/import.h"
#include "trace/text_input.h"

namespace skyreplay::trace {

/// How many requests came in the period that begins at a time.
struct CountSample {
  TimePoint time{};
  std::uint64_t count = 0;
  SourcePosition position{};
};

/// What is wrong with a count, "" where nothing is. REQUIRES `text` to be a count on its own.
std::string read_request_count(std::string_view text, std::uint64_t& count);

/// Request counts of consecutive periods, read one by one from a text: numbers parted by blanks or
/// line ends, or lines of "timestamp,count". Memory: one buffer.
class CountSeries {
 public:
  /// `origin` is the first period's start where the text has no timestamps; `step` the length of a
  /// period, else the distance of the first two timestamps. A bad row goes to `bad`. Throws
  /// InputError where the step is known from nowhere. REQUIRES `bad` to outlive it.
  CountSeries(TextInput input, TimePoint origin, std::optional<Duration> step, BadRows& bad);
  /// The same from samples in order of time; `step` is then the shortest distance between two of
  /// them unless it is given. REQUIRES at least one.
  CountSeries(std::vector<CountSample> samples, std::optional<Duration> step, BadRows& bad);
  ~CountSeries();
  CountSeries(CountSeries&&) noexcept;

  /// The next period's count; periods that timestamps leave out have 0, and so has one whose number
  /// is bad. False at the end. Throws InputError for a series beyond the year 2262.
  bool next(std::uint64_t& count);

  TimePoint start() const;
  Duration step() const;
  std::uint64_t periods() const;  ///< so far
  std::uint64_t missing() const;  ///< of them, those that timestamps left out

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What is drawn for a series: where calls lie within their period, and how long each takes.
struct CountLaws {
  ArrivalLaw arrivals = ArrivalLaw::kUniform;
  Distribution service_time;
  std::uint64_t seed = 1;
  std::string route = "all";
};

/// The requests of a series, in order of arrival.
class CountedRequests {
 public:
  /// REQUIRES `series` to outlive it.
  CountedRequests(CountSeries& series, const CountLaws& laws);
  /// False at the end.
  bool next(TimePoint& arrival, Duration& work);

 private:
  bool next_period();

  CountSeries& series_;
  const CountLaws laws_;
  SortedOffsets offsets_;
  RandomStream work_;
  const std::vector<Duration>* piece_ = nullptr;
  std::size_t taken_ = 0;
  std::uint64_t period_ = 0;
  std::uint64_t ordinal_ = 0;  ///< within the period
  TimePoint begin_;
};

/// What the provenance says of it.
void describe_counts(Duration step, const CountLaws& laws, ProvenanceStep& step_made);

}  // namespace skyreplay::trace
