#include "ecs/fargate_service.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "scaling/application_target.h"

namespace skyreplay::ecs {
namespace {

constexpr Duration kSpotNotice = std::chrono::minutes{2};  // C74
constexpr std::size_t kPathPrefix = std::string_view("services.").size();

}  // namespace

FargateService::FargateService(kernel::Loop& loop, metrics::Recorder& recorder,
                               const FargateServiceConfig& config, std::uint64_t seed,
                               const balancing::FleetBilling& billing)
    : Fleet(loop, recorder, config.fleet, seed, billing),
      name_(config.fleet.name.substr(kPathPrefix)),
      revisions_(config.revisions),
      scheduler_(loop, *this, config.scheduler, seed, config.fleet.name),
      launches_(config.launches),
      infrastructure_draws_(seed, config.fleet.name, "infrastructure_time"),
      container_draws_(seed, config.fleet.name, "container_start"),
      application_draws_(seed, config.fleet.name, "application_start"),
      failure_draws_(seed, config.fleet.name, "start_failures"),
      health_draws_(seed, config.fleet.name, "never_healthy"),
      stop_draws_(seed, config.fleet.name, "stop_time"),
      tasks_(billing.catalogue, config.task, billing.region, billing.span, billing.meters,
             config.purchase),
      is_spot_(config.is_spot),
      stop_timeout_(std::min<Duration>(config.stop_timeout, kSpotNotice)),
      stop_time_(config.stop_time),
      is_signaled_at_once_(config.is_signaled_at_once),
      steady_(billing.span),
      bounds_(config.bounds),
      scaling_(config.scaling ? std::make_unique<ServiceScaling>(loop, *this, *config.scaling,
                                                                 bounds_, config.steady)
                              : nullptr),
      scheduled_actions_(loop, config.scheduled_actions,
                         [this](const scaling::ScheduledAction& action) { act(action); }) {
  if (launches_ != nullptr) launcher_ = launches_->join([this] { reconcile(); });
  for (std::size_t i = 1; i < revisions_.size(); ++i) {
    tasks_.add_size(revisions_[i].cpu_units, revisions_[i].memory_mib);
  }
  if (config.scaling) balancing::bill_alarms(*config.scaling, billing, steady_);
  if (config.short_metrics > 0) {
    steady_.add(billing.meters.add_item(*config.short_metric_price), config.short_metrics);
  }
  if (scaling_) scaling_->wait_for(scheduler_);
  if (std::ranges::count(is_spot_, true) > 0) {
    spot_tasks_ = std::make_unique<SpotTasks>(loop, *this, config.time_to_interruption, seed,
                                              config.fleet.name);
  }
  if (config.containers) {
    containers_ =
        std::make_unique<TaskContainers>(loop, *this, *config.containers, seed, config.fleet.name);
  }
}

/// C24, C74, in AWS's words.
void FargateService::interrupt(std::uint32_t member) {
  const std::uint32_t ordinal = this->member(member)->ordinal;
  note("spot", fmt::format("task {}: SpotInterruption, SIGTERM", ordinal));
  signaled_[ordinal] = loop().now();
  stop(member, stop_timeout_, "Your Spot Task was interrupted.");
}

void FargateService::change(const ServiceChange& change) {
  if (change.capacity.desired) set_desired(*change.capacity.desired, change.cause);
  follow_bounds(change.capacity);
}

/// C110.
void FargateService::act(const scaling::ScheduledAction& action) {
  note("scheduled", scaling::in_words(action));
  follow_bounds(action.capacity);
}

void FargateService::follow_bounds(const scaling::CapacityChange& set) {
  const auto followed = scaling::follow(set, desired(), bounds_);
  if (followed) set_desired(followed->to, followed->cause);
}

void FargateService::member_in_service(std::uint32_t member) {
  if (scaling_) scaling_->member_in_service(member);
  const MemberState task = *this->member(member);
  if (is_spot(task.kind)) spot_tasks_->in_service(member, task.ordinal);
  scheduler_.in_service(member);
  if (containers_) containers_->in_service(member);
}

void FargateService::member_out_of_memory(std::uint32_t member, const std::string& why) {
  if (!containers_) return lose_task(member, why);
  containers_->killed(member, why);
}

void FargateService::member_taken_out(std::uint32_t member) {
  if (is_signaled_at_once_) signaled_[this->member(member)->ordinal] = loop().now();
}

bool FargateService::may_launch(std::uint32_t kind) {
  return launches_ == nullptr || launches_->may_launch(launcher_, is_spot(kind));
}

void FargateService::is_launched(std::uint32_t kind) {
  if (launches_ != nullptr) launches_->launch(is_spot(kind));
}

bool FargateService::schedule_members() {
  scheduler_.schedule();
  return true;
}

FargateService::Phases FargateService::phases(std::uint32_t ordinal) const {
  const auto drawn = [ordinal](const Distribution& law, const RandomStream& stream) {
    RandomEngine draw = stream.at(ordinal);
    return law.sample(draw);
  };
  const auto happens = [ordinal](double share, const RandomStream& stream) {
    return share > 0 && stream.at(ordinal).uniform() < share;
  };
  const TaskRevision& revision = launching();
  const TaskStart& start = revision.start;
  Phases takes{.infrastructure = drawn(start.infrastructure_time, infrastructure_draws_),
               .pull = start.pull_time,
               .container = drawn(start.container_start, container_draws_),
               .application = drawn(start.application_start, application_draws_),
               .never_runs = happens(revision.start_failures, failure_draws_)};
  if (happens(revision.never_healthy, health_draws_)) takes.application = Duration::max();
  return takes;
}

balancing::Fleet::Launch FargateService::launch(std::uint32_t ordinal) {
  const Phases takes = phases(ordinal);
  return {.billed = takes.infrastructure,
          .in_service = takes.infrastructure + takes.pull + takes.container,
          .is_abandoned = takes.never_runs,
          .ready = takes.application};
}

/// In AWS's words.
std::string FargateService::abandonment(std::uint32_t) const {
  return "Essential container in task exited";
}

/// C24, C55: from SIGTERM on, which comes when it has drained, or with its interruption.
Duration FargateService::termination_wait(std::uint32_t ordinal) const {
  RandomEngine draw = stop_draws_.at(ordinal);
  const Duration takes = std::min(stop_time_.sample(draw), stop_timeout_);
  const auto found = signaled_.find(ordinal);
  if (found == signaled_.end()) return takes;
  return std::max(Duration{}, found->second + takes - loop().now());
}

void FargateService::configure_server(std::uint32_t member, compute::ServerConfig& server) const {
  const TaskRevision& revision = revision_of(member);
  server.cpu_units = revision.cpu_units;
  server.speed = revision.speed;
  server.workers = revision.workers;
  server.backlog = revision.backlog;
  server.memory = revision.memory;
  if (!containers_) return;
  const TaskContainersConfig& of_task = containers_->config();
  const CpuDivision cpu = of_task.cpu(of_task.all_run());
  server.cpu_units = cpu.left;
  server.cpu_units_beside = cpu.beside;
  if (server.memory) server.memory = of_task.memory(*server.memory, of_task.all_run());
  server.may_change = of_task.may_change();
}

std::vector<std::string> FargateService::notes() const {
  std::vector<std::string> notes;
  const std::uint64_t kills = out_of_memory_kills();
  if (kills > 0) {
    notes.push_back(
        fmt::format("{} task{} of {} {} killed because requests took more memory than there was",
                    grouped(kills), kills == 1 ? "" : "s", name_, kills == 1 ? "was" : "were"));
  }
  if (containers_ && containers_->exited() > 0) {
    const bool is_one = containers_->exited() == 1;
    notes.push_back(fmt::format(
        "{} container{} of the tasks of {} exited, and {} restarted",
        grouped(containers_->exited()), is_one ? "" : "s", name_,
        grouped(containers_->restarted()) + (containers_->restarted() == 1 ? " was" : " were")));
  }
  return notes;
}

void FargateService::bill_from(std::uint32_t member, TimePoint at) {
  if (billed_.size() <= member) billed_.resize(member + std::size_t{1});
  billed_[member] =
      tasks_.start(at, is_spot(this->member(member)->kind), scheduler_.revision_of(member));
}

void FargateService::bill_until(std::uint32_t member, TimePoint at) {
  tasks_.end(billed_[member], at, is_spot(this->member(member)->kind),
             scheduler_.revision_of(member));
}

void FargateService::read_members(TimePoint until, pricing::Meters& meters) {
  tasks_.read(until, meters);
  steady_.read(until, meters);
}

}  // namespace skyreplay::ecs
