#pragma once

#include <optional>
#include <string>

#include "scaling/scheduled_action.h"

namespace skyreplay::scaling {

/// Reads what AWS calls a schedule expression (C110), nothing and why in `mistake` where it is
/// none:
///
///     cron(minutes hours day-of-month month day-of-week year)   a recurrence
///     rate(15 minutes)                                          `every`; the caller sets its start
///     at(2026-01-05T09:00:00)                                   `start_time` alone
///
/// One of cron's two days is `?`; days of the week are SUN to SAT or 1 to 7 from Sunday on. `zone`
/// is an IANA name, of which a rate knows nothing. Refused, as not built: years other than `*`, and
/// the wildcards L, W and #.
std::optional<Schedule> parse_schedule(const std::string& text, const std::string& zone,
                                       std::string& mistake);

}  // namespace skyreplay::scaling
