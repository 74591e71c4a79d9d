#include "replay/request_story.h"

#include "core/check.h"
#include "workload/completion.h"

namespace skyreplay::replay {

using metrics::Outcome;
using workload::Admission;

/// The latest step of that call and attempt that is still under way.
StoryStep& RequestStory::step_of(const workload::Request& request) {
  for (std::size_t i = steps_.size(); i-- > 0;) {
    if (!steps_[i].ended && paths_[i] == request.call_path() &&
        steps_[i].attempt == request.attempts) {
      return steps_[i];
    }
  }
  SKY_CHECK(false && "an answer to an attempt that was not seen");
  return steps_.front();
}

void RequestStory::attempting(std::uint32_t index, const workload::Request& request,
                              const workload::ServiceUnit& at) {
  StoryStep step;
  step.flow = request.flow;
  step.attempt = request.attempts;
  step.began = request.attempt;
  step.before = at.service->standing(at.unit);
  if (request.awaited == workload::Awaited::kByService) {
    // An asynchronous call names its maker's record with a generation that no record has.
    step.caller_waits = request.caller.generation != ~std::uint32_t{0};
    for (std::size_t i = steps_.size(); i-- > 0 && step.caller == StoryStep::kNobody;) {
      if (records_[i] == request.caller.index && !steps_[i].ended) step.caller = i;
    }
  }
  steps_.push_back(std::move(step));
  records_.push_back(index);
  paths_.push_back(request.call_path());
}

void RequestStory::attempted(const workload::Request& request, const workload::ServiceUnit& at,
                             const workload::Admitted& admitted) {
  StoryStep& step = step_of(request);
  step.admission = admitted.admission;
  if (admitted.admission != Admission::kAccepted) {
    step.refusal = at.service->refusal(at.unit, request);
    step.place.is_before_service = at.service->throttled_before(at.unit);
  }
}

void RequestStory::answered(const workload::Request& request, const workload::ServiceUnit& by,
                            TimePoint now, Outcome outcome, workload::Then then) {
  StoryStep& step = step_of(request);
  step.ended = now;
  step.outcome = outcome;
  step.then = then;
  if (step.admission != Admission::kThrottled) step.place = by.service->place_of(by.unit, request);
  if (outcome == Outcome::kCompleted) {
    step.parts = workload::parts_of(request, now);
    step.parts.retry = 0;
    if (request.awaited == workload::Awaited::kBySource) step.parts.queue = 0;  // before the step
  } else if (step.admission == Admission::kAccepted) {
    step.parts.init = request.init.count();
    const bool queued = request.more && request.awaited != workload::Awaited::kBySource;
    step.parts.queue = queued ? request.queue.count() : 0;
    step.parts.downstream = request.more ? request.downstream.count() : 0;
  }
  is_over_ |= then == workload::Then::kEnded && request.awaited != workload::Awaited::kByService;
}

}  // namespace skyreplay::replay
