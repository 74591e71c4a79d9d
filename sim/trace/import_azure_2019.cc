#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "trace/azure_tables.h"
#include "trace/import.h"

/// Azure Functions 2019: counts per function and minute become calls, minute by minute, so that
/// memory is the tables and one minute.

namespace skyreplay::trace {
namespace {

constexpr Duration kMinute = std::chrono::minutes(1);
constexpr std::size_t kShortHash = 8;

InvocationKind kind_of(const std::string& trigger) {
  if (trigger.empty() || trigger == "http") return InvocationKind::kSync;
  if (trigger == "timer") return InvocationKind::kSchedule;
  if (trigger == "queue") return InvocationKind::kQueue;
  return InvocationKind::kAsync;
}

std::size_t common_prefix(const std::string& a, const std::string& b) {
  const auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(end - a.begin());
}

/// Per function the shortest prefix of its hash that no other has, of at least eight digits; where
/// two applications hold the same hash, "hash/application".
std::vector<std::string> route_names(const std::vector<AzureFunction>& functions) {
  std::vector<std::uint32_t> order(functions.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto hash = [&](std::size_t i) -> const std::string& {
    return functions[order[i]].key.function;
  };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(functions[a].key.function, a) < std::pair(functions[b].key.function, b);
  });
  std::vector<std::string> names(functions.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::size_t length = kShortHash;
    bool twin = false;
    for (const std::size_t neighbor : {i - 1, i + 1}) {
      if (neighbor >= order.size()) continue;  // i - 1 wraps round at 0
      length = std::max(length, common_prefix(hash(i), hash(neighbor)) + 1);
      twin |= hash(i) == hash(neighbor);
    }
    const AzureKey& key = functions[order[i]].key;
    names[order[i]] = key.function.substr(0, length);
    if (twin) names[order[i]] += "/" + key.app;
  }
  return names;
}

/// "50" for 50,000 thousandths, "99.9" for 99,900.
std::string percent(std::uint32_t thousandths) {
  return fmt::format("{}", static_cast<double>(thousandths) / 1000);
}

class AzureImport {
 public:
  explicit AzureImport(ImportJob& job)
      : job_(job),
        law_(arrival_law_of(job.options.arrivals, "--arrivals", ArrivalLaw::kUniform)),
        timer_law_(arrival_law_of(job.options.timer_arrivals, "--timer-arrivals", law_)) {}

  void run() {
    for (TextInput& input : job_.inputs) {
      DelimitedReader reader(std::move(input));
      read_azure_table(reader, job_.bad, data_);
    }
    check_tables();
    join();
    names_ = route_names(data_.functions);
    for (std::uint32_t minute = 0; minute < data_.minutes.size(); ++minute) emit(minute);
    if (job_.writer.rows() == 0)
      throw InputError("azure-functions-2019: there are no calls to import");
    const TimePoint start = job_.origin + kMinute * data_.first_minute;
    job_.writer.set_span(start, start + kMinute * static_cast<std::int64_t>(data_.minutes.size()));
    describe();
  }

 private:
  /// What a function needs to have its calls placed and timed.
  struct Source {
    const Distribution* durations = nullptr;  ///< nullptr: left out by the join
    ArrivalLaw law = ArrivalLaw::kUniform;
    RandomStream arrivals{0, "", ""};
    RandomStream times{0, "", ""};
    std::uint64_t phase = 0;
  };
  struct Call {
    TimePoint arrival;
    std::uint32_t function;
    std::uint32_t ordinal;
    auto operator<=>(const Call&) const = default;
  };

  void check_tables() {
    if (!data_.has_invocations) {
      throw InputError("azure-functions-2019: no input holds invocations per minute");
    }
    const bool has_law = !job_.options.service_time.empty();
    if (!data_.has_durations && !has_law) {
      throw InputError(
          "azure-functions-2019: no input holds durations; name the file, or give a law for all "
          "functions by --service-time");
    }
    if (data_.has_durations && has_law) {
      throw InputError("--service-time: the input has durations of its own");
    }
    if (has_law) service_time_ = service_time_of(job_.options.service_time);
  }

