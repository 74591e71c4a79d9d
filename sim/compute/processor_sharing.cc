#include "compute/processor_sharing.h"

namespace skyreplay::compute {

void ProcessorSharing::rebase() {
  while (virtual_time_ >= kRebase) {
    virtual_time_ -= kRebase;
    for (Present& job : present_) job.key -= kRebase;
  }
}

}  // namespace skyreplay::compute
