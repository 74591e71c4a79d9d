#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "trace/import.h"
#include "trace/text_input.h"

namespace skyreplay::trace {

/// One event of a log group, whatever it was exported to.
struct LambdaEvent {
  std::optional<TimePoint> time{};   ///< the export's own column
  const char* time_error = nullptr;  ///< why the time there is none, where there is one
  std::string_view time_text{};
  std::string_view log_group{};   ///< "" where the export does not say
  std::string_view log_stream{};  ///< likewise
  std::string_view message{};
  std::string_view input{};  ///< where it stands
  std::uint32_t line = 0, column = 0;

  SourcePosition position() const { return {std::string(input), line, column}; }
};

using TakeLambdaEvent = std::function<void(const LambdaEvent&)>;

/// Hands each event of `input` to `take`; it is told by its first bytes how they are wrapped:
/// - lines of text: a message, in front of it nothing, a time, or a time and a log stream, as the
///   export to S3 and `aws logs tail` write them; or a line that is a JSON object,
/// - JSON: objects with `timestamp` and `message`, one by one, in an array, or under `events` or
///   `logEvents` (`aws logs filter-log-events`, subscriptions), or Lambda's own platform events,
/// - CSV with a header: `@timestamp` and `@message`, or the fields that Logs Insights makes of a
///   report (`@duration`, `@initDuration`, `@memorySize`, `@maxMemoryUsed`), or `timestamp` and
///   `message` as the console downloads them.
/// Rows that cannot be read go to `bad`.
void each_lambda_event(TextInput input, BadRows& bad, const TakeLambdaEvent& take);

/// Whether a text that begins so is such a CSV.
bool is_lambda_csv(std::string_view head);

/// The function that a log belongs to: the last part of "/aws/lambda/NAME", also behind an account
/// ("123456789012:/aws/lambda/NAME"), another log group as it is, or the name in a log stream
/// "2026/03/02/NAME[VERSION][...]"; "" where neither says.
std::string_view function_of(std::string_view log_group, std::string_view log_stream);

}  // namespace skyreplay::trace
