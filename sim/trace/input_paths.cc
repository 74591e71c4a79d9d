#include "trace/input_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/error.h"
#include "core/stop.h"

namespace skyreplay::trace {
namespace {

namespace fs = std::filesystem;

void check(const std::error_code& error, const fs::path& path) {
  if (error) throw MachineError(fmt::format("{}: cannot read: {}", path.string(), error.message()));
}

std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  check(error, folder);
  while (at != fs::recursive_directory_iterator()) {
    throw_if_stopped();
    const fs::path path = at->path();
    const bool hidden = path.filename().native().starts_with('.');
    if (hidden) at.disable_recursion_pending();
    if (!hidden && at->is_regular_file(error)) files.push_back(path.string());
    at.increment(error);
    check(error, path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::vector<std::string> input_paths(const std::vector<std::string>& inputs) {
  if (std::count(inputs.begin(), inputs.end(), "-") > 1) {
    throw InputError("trace import: standard input ('-') can be read only once");
  }
  std::vector<std::string> paths;
  for (const std::string& input : inputs) {
    std::error_code ignored;
    if (input == "-" || !fs::is_directory(input, ignored)) {
      paths.push_back(input);
      continue;
    }
    std::vector<std::string> files = files_below(input);
    if (files.empty()) throw InputError(SourcePosition{input}, "the folder holds no file");
    paths.insert(paths.end(), files.begin(), files.end());
  }
  return paths;
}

}  // namespace skyreplay::trace
