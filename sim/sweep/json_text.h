#pragma once

#include <functional>
#include <string>

#include "core/atomic_file.h"

namespace skyreplay::sweep {

/// What `write` puts into the file it is given, as text: JsonWriter writes into files alone.
std::string json_text(const std::function<void(AtomicFile&)>& write);

}  // namespace skyreplay::sweep
