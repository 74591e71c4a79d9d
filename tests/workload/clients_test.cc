#include "workload/clients.h"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "support/lambda_world.h"

namespace skyreplay::workload {
namespace {

using namespace std::chrono_literals;
using Attempts = std::vector<std::pair<std::uint64_t, int>>;

/// Takes every attempt on, keeps (row, attempt) of each, and answers none by itself.
class Silent final : public Service {
 public:
  Admitted admit(std::uint32_t, std::uint32_t index, Request& request) override {
    attempts.emplace_back(request.row, request.attempts);
    latest = index;
    return {Admission::kAccepted, kEndOfTime};
  }
  void resume(std::uint32_t, std::uint32_t, Called) override {}

  Attempts attempts;
  std::uint32_t latest = 0;  ///< the record of the attempt taken on last
};

TEST_CASE("clients that time out together leave in the order in which their attempts began") {
  testing::WindowSums sums;
  kernel::Loop loop;
  metrics::Recorder recorder({0}, 1, {}, sums);
  Silent service;
  const ClientPolicy policy{
      .timeout = 1s, .max_attempts = 3, .backoff_base = 0s, .jitter = ClientPolicy::Jitter::kNone};
  Clients clients(loop, recorder, {{.service = &service}}, policy, 1, {});
  clients.arrive(0, 0, 5s, 0s);
  const std::uint32_t first = service.latest;
  clients.arrive(1, 0, 5s, 0s);
  // The first fails at once, and its second attempt begins at the same instant, behind the other.
  clients.answer(first, metrics::Outcome::kError);
  loop.advance(testing::at(0s));
  CHECK(service.attempts == Attempts{{0, 1}, {1, 1}, {0, 2}});
  // The timer of the attempt that failed is nobody's.
  loop.advance(testing::at(1s));
  CHECK(service.attempts == Attempts{{0, 1}, {1, 1}, {0, 2}, {1, 2}, {0, 3}});
}

}  // namespace
}  // namespace skyreplay::workload
