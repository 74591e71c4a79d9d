#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "trace/count_series.h"
#include "trace/import.h"
#include "trace/log_values.h"

/// Metrics that count requests, as `aws cloudwatch get-metric-statistics` and `get-metric-data`
/// print them (`cloudwatch-metric`): each series is a route, each datapoint as many requests within
/// its period, a period without one has none.

namespace skyreplay::trace {
namespace {

/// A year of minutes in ten series is less.
constexpr std::size_t kMostBytes = 256 << 20;
constexpr std::size_t kReadBytes = 1 << 20;

std::string whole_text(TextInput& input) {
  std::string text;
  for (std::size_t size = 0;; size = text.size()) {
    text.resize(size + kReadBytes);
    text.resize(size + input.read(text.data() + size, kReadBytes));
    if (text.size() == size) return text;
    if (size > kMostBytes) {
      throw InputError(SourcePosition{input.name()}, "the document is longer than 256 MiB");
    }
  }
}

/// The series of all documents by their name; pages of one answer go together.
class MetricSeries {
 public:
  explicit MetricSeries(BadRows& bad) : bad_(bad) {}

  void read(TextInput& input) {
    at_ = {input.name()};
    const std::string text = whole_text(input);
    // One answer may follow the other, as pages do.
    simdjson::dom::document_stream documents;
    if (parser_.parse_many(text, std::max<std::size_t>(text.size(), 64)).get(documents) !=
        simdjson::SUCCESS) {
      throw InputError(at_, "the text is no JSON");
    }
    for (auto document : documents) {
      simdjson::dom::element root;
      if (document.get(root) != simdjson::SUCCESS) throw InputError(at_, "the text is no JSON");
      read(root);
    }
    if (documents.truncated_bytes() > 0) throw InputError(at_, "the JSON text is cut short");
  }

  /// In order of name, each in order of time.
  std::map<std::string, std::vector<CountSample>> take() {
    for (auto& [name, samples] : series_) {
      std::ranges::stable_sort(samples, {}, &CountSample::time);
    }
    return std::move(series_);
  }

 private:
  void read(const simdjson::dom::element& root) {
    simdjson::dom::array list;
    if (root["Datapoints"].get(list) == simdjson::SUCCESS) {
      const std::string name = name_of(root);
      for (const simdjson::dom::element point : list) {
        simdjson::dom::element sum, time;
        if (point["Sum"].get(sum) != simdjson::SUCCESS) {
          throw InputError(at_, "a datapoint has no Sum; ask for --statistics Sum");
        }
        if (point["Timestamp"].get(time) != simdjson::SUCCESS) {
          throw InputError(at_, "a datapoint has no Timestamp");
        }
        add(name, time, sum);
      }
    } else if (root["MetricDataResults"].get(list) == simdjson::SUCCESS) {
      for (const simdjson::dom::element result : list) read_result(result);
    } else {
      throw InputError(at_, "the document has neither Datapoints nor MetricDataResults");
    }
  }

  void read_result(const simdjson::dom::element& result) {
    simdjson::dom::array times, values;
    if (result["Timestamps"].get(times) != simdjson::SUCCESS ||
        result["Values"].get(values) != simdjson::SUCCESS || times.size() != values.size()) {
      throw InputError(at_, "a result has not as many Timestamps as Values");
    }
    const std::string name = name_of(result);
    auto value = values.begin();
    for (const simdjson::dom::element time : times) {
      add(name, time, *value);
      ++value;
    }
  }

