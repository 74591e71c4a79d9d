#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "check/expectation.h"
#include "core/time.h"
#include "skyreplay/scenario.pb.h"

namespace skyreplay::scenario {

/// A timed change of one field (`changes:`).
struct TimedChange {
  std::variant<Duration, TimePoint> at;  ///< from the trace's start, or an instant
  std::string field;                     ///< its path: services.web.ec2.desired_capacity
  std::string value;                     ///< as the field spells it; "null" takes it away
  /// The scenario after this change and all before it, resolved; its own `changes` are left out.
  std::shared_ptr<const proto::Scenario> after;

  /// The instant, for a trace that starts then.
  TimePoint when(TimePoint trace_start) const;
};

/// A scenario that was read, checked and resolved: every field of message() is set, except those
/// whose absence is itself a value (docs/scenario.md says which). Cheap to copy; immutable.
class Scenario {
 public:
  /// Reads a YAML file, JSON (which is YAML) or Protobuf's text format. `sets` are PATH=VALUE
  /// overrides, applied in order before defaults are filled in. Throws InputError with every
  /// mistake, one a line, each with file:line:column, or "--set PATH"; MachineError if the file
  /// cannot be read.
  static Scenario load(const std::filesystem::path& path,
                       const std::vector<std::string>& sets = {});
  /// The same from text; `filename` is what messages call it and where folder() comes from.
  static Scenario parse(std::string_view text, const std::filesystem::path& filename,
                        const std::vector<std::string>& sets = {});

  /// The resolved message. Models read only this.
  const proto::Scenario& message() const;
  /// The timed changes in order of time, equal times in the order they were written. They live as
  /// long as a copy of this Scenario.
  const std::vector<TimedChange>& changes() const;
  /// What the scenario expects of its result, in the order it was written.
  const std::vector<check::Expectation>& expectations() const;
  /// 32 hex digits over the resolved message but for its expectations, which decide no result:
  /// equal for two spellings of one scenario.
  std::string digest() const;
  /// The resolved scenario as YAML that load() reads back to the same digest; fields that are
  /// absent by choice appear as comments.
  std::string to_yaml() const;
  /// The same without the expectations: what a result says of its scenario.
  std::string replayed_yaml() const;
  /// The folder that relative paths in the file start from.
  std::filesystem::path folder() const;
  /// workload.trace, taken from folder() unless absolute; empty if the file names none.
  std::filesystem::path trace_path() const;
  /// The file as messages call it.
  const std::string& filename() const;
  /// The files that this one extends, nearest first, as messages call them.
  const std::vector<std::string>& extended_files() const;
  /// The same file with more overrides after the ones it was read with. Throws as parse() does.
  Scenario with(const std::vector<std::string>& sets) const;

 private:
  struct State;
  explicit Scenario(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace skyreplay::scenario
