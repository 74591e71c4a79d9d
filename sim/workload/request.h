#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/time.h"
#include "kernel/slab.h"

namespace skyreplay::workload {

/// Who waits for a request's answer.
enum class Awaited : std::uint8_t {
  kByClient,
  kByNobody,   ///< its client gave up; the service works on all the same
  kByService,  ///< it is a call between services; an asynchronous one is followed to its end too
  kBySource,   ///< it is an event: its route's service took it on and passes it to another
};

/// What is out of the ordinary about a request and the calls made for it: bits. A request that has
/// none takes the short way to its end.
inline constexpr std::uint8_t kUncounted = 1;  ///< it belongs to a warm-up
inline constexpr std::uint8_t kWatched = 2;    ///< somebody is told what becomes of it (Watcher)

/// One attempt in flight, of a client's request or of a call: a record of the clients' slab, of its
/// own, so that whoever knows it by its id is not mistaken for the next attempt's. The
/// first cache line is all that most requests use; the second is for those that queued, called,
/// were called, or carry bytes, told by `more`.
struct alignas(64) Request {
  TimePoint arrival;        ///< of the first attempt
  TimePoint attempt;        ///< of this attempt
  Duration work{};          ///< CPU work at the reference speed
  Duration wait{};          ///< I/O time
  Duration init{};          ///< written by the service: what a cold start added to this attempt
  std::uint64_t row = 0;    ///< in the trace: the counter of its draws
  std::uint32_t flow = 0;   ///< route, or call
  std::uint32_t place = 0;  ///< the service's own: which environment, instance or task
  std::uint32_t generation = 0;  ///< the slab's
  std::uint8_t attempts = 0;     ///< this one included; of a call, those of the client's request
  std::uint8_t marks = 0;
  Awaited awaited = Awaited::kByClient;
  bool more = false;  ///< whether the second line means anything

  /// The first attempt of a client's request that is counted and that nobody watches: what nearly
  /// all are, asked at once. It may have a second line.
  bool is_plain() const { return (standing() & 0x00ff'ffff) == 1; }
  /// And it has none.
  bool is_plain_line() const { return standing() == 1; }

  bool is_counted() const { return (marks & kUncounted) == 0; }
  bool is_watched() const { return (marks & kWatched) != 0; }

  // --- The second line, through the functions below. Times are of this attempt.

  Duration queue{};       ///< waited for a place
  Duration downstream{};  ///< waited for calls to other services
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t path = 0;  ///< which call of which call ... of the client's request; that one has 0
  kernel::SlabId caller;   ///< of a synchronous call
  TimePoint calling_since;        ///< when its own calls began
  std::uint32_t calls = 0;        ///< the list of calls it makes
  std::uint16_t call = 0;         ///< which of the list it is at
  std::uint16_t call_number = 0;  ///< how many of that one it has made

  /// Makes the second line mean something: all zero, where it did not.
  Request& second_line() {
    if (!more) {
      more = true;
      queue = downstream = Duration{};
      bytes_in = bytes_out = path = 0;
      caller = {};
    }
    return *this;
  }
  void spent_queueing(Duration time) { second_line().queue += time; }
  void spent_downstream(Duration time) { second_line().downstream += time; }
  std::uint64_t call_path() const { return more ? path : 0; }

 private:
  /// attempts, marks, awaited and more, which lie side by side, the first the least: compilers do
  /// not see that by themselves.
  std::uint32_t standing() const {
    static_assert(std::endian::native == std::endian::little);
    std::uint32_t standing = 0;
    std::memcpy(&standing, reinterpret_cast<const char*>(this) + offsetof(Request, attempts),
                sizeof standing);
    return standing;
  }
};
static_assert(sizeof(Request) == 128);
static_assert(offsetof(Request, more) == offsetof(Request, attempts) + 3);

}  // namespace skyreplay::workload
