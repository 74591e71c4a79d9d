#pragma once

#include "check/span.h"
#include "replay/result_types.h"
#include "replay/summary.h"

namespace skyreplay::sweep {

/// A result as requirements see it. REQUIRES the summary to outlive what is returned.
check::Span span_of(const replay::ResultHeader& header, const replay::Summary& summary);

}  // namespace skyreplay::sweep
