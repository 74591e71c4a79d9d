#include <fmt/format.h>

#include <chrono>
#include <iterator>
#include <string_view>
#include <vector>

#include "core/digest.h"
#include "replay/request_lines.h"
#include "trace/instant_text.h"

namespace skyreplay::replay {
namespace {

using metrics::Outcome;

/// Instants have microseconds.
constexpr int kDecimals = 6;

/// Seconds with three decimals, half up, as fields 6 to 8 are.
std::string seconds(Duration duration) {
  const std::int64_t ms = (duration.count() + 500'000) / 1'000'000;
  return fmt::format("{}.{:03d}", ms / 1'000, ms % 1'000);
}

/// What a URL's path may hold; templates' braces stay, so that routes come back as they were.
bool stays_in_path(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f &&
         std::string_view("\"\\?#;<>`^|").find(c) == std::string_view::npos;
}

std::string path_of(std::string_view text) {
  std::string path = text.starts_with('/') ? "" : "/";
  for (const char c : text) {
    if (stays_in_path(c)) {
      path += c;
    } else {
      fmt::format_to(std::back_inserter(path), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return path;
}

bool is_method(std::string_view word) {
  constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return !word.empty() && word.find_first_not_of(kCapitals) == std::string_view::npos;
}

/// "GET http://web:80/cart HTTP/1.1" of the route "GET /cart"; a route that is no request is taken
/// for a path.
std::string request_line(const std::string& route, const std::string& host) {
  const std::size_t blank = route.find(' ');
  const bool is_request = blank != std::string::npos && route.compare(blank + 1, 1, "/") == 0 &&
                          is_method(std::string_view(route).substr(0, blank));
  const std::string_view method =
      is_request ? std::string_view(route).substr(0, blank) : std::string_view("GET");
  const std::string_view path =
      is_request ? std::string_view(route).substr(blank + 1) : std::string_view(route);
  return fmt::format("{} http://{}:80{} HTTP/1.1", method, host, path_of(path));
}

/// An address for each instance or task: 10.0.0.0/8 by its ordinal.
std::string target_of(const ServiceHeader& service, const workload::Place& place) {
  if (service.platform == "lambda" || place.ordinal == workload::Place::kNone) return "-";
  const std::uint32_t n = place.ordinal;
  return fmt::format("10.{}.{}.{}:80", n >> 16 & 255, n >> 8 & 255, n & 255);
}

/// What the three durations and two status codes are (E114, E124).
struct Answer {
  std::string times;
  std::string_view target_status = "-";  ///< no target answered
};

Answer answer_of(const trace::Row& row, const EndedRequest& ended) {
  const std::string before = seconds(ended.attempt - row.arrival);
  switch (ended.outcome) {
    case Outcome::kRefused:
    case Outcome::kThrottle:
      return {"-1 -1 -1"};
    case Outcome::kClientTimeout:
    case Outcome::kError:
      return {before + " -1 -1"};
    case Outcome::kCompleted:
      return {before + ' ' + seconds(ended.ended - ended.attempt) + " 0.000", "200"};
    case Outcome::kServerTimeout:
      return {before + ' ' + seconds(ended.ended - ended.attempt) + " 0.000"};
    case Outcome::kDependency:
      return {before + ' ' + seconds(ended.ended - ended.attempt) + " 0.000", "500"};
  }
  return {};
}

/// A function by itself is shown as a balancer's target, whose throttles are its 502 (E114).
int status_of(const ServiceHeader& service, const EndedRequest& ended) {
  const bool is_throttle = ended.outcome == Outcome::kThrottle && service.front.empty();
  return is_throttle ? 502 : status_code(service, ended);
}

/// AWS's reason of a 502 of a Lambda target.
std::string_view error_reason(Outcome outcome) {
  if (outcome == Outcome::kThrottle) return "LambdaThrottling";
  return outcome == Outcome::kServerTimeout ? "LambdaUnhandled" : "-";
}

class AlbLines final : public RequestLines {
 public:
  explicit AlbLines(const RequestLinesInputs& inputs) : inputs_(inputs) {
    // AWS's are random.
    const std::string id = hex_digest(inputs.header.scenario_name).substr(0, 16);
    balancer_ = fmt::format("app/{}/{}", resource_name(inputs.header.scenario_name), id);
    tail_ = fmt::format("\"-\" \"-\" TID_{} \"-\" \"-\" \"-\"", id);
    for (const trace::Route& route : inputs.trace.routes) {
      const std::size_t number = requests_.size();
      const ServiceHeader& service = inputs.header.services[inputs.header.routes[number].service];
      const std::string name = resource_name(service.name);
      requests_.push_back(
          fmt::format("\"{}\" \"skyreplay (simulated)\" - - "
                      "arn:aws:elasticloadbalancing:{}:000000000000:targetgroup/{}/{}",
                      request_line(route.name, name), service.region, name, id));
    }
  }

  bool append(const trace::Row& row, std::uint64_t number, const EndedRequest* ended,
              std::string& out) override {
    if (ended == nullptr) return false;
    const ServiceHeader& service = inputs_.service_of(row);
    const Answer answer = answer_of(row, *ended);
    const std::string target = target_of(service, ended->place);
    const std::string_view target_status = answer.target_status;
    const int status = status_of(service, *ended);
    const auto into = std::back_inserter(out);
    out += "http ";
    answers_.append(ended->ended, kDecimals, out);
    fmt::format_to(into, " {} 192.0.2.1:{} {} {} {} {} {} {} {} ", balancer_,
                   1'024 + number % 60'000, target, answer.times, status, target_status,
                   row.bytes_in, target_status == "-" ? 0 : row.bytes_out, requests_[row.route]);
    fmt::format_to(into, "\"Root=1-{:08x}-{:024x}\" \"-\" \"-\" 0 ",
                   std::chrono::floor<std::chrono::seconds>(row.arrival).time_since_epoch().count(),
                   number);
    arrivals_.append(row.arrival, kDecimals, out);
    fmt::format_to(into, " \"forward\" \"-\" \"{}\" \"{}\" \"{}\" {}\n",
                   error_reason(ended->outcome), target, target_status, tail_);
    return true;
  }

 private:
  RequestLinesInputs inputs_;
  std::string balancer_;
  std::string tail_;                   ///< what every line ends in
  std::vector<std::string> requests_;  ///< by route: fields 13 to 17
  trace::InstantText answers_;
  trace::InstantText arrivals_;
};

}  // namespace

std::unique_ptr<RequestLines> alb_lines(const RequestLinesInputs& inputs) {
  return std::make_unique<AlbLines>(inputs);
}

}  // namespace skyreplay::replay
