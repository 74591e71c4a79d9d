#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skyreplay {

/// Where what does not fit into memory lies meanwhile: runs of bytes, one behind the other, in a
/// file without a name, which is gone however the process ends. Every operation throws MachineError
/// where the disk is full or fails, and Interrupted where request_stop() was called.
class SpillFile {
 public:
  struct Run {
    std::uint64_t first = 0;  ///< byte of the file
    std::uint64_t end = 0;
  };

  /// `advice` ends every complaint: what the user can do.
  SpillFile(const std::filesystem::path& folder, std::string advice);
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  /// Adds to the run that is being written.
  void write(const void* bytes, std::size_t count);
  void end_run() { runs_.push_back({runs_.empty() ? 0 : runs_.back().end, written_}); }
  /// REQUIRES so many bytes lie there.
  void read(std::uint64_t first, void* to, std::size_t count) const;
  const std::vector<Run>& runs() const { return runs_; }

 private:
  [[noreturn]] void fail(std::string_view action) const;

  std::filesystem::path folder_;
  std::string advice_;
  int descriptor_ = -1;
  std::uint64_t written_ = 0;
  std::vector<Run> runs_;
};

/// $TMPDIR, or where `out` will be.
std::filesystem::path spill_folder(const std::filesystem::path& out);

}  // namespace skyreplay
