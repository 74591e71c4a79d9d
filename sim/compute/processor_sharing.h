#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "compute/server_config.h"
#include "core/time.h"

namespace skyreplay::compute {

/// CPU time in CPU units x ns: 192 vCPUs use 2^64 of them in 26 hours.
__extension__ using CpuTime = unsigned __int128;

/// Work / rate to the nearest nanosecond, halves up, the rate given as 1 / stretch.
inline Duration stretched(double work_ns, double stretch) {
  return Duration{static_cast<std::int64_t>(work_ns * stretch + 0.5)};
}

/// Jobs that share a server's vCPUs equally (E149): each of n is worked on at the rate
/// min(1, vcpus / n) x speed.
///
/// **Method** Virtual time V is the work that each job present has received since the server last
/// had none. A job that enters at V with work w is done when V reaches its key V + w.
///
/// **Exactly** All in IEEE doubles of nanoseconds, one rounded operation after the other:
/// - stretch(n) = max(1 / speed, n x (1 / (vcpus x speed)));
/// - when a job enters or leaves at t, first V := V + (t - t') / stretch(n), n being the number
///   present since t', the last such instant; V := 0 whenever nobody is present; and V moves at no
///   other instant;
/// - 2^40 ns of V are taken off V and every key as soon as V has reached them, after the above and
///   before the job enters or leaves. That is exact, and keeps V fine to 2^-13 ns through busy
///   periods of any length;
/// - the job of the least (key, order of entering) is due at t' + max(0, (key - V) x stretch(n)),
///   the product rounded to the nearest nanosecond, halves up.
///
/// **Cost** enter() and leave() O(log n); no allocation once as many jobs have been present before.
class ProcessorSharing {
 public:
  /// Starts over with nobody present.
  void reset(const ServerConfig& config, TimePoint now) {
    of_one_ = 1.0 / config.speed;
    of_all_ = 1.0 / (vcpus(config) * config.speed);
    cpu_units_ = config.cpu_units;
    since_ = now;
    busy_ = 0;
    clear();
  }

  /// REQUIRES now not before the last instant told, nor after due(); work > 0.
  void enter(TimePoint now, Duration work, std::uint32_t job) {
    advance(now);
    push({virtual_time_ + static_cast<double>(work.count()), job, ordinal_++});
    set_due();
  }

  /// Takes out the job that due() speaks of. REQUIRES due() <= now.
  std::uint32_t leave(TimePoint now) {
    advance(now);
    const std::uint32_t job = present_.front().job;
    pop();
    if (present_.empty()) virtual_time_ = 0;
    set_due();
    return job;
  }

  /// Everybody is gone, done or not.
  void clear() {
    present_.clear();
    virtual_time_ = 0;
    due_ = kEndOfTime;
  }

  /// When the next job is done if nobody enters before; kEndOfTime if nobody is present.
  TimePoint due() const { return due_; }
  std::uint32_t present() const { return static_cast<std::uint32_t>(present_.size()); }

  /// CPU time used since reset(): the integral of min(n, vcpus) (E150), exact. REQUIRES as enter().
  CpuTime cpu_busy(TimePoint now) const { return busy_ + busy_since(now); }

 private:
  struct Present {
    double key;
    std::uint32_t job;
    /// Decides between equal keys; may wrap, as no two present are 2^31 apart.
    std::uint32_t ordinal;
  };
  static bool before(Present a, Present b) {
    if (a.key != b.key) return a.key < b.key;
    return static_cast<std::int32_t>(a.ordinal - b.ordinal) < 0;
  }
  static constexpr double kRebase = 0x1p40;

  double stretch() const {
    return std::max(of_one_, static_cast<double>(present_.size()) * of_all_);
  }
  CpuTime busy_since(TimePoint now) const {
    const std::uint64_t used = std::min<std::uint64_t>(present_.size() * kUnitsPerVcpu, cpu_units_);
    return CpuTime{used} * static_cast<std::uint64_t>((now - since_).count());
  }
  void advance(TimePoint now) {
    if (!present_.empty()) {
      busy_ += busy_since(now);
      virtual_time_ += static_cast<double>((now - since_).count()) / stretch();
      if (virtual_time_ >= kRebase) [[unlikely]]
        rebase();
    }
    since_ = now;
  }
  void set_due() {
    if (present_.empty()) {
      due_ = kEndOfTime;
      return;
    }
    const double left = std::max(0.0, present_.front().key - virtual_time_);
    due_ = since_ + stretched(left, stretch());
  }
  void rebase();
  void push(Present job);
  void pop();

  double virtual_time_ = 0;
  double of_one_ = 1;  ///< stretch where each has a vCPU
  double of_all_ = 1;  ///< stretch / n where they share
  TimePoint since_;
  TimePoint due_ = kEndOfTime;
  std::vector<Present> present_;  ///< a binary heap by before()
  std::uint32_t ordinal_ = 0;
  std::uint32_t cpu_units_ = kUnitsPerVcpu;
  CpuTime busy_ = 0;
};

inline void ProcessorSharing::push(Present job) {
  present_.push_back(job);
  std::size_t hole = present_.size() - 1;
  while (hole > 0) {
    const std::size_t parent = (hole - 1) / 2;
    if (!before(job, present_[parent])) break;
    present_[hole] = present_[parent];
    hole = parent;
  }
  present_[hole] = job;
}

inline void ProcessorSharing::pop() {
  const Present last = present_.back();
  present_.pop_back();
  const std::size_t size = present_.size();
  if (size == 0) return;
  std::size_t hole = 0;
  for (std::size_t child = 1; child < size; child = 2 * hole + 1) {
    if (child + 1 < size && before(present_[child + 1], present_[child])) ++child;
    if (!before(present_[child], last)) break;
    present_[hole] = present_[child];
    hole = child;
  }
  present_[hole] = last;
}

}  // namespace skyreplay::compute