  static std::string name_of(const simdjson::dom::element& object) {
    for (const char* key : {"Label", "Id"}) {
      std::string_view name;
      if (object[key].get(name) != simdjson::SUCCESS) continue;
      name = name.substr(0, std::min<std::size_t>(name.find('\0'), 4'096));
      if (!name.empty()) return std::string(name);
    }
    return "all";
  }

  void add(const std::string& name, const simdjson::dom::element& time,
           const simdjson::dom::element& value) {
    CountSample sample{.position = at_};
    std::string_view text;
    if (time.get(text) != simdjson::SUCCESS) throw InputError(at_, "a timestamp is no text");
    if (const char* error = read_log_time(text, sample.time)) {
      return bad_.add(at_, fmt::format("the timestamp {}", error), fmt::format("'{}'", text));
    }
    const std::string number = simdjson::minify(value);
    const std::string reason = read_request_count(number, sample.count);
    if (!reason.empty()) return bad_.add(at_, reason, fmt::format("'{}' at {}", number, text));
    series_[name].push_back(sample);
  }

  BadRows& bad_;
  simdjson::dom::parser parser_;
  SourcePosition at_;
  std::map<std::string, std::vector<CountSample>> series_;
};

/// One series' requests, and the next of them.
struct Stream {
  CountSeries series;
  std::unique_ptr<CountedRequests> requests{};
  std::uint32_t route = 0;
  TimePoint arrival{};
  Duration work{};
};

/// Hands the requests of all streams to the sink in order of arrival; at one instant those of the
/// first stream come first.
void merge(std::vector<Stream*> streams, ImportSink& sink) {
  const auto advance = [](Stream& stream) {
    return stream.requests->next(stream.arrival, stream.work);
  };
  std::erase_if(streams, [&](Stream* stream) { return !advance(*stream); });
  while (!streams.empty()) {
    const auto first = std::ranges::min_element(streams, {}, &Stream::arrival);
    Stream& stream = **first;
    sink.add({.arrival = stream.arrival, .route = stream.route, .work = stream.work});
    if (!advance(stream)) streams.erase(first);
  }
}

CountLaws laws_of(const ImportOptions& options) {
  if (options.service_time.empty()) {
    throw InputError(
        "cloudwatch-metric: counts have no durations; --service-time gives a law, such as 50ms or "
        "'{lognormal: {p50: 20ms, p99: 400ms}}'");
  }
  return {.arrivals = arrival_law_of(options.arrivals, "--arrivals", ArrivalLaw::kUniform),
          .service_time = service_time_of(options.service_time),
          .seed = options.seed,
          .route = options.route};
}

/// The span is that of all periods, whoever has them.
void describe(ImportJob& job, const std::vector<Stream*>& streams, const CountLaws& laws) {
  TimePoint start = kEndOfTime, end{};
  for (const Stream* stream : streams) {
    const CountSeries& series = stream->series;
    job.bad.leave_out("periods missing in the series, taken as 0 requests", series.missing());
    start = std::min(start, series.start());
    end =
        std::max(end, series.start() + series.step() * static_cast<std::int64_t>(series.periods()));
  }
  job.writer.set_span(start, end);
  describe_counts(streams.front()->series.step(), laws, job.provenance);
}

}  // namespace

bool recognizes_metric(std::string_view head) {
  return head.substr(std::min(head.find_first_not_of(" \t\r\n"), head.size())).starts_with('{') &&
         (head.find("\"Datapoints\"") != std::string_view::npos ||
          head.find("\"MetricDataResults\"") != std::string_view::npos);
}

/// The earliest time in sight.
Preface metric_preface(std::string_view head) {
  Preface preface;
  bool found = false;
  for (std::size_t at = head.find('"'); at != std::string_view::npos; at = head.find('"', at + 1)) {
    const std::string_view text = head.substr(at + 1, head.find('"', at + 1) - at - 1);
    TimePoint time;
    if (text.size() < 10 || text.size() > 35 || read_log_time(text, time) != nullptr) continue;
    preface.origin = found ? std::min(preface.origin, time) : time;
    found = true;
  }
  return preface;
}

void import_metric(ImportJob& job) {
  CountLaws laws = laws_of(job.options);
  MetricSeries all(job.bad);
  for (TextInput& input : job.inputs) all.read(input);
  auto series = all.take();
  if (series.empty()) {
    throw InputError(SourcePosition{job.options.inputs.back()}, "there are no counts to import");
  }
  if (!laws.route.empty() && series.size() > 1) {
    throw InputError(fmt::format("--route: names one series, but there are {}", series.size()));
  }
  std::vector<std::unique_ptr<Stream>> streams;
  for (auto& [name, samples] : series) {
    bool made = false;
    if (job.options.route.empty()) laws.route = name;
    auto stream = std::make_unique<Stream>(Stream{{std::move(samples), job.step, job.bad}});
    stream->route = job.sink.route(laws.route, made);
    stream->requests = std::make_unique<CountedRequests>(stream->series, laws);
    streams.push_back(std::move(stream));
  }
  std::vector<Stream*> each;
  for (const auto& stream : streams) each.push_back(stream.get());
  merge(each, job.sink);
  describe(job, each, laws);
}

}  // namespace skyreplay::trace
