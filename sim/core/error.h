#pragma once

#include "skyreplay/error.h"  // IWYU pragma: export
