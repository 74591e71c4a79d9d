#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "trace/decimal.h"
#include "trace/delimited_reader.h"
#include "trace/import.h"
#include "trace/text_time.h"

/// Request counts of consecutive periods: numbers parted by blanks or line ends, or lines of
/// "timestamp,count". Each count becomes as many requests within its period.

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

/// Reads a count; "" or what is wrong with it.
std::string read_count(std::string_view text, std::uint64_t& count) {
  const NumberError error = parse_count(text, count);
  if (error == NumberError::kNotANumber) return "a count must be a whole number";
  if (error == NumberError::kNegative) return "a count must not be negative";
  if (error == NumberError::kTooLarge || count > kMaxCount) {
    return "a count above 1,000,000,000 in one period";
  }
  return "";
}

/// Turns counts into rows, period by period.
class CountsImport {
 public:
  explicit CountsImport(ImportJob& job)
      : job_(job),
        law_(arrival_law_of(job.options.arrivals, "--arrivals", ArrivalLaw::kUniform)),
        start_(job.origin) {
    if (job.inputs.size() > 1) throw InputError("counts: give one series, not several inputs");
    if (job.options.service_time.empty()) {
      throw InputError(
          "counts: a series has no durations; --service-time gives a law, such as 50ms or "
          "'{lognormal: {p50: 20ms, p99: 400ms}}'");
    }
    service_time_ = service_time_of(job.options.service_time);
    route_ = job.options.route.empty() ? "all" : job.options.route;
    work_ = RandomStream(job.options.seed, route_, "service_time");
    bool made = false;
    number_ = job.sink.route(route_, made);
    if (job.step) set_step(*job.step);
  }

  bool has_step() const { return step_ > Duration{0}; }
  Duration step() const { return step_; }
  TimePoint start() const { return start_; }
  std::uint64_t periods() const { return period_; }

  void set_step(Duration step) {
    if (step > kMaxStep) throw InputError("--step: must not be longer than 100 days");
    step_ = step;
    offsets_.emplace(law_, step, RandomStream(job_.options.seed, route_, "arrival"));
  }

  /// Periods without requests, however many.
  void skip(std::uint64_t periods) { period_ += periods; }

  /// The next period. False if it would end beyond the year 2262.
  bool add(std::uint64_t count) {
    const auto limit = static_cast<std::uint64_t>((kEndOfTime - start_) / step_);
    if (period_ + 1 >= limit) return false;
    const TimePoint begin = start_ + step_ * static_cast<std::int64_t>(period_);
    std::uint64_t ordinal = 0;
    offsets_->start(period_, count);
    for (const auto* piece = &offsets_->next(); !piece->empty(); piece = &offsets_->next()) {
      for (const Duration offset : *piece) {
        RandomEngine random = work_.at(period_, ordinal++);
        job_.sink.add(
            {.arrival = begin + offset, .route = number_, .work = service_time_.sample(random)});
      }
    }
    ++period_;
    return true;
  }

  void finish(const std::string& name) {
    if (period_ == 0) throw InputError(SourcePosition{name}, "there are no counts to import");
    const Duration length = step_ * static_cast<std::int64_t>(period_);
    job_.writer.set_span(start_, start_ + length);
    auto& step = job_.provenance;
    step.arguments.emplace_back("step", format_duration(step_));
    step.arguments.emplace_back("arrivals", std::string(to_string(law_)));
    step.arguments.emplace_back("service_time", to_string(service_time_));
    step.measured = {"requests per " + format_duration(step_)};
    step.drawn = {fmt::format("arrival: {} within the period", to_string(law_)),
                  "duration: " + to_string(service_time_)};
  }

 private:
  ImportJob& job_;
  ArrivalLaw law_;
  TimePoint start_;
  Duration step_{0};
  std::optional<SortedOffsets> offsets_;
  Distribution service_time_;
  RandomStream work_{0, "", ""};
  std::string route_;
  std::uint32_t number_ = 0;
  std::uint64_t period_ = 0;
};

void read_plain(ImportJob& job, CountsImport& import) {
  if (!import.has_step()) {
    throw InputError("counts: --step is needed: the length of one period, such as 1s, 1m or 5m");
  }
  NumberReader reader(std::move(job.inputs.front()));
  std::string word;
  SourcePosition position;
  while (reader.next(word, position)) {
    std::uint64_t count = 0;
    const std::string reason = read_count(word, count);
    if (!reason.empty()) {
      // Its period stays, without requests, or every later one would move.
      job.bad.add(position, reason, fmt::format("'{}'", word));
      count = 0;
    }
    if (!import.add(count)) throw InputError(position, "the series runs beyond the year 2262");
  }
}

/// One "timestamp,count" line.
struct Sample {
  TimePoint time;
  std::uint64_t count = 0;
  SourcePosition position;
};

/// Reads samples; a header line and bad rows are passed over (the latter counted).
class SampleReader {
 public:
  explicit SampleReader(ImportJob& job) : job_(job), reader_(std::move(job.inputs.front())) {}

