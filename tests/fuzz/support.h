#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "core/error.h"

/// What the targets share. A target is one function over bytes of the fuzzer's choice: it does with
/// them what a user's file would have done, and aborts (SKY_CHECK) where a promise is broken. Any
/// exception but InputError escapes and is a finding, as are what the sanitizers see, five seconds
/// and 512 MiB.
namespace skyreplay::fuzz {

/// The bytes as libFuzzer hands them over.
inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Whether `action` went through. False where it refused its input, which it must do with a reason.
template <typename Action>
bool accepted(Action&& action) {
  try {
    std::forward<Action>(action)();
    return true;
  } catch (const InputError& error) {
    SKY_CHECK(!std::string_view(error.what()).empty());
    return false;
  }
}

/// Bytes under a path, in memory: what is fuzzed takes paths.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    SKY_CHECK(descriptor_ >= 0);
    SKY_CHECK(::write(descriptor_, bytes.data(), bytes.size()) ==
              static_cast<::ssize_t>(bytes.size()));
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

/// The folder that a target's outputs go to, in memory where there is a place for that; one for
/// all executions of a process, removed at its end.
inline const std::filesystem::path& scratch_folder() {
  struct Folder {
    Folder() {
      const bool shm = ::access("/dev/shm", W_OK) == 0;
      std::string pattern = (shm ? "/dev/shm" : std::filesystem::temp_directory_path().string()) +
                            "/skyreplay-fuzz-XXXXXX";
      SKY_CHECK(::mkdtemp(pattern.data()) != nullptr);
      path = pattern;
    }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
    std::filesystem::path path;
  };
  static const Folder folder;
  return folder.path;
}

/// Cuts the text up to the first line that is `mark`, which is dropped, off `rest`.
inline std::string_view take_part(std::string_view& rest, std::string_view mark) {
  const std::string line = "\n" + std::string(mark) + "\n";
  const std::size_t at = rest.find(line);
  const std::string_view part = rest.substr(0, at == rest.npos ? at : at + 1);
  rest = at == rest.npos ? std::string_view() : rest.substr(at + line.size());
  return part;
}

}  // namespace skyreplay::fuzz
