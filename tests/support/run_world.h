#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "replay/result_reader.h"
#include "replay/run.h"
#include "scenario/scenario.h"
#include "support/temp_folder.h"
#include "trace/source.h"

namespace skyreplay::testing {

/// A trace held in memory, all rows in one batch. Work and wait are apart unless told otherwise.
class RowSource final : public trace::Source {
 public:
  struct Row {
    Duration arrival{};  ///< since the epoch
    Duration work{};
    Duration wait{};
    std::uint32_t route = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
  };

  /// REQUIRES at most Batch::kMaxRows rows, ascending, within [0, end).
  RowSource(std::vector<trace::Route> routes, const std::vector<Row>& rows, Duration end) {
    info_.start = TimePoint{};
    info_.end = TimePoint{end};
    info_.durations = trace::Durations::kWorkAndWait;
    info_.routes = std::move(routes);
    info_.rows = rows.size();
    for (const Row& row : rows) {
      arrival_.push_back(row.arrival.count());
      work_.push_back(row.work.count());
      wait_.push_back(row.wait.count());
      route_.push_back(row.route);
      bytes_in_.push_back(row.bytes_in);
      bytes_out_.push_back(row.bytes_out);
      info_.has_bytes |= (row.bytes_in | row.bytes_out) != 0;
    }
  }

  /// The span starts later than at the epoch. REQUIRES not above the first arrival.
  void start_at(Duration start) { info_.start = TimePoint{start}; }
  /// A row's work is its whole duration, as in most traces.
  void use_one_duration() { info_.durations = trace::Durations::kOneDuration; }

  const trace::TraceInfo& info() const override { return info_; }
  trace::Batch next() override {
    if (std::exchange(done_, true)) return {};
    return {.size = arrival_.size(),
            .first_row = 0,
            .arrival_ns = arrival_.data(),
            .route = route_.data(),
            .work_ns = work_.data(),
            .wait_ns = wait_.data(),
            .bytes_in = bytes_in_.data(),
            .bytes_out = bytes_out_.data()};
  }

 private:
  trace::TraceInfo info_;
  std::vector<std::int64_t> arrival_;
  std::vector<std::int64_t> work_;
  std::vector<std::int64_t> wait_;
  std::vector<std::uint32_t> route_;
  std::vector<std::uint64_t> bytes_in_;
  std::vector<std::uint64_t> bytes_out_;
  bool done_ = false;
};

/// A whole run and what it left: the rows of the timeline, the bill, the activities, the summary.
struct RunResult {
  struct Row {
    TimePoint start;
    metrics::WindowRow row;  ///< without its spans
  };
  std::vector<Row> timeline;
  std::vector<pricing::BillRow> bill;
  std::vector<replay::Activity> activities;
  replay::Summary summary;

  RunResult(const std::string& scenario_text, trace::Source& source) {
    const TempFolder folder;
    const std::filesystem::path path = folder / "result.binpb";
    replay::run(scenario::Scenario::parse(scenario_text, "test.yaml"), source,
                {.result = path, .provenance = {}, .progress = {}});
    replay::ResultReader reader(path);
    summary = reader.summary();
    read(reader);
  }

  /// What is billed of a line item, of all services, as the bill spells it; "none" where nothing
  /// is.
  std::string quantity(const std::string& line_item) const {
    for (const pricing::BillRow& row : bill) {
      if (row.line_item == line_item) return row.quantity;
    }
    return "none";
  }
  /// The causes of all activities of a kind, each behind its second.
  std::vector<std::string> told(const std::string& kind) const {
    std::vector<std::string> causes;
    for (const replay::Activity& activity : activities) {
      if (activity.kind != kind) continue;
      const auto second = activity.time.time_since_epoch() / std::chrono::seconds{1};
      causes.push_back(std::to_string(second) + ": " + activity.cause);
    }
    return causes;
  }
  /// Forgets what changed in targets' health, where a test is about other activities.
  RunResult& without_health() {
    std::erase_if(activities, [](const auto& activity) { return activity.kind == "health"; });
    return *this;
  }
  const metrics::SpanRow& service(std::size_t index) const {
    return summary.services[index].requests;
  }
  std::uint64_t outcome(metrics::Outcome which) const {
    return summary.conservation.outcomes[static_cast<std::size_t>(which)];
  }

 private:
  void read(replay::ResultReader& reader) {
    using Item = replay::ResultReader::Item;
    for (Item item = reader.next(); item != Item::kEnd; item = reader.next()) {
      if (item == Item::kWindow) {
        for (metrics::WindowRow row : reader.rows()) {
          row.latency = {};
          row.overhead = {};
          timeline.push_back({reader.window().start, row});
        }
      } else if (item == Item::kActivities) {
        activities.insert(activities.end(), reader.activities().begin(), reader.activities().end());
      } else {
        bill.insert(bill.end(), reader.bill().begin(), reader.bill().end());
      }
    }
  }
};

}  // namespace skyreplay::testing
