#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace skyreplay::trace {

/// The bytes of one input, plain, gzip or zstd (told by content; members and frames may be
/// concatenated), from a file or, for "-", from standard input. The file is opened when it is first
/// read, so that thousands may wait their turn. Memory: one buffer and the decoder's window, at
/// most 128 MiB, whatever a compressed file grows to.
class TextInput {
 public:
  /// Throws MachineError if the file is not there or may not be read.
  explicit TextInput(const std::string& path);
  ~TextInput();
  TextInput(TextInput&&) noexcept;
  TextInput& operator=(TextInput&&) noexcept;

  /// Copies up to `capacity` bytes to `to` and returns their number, 0 at the end. Throws
  /// InputError naming the byte offset where compressed data is damaged or cut short, MachineError
  /// if the file cannot be opened or read.
  std::size_t read(char* to, std::size_t capacity);
  /// The first bytes not yet read, at most 64 KiB, without taking them. Errors as read().
  std::string_view peek();
  /// The path as given; "<stdin>" for standard input.
  const std::string& name() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyreplay::trace
