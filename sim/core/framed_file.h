#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/atomic_file.h"

namespace skyreplay {

/// The container of traces and results: a magic, then frames
/// {u32 length LE, u32 kind LE, u64 XXH3 of the payload LE, payload}; the last 16 bytes are
/// {u64 footer offset LE, 8 bytes end mark}. A reader starts at the footer.
inline constexpr std::uint32_t kMaxFrameBytes = 64u << 20;
inline constexpr std::size_t kFrameHeaderBytes = 16;

/// The magics of one kind of file, e.g. {"SKYT1\n", "SKYTEND1"}.
struct FrameFormat {
  std::string_view magic;  ///< 6 bytes
  std::string_view end;    ///< 8 bytes
  std::string_view noun;   ///< "trace", "result": what messages call the file
};

/// Appends frames to a file that appears under its name only on commit().
class FrameWriter {
 public:
  /// Throws MachineError if the file cannot be created.
  FrameWriter(const std::filesystem::path& path, const FrameFormat& format);

  /// Returns the frame's offset. REQUIRES payload.size() <= kMaxFrameBytes.
  std::uint64_t append(std::uint32_t kind, std::string_view payload);
  /// Bytes written so far.
  std::uint64_t size() const { return size_; }
  /// Writes the footer frame and the end mark, flushes and renames into place.
  /// Throws MachineError (disk full and the like), leaving nothing under the name.
  void commit(std::uint32_t footer_kind, std::string_view footer);

 private:
  AtomicFile file_;
  FrameFormat format_;
  std::uint64_t size_ = 0;
};

/// Random access to the frames of a file. Several readers may share one path; each has its own
/// position. Every mistake in the file is an InputError that names the file and the byte offset:
/// wrong magic, truncated, a length that lies, a checksum that does not match.
class FrameReader {
 public:
  FrameReader(const std::filesystem::path& path, const FrameFormat& format);
  ~FrameReader();
  FrameReader(FrameReader&&) noexcept;
  FrameReader(const FrameReader&) = delete;

  struct Frame {
    std::uint32_t kind = 0;
    std::uint64_t offset = 0;       ///< of the frame's header
    std::uint64_t next_offset = 0;  ///< of the frame after it
    std::string_view payload;       ///< valid until the next read
  };

  /// Where the end mark says the footer is.
  std::uint64_t footer_offset() const;
  /// The first frame's offset.
  std::uint64_t first_offset() const;
  /// Reads and verifies the frame at `offset`. Throws Interrupted after request_stop().
  Frame read(std::uint64_t offset);
  std::uint64_t file_size() const;
  const std::filesystem::path& path() const;
  /// Throws the InputError "FILE: damaged block at byte OFFSET: WHAT", also for what only the
  /// reader of a payload can see.
  [[noreturn]] void refuse(std::uint64_t offset, std::string_view what) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyreplay
