#include <skyreplay/diff.h>

#include <fstream>
#include <iterator>

#include "core/scratch_folder.h"
#include "verify/result_difference.h"

namespace skyreplay {

DiffReport diff_results(const std::filesystem::path& a, const std::filesystem::path& b) {
  const verify::ResultDifference difference = verify::compare_results(a, b);
  const ScratchFolder scratch("skyreplay-diff");
  const std::filesystem::path json = scratch.path() / "diff.json";
  verify::write_difference_json(json, difference);
  std::ifstream file(json, std::ios::binary);
  DiffReport report;
  report.same = difference.a.digest == difference.b.digest;
  report.text = verify::difference_text(difference);
  report.json.assign(std::istreambuf_iterator<char>(file), {});
  return report;
}

}  // namespace skyreplay
