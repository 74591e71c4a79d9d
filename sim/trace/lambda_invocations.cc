#include "trace/lambda_invocations.h"

#include <algorithm>

namespace skyreplay::trace {
namespace {

std::string key_of(std::string_view id) {
  return std::string(id.substr(0, LambdaInvocations::kMostIdBytes));
}

}  // namespace

void LambdaInvocations::start(std::string_view id, TimePoint time, std::uint32_t route) {
  const std::string key = key_of(id);
  // A retry has the id of the attempt before it.
  if (const auto found = open_.find(key); found != open_.end()) settle(found->second);
  const std::uint64_t ordinal = ++ordinals_;
  open_[key] = {.invocation = {.start = time, .route = route}, .ordinal = ordinal};
  order_.push_back({key, ordinal});
  while (order_.size() > kMost) pop();
  // Those whose report was found leave from the front, so that there is rarely one to settle.
  while (!order_.empty() && !open_.contains(order_.front().id)) order_.pop_front();
}

void LambdaInvocations::end(std::string_view id, TimePoint time) {
  const auto found = open_.find(key_of(id));
  if (found == open_.end() || found->second.ended) return;
  found->second.ended = true;
  found->second.invocation.duration = std::max(time - found->second.invocation.start, Duration{0});
}

void LambdaInvocations::report(std::string_view id) {
  if (!open_.empty()) open_.erase(key_of(id));
}

void LambdaInvocations::finish() {
  while (!order_.empty()) pop();
}

void LambdaInvocations::settle(const Open& open) {
  if (!open.ended) {
    ++without_end_;
  } else {
    take_(open.invocation);
  }
}

void LambdaInvocations::pop() {
  const auto found = open_.find(order_.front().id);
  if (found != open_.end() && found->second.ordinal == order_.front().ordinal) {
    settle(found->second);
    open_.erase(found);
  }
  order_.pop_front();
}

}  // namespace skyreplay::trace