  bool next(Sample& sample) {
    for (auto outcome = reader_.next(); outcome != DelimitedReader::Outcome::kEnd;
         outcome = reader_.next()) {
      const bool first = !std::exchange(begun_, true);
      if (outcome == DelimitedReader::Outcome::kBad) {
        job_.bad.add(reader_.bad_position(), reader_.bad_reason());
      } else if (take(sample, first)) {
        return true;
      }
    }
    return false;
  }

 private:
  bool take(Sample& sample, bool may_be_header) {
    const auto& fields = reader_.fields();
    if (fields.size() != 2) {
      job_.bad.add(reader_.position(fields.front()), "expected two fields, timestamp and count");
      return false;
    }
    const TextTime outcome = parse_text_time(fields[0].text, sample.time);
    if (outcome == TextTime::kNotATime && may_be_header) return false;
    if (outcome != TextTime::kRead) {
      job_.bad.add(reader_.position(fields[0]),
                   outcome == TextTime::kBefore1970 ? "the timestamp lies before 1970"
                                                    : "the timestamp is no time",
                   fmt::format("'{}'", fields[0].text));
      return false;
    }
    const std::string reason = read_count(fields[1].text, sample.count);
    if (!reason.empty()) {
      job_.bad.add(reader_.position(fields[1]), reason, fmt::format("'{}'", fields[1].text));
      return false;
    }
    sample.position = reader_.position(fields[0]);
    return true;
  }

  ImportJob& job_;
  DelimitedReader reader_;
  bool begun_ = false;
};

/// The distance of the first two samples, where --step does not say it.
void settle_step(CountsImport& import, const Sample& first, const Sample* second) {
  if (import.has_step()) return;
  if (second == nullptr) throw InputError("counts: one line alone needs --step");
  if (second->time <= first.time) {
    throw InputError(second->position, "the timestamp does not come after the one above it");
  }
  import.set_step(second->time - first.time);
}

void read_samples(ImportJob& job, CountsImport& import) {
  SampleReader reader(job);
  Sample first, sample;
  if (!reader.next(first)) return;
  const bool more = reader.next(sample);
  settle_step(import, first, more ? &sample : nullptr);
  import.add(first.count);
  std::uint64_t missing = 0;
  for (bool has = more; has; has = reader.next(sample)) {
    const Duration since = sample.time - first.time;
    const auto period = static_cast<std::uint64_t>(since / import.step());
    if (since <= import.step() * static_cast<std::int64_t>(import.periods() - 1)) {
      job.bad.add(sample.position, "the timestamp does not come after the one above it",
                  to_rfc3339(sample.time));
      continue;
    }
    if (since % import.step() != Duration{0}) {
      job.bad.add(
          sample.position, "the timestamp is not a whole number of steps after the first",
          fmt::format("{}, step {}", to_rfc3339(sample.time), format_duration(import.step())));
      continue;
    }
    missing += period - import.periods();
    import.skip(period - import.periods());
    if (!import.add(sample.count)) {
      throw InputError(sample.position, "the series runs beyond the year 2262");
    }
  }
  job.bad.leave_out("periods missing in the series, taken as 0 requests", missing);
}

bool is_sampled(std::string_view head) {
  const std::size_t end = std::min(head.find('\n'), head.size());
  return head.substr(0, end).find(',') != std::string_view::npos;
}

std::string_view line_of(std::string_view& head) {
  const std::size_t end = std::min(head.find('\n'), head.size());
  const std::string_view line = head.substr(0, end);
  head.remove_prefix(std::min(end + 1, head.size()));
  return line;
}

/// The time at the front of the first or, below a header, the second line.
std::optional<TimePoint> first_timestamp(std::string_view head) {
  for (int line = 0; line < 2; ++line) {
    std::string_view text = line_of(head);
    text = text.substr(0, std::min(text.find(','), text.size()));
    TimePoint time;
    if (parse_text_time(text, time) == TextTime::kRead) return time;
  }
  return std::nullopt;
}

}  // namespace

bool recognizes_counts(std::string_view head) {
  if (is_sampled(head)) {
    const std::string_view line = head.substr(0, std::min(head.find('\n'), head.size()));
    return std::count(line.begin(), line.end(), ',') == 1 && first_timestamp(head).has_value();
  }
  const std::size_t from = head.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return false;
  const std::size_t end = std::min(head.find_first_of(" \t\r\n", from), head.size());
  std::uint64_t count = 0;
  return parse_count(head.substr(from, end - from), count) == NumberError::kNone;
}

Preface counts_preface(std::string_view head) {
  Preface preface;
  if (is_sampled(head)) preface.origin = first_timestamp(head).value_or(kDefaultOrigin);
  return preface;
}

void import_counts(ImportJob& job) {
  const std::string name = job.inputs.empty() ? "" : job.inputs.front().name();
  CountsImport import(job);
  if (is_sampled(job.inputs.front().peek())) {
    read_samples(job, import);
  } else {
    read_plain(job, import);
  }
  import.finish(name);
}

}  // namespace skyreplay::trace
