#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "metrics/datapoint.h"
#include "metrics/window_row.h"
#include "workload/request.h"

namespace skyreplay::balancing {

/// What a load balancer reports of one period.
struct RequestCounts {
  std::uint64_t requests = 0;          ///< for which a target was chosen (E53, E99, E100)
  std::uint64_t target_5xx = 0;        ///< answers of targets that are 5xx: a dependency failed
  metrics::Datapoint response_time{};  ///< of targets, ns
};

/// Bytes of the requests that one server answered in one period.
struct NetworkCounts {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
};

/// What goes through a fleet, counted by the periods of its metrics. A period is half open,
/// whatever order the events of its last instant come in: what happens at its end is kept for the
/// next one until take_...() begins that.
///
/// **Cost** a comparison a request where nothing is measured, else a few additions.
class Traffic {
 public:
  /// Counts requests from now on, in a period that ends then; and bytes.
  void measure_requests(TimePoint end) {
    requests_end_ = end;
    is_measured_ = true;
  }
  void measure_network(TimePoint end) {
    network_end_ = end;
    is_measured_ = true;
  }
  bool is_measured() const { return is_measured_; }

  /// A request has been sent to a target. REQUIRES is_measured(), as of answered().
  void sent(TimePoint now) {
    if (requests_end_ == kNever) return;
    ++requests_[now >= requests_end_].requests;
  }
  /// A server has answered one.
  void answered(std::uint32_t server, TimePoint now, const workload::Request& request,
                metrics::Outcome outcome) {
    if (requests_end_ != kNever) {
      RequestCounts& counts = requests_[now >= requests_end_];
      counts.response_time.add(static_cast<double>((now - request.attempt).count()));
      counts.target_5xx += outcome == metrics::Outcome::kDependency ? 1 : 0;
    }
    if (network_end_ != kNever && request.more) {
      Server& at = network_[server];
      if (now < at.counted_from) return;
      NetworkCounts& counts = at.counts[now >= network_end_];
      counts.in += request.bytes_in;
      counts.out += request.bytes_out;
    }
  }

  /// What was counted in the period that ends; the next one ends then.
  RequestCounts take_requests(TimePoint next_end) {
    requests_end_ = next_end;
    return std::exchange(requests_[0], std::exchange(requests_[1], {}));
  }
  /// The same of one server's bytes. REQUIRES each server asked, and then measure_network().
  NetworkCounts take_network(std::uint32_t server) {
    auto& [ended, next] = network_[server].counts;
    return std::exchange(ended, std::exchange(next, {}));
  }
  /// A new server, whose bytes count from that instant on.
  void add_server(std::uint32_t server, TimePoint counted_from) {
    if (network_.size() <= server) network_.resize(server + std::size_t{1});
    network_[server] = {.counted_from = counted_from};
  }

 private:
  struct Server {
    TimePoint counted_from;
    std::array<NetworkCounts, 2> counts{};
  };
  static constexpr TimePoint kNever{Duration{-1}};

  bool is_measured_ = false;
  TimePoint requests_end_ = kNever;
  TimePoint network_end_ = kNever;
  std::array<RequestCounts, 2> requests_{};
  std::vector<Server> network_;
};

}  // namespace skyreplay::balancing
