#pragma once

#include <cstdio>
#include <filesystem>
#include <string_view>

namespace skyreplay {

/// A file that appears under its name whole or not at all: bytes go to a temporary beside it,
/// commit() flushes and renames, the destructor removes what was not committed. Writing stops where
/// request_stop() was called.
class AtomicFile {
 public:
  /// Throws MachineError naming the path and the system's reason.
  explicit AtomicFile(const std::filesystem::path& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Throws MachineError when the disk is full.
  void write(std::string_view bytes);
  /// REQUIRES not committed before. Throws MachineError.
  void commit();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  std::FILE* file_ = nullptr;
};

/// A folder that appears whole or not at all: files are written below temporary(), commit() renames
/// it to its name.
class AtomicFolder {
 public:
  /// An existing folder is an InputError, unless `force` is set and it is empty or holds a file
  /// called `mark`: then commit() replaces it. Nothing else is ever replaced, however it is asked.
  AtomicFolder(const std::filesystem::path& path, bool force, std::string_view mark);
  ~AtomicFolder();
  AtomicFolder(const AtomicFolder&) = delete;
  AtomicFolder& operator=(const AtomicFolder&) = delete;

  const std::filesystem::path& temporary() const { return temporary_; }
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  bool force_;
};

}  // namespace skyreplay
