#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace skyreplay {

/// Where in a user's file a mistake is. Lines and columns count from 1; 0 means "not known", as for
/// a mistake in a flag or a binary file (there the text names the byte offset).
struct SourcePosition {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// "shop.yaml:14:7", "shop.yaml:14" or "shop.yaml", whichever is known.
std::string to_string(const SourcePosition& position);

/// Bad input (exit 2): what is wrong, where, what was expected, and the nearest valid spelling.
/// Thrown by loaders only; caught in one place in the tool. what() holds one mistake a line.
class InputError : public std::runtime_error {
 public:
  /// A mistake without a position.
  explicit InputError(const std::string& message);
  InputError(const SourcePosition& position, const std::string& message);
  /// Several mistakes of one file, in the order of their positions.
  explicit InputError(const std::vector<std::string>& messages);
};

/// The machine said no (exit 3): disk full, unreadable path, out of memory.
class MachineError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The user asked to stop (exit 130 or 143), see request_stop(). `signal` is SIGINT or SIGTERM.
class Interrupted : public std::runtime_error {
 public:
  explicit Interrupted(int signal);
  int signal() const { return signal_; }

 private:
  int signal_;
};

/// Asks everything this process is doing in the library to stop: what reads or writes a file throws
/// Interrupted soon, leaving nothing half-written. 0 takes it back. May be called by a signal
/// handler.
void request_stop(int signal) noexcept;

/// ", did you mean 'max_size'?" for the candidate nearest to `word` within a third of its length,
/// else "". Two letters swapped count as one slip, as does one missing, extra or wrong.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace skyreplay
