#pragma once

#include "core/utf8.h"  // IWYU pragma: export

namespace skyreplay::report {

using skyreplay::utf8_length;

}  // namespace skyreplay::report
