#include "verify/find_scenarios.h"

#include <algorithm>
#include <system_error>

#include "core/error.h"

namespace skyreplay::verify {
namespace {

namespace fs = std::filesystem;

bool is_scenario(const fs::path& file) {
  if (file.stem() != "scenario") return false;
  const std::string extension = file.extension().string();
  return extension == ".yaml" || extension == ".yml" || extension == ".json" ||
         extension == ".textproto";
}

std::vector<fs::path> below(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
    const bool is_hidden = at->path().filename().string().starts_with('.');
    if (is_hidden && at->is_directory()) at.disable_recursion_pending();
    if (at->is_regular_file() && is_scenario(at->path())) found.push_back(at->path());
  }
  if (error) throw MachineError(folder.string() + ": " + error.message());
  return found;
}

}  // namespace

std::vector<fs::path> find_scenarios(const std::vector<fs::path>& paths) {
  if (paths.empty()) throw InputError("no scenario is given");
  std::vector<fs::path> found;
  std::vector<std::string> mistakes;
  for (const fs::path& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error)) {
      mistakes.push_back(path.string() + ": there is no such file or folder");
    } else if (!fs::is_directory(path, error)) {
      found.push_back(path.lexically_normal());
    } else if (const auto inside = below(path); inside.empty()) {
      mistakes.push_back(path.string() + ": there is no scenario.yaml in or below it");
    } else {
      for (const fs::path& file : inside) found.push_back(file.lexically_normal());
    }
  }
  if (!mistakes.empty()) throw InputError(mistakes);
  std::ranges::sort(found, {}, [](const fs::path& file) { return file.string(); });
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace skyreplay::verify
