#include "compute/processor_sharing.h"

namespace skyreplay::compute {

void ProcessorSharing::rebase() {
  while (virtual_time_ >= kRebase) {
    virtual_time_ -= kRebase;
    for (Present& job : present_) job.key -= kRebase;
  }
}

void ProcessorSharing::push(Present job) {
  present_.push_back(job);
  std::size_t hole = present_.size() - 1;
  while (hole > 0) {
    const std::size_t parent = (hole - 1) / 2;
    if (!before(job, present_[parent])) break;
    present_[hole] = present_[parent];
    hole = parent;
  }
  present_[hole] = job;
}

void ProcessorSharing::pop() {
  const Present last = present_.back();
  present_.pop_back();
  const std::size_t size = present_.size();
  if (size == 0) return;
  std::size_t hole = 0;
  for (std::size_t child = 1; child < size; child = 2 * hole + 1) {
    if (child + 1 < size && before(present_[child + 1], present_[child])) ++child;
    if (!before(present_[child], last)) break;
    present_[hole] = present_[child];
    hole = child;
  }
  present_[hole] = last;
}

}  // namespace skyreplay::compute
