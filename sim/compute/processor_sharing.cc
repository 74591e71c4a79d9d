#include "compute/processor_sharing.h"

namespace skyreplay::compute {

void ProcessorSharing::rebase() {
  while (virtual_time_ >= kRebase) {
    virtual_time_ -= kRebase;
    for (PresentJob& job : present_.all()) job.key -= kRebase;
  }
}

}  // namespace skyreplay::compute
