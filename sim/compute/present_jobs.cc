#include "compute/present_jobs.h"

#include <algorithm>

namespace skyreplay::compute {
namespace {

constexpr auto after = [](const PresentJob& a, const PresentJob& b) {
  if (a.key != b.key) return a.key > b.key;
  return static_cast<std::int32_t>(a.ordinal - b.ordinal) > 0;
};

}  // namespace

void PresentJobs::grow() {
  capacity_ = std::max(4u, 2 * capacity_);
  auto more = std::make_unique<PresentJob[]>(capacity_);
  std::copy_n(jobs_.get(), size_, more.get());
  jobs_ = std::move(more);
}

void PresentJobs::push_to_heap(const PresentJob& job) {
  PresentJob* const first = jobs_.get();
  if (sorted_) {
    std::reverse(first, first + size_);
    sorted_ = false;
  }
  first[size_++] = job;
  std::push_heap(first, first + size_, after);
}

void PresentJobs::fill_top_of_heap() {
  PresentJob* const first = jobs_.get();
  std::pop_heap(first, first + size_ + 1, after);
  if (size_ > kFew / 2) return;
  std::sort(first, first + size_, after);
  sorted_ = true;
}

}  // namespace skyreplay::compute
