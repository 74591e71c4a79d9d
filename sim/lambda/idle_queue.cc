#include "lambda/idle_queue.h"

#include <algorithm>
#include <utility>

namespace skyreplay::lambda {

std::uint32_t IdleQueue::find(std::uint32_t environment) const {
  std::uint32_t place = 0;
  while (place < size_ && at(place).environment != environment) ++place;
  return place;
}

Idle IdleQueue::take(std::uint32_t place) {
  const Idle taken = at(place);
  --size_;
  for (; place < size_; ++place) at(place) = at(place + 1);
  return taken;
}

void IdleQueue::unmark(std::vector<bool>& marks) const {
  for (std::uint32_t place = 0; place < size_; ++place) marks[at(place).environment] = false;
}

void IdleQueue::grow() {
  const std::uint32_t capacity = std::max(kFewest, 2 * capacity_);
  auto places = std::make_unique<Idle[]>(capacity);
  for (std::uint32_t place = 0; place < size_; ++place) places[place] = at(place);
  places_ = std::move(places);
  first_ = 0;
  capacity_ = capacity;
}

}  // namespace skyreplay::lambda
