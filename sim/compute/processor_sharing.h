#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "compute/present_jobs.h"
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
/// - when a job enters or leaves at t, or the vCPUs become others, first V := V + (t - t') /
/// stretch(n), n being the number
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

  /// `job` has all but its key. REQUIRES now not before the last instant told, nor after due();
  /// work > 0.
  void enter(TimePoint now, Duration work, PresentJob job) {
    advance(now);
    job.key = virtual_time_ + static_cast<double>(work.count());
    present_.push(job);
    set_due();
  }

  /// Takes out the job that due() speaks of. REQUIRES due() <= now.
  PresentJob leave(TimePoint now) {
    advance(now);
    const PresentJob job = present_.pop();
    present_.size() > 0 ? set_due() : set_empty();
    return job;
  }

  /// Other vCPUs from now on. REQUIRES as enter().
  void set_cpu(TimePoint now, std::uint32_t cpu_units, double speed) {
    advance(now);
    of_all_ = 1.0 / (static_cast<double>(cpu_units) / kUnitsPerVcpu * speed);
    cpu_units_ = cpu_units;
    if (present_.size() > 0) set_due();
  }

  /// Counts what was used until now, such as before clear(). REQUIRES as enter().
  void count(TimePoint now) { advance(now); }

  /// Everybody is gone, done or not.
  void clear() {
    present_.clear();
    set_empty();
  }

  /// When the next job is done if nobody enters before; kEndOfTime if nobody is present.
  TimePoint due() const { return due_; }
  /// Who is there, in no order.
  std::span<const PresentJob> present() const { return present_.all(); }

  /// CPU time used since reset(): the integral of min(n, vcpus) (E150), exact. REQUIRES as enter().
  CpuTime cpu_busy(TimePoint now) const { return busy_ + busy_since(now); }

 private:
  static constexpr double kRebase = 0x1p40;
  /// Of nobody: so that V stays what it is, without asking.
  static constexpr double kForever = std::numeric_limits<double>::infinity();

  CpuTime busy_since(TimePoint now) const {
    const std::uint64_t wanted = std::uint64_t{present_.size()} * kUnitsPerVcpu;
    const std::uint64_t used = wanted < cpu_units_ ? wanted : cpu_units_;
    return CpuTime{used} * static_cast<std::uint64_t>((now - since_).count());
  }
  void advance(TimePoint now) {
    busy_ += busy_since(now);
    virtual_time_ += static_cast<double>((now - since_).count()) / stretch_;
    if (virtual_time_ >= kRebase) [[unlikely]]
      rebase();
    since_ = now;
  }
  void set_due() {
    const double shared = static_cast<double>(present_.size()) * of_all_;
    stretch_ = shared > of_one_ ? shared : of_one_;
    const double left = present_.first().key - virtual_time_;
    due_ = since_ + stretched(left > 0.0 ? left : 0.0, stretch_);
  }
  void set_empty() {
    virtual_time_ = 0;
    stretch_ = kForever;
    due_ = kEndOfTime;
  }
  void rebase();

  double virtual_time_ = 0;
  TimePoint since_;
  double stretch_ = kForever;  ///< stretch(n) since then
  TimePoint due_ = kEndOfTime;
  PresentJobs present_;
  double of_one_ = 1;  ///< stretch where each has a vCPU
  double of_all_ = 1;  ///< stretch / n where they share
  std::uint32_t cpu_units_ = kUnitsPerVcpu;
  CpuTime busy_ = 0;
};

}  // namespace skyreplay::compute
