#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compute/servers.h"
#include "kernel/loop.h"

namespace skyreplay::testing {

/// Something that happened at a server, as its owner was told.
struct ServerNote {
  enum What : std::uint8_t { kStarted, kWorked, kDone, kDropped };
  Duration time{};  ///< since the epoch
  What what = kDone;
  std::uint32_t tag = 0;
  std::uint32_t server = 0;
  Duration waited{};  ///< where it started

  friend bool operator==(const ServerNote&, const ServerNote&) = default;
};

inline std::string to_string(const ServerNote& note) {
  const char* what[] = {"started", "worked", "done", "dropped"};
  return std::to_string(note.time.count()) + " ns: " + std::to_string(note.tag) + " " +
         what[note.what] + " at " + std::to_string(note.server) + ", waited " +
         std::to_string(note.waited.count());
}

/// Servers, driven request by request, and what their owner was told. Jobs that make calls are
/// answered after `calls`.
class ServerWorld final : public kernel::Process {
 public:
  ServerWorld() : servers(loop, loop.add(*this), kFirstKind) {}

  /// A request arrives at `time` after the epoch.
  compute::Admitted request(Duration time, std::uint32_t tag, Duration work, Duration wait = {},
                            std::uint32_t server = 0) {
    loop.advance(TimePoint{time});
    return servers.admit(server, tag, work, wait);
  }
  void advance(Duration time) { loop.advance(TimePoint{time}); }
  void remove(std::uint32_t server) { servers.remove(server, *this); }

  void fire(const kernel::Event& event) override {
    if (event.kind != kAnswer) return servers.fire(event, *this);
    const kernel::SlabId job{event.payload, event.tag};
    if (calls_fail) {
      const std::uint32_t tag = tag_of_call_.at(job.index);
      job_done(servers.abandon(job, *this), tag);
    } else {
      servers.resume(job, *this);
    }
  }

  void job_started(std::uint32_t server, std::uint32_t tag, Duration waited) {
    note(ServerNote::kStarted, server, tag, waited);
  }
  void job_worked(std::uint32_t server, std::uint32_t tag, kernel::SlabId job) {
    note(ServerNote::kWorked, server, tag);
    if (tag_of_call_.size() <= job.index) tag_of_call_.resize(job.index + std::size_t{1});
    tag_of_call_[job.index] = tag;
    loop.schedule(loop.now() + calls, 0, kAnswer, job.index, job.generation);
  }
  bool job_done_at_once(std::uint32_t server, std::uint32_t tag) {
    if (ends_at_once) note(ServerNote::kDone, server, tag);
    return ends_at_once;
  }
  void job_done(std::uint32_t server, std::uint32_t tag) {
    note(ServerNote::kDone, server, tag);
    if (on_done) on_done(server, tag);
  }
  void job_dropped(std::uint32_t server, std::uint32_t tag) {
    note(ServerNote::kDropped, server, tag);
  }

  kernel::Loop loop;
  compute::Servers servers;
  std::vector<ServerNote> notes;
  Duration calls{};
  bool calls_fail = false;
  bool ends_at_once = false;  ///< job_done_at_once() takes every job
  std::function<void(std::uint32_t server, std::uint32_t tag)> on_done;

 private:
  static constexpr std::uint16_t kAnswer = 0;
  static constexpr std::uint16_t kFirstKind = 7;

  std::vector<std::uint32_t> tag_of_call_;  ///< by index of the job that makes it

  void note(ServerNote::What what, std::uint32_t server, std::uint32_t tag, Duration waited = {}) {
    notes.push_back({loop.now().time_since_epoch(), what, tag, server, waited});
  }
};

}  // namespace skyreplay::testing
