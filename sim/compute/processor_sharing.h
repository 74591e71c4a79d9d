#pragma once

#include <cstdint>
#include <span>
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
  /// What the owner wants to have back of a job.
  struct Job {
    Duration wait{};
    std::uint32_t tag = 0;
    /// Order of entering. Decides between equal keys; may wrap, as no two present are 2^31 apart.
    std::uint32_t ordinal = 0;
  };
  struct Present {
    double key = 0;
    Job job;
  };

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
  void enter(TimePoint now, Duration work, const Job& job) {
    advance(now);
    push({virtual_time_ + static_cast<double>(work.count()), job});
    set_due();
  }

  /// Takes out the job that due() speaks of. REQUIRES due() <= now.
  Job leave(TimePoint now) {
    advance(now);
    const Job job = heap_[0].job;
    pop();
    set_due();
    return job;
  }

  /// Everybody is gone, done or not.
  void clear() {
    size_ = 0;
    set_due();
  }

  /// When the next job is done if nobody enters before; kEndOfTime if nobody is present.
  TimePoint due() const { return due_; }
  /// Who is there, in no order.
  std::span<const Present> present() const { return std::span(heap_).first(size_); }

  /// CPU time used since reset(): the integral of min(n, vcpus) (E150), exact. REQUIRES as enter().
  CpuTime cpu_busy(TimePoint now) const { return busy_ + busy_since(now); }

 private:
  static bool before(const Present& a, const Present& b) {
    if (a.key != b.key) return a.key < b.key;
    return static_cast<std::int32_t>(a.job.ordinal - b.job.ordinal) < 0;
  }
  static constexpr double kRebase = 0x1p40;

  double stretch() const {
    const double shared = static_cast<double>(size_) * of_all_;
    return shared > of_one_ ? shared : of_one_;
  }
  CpuTime busy_since(TimePoint now) const {
    const std::uint64_t wanted = std::uint64_t{size_} * kUnitsPerVcpu;
    const std::uint64_t used = wanted < cpu_units_ ? wanted : cpu_units_;
    return CpuTime{used} * static_cast<std::uint64_t>((now - since_).count());
  }
  void advance(TimePoint now) {
    busy_ += busy_since(now);
    // Of no effect where nobody is present: V is 0 then, and stays so.
    const std::int64_t elapsed = size_ == 0 ? 0 : (now - since_).count();
    virtual_time_ += static_cast<double>(elapsed) / stretch();
    if (virtual_time_ >= kRebase) [[unlikely]]
      rebase();
    since_ = now;
  }
  void set_due() {
    if (size_ == 0) {
      virtual_time_ = 0;
      due_ = kEndOfTime;
      return;
    }
    const double left = heap_[0].key - virtual_time_;
    due_ = since_ + stretched(left > 0 ? left : 0, stretch());
  }
  void rebase();
  void grow();
  void push(const Present& job);
  void pop();

  double virtual_time_ = 0;
  TimePoint since_;
  TimePoint due_ = kEndOfTime;
  double of_one_ = 1;  ///< stretch where each has a vCPU
  double of_all_ = 1;  ///< stretch / n where they share
  std::uint32_t size_ = 0;
  std::uint32_t cpu_units_ = kUnitsPerVcpu;
  std::vector<Present> heap_;  ///< the first size_ are a binary heap by before()
  CpuTime busy_ = 0;
};

inline void ProcessorSharing::push(const Present& job) {
  if (size_ == heap_.size()) [[unlikely]]
    grow();
  Present* const heap = heap_.data();
  std::size_t hole = size_++;
  while (hole > 0) {
    const std::size_t parent = (hole - 1) / 2;
    if (!before(job, heap[parent])) break;
    heap[hole] = heap[parent];
    hole = parent;
  }
  heap[hole] = job;
}

inline void ProcessorSharing::pop() {
  Present* const heap = heap_.data();
  const std::size_t size = --size_;
  const Present last = heap[size];
  std::size_t hole = 0;
  for (std::size_t child = 1; child < size; child = 2 * hole + 1) {
    if (child + 1 < size && before(heap[child + 1], heap[child])) ++child;
    if (!before(heap[child], last)) break;
    heap[hole] = heap[child];
    hole = child;
  }
  heap[hole] = last;
}

}  // namespace skyreplay::compute
