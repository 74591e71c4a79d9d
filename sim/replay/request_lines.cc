#include "replay/request_lines.h"

#include <array>
#include <utility>

#include "core/error.h"
#include "trace/row_copy.h"

namespace skyreplay::replay {
namespace {

using metrics::Outcome;

constexpr std::array<std::pair<std::string_view, RequestFormat>, 3> kNames{
    {{"csv", RequestFormat::kCsv},
     {"alb", RequestFormat::kAlb},
     {"lambda", RequestFormat::kLambda}}};
/// A balancer's files end in .log.
constexpr std::array<std::pair<std::string_view, RequestFormat>, 4> kEnds{
    {{".csv", RequestFormat::kCsv},
     {".log", RequestFormat::kAlb},
     {".alb", RequestFormat::kAlb},
     {".lambda", RequestFormat::kLambda}}};

std::unique_ptr<RequestLines> lines_of(RequestFormat format, const RequestLinesInputs& inputs) {
  switch (format) {
    case RequestFormat::kCsv:
      return csv_lines(inputs);
    case RequestFormat::kAlb:
      return alb_lines(inputs);
    case RequestFormat::kLambda:
      return lambda_lines(inputs);
  }
  return nullptr;
}

}  // namespace

RequestFormat request_format(const std::string& name, const std::filesystem::path& file) {
  for (const auto& [known, format] : kNames) {
    if (name == known) return format;
  }
  if (!name.empty()) {
    throw InputError("--requests-format: '" + name + "' is none of csv, alb, lambda");
  }
  const std::string written = file.filename().string();
  for (const auto& [end, format] : kEnds) {
    if (trace::without_compression(written).ends_with(end)) return format;
  }
  throw InputError("--requests " + file.string() +
                   ": its end tells no format (.csv, .log, .lambda); name one with "
                   "--requests-format csv|alb|lambda");
}

void check_request_format(RequestFormat format, const scenario::Scenario& scenario) {
  if (format != RequestFormat::kLambda) return;
  for (const auto& [name, service] : scenario.message().services()) {
    if (service.has_lambda()) return;
  }
  throw InputError(scenario.filename() +
                   ": no service is a Lambda function, so that there are no REPORT lines "
                   "(--requests-format lambda)");
}

std::string resource_name(std::string_view name) {
  std::string clean(name);
  for (char& c : clean) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_letter && !(c >= '0' && c <= '9') && c != '-' && c != '_') c = '-';
  }
  return clean;
}

namespace {

bool is_api(const ServiceHeader& service) {
  return service.front == "http_api" || service.front == "rest_api";
}

/// L51, E114: an API answers 500 for what its function throttles, a balancer 502.
int throttled_status(const ServiceHeader& service, const EndedRequest& ended) {
  if (is_api(service)) return ended.place.is_before_service ? 429 : 500;
  return service.front.empty() ? 429 : 502;
}

}  // namespace

int status_code(const ServiceHeader& service, const EndedRequest& ended) {
  switch (ended.outcome) {
    case Outcome::kCompleted:
      return 200;
    case Outcome::kThrottle:
      return throttled_status(service, ended);
    case Outcome::kClientTimeout:
      return 460;
    case Outcome::kDependency:
      return service.front.empty() ? 500 : 502;  // L51: the function's error
    case Outcome::kError:
      return ended.place.timed_out ? 504 : 502;
    case Outcome::kServerTimeout:
      return 502;
    case Outcome::kRefused:
      // A member that refused is known; no member at all, or an external service, is 503.
      return service.platform != "external" && ended.place.ordinal != workload::Place::kNone ? 502
                                                                                             : 503;
  }
  return 0;
}

RequestLogWritten write_requests(RequestLog& log, RequestFormat format,
                                 const RequestLogInputs& inputs, trace::TextOutput& out) {
  const RequestLinesInputs shared{inputs.source.info(), inputs.header};
  const std::unique_ptr<RequestLines> lines = lines_of(format, shared);
  RequestLogWritten written;
  out.write(lines->header());
  std::string line;
  const EndedRequest* ended = log.next();
  for (trace::Batch batch = inputs.source.next(); batch.size > 0; batch = inputs.source.next()) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      const std::uint64_t number = batch.first_row + i;
      const bool has_ended = ended != nullptr && ended->row == number;
      if (!has_ended && !(log.has_unended() && log.wants(number))) continue;
      line.clear();
      const trace::Row row = trace::row_of(inputs.source, batch, i);
      ++(lines->append(row, number, has_ended ? ended : nullptr, line) ? written.rows
                                                                       : written.left_out);
      out.write(line);
      if (has_ended) ended = log.next();
    }
  }
  out.commit();
  return written;
}

}  // namespace skyreplay::replay
