#include "core/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "core/check.h"
#include "core/error.h"
#include "core/stop.h"

namespace skyreplay {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::string_view action, const fs::path& path, int error) {
  throw MachineError(
      fmt::format("cannot {} '{}': {}", action, path.string(), std::strerror(error)));
}

/// "shop.skytrace" -> "shop.skytrace.tmp-<process>-<attempt>" in the same folder, so that the final
/// rename stays within one file system.
fs::path temporary_name(const fs::path& path, int attempt) {
  fs::path name = path;
  name += fmt::format(".tmp-{}-{}", ::getpid(), attempt);
  return name;
}

/// "out/" names the folder "out".
fs::path without_trailing_slash(const fs::path& path) {
  const fs::path normal = path.lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

constexpr int kAttempts = 1000;

/// A slip in --out must not cost a user a folder of their own.
void refuse_to_replace(const fs::path& path, bool force, std::string_view mark) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(path, error);
  if (!fs::exists(status)) return;
  if (!fs::is_directory(status)) {
    throw InputError(fmt::format("'{}' is not a folder, so it is not replaced", path.string()));
  }
  if (!force) {
    throw InputError(
        fmt::format("output folder '{}' exists already; choose another or replace it with --force",
                    path.string()));
  }
  const bool empty = fs::is_empty(path, error);
  if (error) fail("look into", path, error.value());
  if (!empty && !fs::is_regular_file(path / mark, error)) {
    throw InputError(fmt::format(
        "folder '{}' holds no {}, so --force does not replace it; choose another or empty it",
        path.string(), mark));
  }
}

}  // namespace

AtomicFile::AtomicFile(const fs::path& path) : path_(path) {
  int descriptor = -1;
  for (int attempt = 0; descriptor < 0; ++attempt) {
    temporary_ = temporary_name(path_, attempt);
    descriptor = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0 && (errno != EEXIST || attempt == kAttempts)) fail("create", path_, errno);
  }
  file_ = ::fdopen(descriptor, "wb");
  if (file_ == nullptr) {
    const int error = errno;
    ::close(descriptor);
    ::unlink(temporary_.c_str());
    fail("create", path_, error);
  }
}

AtomicFile::~AtomicFile() {
  if (file_ != nullptr) std::fclose(file_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  SKY_CHECK(file_ != nullptr);
  throw_if_stopped();
  if (bytes.empty()) return;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
    fail("write", path_, errno);
  }
}

void AtomicFile::commit() {
  SKY_CHECK(file_ != nullptr);
  throw_if_stopped();
  std::FILE* file = file_;
  file_ = nullptr;
  // fclose flushes: a full disk may only show here.
  if (std::fclose(file) != 0) fail("write", path_, errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("write", path_, errno);
  temporary_.clear();
}

AtomicFolder::AtomicFolder(const fs::path& path, bool force, std::string_view mark)
    : path_(without_trailing_slash(path)), force_(force) {
  refuse_to_replace(path_, force, mark);
  for (int attempt = 0;; ++attempt) {
    temporary_ = temporary_name(path_, attempt);
    if (::mkdir(temporary_.c_str(), 0777) == 0) return;
    if (errno != EEXIST || attempt == kAttempts) fail("create", path_, errno);
  }
}

AtomicFolder::~AtomicFolder() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

void AtomicFolder::commit() {
  SKY_CHECK(!temporary_.empty());
  throw_if_stopped();
  fs::path old;
  if (std::error_code error; force_ && fs::exists(fs::symlink_status(path_, error))) {
    old = temporary_;
    old += "-old";
    if (::rename(path_.c_str(), old.c_str()) != 0) fail("replace", path_, errno);
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const int reason = errno;
    if (!old.empty()) ::rename(old.c_str(), path_.c_str());
    fail("write", path_, reason);
  }
  temporary_.clear();
  std::error_code ignored;
  if (!old.empty()) fs::remove_all(old, ignored);
}

}  // namespace skyreplay
