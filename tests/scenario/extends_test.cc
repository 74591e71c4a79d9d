#include <doctest/doctest.h>

#include <string>

#include "core/error.h"
#include "scenario/scenario.h"
#include "support/temp_folder.h"

namespace skyreplay::scenario {
namespace {

using testing::TempFolder;
using testing::write_file;

const std::string kBase =
    "version: 1\nname: base\nseed: 7\n"
    "workload: {trace: day.skytrace, work_share: 0.2}\n"
    "services: {fn: {lambda: {memory_size: 512}}}\n";

/// A folder with base/scenario.yaml in it.
struct Folder : TempFolder {
  Folder() {
    std::filesystem::create_directory(*this / "base");
    write_file(*this / "base/scenario.yaml", kBase);
  }
  Scenario derived(const std::string& text, const std::vector<std::string>& sets = {}) const {
    std::filesystem::create_directory(*this / "derived");
    write_file(*this / "derived/scenario.yaml", text);
    return Scenario::load(*this / "derived/scenario.yaml", sets);
  }
  std::string mistakes(const std::string& text) const {
    std::string found = testing::message_of<InputError>([&] { derived(text); });
    // Without the folder, whose name is another each time.
    for (std::size_t at = found.find(path().string()); at != std::string::npos;
         at = found.find(path().string())) {
      found.erase(at, path().string().size() + 1);
    }
    return found;
  }
};

TEST_CASE(
    "a scenario that extends another takes over every top-level field that it does not give") {
  const Folder folder;
  const Scenario scenario = folder.derived("extends: ../base/scenario.yaml\nseed: 9\n");
  CHECK(scenario.message().seed() == 9);
  CHECK(scenario.message().name() == "base");
  CHECK(scenario.message().services().at("fn").lambda().memory_size().mib() == 512);
  CHECK_FALSE(scenario.message().has_extends());
}

TEST_CASE("a top-level field that is given takes the place of the extended file's whole") {
  const Folder folder;
  const Scenario scenario =
      folder.derived("extends: ../base/scenario.yaml\nworkload: {trace: x.skytrace}\n");
  CHECK(scenario.message().workload().work_share() == 0.5);  // the default, not the base's 0.2
}

TEST_CASE("null takes a field of the extended file away") {
  const Folder folder;
  CHECK(folder.derived("extends: ../base/scenario.yaml\nname: null\n").message().name() ==
        "derived");
}

TEST_CASE("a file that the extended one names is looked for where that one is") {
  const Folder folder;
  const Scenario scenario = folder.derived("extends: ../base/scenario.yaml\n");
  CHECK(scenario.trace_path().lexically_normal() == folder / "base/day.skytrace");
}

TEST_CASE("what is extended may extend another, and paths go along") {
  const Folder folder;
  std::filesystem::create_directories(folder / "a/b");
  write_file(folder / "a/b/s.yaml", "extends: ../../base/scenario.yaml\nseed: 3\n");
  const Scenario scenario = folder.derived("extends: ../a/b/s.yaml\nname: d\n");
  CHECK(scenario.message().seed() == 3);
  CHECK(scenario.trace_path().lexically_normal() == folder / "base/day.skytrace");
  CHECK(scenario.extended_files().size() == 2);
}

TEST_CASE("a resolved scenario that extended another is equal to one that says all of it") {
  const Folder folder;
  std::string text = kBase;
  text.replace(text.find("day.skytrace"), 12, "../base/day.skytrace");
  CHECK(folder.derived("extends: ../base/scenario.yaml\n").digest() ==
        folder.derived(text).digest());
}

TEST_CASE("settings come after what is extended, once and again") {
  const Folder folder;
  const Scenario scenario = folder.derived("extends: ../base/scenario.yaml\n", {"seed=11"});
  CHECK(scenario.message().seed() == 11);
  const Scenario again = scenario.with({"services.fn.lambda.memory_size=256"});
  CHECK(again.message().seed() == 11);
  CHECK(again.message().services().at("fn").lambda().memory_size().mib() == 256);
}

TEST_CASE("scenarios that extend each other in a circle are refused at the place that closes it") {
  const Folder folder;
  write_file(folder / "base/scenario.yaml", "extends: ../derived/scenario.yaml\n" + kBase);
  CHECK(
      folder.mistakes("extends: ../base/scenario.yaml\n") ==
      "base/scenario.yaml:1:10: extends: goes in a circle: 'derived/scenario.yaml' is extended by "
      "itself");
  CHECK(folder.mistakes("extends: scenario.yaml\n").find("goes in a circle") != std::string::npos);
}

TEST_CASE("a mistake in an extended file is told with that file's position") {
  const Folder folder;
  write_file(folder / "base/scenario.yaml", kBase + "sede: 4\n");
  CHECK(folder.mistakes("extends: ../base/scenario.yaml\nnaem: x\n") ==
        "derived/scenario.yaml:2:1: unknown field 'naem', did you mean 'name'?\n"
        "base/scenario.yaml:6:1: unknown field 'sede', did you mean 'seed'?");
}

TEST_CASE("an extended file that is not there, and a value that is no path, are refused") {
  const Folder folder;
  CHECK(folder.mistakes("extends: nowhere.yaml\n")
            .starts_with("derived/scenario.yaml:1:10: extends: there is no file "
                         "'derived/nowhere.yaml'"));
  CHECK(folder.mistakes("extends: [a]\n").find("must be a file's path, not a list") !=
        std::string::npos);
  CHECK(testing::message_of<InputError>([&] {
          folder.derived("extends: ../base/scenario.yaml\n", {"extends=x.yaml"});
        }) == "--set extends: is read before anything is set");
}

}  // namespace
}  // namespace skyreplay::scenario
