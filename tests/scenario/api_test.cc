#include <doctest/doctest.h>
#include <skyreplay/error.h>
#include <skyreplay/scenario.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

using skyreplay::InputError;
using skyreplay::MachineError;
using skyreplay::Scenario;

namespace {

const std::string kText = "version: 1\nservices: {fn: {lambda: {}}}\n";

/// A file that is gone at the end of the case.
struct TemporaryFile {
  std::filesystem::path path;

  TemporaryFile(const std::string& name, const std::string& text)
      : path(std::filesystem::temp_directory_path() / name) {
    std::ofstream(path, std::ios::binary) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
};

std::string refusal(const std::filesystem::path& path) {
  try {
    Scenario::load(path);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a scenario loads from a file and shows what was set on it") {
  const TemporaryFile file("skyreplay_api_test.yaml", kText);
  const Scenario scenario = Scenario::load(file.path, {"seed=9"});
  CHECK(scenario.name() == "skyreplay_api_test");
  CHECK(scenario.show().find("\nseed: 9\n") != std::string::npos);
  CHECK(scenario.with({"seed=10"}).show().find("\nseed: 10\n") != std::string::npos);
  CHECK(scenario.with({"seed=1"}).digest() == Scenario::load(file.path).digest());
}

TEST_CASE("the trace's path starts from the scenario's folder") {
  const auto trace = [](const std::string& set) {
    return Scenario::parse(kText, "a/b/shop.yaml", {set}).trace().string();
  };
  CHECK(trace("workload.trace=x.skytrace") == "a/b/x.skytrace");
  CHECK(trace("workload.trace=/data/x.skytrace") == "/data/x.skytrace");
  CHECK(trace("seed=1") == "");
}

TEST_CASE("a folder and a file too large are refused by name") {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "skyreplay_folder";
  std::filesystem::create_directory(folder);
  CHECK(refusal(folder) == folder.string() + ": is a folder; name the file in it, such as " +
                               (folder / "scenario.yaml").string());
  std::filesystem::remove(folder);
  const TemporaryFile large("skyreplay_large.yaml", std::string((64u << 20) + 1, '#'));
  CHECK(refusal(large.path) == large.path.string() + ": is larger than 64 MiB");
}

TEST_CASE("a file that is not there is the machine's trouble, not the input's") {
  CHECK_THROWS_WITH_AS(Scenario::load("/no/such/shop.yaml"),
                       "/no/such/shop.yaml: No such file or directory", MachineError);
}
