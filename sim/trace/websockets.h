#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/time.h"
#include "trace/import.h"

namespace skyreplay::trace {

/// 101 Switching Protocols: by it every access log tells a WebSocket from a request.
inline constexpr std::uint16_t kSwitchingProtocols = 101;

/// What becomes of WebSockets, as `--websockets` says. A log tells how long such a connection
/// lived, hours it may be, and not how long anyone worked for it.
class WebSockets {
 public:
  /// "drop" (also ""), "keep", or "cap=30s". Throws InputError naming the flag.
  explicit WebSockets(const std::string& option);

  bool dropped() const { return !kept_; }
  /// Whether the connection stays, work and wait together then held at the cap; one that does not
  /// is counted in `bad`. A negative duration, which is yet to be drawn, stays.
  bool admit(Row& row, BadRows& bad);
  /// Puts the option into the provenance, and how many connections it let in into the notes.
  void describe(ImportJob& job) const;

 private:
  bool kept_ = false;
  std::optional<Duration> cap_;
  std::uint64_t admitted_ = 0;
  std::uint64_t held_ = 0;  ///< of those, how many lived longer than the cap
};

}  // namespace skyreplay::trace