  void join() {
    std::uint64_t lost_functions = 0, lost_calls = 0, silent = 0, with_calls = 0;
    for (const AzureFunction& function : data_.functions) {
      const auto found = data_.durations.find(function.key);
      const Distribution* durations = data_.has_durations ? nullptr : &service_time_;
      if (found != data_.durations.end()) {
        durations = &found->second.law;
        ++with_calls;
        rounded_up_ += found->second.below_resolution ? 1 : 0;
        rounded_up_calls_ += found->second.below_resolution ? function.calls : 0;
      }
      if (durations == nullptr) {
        ++lost_functions;
        lost_calls += function.calls;
      }
      silent += function.calls == 0 ? 1 : 0;
      sources_.push_back(source(function, durations));
    }
    job_.bad.leave_out("functions without a row of durations", lost_functions);
    job_.bad.leave_out("calls of functions without a row of durations", lost_calls);
    job_.bad.leave_out("functions without a row of invocations",
                       data_.durations.size() - with_calls);
    job_.bad.leave_out("functions without a call", silent);
  }

  Source source(const AzureFunction& function, const Distribution* durations) const {
    const AzureKey& key = function.key;
    const std::string entity = key.owner + "/" + key.app + "/" + key.function;
    const std::uint64_t seed = job_.options.seed;
    Source result;
    result.durations = durations;
    result.law = function.trigger == "timer" ? timer_law_ : law_;
    result.arrivals = RandomStream(seed, entity, "arrival");
    result.times = RandomStream(seed, entity, "duration");
    result.phase = RandomStream(seed, entity, "phase").at(0)();
    return result;
  }

  void emit(std::uint32_t minute) {
    const std::uint32_t offset = data_.first_minute + minute;
    const TimePoint begin = job_.origin + kMinute * offset;
    calls_.clear();
    for (const auto& [function, count] : data_.minutes[minute]) {
      if (sources_[function].durations != nullptr) place_calls(function, count, offset, begin);
    }
    data_.minutes[minute] = {};
    std::sort(calls_.begin(), calls_.end());
    for (const Call& call : calls_) {
      RandomEngine random = sources_[call.function].times.at(offset, call.ordinal);
      job_.sink.add({.arrival = call.arrival,
                     .route = route(call.function),
                     .work = sources_[call.function].durations->sample(random)});
    }
  }

  void place_calls(std::uint32_t function, std::uint32_t count, std::uint32_t offset,
                   TimePoint begin) {
    const Source& source = sources_[function];
    for (std::uint32_t k = 0; k < count; ++k) {
      Duration place{0};
      if (source.law == ArrivalLaw::kUniform) {
        place = trace::place(source.arrivals.at(offset, k)(), kMinute);
      } else if (source.law == ArrivalLaw::kEquidistant) {
        place = equidistant(k, count, source.phase, kMinute);
      }
      calls_.push_back({begin + place, function, k});
    }
  }

  /// Routes enter the table with their first call.
  std::uint32_t route(std::uint32_t function) {
    if (routes_.empty()) routes_.assign(data_.functions.size(), kNoRoute);
    if (routes_[function] == kNoRoute) {
      bool made = false;
      routes_[function] = job_.sink.route(names_[function], made);
      Route& record = job_.sink.record(routes_[function]);
      if (made) {
        fill(record, function);
      } else {
        const Route own = filled(function);
        record.memory_used_max_mib =
            std::max(record.memory_used_max_mib.value_or(0), own.memory_used_max_mib.value_or(0));
      }
    }
    return routes_[function];
  }

  Route filled(std::uint32_t function) const {
    Route record;
    fill(record, function);
    return record;
  }

