#pragma once

#include <filesystem>
#include <string_view>

namespace skyreplay {

/// A folder of our own below $TMPDIR (by default /tmp), removed with all that is in it however the
/// work ends, short of SIGKILL.
class ScratchFolder {
 public:
  /// Throws MachineError.
  explicit ScratchFolder(std::string_view name);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace skyreplay
