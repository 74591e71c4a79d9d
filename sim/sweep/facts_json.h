#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "check/evaluate.h"
#include "report/json_writer.h"

namespace skyreplay::sweep {

/// How JSON calls a unit: "ms", "%", "USD", or empty for counts.
std::string_view unit_name(check::Unit unit);

/// An integer of 1e-9 of a unit in the unit of unit_name(), exact: "12.5".
std::string exact_text(std::int64_t nano, check::Unit unit);
/// An integer of 1e-9 of a unit as an exact number in the unit of unit_name().
void write_value(report::JsonWriter& json, std::int64_t nano, check::Unit unit);

/// A list by requirement: requirement, value, unit, holds.
void write_measured(report::JsonWriter& json, std::span<const check::Requirement> requirements,
                    std::span<const check::Measurement> measured);

}  // namespace skyreplay::sweep
