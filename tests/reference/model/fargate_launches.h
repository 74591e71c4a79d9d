#pragma once

#include <algorithm>
#include <functional>
#include <list>

#include "reference/model/calendar.h"
#include "reference/model/mutation.h"
#include "reference/model/result.h"

namespace skyreplay::reference {

/// What an account launches on Fargate, on demand or on FARGATE_SPOT (C49): tokens, and who stands
/// in line for them.
class FargateLaunches {
 public:
  struct Launcher {
    std::function<void()> try_again;
  };

  FargateLaunches(Calendar& calendar, std::uint32_t burst, std::uint32_t rate, Mutation mutation)
      : calendar_(calendar),
        burst_(burst),
        rate_(rate),
        mutation_(mutation),
        tokens_(Wide{burst} * kToken) {}

  bool may(Launcher& who) {
    if (mutation_ == Mutation::kAccountsLaunchAtAnyRate) return true;
    const bool early = mutation_ == Mutation::kNobodyStandsInLine;
    if ((line_.empty() || served_ == &who || early) && tokens() >= kToken) return true;
    if (std::find(line_.begin(), line_.end(), &who) == line_.end()) {
      mutation_ == Mutation::kLastInLineFirst ? line_.push_front(&who) : line_.push_back(&who);
    }
    come_back();
    return false;
  }
  void take() { tokens_ -= kToken; }

 private:
  static constexpr Wide kToken = 1'000'000'000;

  Wide tokens() {
    const Wide since = (calendar_.now - filled_).count();
    filled_ = calendar_.now;
    return tokens_ = std::min(Wide{burst_} * kToken, tokens_ + since * rate_);
  }
  void come_back() {
    if (comes_back_) return;
    comes_back_ = true;
    const auto missing = static_cast<std::int64_t>(kToken - tokens());
    calendar_.plan(calendar_.now + Time{std::max<std::int64_t>(0, missing + rate_ - 1) / rate_},
                   [this] {
                     while (!line_.empty() && tokens() >= kToken) {
                       served_ = line_.front();
                       line_.pop_front();
                       served_->try_again();
                     }
                     served_ = nullptr;
                     comes_back_ = false;
                     if (!line_.empty()) come_back();
                   });
  }

  Calendar& calendar_;
  std::uint32_t burst_, rate_;
  Mutation mutation_;
  Wide tokens_;
  Time filled_ = calendar_.now;
  std::list<Launcher*> line_;
  Launcher* served_ = nullptr;
  bool comes_back_ = false;
};

}  // namespace skyreplay::reference
