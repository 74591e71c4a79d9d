#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace skyreplay::trace {

/// The bytes of one input, plain or gzip (told by content, members may be concatenated), from a
/// file or, for "-", from standard input. Memory: one buffer.
class TextInput {
 public:
  /// Throws MachineError if the file cannot be opened or read.
  explicit TextInput(const std::string& path);
  ~TextInput();
  TextInput(TextInput&&) noexcept;
  TextInput& operator=(TextInput&&) noexcept;

  /// Copies up to `capacity` bytes to `to` and returns their number, 0 at the end. Throws
  /// InputError naming the byte offset where gzip data is damaged or cut short.
  std::size_t read(char* to, std::size_t capacity);
  /// The first bytes not yet read, at most 64 KiB, without taking them.
  std::string_view peek();
  /// The path as given; "<stdin>" for standard input.
  const std::string& name() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyreplay::trace
