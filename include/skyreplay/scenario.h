#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace skyreplay {

namespace scenario {
class Scenario;
}

/// What to replay a trace on: services, their limits, the clients, and what is recorded. Read from
/// a file of the language in docs/scenario.md, checked, every default filled in. Cheap to copy;
/// immutable.
///
/// Every function that reads throws InputError (skyreplay/error.h) with all mistakes at once, each
/// with file:line:column or the field path it was set by.
class Scenario {
 public:
  /// Reads a YAML or JSON file, or Protobuf's text format. `settings` are "PATH=VALUE", applied in
  /// order before defaults are filled in: "services.fn.lambda.memory_size=1769". Throws
  /// MachineError if it cannot be read.
  static Scenario load(const std::filesystem::path& path,
                       const std::vector<std::string>& settings = {});
  /// The same from text; `path` is what messages call it and where relative paths start from.
  static Scenario parse(std::string_view text, const std::filesystem::path& path,
                        const std::vector<std::string>& settings = {});

  /// The same file with more settings after those it was read with.
  Scenario with(const std::vector<std::string>& settings) const;
  /// YAML with every field named, which load() reads back to the same digest.
  std::string show() const;
  /// 32 hex digits: equal for two spellings of one scenario.
  std::string digest() const;
  std::string name() const;
  /// The trace that the file names, relative to where the program runs; empty if it names none.
  std::filesystem::path trace() const;

  /// What the rooms of this library make of it; not for embedding programs.
  const scenario::Scenario& resolved() const { return *resolved_; }

 private:
  explicit Scenario(scenario::Scenario resolved);
  std::shared_ptr<const scenario::Scenario> resolved_;
};

/// The platforms that have a starter: "ec2", "ecs", "lambda".
std::vector<std::string> starter_platforms();

/// A commented scenario of one service on a platform, to start from. Throws InputError for a
/// platform that has none.
std::string starter_scenario(std::string_view platform);

/// Writes it to a file that does not exist yet, whole or not at all. Throws InputError if the file
/// exists, MachineError if it cannot be written.
void write_starter_scenario(std::string_view platform, const std::filesystem::path& path);

}  // namespace skyreplay
