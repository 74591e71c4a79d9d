#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "reference/model/scenario.h"

namespace skyreplay::reference {

struct Attempt;
struct Request;

/// Messages that were received together.
struct Batch {
  std::vector<Request*> messages;
  std::vector<Attempt*> attempts{};  ///< theirs, once it runs
  Time received{};
  std::uint64_t throttles = 0;
  Attempt* invocation = nullptr;
};

/// A queue of SQS and what reads it. Batches are never forgotten.
struct QueueState {
  std::vector<Request*> visible;  ///< in the order in which they became so
  std::deque<Batch> batches;
  std::uint32_t concurrency = 0, running = 0, throttled = 0, in_flight = 0;
  bool scaling = false;
  Time window{};              ///< when a window that was looked at ends
  std::uint64_t present = 0;  ///< messages not deleted
  Time idle_since{};
  std::vector<std::pair<Time, Time>> idle;  ///< spans in which nothing was there
  std::vector<std::pair<Time, std::uint64_t>> requests;
};

/// Of a stream: records that are worked on together.
struct Part {
  std::vector<Request*> records{};
  std::vector<Attempt*> attempts{};  ///< theirs, once it runs
  std::uint64_t failures = 0, throttles = 0;
};

/// Of a shard, one of those that are worked on side by side: its service, and its number.
using LaneId = std::pair<std::size_t, std::size_t>;
struct Lane {
  std::vector<Request*> records;  ///< in no batch yet
  std::vector<Part> parts;        ///< the last is at work, those before it come after it
  const Attempt* invocation = nullptr;
  Time free_since{};
  Time look_at{};
};

}  // namespace skyreplay::reference
