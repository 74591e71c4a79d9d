#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "core/time.h"

namespace skyreplay::trace {

/// What one message of a function's log says, where Lambda itself wrote it.
struct LambdaMessage {
  enum class Kind : std::uint8_t {
    kOther,   ///< of the function's own, or of a phase that is no invocation
    kReport,  ///< an invocation as a whole
    kStart,
    kEnd,
  };
  Kind kind = Kind::kOther;
  std::string_view request_id{};
  std::optional<TimePoint> time{};  ///< where the message brings its own
  Duration duration{};              ///< of the handler
  Duration init{};                  ///< initialization or restore in front of it; 0: none
  std::uint32_t memory_size_mib = 0, memory_used_mib = 0;  ///< 0: not said
  std::uint16_t status = 0;  ///< 200, 500 (failed), 504 (timed out); 0: not said
  /// What is wrong with a report, in words that do not depend on it, and with which part of it.
  const char* error = nullptr;
  std::string_view error_name{}, error_text{};
};

/// Reads messages as Lambda writes them: `REPORT RequestId: ...`, `START`, `END` in any order of
/// their parts and parted by tabs or blanks, and the JSON objects platform.report,
/// platform.start, platform.runtimeDone.
class LambdaMessageReader {
 public:
  LambdaMessageReader();
  ~LambdaMessageReader();
  LambdaMessageReader(const LambdaMessageReader&) = delete;
  LambdaMessageReader& operator=(const LambdaMessageReader&) = delete;

  /// Valid until the next call. Cost O(message).
  LambdaMessage read(std::string_view message);

 private:
  LambdaMessage read_platform(std::string_view object);

  struct State;
  std::unique_ptr<State> state_;
};

/// The first blank (blank, tab, line end) of a text from an offset on, or what is no blank; the
/// text's size where there is none.
std::size_t find_blank(std::string_view text, std::size_t from);
std::size_t skip_blanks(std::string_view text, std::size_t from);

/// The part of a line of text at which such a message begins; npos: there is none.
std::size_t find_lambda_message(std::string_view line);

}  // namespace skyreplay::trace
