#include "core/spill_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "core/stop.h"

namespace skyreplay {
namespace {

/// Written and read between two looks at whether to stop.
constexpr std::size_t kPieceBytes = 1 << 20;

}  // namespace

SpillFile::SpillFile(const std::filesystem::path& folder, std::string advice)
    : folder_(folder), advice_(std::move(advice)) {
  std::string name = (folder / "skyreplay-sort-XXXXXX").string();
  descriptor_ = ::mkstemp(name.data());
  if (descriptor_ < 0) fail("create");
  ::unlink(name.c_str());
}

SpillFile::~SpillFile() { ::close(descriptor_); }

void SpillFile::write(const void* bytes, std::size_t count) {
  const char* from = static_cast<const char*>(bytes);
  for (std::size_t left = count; left > 0;) {
    throw_if_stopped();
    const ssize_t wrote = ::write(descriptor_, from, std::min(left, kPieceBytes));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) fail("write");
    from += wrote;
    left -= static_cast<std::size_t>(wrote);
  }
  written_ += count;
}

void SpillFile::read(std::uint64_t first, void* to, std::size_t count) const {
  char* into = static_cast<char*>(to);
  for (std::size_t left = count; left > 0;) {
    throw_if_stopped();
    const ssize_t got =
        ::pread(descriptor_, into, std::min(left, kPieceBytes), static_cast<off_t>(first));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) fail("read");
    into += got;
    first += static_cast<std::uint64_t>(got);
    left -= static_cast<std::size_t>(got);
  }
}

void SpillFile::fail(std::string_view action) const {
  throw MachineError(fmt::format("cannot {} a file to sort in '{}': {}; {}", action,
                                 folder_.string(), std::strerror(errno), advice_));
}

std::filesystem::path spill_folder(const std::filesystem::path& out) {
  const char* chosen = std::getenv("TMPDIR");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  return out.has_parent_path() ? out.parent_path() : std::filesystem::path(".");
}

}  // namespace skyreplay
