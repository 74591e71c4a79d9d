#include "compute/present_jobs.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace skyreplay::compute {
namespace {

/// The same by a search through all of them.
std::uint32_t take_first(std::vector<PresentJob>& jobs) {
  const auto first = std::min_element(jobs.begin(), jobs.end(), [](auto& a, auto& b) {
    return std::pair(a.key, a.ordinal) < std::pair(b.key, b.ordinal);
  });
  const std::uint32_t ordinal = first->ordinal;
  jobs.erase(first);
  return ordinal;
}

TEST_CASE("few or many, jobs leave by key, and those of one key in the order they entered") {
  std::mt19937_64 random(1);
  PresentJobs jobs;
  std::vector<PresentJob> naive;
  std::uint32_t entered = 0;
  const auto enter = [&] {
    const PresentJob job{.key = static_cast<double>(random() % 20), .ordinal = entered++};
    jobs.push(job);
    naive.push_back(job);
  };
  // From none to more than are kept sorted and back, again and again, with detours on the way.
  for (std::uint32_t turn = 0; turn < 50; ++turn) {
    for (std::uint32_t i = 0; i < 3 * PresentJobs::kFew; ++i) {
      enter();
      if (random() % 3 == 0) CHECK(jobs.pop().ordinal == take_first(naive));
    }
    while (jobs.size() > turn % 5) {
      if (random() % 3 == 0) enter();
      CHECK(jobs.pop().ordinal == take_first(naive));
    }
    CHECK(jobs.size() == naive.size());
  }
}

TEST_CASE("after the many were cleared, the next ones are sorted from the start") {
  PresentJobs jobs;
  for (std::uint32_t i = 0; i < 2 * PresentJobs::kFew; ++i) jobs.push({.key = 1.0 * i});
  jobs.clear();
  CHECK(jobs.all().empty());
  jobs.push({.key = 1, .ordinal = 1});
  jobs.push({.key = 2, .ordinal = 2});
  CHECK(jobs.first().ordinal == 1);
}

TEST_CASE("order of entering goes on where its numbers begin again") {
  PresentJobs jobs;
  jobs.push({.key = 1, .ordinal = ~0u});
  jobs.push({.key = 1, .ordinal = 0});
  CHECK(jobs.pop().ordinal == ~0u);
}

}  // namespace
}  // namespace skyreplay::compute
