#include "trace/count_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "trace/decimal.h"
#include "trace/delimited_reader.h"
#include "trace/text_time.h"

namespace skyreplay::trace {
namespace {

constexpr std::uint64_t kMaxCount = 1'000'000'000;
constexpr Duration kMaxStep = std::chrono::hours(24 * 100);

/// Numbers parted by blanks and line ends, with their positions. Memory: one buffer.
class NumberReader {
 public:
  explicit NumberReader(TextInput input) : input_(std::move(input)), buffer_(64 << 10, '\0') {}

  /// False at the end. A word longer than any number comes in pieces, each no number.
  bool next(std::string& word, SourcePosition& position) {
    word.clear();
    for (int c = take(); c >= 0; c = take()) {
      const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
      if (blank && !word.empty()) return true;
      if (blank) continue;
      if (word.empty()) position = {input_.name(), line_, column_ - 1};
      word += static_cast<char>(c);
      if (word.size() == 64) return true;
    }
    return !word.empty();
  }

 private:
  int take() {
    if (at_ == size_) {
      size_ = input_.read(buffer_.data(), buffer_.size());
      at_ = 0;
      if (size_ == 0) return -1;
    }
    if (feed_) {
      ++line_;
      column_ = 1;
    }
    const char c = buffer_[at_++];
    feed_ = c == '\n';
    ++column_;
    return static_cast<unsigned char>(c);
  }

  TextInput input_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::size_t size_ = 0;
  bool feed_ = false;
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 1;
};

/// Reads samples; a header line and bad rows are passed over (the latter counted).
class SampleReader {
 public:
  SampleReader(TextInput input, BadRows& bad) : bad_(bad), reader_(std::move(input)) {}

  bool next(CountSample& sample) {
    for (auto outcome = reader_.next(); outcome != DelimitedReader::Outcome::kEnd;
         outcome = reader_.next()) {
      const bool first = !std::exchange(begun_, true);
      if (outcome == DelimitedReader::Outcome::kBad) {
        bad_.add(reader_.bad_position(), reader_.bad_reason());
      } else if (take(sample, first)) {
        return true;
      }
    }
    return false;
  }

 private:
  bool take(CountSample& sample, bool may_be_header) {
    const auto& fields = reader_.fields();
    if (fields.size() != 2) {
      bad_.add(reader_.position(fields.front()), "expected two fields, timestamp and count");
      return false;
    }
    const TextTime outcome = parse_text_time(fields[0].text, sample.time);
    if (outcome == TextTime::kNotATime && may_be_header) return false;
    if (outcome != TextTime::kRead) {
      bad_.add(reader_.position(fields[0]),
               outcome == TextTime::kBefore1970 ? "the timestamp lies before 1970"
                                                : "the timestamp is no time",
               fmt::format("'{}'", fields[0].text));
      return false;
    }
    const std::string reason = read_request_count(fields[1].text, sample.count);
    if (!reason.empty()) {
      bad_.add(reader_.position(fields[1]), reason, fmt::format("'{}'", fields[1].text));
      return false;
    }
    sample.position = reader_.position(fields[0]);
    return true;
  }

  BadRows& bad_;
  DelimitedReader reader_;
  bool begun_ = false;
};

bool is_sampled(std::string_view head) {
  const std::size_t end = std::min(head.find('\n'), head.size());
  return head.substr(0, end).find(',') != std::string_view::npos;
}

void check_step(Duration step) {
  if (step > kMaxStep) throw InputError("--step: must not be longer than 100 days");
}

}  // namespace

std::string read_request_count(std::string_view text, std::uint64_t& count) {
  const NumberError error = parse_count(text, count);
  if (error == NumberError::kNotANumber) return "a count must be a whole number";
  if (error == NumberError::kNegative) return "a count must not be negative";
  if (error == NumberError::kTooLarge || count > kMaxCount) {
    return "a count above 1,000,000,000 in one period";
  }
  return "";
}

struct CountSeries::State {
  TimePoint start;
  Duration step{0};
  BadRows* bad = nullptr;
  std::uint64_t periods = 0;
  std::uint64_t missing = 0;
  std::optional<NumberReader> numbers;
  std::function<bool(CountSample&)> samples;
  TimePoint first;                     ///< timestamp
  std::optional<CountSample> pending;  ///< the next, not yet given out
  std::optional<CountSample> second;   ///< read to know the step

  bool next_number(std::uint64_t& count);
  bool next_sample(std::uint64_t& count);
  bool take_sample();
  void settle_step();
  void count_period(const SourcePosition& position);
};

CountSeries::CountSeries(TextInput input, TimePoint origin, std::optional<Duration> step,
                         BadRows& bad)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.start = origin;
  s.bad = &bad;
  s.step = step.value_or(Duration{0});
  check_step(s.step);
  if (!is_sampled(input.peek())) {
    if (!step) {
      throw InputError("counts: --step is needed: the length of one period, such as 1s, 1m or 5m");
    }
    s.numbers.emplace(std::move(input));
    return;
  }
  const auto reader = std::make_shared<SampleReader>(std::move(input), bad);
  s.samples = [reader](CountSample& sample) { return reader->next(sample); };
  CountSample sample;
  if (!s.samples(sample)) {
    s.step = std::max(s.step, Duration{1});
    return;
  }
  s.first = sample.time;
  s.pending = sample;
  if (s.samples(sample)) s.second = sample;
  s.settle_step();
}

