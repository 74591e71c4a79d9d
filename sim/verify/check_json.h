#pragma once

#include <filesystem>

#include "skyreplay/check.h"

namespace skyreplay::verify {

/// A report for programs; docs/check.md lists the keys. The file appears whole or not at all.
void write_check_json(const std::filesystem::path& path, const CheckReport& report);

}  // namespace skyreplay::verify
