#pragma once

#include "core/histogram_layout.h"  // IWYU pragma: export