CountSeries::CountSeries(std::vector<CountSample> samples, std::optional<Duration> step,
                         BadRows& bad)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.bad = &bad;
  s.start = s.first = samples.front().time;
  s.step = step.value_or(Duration{0});
  for (std::size_t i = 1; i < samples.size() && !step; ++i) {
    const Duration apart = samples[i].time - samples[i - 1].time;
    if (apart > Duration{0} && (s.step == Duration{0} || apart < s.step)) s.step = apart;
  }
  if (s.step == Duration{0}) throw InputError("one period alone needs --step");
  check_step(s.step);
  s.pending = samples.front();
  s.samples = [given = std::move(samples), at = std::size_t{1}](CountSample& sample) mutable {
    if (at == given.size()) return false;
    sample = given[at++];
    return true;
  };
}

CountSeries::~CountSeries() = default;
CountSeries::CountSeries(CountSeries&&) noexcept = default;

/// The distance of the first two samples, where it was not given.
void CountSeries::State::settle_step() {
  if (step > Duration{0}) return;
  if (!second) throw InputError("counts: one line alone needs --step");
  if (second->time <= first) {
    throw InputError(second->position, "the timestamp does not come after the one above it");
  }
  step = second->time - first;
  check_step(step);
}

void CountSeries::State::count_period(const SourcePosition& position) {
  const auto limit = static_cast<std::uint64_t>((kEndOfTime - start) / step);
  if (periods + 1 >= limit) throw InputError(position, "the series runs beyond the year 2262");
  ++periods;
}

bool CountSeries::State::next_number(std::uint64_t& count) {
  std::string word;
  SourcePosition position;
  if (!numbers->next(word, position)) return false;
  const std::string reason = read_request_count(word, count);
  if (!reason.empty()) {
    // Its period stays, without requests, or every later one would move.
    bad->add(position, reason, fmt::format("'{}'", word));
    count = 0;
  }
  count_period(position);
  return true;
}

/// Makes the next good sample the pending one; false at the end.
bool CountSeries::State::take_sample() {
  for (;;) {
    CountSample sample;
    if (second) {
      sample = *std::exchange(second, std::nullopt);
    } else if (!samples(sample)) {
      return false;
    }
    const Duration since = sample.time - first;
    if (since <= step * static_cast<std::int64_t>(periods - 1)) {
      bad->add(sample.position, "the timestamp does not come after the one above it",
               to_rfc3339(sample.time));
    } else if (since % step != Duration{0}) {
      bad->add(sample.position, "the timestamp is not a whole number of steps after the first",
               fmt::format("{}, step {}", to_rfc3339(sample.time), format_duration(step)));
    } else {
      pending = sample;
      return true;
    }
  }
}

bool CountSeries::State::next_sample(std::uint64_t& count) {
  if (!pending && (periods == 0 || !take_sample())) return false;
  count_period(pending->position);
  const auto period = static_cast<std::uint64_t>((pending->time - first) / step);
  if (period >= periods) {
    ++missing;
    count = 0;
    return true;
  }
  count = pending->count;
  pending.reset();
  return true;
}

bool CountSeries::next(std::uint64_t& count) {
  return state_->numbers ? state_->next_number(count) : state_->next_sample(count);
}

TimePoint CountSeries::start() const { return state_->start; }
Duration CountSeries::step() const { return state_->step; }
std::uint64_t CountSeries::periods() const { return state_->periods; }
std::uint64_t CountSeries::missing() const { return state_->missing; }

CountedRequests::CountedRequests(CountSeries& series, const CountLaws& laws)
    : series_(series),
      laws_(laws),
      offsets_(laws.arrivals, series.step(), RandomStream(laws.seed, laws.route, "arrival")),
      work_(laws.seed, laws.route, "service_time") {}

bool CountedRequests::next_period() {
  std::uint64_t count = 0;
  if (!series_.next(count)) return false;
  period_ = series_.periods() - 1;
  begin_ = series_.start() + series_.step() * static_cast<std::int64_t>(period_);
  ordinal_ = 0;
  offsets_.start(period_, count);
  return true;
}

bool CountedRequests::next(TimePoint& arrival, Duration& work) {
  while (piece_ == nullptr || taken_ == piece_->size()) {
    if (piece_ != nullptr) piece_ = &offsets_.next();
    taken_ = 0;
    if (piece_ != nullptr && !piece_->empty()) break;
    if (!next_period()) return false;
    piece_ = &offsets_.next();
  }
  arrival = begin_ + (*piece_)[taken_++];
  RandomEngine random = work_.at(period_, ordinal_++);
  work = laws_.service_time.sample(random);
  return true;
}

void describe_counts(Duration step, const CountLaws& laws, ProvenanceStep& made) {
  made.arguments.emplace_back("step", format_duration(step));
  made.arguments.emplace_back("arrivals", std::string(to_string(laws.arrivals)));
  made.arguments.emplace_back("service_time", to_string(laws.service_time));
  made.measured = {"requests per " + format_duration(step)};
  made.drawn = {fmt::format("arrival: {} within the period", to_string(laws.arrivals)),
                "duration: " + to_string(laws.service_time)};
}

}  // namespace skyreplay::trace
