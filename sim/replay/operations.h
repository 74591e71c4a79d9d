#pragma once

#include "replay/models.h"

namespace skyreplay::replay {

/// Does what an operator does to a group now (E6). REQUIRES a resolved message.
void operate(const proto::Operation& operation, const scenario::Wiring& wiring, Models& models);

}  // namespace skyreplay::replay
