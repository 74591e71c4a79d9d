#pragma once

#include <filesystem>
#include <memory>

#include "trace/source.h"

namespace skyreplay::trace {

/// Streams a .skytrace file. Opening reads the footer; next() decodes miniblocks as they are asked
/// for, so memory is one block. Any number of readers may be open on one file.
///
/// **Cost** about 2 ns a request for seven columns.
class Reader final : public Source {
 public:
  /// Throws InputError naming the file and byte offset for anything that is not a whole, undamaged
  /// trace; MachineError if it cannot be read.
  explicit Reader(const std::filesystem::path& path);
  ~Reader() override;
  Reader(Reader&&) noexcept;

  const TraceInfo& info() const override;
  Batch next() override;
  /// Continues at the first row whose arrival is at or after `time`, found through the footer.
  void seek(TimePoint time);

  /// Decoded when first asked for.
  const std::uint16_t* status() const override;
  const std::int64_t* init_ns() const override;
  const std::uint32_t* memory_used_mib() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyreplay::trace
