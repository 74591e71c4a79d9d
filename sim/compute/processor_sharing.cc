#include "compute/processor_sharing.h"

#include <algorithm>

namespace skyreplay::compute {

void ProcessorSharing::rebase() {
  while (virtual_time_ >= kRebase) {
    virtual_time_ -= kRebase;
    for (Present& job : std::span(heap_).first(size_)) job.key -= kRebase;
  }
}

void ProcessorSharing::grow() { heap_.resize(std::max<std::size_t>(4, 2 * heap_.size())); }

}  // namespace skyreplay::compute
