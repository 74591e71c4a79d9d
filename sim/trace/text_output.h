#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

namespace skyreplay::trace {

/// A text file that appears under its name whole or not at all, compressed as its name's end says:
/// `.gz`, `.zst`, anything else is plain. Equal text gives equal bytes. The counterpart of
/// TextInput. Errors as AtomicFile. Memory: some buffers and the coder's window.
class TextOutput {
 public:
  explicit TextOutput(const std::filesystem::path& path);
  ~TextOutput();
  TextOutput(const TextOutput&) = delete;
  TextOutput& operator=(const TextOutput&) = delete;

  void write(std::string_view text);
  /// REQUIRES not committed before.
  void commit();

 private:
  class Coder;
  class Plain;
  class Gzip;
  class Zstd;
  struct State;
  std::unique_ptr<State> state_;
};

/// The name without the end that says how it is compressed.
std::string_view without_compression(std::string_view name);

}  // namespace skyreplay::trace