  void fill(Route& record, std::uint32_t number) const {
    const AzureFunction& function = data_.functions[number];
    record.kind = kind_of(function.trigger);
    auto& attributes = record.attributes;
    attributes = {{"hash_owner", function.key.owner},
                  {"hash_app", function.key.app},
                  {"hash_function", function.key.function}};
    if (!function.trigger.empty()) attributes.emplace_back("trigger", function.trigger);
    if (const auto found = data_.durations.find(function.key); found != data_.durations.end()) {
      attributes.emplace_back("duration_average_ms", found->second.average_ms);
      attributes.emplace_back("duration_count", found->second.count);
      attributes.emplace_back("duration_minimum_ms", found->second.minimum_ms);
      attributes.emplace_back("duration_maximum_ms", found->second.maximum_ms);
    }
    fill_memory(record, function.key);
    std::erase_if(attributes, [](const auto& attribute) { return attribute.second.empty(); });
    std::sort(attributes.begin(), attributes.end());
  }

  void fill_memory(Route& record, const AzureKey& key) const {
    auto found = data_.memory.find(key);
    const bool of_function = found != data_.memory.end();
    if (!of_function) found = data_.memory.find({key.owner, key.app, ""});
    if (found == data_.memory.end()) return;
    record.attributes.emplace_back("memory_scope", of_function ? "function" : "application");
    for (const auto& [thousandths, mib] : found->second.percentiles) {
      if (thousandths == 50'000) record.memory_used_p50_mib = mib;
      if (thousandths == 100'000) record.memory_used_max_mib = mib;
      record.attributes.emplace_back(fmt::format("memory_used_p{}_mib", percent(thousandths)),
                                     fmt::format("{}", mib));
    }
  }

  void describe() {
    auto& step = job_.provenance;
    step.arguments.emplace_back("arrivals", std::string(to_string(law_)));
    step.arguments.emplace_back("timer_arrivals", std::string(to_string(timer_law_)));
    step.measured = {"route",
                     "calls per function and minute (recorded when a call finished, taken as the "
                     "arrivals of that minute)"};
    step.drawn = {fmt::format("arrival: {} within the minute, timers {}", to_string(law_),
                              to_string(timer_law_))};
    if (data_.has_durations) {
      step.measured.emplace_back("mean and percentiles of each function's durations");
      step.drawn.emplace_back(
          "duration: piecewise linear between the function's percentiles, times the factor that "
          "makes the mean the recorded average");
    } else {
      step.arguments.emplace_back("service_time", to_string(service_time_));
      step.drawn.emplace_back("duration: " + to_string(service_time_));
    }
    if (data_.has_memory) step.measured.emplace_back("percentiles of each route's memory use");
    if (rounded_up_ > 0) {
      job_.notes.push_back(
          fmt::format("{} functions ({} calls) have a recorded average of 0 ms; 0.5 ms is taken",
                      rounded_up_, rounded_up_calls_));
    }
    if (!data_.has_trigger) job_.notes.emplace_back("no column Trigger: every route is sync");
    if (!data_.has_memory) job_.notes.emplace_back("no input holds memory");
  }

  static constexpr std::uint32_t kNoRoute = static_cast<std::uint32_t>(-1);

  ImportJob& job_;
  ArrivalLaw law_;
  ArrivalLaw timer_law_;
  AzureData data_;
  Distribution service_time_;
  std::vector<Source> sources_;
  std::vector<std::string> names_;
  std::vector<std::uint32_t> routes_;
  std::vector<Call> calls_;
  std::uint64_t rounded_up_ = 0;
  std::uint64_t rounded_up_calls_ = 0;
};

}  // namespace

bool recognizes_azure_2019(std::string_view head) {
  std::string_view line = head.substr(0, std::min(head.find_first_of("\r\n"), head.size()));
  if (line.find("HashFunction") != std::string_view::npos) return true;
  if (line.find("HashApp") != std::string_view::npos) return true;
  std::vector<DelimitedReader::Field> fields;
  for (std::size_t from = 0; from <= line.size();) {
    const std::size_t comma = std::min(line.find(',', from), line.size());
    fields.push_back({line.substr(from, comma - from), 1, 0});
    from = comma + 1;
  }
  return azure_layout(fields).table != AzureTable::kUnknown;
}

void import_azure_2019(ImportJob& job) { AzureImport(job).run(); }

}  // namespace skyreplay::trace
