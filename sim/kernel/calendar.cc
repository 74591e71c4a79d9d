#include "kernel/calendar.h"

#include <algorithm>

namespace skyreplay::kernel {
namespace {

/// Sweeping is worth it only once dead events outnumber live ones and are not a handful.
constexpr std::size_t kSweepFloor = 64;

}  // namespace

Calendar::Calendar() : generations_(1, 0) { minimum_.fill(kNever); }

EventId Calendar::push_cancellable(Event event) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(generations_.size()));
    generations_.push_back(0);
  }
  event.slot = free_slots_.back();
  event.tag = generations_[event.slot];
  free_slots_.pop_back();
  push(event);
  return {event.slot, event.tag};
}

bool Calendar::cancel(EventId id) {
  if (id.slot == 0 || generations_[id.slot] != id.generation) return false;
  ++generations_[id.slot];
  free_slots_.push_back(id.slot);
  ++dead_;
  if (dead_ > kSweepFloor && dead_ * 2 > size_) sweep();
  return true;
}

bool Calendar::is_dead(const Event& event) const {
  return event.slot != 0 && generations_[event.slot] != event.tag;
}

bool Calendar::release_if_live(const Event& event) {
  if (is_dead(event)) {
    --dead_;
    return false;
  }
  ++generations_[event.slot];
  free_slots_.push_back(event.slot);
  return true;
}

bool Calendar::refill(std::uint64_t limit) {
  if (mask_ == 0) return false;
  const auto i = static_cast<std::size_t>(std::countr_zero(mask_)) + 1;
  const std::uint64_t least = minimum_[i];
  // `last_` moves here and nowhere else: not on a peek, not to `limit`.
  if (least > limit) return false;
  buckets_[0].clear();
  front_ = 0;
  last_ = least;
  mask_ &= mask_ - 1;
  minimum_[i] = kNever;
  std::vector<Event>& bucket = buckets_[i];
  // Lower buckets are empty, so moving in order keeps ties in the order they were pushed.
  for (const Event& event : bucket) append(key_of(event.time), event);
  bucket.clear();
  return true;
}

void Calendar::sweep() {
  // Bucket 0 keeps what was already read, so that front_ stays right.
  const auto dead = [this](const Event& event) { return is_dead(event); };
  auto& now = buckets_[0];
  now.erase(std::remove_if(now.begin() + static_cast<std::ptrdiff_t>(front_), now.end(), dead),
            now.end());
  size_ = now.size() - front_;
  mask_ = 0;
  for (std::size_t i = 1; i < kBuckets; ++i) {
    auto& bucket = buckets_[i];
    bucket.erase(std::remove_if(bucket.begin(), bucket.end(), dead), bucket.end());
    minimum_[i] = kNever;
    for (const Event& event : bucket) minimum_[i] = std::min(minimum_[i], key_of(event.time));
    if (!bucket.empty()) mask_ |= std::uint64_t{1} << (i - 1);
    size_ += bucket.size();
  }
  dead_ = 0;
}

}  // namespace skyreplay::kernel
