#pragma once

#include <memory>
#include <string>

#include "replay/request_log.h"
#include "replay/result_types.h"
#include "trace/format.h"

namespace skyreplay::replay {

/// One format of a log of requests: a line each.
class RequestLines {
 public:
  virtual ~RequestLines() = default;
  /// What stands above the first line, with its line break.
  virtual std::string header() const { return {}; }
  /// Appends the line of a request, with its line break; false, and nothing appended, where the
  /// format has none for it. `ended` is null where it was in flight when the run ended.
  virtual bool append(const trace::Row& row, std::uint64_t number, const EndedRequest* ended,
                      std::string& out) = 0;
};

/// What all of them are made from; outlives them.
struct RequestLinesInputs {
  const trace::TraceInfo& trace;
  const ResultHeader& header;

  const ServiceHeader& service_of(const trace::Row& row) const {
    return header.services[header.routes[row.route].service];
  }
};

/// The trace's columns as `trace import` reads them back, and behind them what became of each.
std::unique_ptr<RequestLines> csv_lines(const RequestLinesInputs& inputs);
/// An Application Load Balancer's access log (E123).
std::unique_ptr<RequestLines> alb_lines(const RequestLinesInputs& inputs);
/// Lambda's REPORT lines (L110).
std::unique_ptr<RequestLines> lambda_lines(const RequestLinesInputs& inputs);

/// The status that a client of a load balancer gets (E114); 429 of a throttled function, which
/// answers it itself (L49).
int status_code(const ServiceHeader& service, const EndedRequest& ended);

/// "shop-fn" for "shop/fn": letters, digits and '-', as AWS's names of resources.
std::string resource_name(std::string_view name);

}  // namespace skyreplay::replay
