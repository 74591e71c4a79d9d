#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trace/log_fields.h"

namespace skyreplay::trace {

/// What of a request an access log may tell.
enum class AccessField : std::uint8_t {
  kNone,       ///< nothing that a trace takes
  kLocalTime,  ///< 10/Oct/2026:13:55:36 -0700
  kIsoTime,    ///< RFC 3339
  kUnixTime,   ///< a number, see AccessFormat::unit()
  kRequest,    ///< GET /path?query HTTP/1.1
  kMethod,
  kTarget,  ///< the path of the request, with or without its query
  kStatus,
  kBytesIn,
  kBytesOut,
  kDuration,  ///< from the request's first byte to the answer's last; a number
  kUpstream,  ///< what servers behind took: "0.2", or more of them: "0.2, 0.1 : 0.3"; seconds
  kCount,
};

/// How a line of an access log is made up (E129), as the server's own configuration spells it:
/// nginx's `log_format` ("$remote_addr [$time_local] \"$request\" $request_time") or Apache's
/// `LogFormat`
/// ("%h %t \"%r\" %>s %D"). Variables that a trace takes nothing from are passed over, as is all
/// that stands behind the last one it takes something from.
class AccessFormat {
 public:
  /// A value for each field; empty text where the format has none.
  using Values = std::array<LogField, static_cast<std::size_t>(AccessField::kCount)>;

  /// The format that both servers call combined, and its beginning, the common log format.
  static const std::string& combined();

  /// Throws InputError naming the flag for a format without a time or without a request, with a
  /// field twice, or with a time or duration in a spelling that is not known.
  explicit AccessFormat(const std::string& format);

  bool has(AccessField field) const;
  /// Nanoseconds that a number in the field counts. REQUIRES has(field).
  std::int64_t unit(AccessField field) const { return units_[static_cast<std::size_t>(field)]; }
  /// What the format calls the field: "$request_time".
  const std::string& name(AccessField field) const {
    return names_[static_cast<std::size_t>(field)];
  }
  /// Whether the time is when the request came in; else it is when the answer had gone out.
  bool is_time_of_arrival() const { return arrival_; }

  /// Takes a line apart. False where it is not made up so: `column` is then where it begins to
  /// differ, `expected` the text that the format has there. Cost O(line).
  bool split(std::string_view line, Values& values, std::uint32_t& column,
             std::string_view& expected) const;

 private:
  struct Part {
    AccessField field = AccessField::kNone;
    std::string end{};    ///< the text behind it; "" at the end of the line
    bool quoted = false;  ///< its end begins with a quote that a backslash may escape
  };
  class Compiler;

  std::string begin_;  ///< the text in front of the first part
  std::vector<Part> parts_;
  std::array<std::int64_t, static_cast<std::size_t>(AccessField::kCount)> units_{};
  std::array<std::string, static_cast<std::size_t>(AccessField::kCount)> names_;
  bool arrival_ = false;
};

}  // namespace skyreplay::trace
