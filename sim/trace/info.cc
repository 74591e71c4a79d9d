// `trace info`: what a trace holds, in one pass over it.
#include <algorithm>
#include <array>
#include <map>

#include "core/histogram_layout.h"
#include "skyreplay/trace.h"
#include "trace/reader.h"

namespace skyreplay {
namespace {

using namespace trace;
using metrics::HistogramLayout;

/// Counts values of one column; percentiles are bucket midpoints, within 1 %.
class Column {
 public:
  void add(std::uint64_t value) {
    // The layout is for signed nanoseconds; bytes above 2^63 are nobody's traffic.
    const std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    ++counts_[HistogramLayout::bucket(static_cast<std::int64_t>(std::min(value, most)))];
    ++total_;
    sum_ += value;
    max_ = std::max(max_, value);
  }

  template <typename Value>
  ColumnSummary<Value> summary() const {
    ColumnSummary<Value> out;
    if (total_ == 0) return out;
    out.mean = value<Value>(static_cast<std::uint64_t>(sum_ / total_));
    out.p50 = value<Value>(percentile(500));
    out.p90 = value<Value>(percentile(900));
    out.p95 = value<Value>(percentile(950));
    out.p99 = value<Value>(percentile(990));
    out.p999 = value<Value>(percentile(999));
    out.max = value<Value>(max_);
    return out;
  }
  bool any() const { return max_ > 0; }

 private:
  __extension__ using Wide = unsigned __int128;

  template <typename Value>
  static Value value(std::uint64_t number) {
    if constexpr (std::is_same_v<Value, std::chrono::nanoseconds>) {
      return Value(static_cast<std::int64_t>(number));
    } else {
      return number;
    }
  }

  /// The smallest recorded value that at least `per_mille` of all do not exceed.
  std::uint64_t percentile(std::uint64_t per_mille) const {
    const auto rank = static_cast<std::uint64_t>((Wide{total_} * per_mille + 999) / 1000);
    std::uint64_t seen = 0;
    for (std::uint32_t bucket = 0; bucket < HistogramLayout::kBuckets; ++bucket) {
      seen += counts_[bucket];
      if (seen < rank) continue;
      return std::min(max_, static_cast<std::uint64_t>(HistogramLayout::midpoint_ns(bucket)));
    }
    return max_;
  }

  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(HistogramLayout::kBuckets);
  std::uint64_t total_ = 0;
  std::uint64_t max_ = 0;
  Wide sum_ = 0;
};

/// The busiest aligned interval of arrivals that come in order.
class Peak {
 public:
  explicit Peak(Duration length) : length_(length.count()) {}

  void add(std::int64_t arrival_ns) {
    if (arrival_ns >= end_) {
      start_ = arrival_ns - arrival_ns % length_;
      // Saturates in the last interval before the end of time.
      end_ = start_ > std::numeric_limits<std::int64_t>::max() - length_
                 ? std::numeric_limits<std::int64_t>::max()
                 : start_ + length_;
      count_ = 0;
    }
    if (++count_ > best_) {
      best_ = count_;
      best_start_ = start_;
    }
  }
  TracePeak result() const {
    return {.requests_per_s = static_cast<double>(best_) * 1e9 / static_cast<double>(length_),
            .start = TraceTime(Duration(best_start_))};
  }

 private:
  std::int64_t length_;
  std::int64_t start_ = 0;
  std::int64_t end_ = 0;
  std::int64_t best_start_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t best_ = 0;
};

/// Everything that needs the rows.
struct Figures {
  Column work, wait, bytes_in, bytes_out;
  Peak second{std::chrono::seconds(1)};
  Peak minute{std::chrono::minutes(1)};

  void add(const Batch& batch) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      work.add(static_cast<std::uint64_t>(batch.work_ns[i]));
      wait.add(static_cast<std::uint64_t>(batch.wait_ns[i]));
      bytes_in.add(batch.bytes_in[i]);
      bytes_out.add(batch.bytes_out[i]);
      second.add(batch.arrival_ns[i]);
      minute.add(batch.arrival_ns[i]);
    }
  }

  void put_into(TraceSummary& summary) const {
    summary.peak_1s = second.result();
    summary.peak_1min = minute.result();
    summary.work = work.summary<std::chrono::nanoseconds>();
    summary.wait = wait.summary<std::chrono::nanoseconds>();
    summary.bytes_in = bytes_in.summary<std::uint64_t>();
    summary.bytes_out = bytes_out.summary<std::uint64_t>();
  }
};

/// A column is recorded where any value of it is not zero.
void put_columns(const TraceInfo& info, const Figures& figures, TraceSummary& summary) {
  const auto put = [&summary](const char* name, bool recorded) {
    if (recorded) summary.columns.emplace_back(name);
  };
  put(summary.work_and_wait ? "work" : "duration", figures.work.any());
  put("wait", figures.wait.any());
  put("bytes_in", figures.bytes_in.any());
  put("bytes_out", figures.bytes_out.any());
  put("status", info.has_status);
  put("init", info.has_init);
  put("memory_used", info.has_memory_used);
}

void put_routes(const TraceInfo& info, TraceSummary& summary) {
  std::map<std::string, std::uint64_t> kinds;
  for (const Route& route : info.routes) {
    const std::string kind(to_string(route.kind));
    kinds[kind] += route.rows;
    summary.routes.push_back({.name = route.name,
                              .kind = kind,
                              .rows = route.rows,
                              .memory_size_mib = route.memory_size_mib,
                              .memory_used_p50_mib = route.memory_used_p50_mib,
                              .memory_used_max_mib = route.memory_used_max_mib,
                              .attributes = route.attributes});
  }
  summary.kinds.assign(kinds.begin(), kinds.end());
  // Equal counts by name, so that the order is the same everywhere.
  std::ranges::sort(summary.kinds, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  std::ranges::sort(summary.routes, [](const auto& a, const auto& b) {
    return a.rows != b.rows ? a.rows > b.rows : a.name < b.name;
  });
}

}  // namespace

TraceSummary summarize_trace(const std::filesystem::path& path) {
  Reader reader(path);
  const TraceInfo& info = reader.info();
  TraceSummary summary;
  summary.path = path;
  summary.file_bytes = std::filesystem::file_size(path);
  summary.rows = info.rows;
  summary.start = info.start;
  summary.end = info.end;
  summary.work_and_wait = info.durations == Durations::kWorkAndWait;
  summary.digest = info.digest;
  if (const double span_s = std::chrono::duration<double>(info.end - info.start).count();
      span_s > 0) {
    summary.mean_requests_per_s = static_cast<double>(info.rows) / span_s;
  }
  Figures figures;
  for (Batch batch = reader.next(); batch.size > 0; batch = reader.next()) figures.add(batch);
  figures.put_into(summary);
  put_columns(info, figures, summary);
  put_routes(info, summary);
  for (const ProvenanceStep& step : info.provenance) {
    summary.provenance.push_back({.tool = step.tool,
                                  .arguments = step.arguments,
                                  .measured = step.measured,
                                  .drawn = step.drawn,
                                  .dropped = step.dropped});
  }
  return summary;
}

}  // namespace skyreplay
