#pragma once

#include <string>

#include "scenario/binder.h"
#include "scenario/mistakes.h"

namespace skyreplay::scenario {

/// Sets each field of `message` and of the messages in it that has a default in the schema and was
/// not given; reports required fields that were not given.
void fill_defaults(Message& message, const std::string& path, const Places& places,
                   Mistakes& mistakes);

}  // namespace skyreplay::scenario
