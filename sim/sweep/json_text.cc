#include "sweep/json_text.h"

#include <fstream>
#include <iterator>

#include "core/scratch_folder.h"

namespace skyreplay::sweep {

std::string json_text(const std::function<void(AtomicFile&)>& write) {
  const ScratchFolder scratch("skyreplay-json");
  AtomicFile file(scratch.path() / "text.json");
  write(file);
  file.commit();
  std::ifstream json(file.path(), std::ios::binary);
  return {std::istreambuf_iterator<char>(json), std::istreambuf_iterator<char>()};
}

}  // namespace skyreplay::sweep
