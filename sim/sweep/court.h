#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "check/judge.h"
#include "core/error.h"
#include "replay/result_reader.h"

namespace skyreplay::sweep {

/// Judges that look at one result together, so that it is read once for all of them.
class Court {
 public:
  /// `blame(judge, error)` is called with what a judge complains about: that the result has no
  /// answer for it. It must throw.
  using Blame = std::function<void(std::size_t judge, const InputError& error)>;
  explicit Court(Blame blame) : blame_(std::move(blame)) {}

  /// Adds the judge that `make` returns.
  void add(const std::function<std::unique_ptr<check::Judge>()>& make);
  /// Reads all windows and activities that are left. Throws InputError for a damaged file.
  void hear(replay::ResultReader& reader);
  /// What the judges say, in the order they were added.
  std::vector<check::Judgement> finish();

 private:
  template <typename Action>
  void each_judge(const Action& action);

  Blame blame_;
  std::vector<std::unique_ptr<check::Judge>> judges_;
  bool begun_ = false;
  TimePoint last_;
};

}  // namespace skyreplay::sweep
