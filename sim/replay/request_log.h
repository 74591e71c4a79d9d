#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/external_sorter.h"
#include "core/random.h"
#include "metrics/dense_histogram.h"
#include "replay/result_types.h"
#include "scenario/scenario.h"
#include "trace/source.h"
#include "trace/text_output.h"
#include "workload/watcher.h"

namespace skyreplay::replay {

/// Which requests a log has.
struct RequestSample {
  enum class Kind : std::uint8_t {
    kAll,
    kOneIn,    ///< about one in `n`, drawn by the request's row
    kSlowest,  ///< the slowest 1 % of those that ended, and whoever took as long to within 1 %
  };
  Kind kind = Kind::kAll;
  std::uint64_t n = 1;

  /// "all", "1/N" or "slowest". Throws InputError naming the flag.
  static RequestSample parse(const std::string& text);
};

/// How a client's request ended: its first attempt to its last answer.
struct EndedRequest {
  std::uint64_t row = 0;
  TimePoint attempt;            ///< when the last one began
  TimePoint ended;              ///< when that was answered, or its client left
  metrics::LatencyParts parts;  ///< where it was completed
  workload::Place place;        ///< of the last attempt; none where it was not accepted
  metrics::Outcome outcome = metrics::Outcome::kCompleted;
  std::uint8_t attempts = 0;
};

/// Collects how watched requests ended, and hands them out in order of their rows.
///
/// **Order** that of arrival, whatever the order of the answers. What is in the sample depends on
/// rows and latencies alone. **Cost** one record for each request of the sample, of all where the
/// slowest are wanted; beyond kMemory they go to disk (ExternalSorter). **Memory** does not depend
/// on the number of requests.
class RequestLog final : public workload::Watcher {
 public:
  static constexpr std::uint64_t kMemory = 64 << 20;

  /// `folder` is for what exceeds the memory.
  RequestLog(const RequestSample& sample, std::uint64_t seed, std::filesystem::path folder);

  bool wants(std::uint64_t row) override;
  void answered(const workload::Request& request, const workload::ServiceUnit& by, TimePoint now,
                metrics::Outcome outcome, workload::Then then) override;

  /// The next request of the sample that ended; nothing at the end. The first call ends the
  /// collecting. Valid until the next.
  const EndedRequest* next();
  /// Whether requests that never ended are of the sample where wants() says so.
  bool has_unended() const { return sample_.kind != RequestSample::Kind::kSlowest; }

 private:
  struct Item {
    EndedRequest request;
    std::int64_t latency_ns = 0;
  };
  struct Before {
    bool operator()(const Item& a, const Item& b) const { return a.request.row < b.request.row; }
  };
  void find_slowest();

  RequestSample sample_;
  RandomStream draws_;
  ExternalSorter<Item, Before> sorter_;
  metrics::DenseHistogram latencies_;
  std::uint32_t slowest_bucket_ = 0;  ///< the lowest one in the sample
  bool collecting_ = true;
  Item item_;
};

enum class RequestFormat : std::uint8_t { kCsv, kAlb, kLambda };

/// By name, else by the end of the file's name. Throws InputError naming the flags.
RequestFormat request_format(const std::string& name, const std::filesystem::path& file);

/// Throws InputError where no service of the scenario has such a log, before any time is spent.
void check_request_format(RequestFormat format, const scenario::Scenario& scenario);

/// What a log is written from beside the requests.
struct RequestLogInputs {
  trace::Source& source;  ///< the run's, from its beginning
  const ResultHeader& header;
};

/// What became of them.
struct RequestLogWritten {
  std::uint64_t rows = 0;
  std::uint64_t left_out = 0;  ///< of the sample, that the format has no line for
};

/// Writes the log's lines to `out`, and commits it. Throws MachineError.
RequestLogWritten write_requests(RequestLog& log, RequestFormat format,
                                 const RequestLogInputs& inputs, trace::TextOutput& out);

}  // namespace skyreplay::replay
