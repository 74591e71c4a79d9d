// A sweep file beside two scenarios and a trace of counts: what is refused has a place, what is
// read has variants with different names, constraints that read back, and values that each make a
// scenario.
#include <fstream>
#include <set>

#include "fuzz/support.h"
#include "sweep/sweep_file.h"

namespace skyreplay::fuzz {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

const fs::path& folder() {
  static const fs::path path = [] {
    fs::path folder = scratch_folder();
    write(folder / "shop.yaml",
          "version: 1\nname: shop\nworkload: {counts: {file: c, step: 1s, service_time: 20ms}}\n"
          "services: {web: {ec2: {min_size: 2, max_size: 4, instance_type: m7i.large}}}\n");
    write(folder / "fn.yaml", "version: 1\nname: fn\nservices: {fn: {lambda: {}}}\n");
    write(folder / "c", "3\n4\n5\n");
    return folder;
  }();
  return path;
}

void read(std::string_view text) {
  const fs::path path = folder() / "sweep.yaml";
  write(path, text);
  try {
    const sweep::SweepFile file = sweep::read_sweep_file(path, {});
    std::set<std::string> names;
    SKY_CHECK(!file.variants.empty());
    for (const sweep::Variant& variant : file.variants) {
      SKY_CHECK(names.insert(variant.name).second);
    }
    for (const check::Requirement& constraint : file.constraints) {
      const check::Requirement again = check::parse_requirement(constraint.text);
      SKY_CHECK(check::quantity_of(again) == check::quantity_of(constraint));
    }
  } catch (const InputError& error) {
    SKY_CHECK(!std::string_view(error.what()).empty());
  } catch (const MachineError&) {
    // A base or a trace that is no file that can be read.
  }
}

}  // namespace
}  // namespace skyreplay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  skyreplay::fuzz::read(skyreplay::fuzz::text_of(data, size));
  return 0;
}
