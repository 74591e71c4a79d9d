#include "reference/random_scenario.h"

#include <algorithm>
#include <cstdlib>

#include "reference/random_cluster_jobs.h"
#include "reference/random_cluster_providers.h"
#include "reference/random_clusters.h"
#include "reference/random_daemons.h"
#include "reference/random_events.h"
#include "reference/random_faults.h"
#include "reference/random_lambda.h"
#include "reference/random_operations.h"
#include "reference/random_provisioned.h"
#include "reference/random_queues.h"
#include "reference/random_services.h"
#include "reference/random_tasks.h"

namespace skyreplay::reference {
namespace {

using namespace std::chrono_literals;

class Generator {
 public:
  explicit Generator(std::uint64_t number)
      : draws_(number),
        scaled_(~number),
        clock_(number ^ 0xC10C),
        foreseen_(number ^ 0xF0),
        faults_(number),
        lives_(number ^ 0x9e3779b97f4a7c15),
        fronts_(number ^ 0xc2b2ae3d27d4eb4f),
        tasks_(number ^ 0xECA5),
        events_(number),
        providers_(number ^ 0x5907),
        provisioned_(number),
        clusters_(number ^ 0xC1A5),
        daemons_(number),
        random_tasks_(number),
        operations_(number),
        lambda_(number),
        cluster_jobs_(number),
        queues_(number),
        cluster_providers_(number) {
    s_.seed = dice_.below(1000);
  }

  Scenario make() {
    services();
    calls();
    clients();
    account();
    rows();
    changes();
    policies();
    functions();
    predictive_policies();
    scheduled_actions();
    services_of_tasks();
    random_tasks_.deploy(s_, unit_);
    lives();
    faults_.add_to(s_, unit_);
    fronts();
    events_.add_to(s_);
    random_tasks_.add_jobs(s_, unit_);
    provisioned_.scale(s_);
    operations_.add_to(s_);
    if (clusters_.dice.chance(35)) add_cluster(s_, clusters_, unit_);
    daemons_.add_to(s_, unit_);
    random_tasks_.fill(s_);
    lambda_.add_to(s_);
    cluster_jobs_.add_to(s_, unit_);
    queues_.add_to(s_, unit_);
    queues_.foresee(s_, unit_);
    cluster_providers_.add_to(s_, unit_);
    random_tasks_.divide(s_, unit_);
    RandomDaemons::leave_room(s_);
    random_tasks_.look_closely(s_);
    return s_;
  }

 private:
  // --- Services

  void services() {
    const std::uint32_t count = dice_.between(1, dice_.chance(50) ? 2 : 5);
    for (std::uint32_t i = 0; i < count; ++i) {
      Service service{.name = std::string(1, static_cast<char>('a' + i))};
      switch (dice_.below(5)) {
        case 0:
        case 1:
          service.function = draws_.function();
          break;
        case 2:
        case 3:
          service.platform = Service::Platform::kFleet;
          service.fleet = draws_.fleet();
          break;
        default:
          service.platform = Service::Platform::kExternal;
          service.external = draws_.external();
      }
      s_.services.push_back(service);
    }
    s_.warm_start = !dice_.chance(30);
    for (std::uint32_t i = dice_.between(1, 6); i > 0; --i) s_.routes.push_back(dice_.below(count));
  }

  // --- Calls

  bool may_call(std::size_t service) const {
    return s_.services[service].platform != Service::Platform::kExternal;
  }
  bool is_reached(std::size_t service) const {
    const auto calls = [service](const Call& call) { return call.to == service; };
    return std::find(s_.routes.begin(), s_.routes.end(), service) != s_.routes.end() ||
           std::any_of(s_.calls.begin(), s_.calls.end(), calls);
  }

  Call call(std::size_t from, std::size_t to) {
    return {.from = from,
            .to = to,
            .count = dice_.between(1, 3),
            .probability = dice_.chance(50) ? 1.0 : dice_.between(1, 9) / 10.0,
            .sync = dice_.chance(70),
            .fails_caller = dice_.chance(60),
            .work = draws_.law(2),
            .wait = draws_.law(2)};
  }

  /// A service calls those after it. What nothing reaches gets a call or a route.
  void calls() {
    for (std::size_t from = 0; from < s_.services.size(); ++from) {
      for (std::size_t to = from + 1; to < s_.services.size(); ++to) {
        if (may_call(from) && dice_.chance(30)) s_.calls.push_back(call(from, to));
        if (may_call(from) && dice_.chance(5)) s_.calls.push_back(call(from, to));
      }
    }
    for (std::size_t to = 0; to < s_.services.size(); ++to) {
      if (is_reached(to)) continue;
      if (to > 0 && may_call(to - 1)) {
        s_.calls.push_back(call(to - 1, to));
      } else {
        s_.routes.push_back(to);
      }
    }
    // A circle, which ends because few go round it.
    if (s_.calls.size() == 1 && may_call(s_.calls[0].to) && dice_.chance(30)) {
      Call back = call(s_.calls[0].to, s_.calls[0].from);
      back.sync = false;
      back.count = 1;
      back.probability = 0.3;
      s_.calls.push_back(back);
    }
  }

  // --- Clients and limits

  void clients() {
    Client& client = s_.client;
    if (dice_.chance(50)) client.timeout = draws_.at_least(1ms, 8);
    if (dice_.chance(60)) client.max_attempts = dice_.between(2, 5);
    client.base = std::min<Time>(draws_.time(3), 1h);
    client.cap = std::max<Time>(client.base, std::min<Time>(draws_.time(6), 24h));
    client.full_jitter = dice_.chance(40);
    s_.one_duration = dice_.chance(20);
    s_.work_share = dice_.one_of<double>({0.5, 0.3, 0, 1});
    s_.recorded_speed = dice_.one_of<double>({1, 1, 1, 0.8});
  }

  std::uint32_t reserved() const {
    std::uint32_t sum = 0;
    for (const Service& service : s_.services) sum += service.function.reserved.value_or(0);
    return sum;
  }

  void account() {
    Account& account = s_.account;
    account.minimum_unreserved = dice_.below(2);
    if (dice_.chance(50)) {
      account.concurrency = std::max(1U, reserved() + account.minimum_unreserved + dice_.below(6));
    }
    account.requests_factor = dice_.one_of<double>({10, 10, 1, 0.5});
    if (dice_.chance(40)) account.burst = dice_.between(1, 4);
    if (dice_.chance(40)) account.per_second = dice_.one_of<double>({0.1, 1, 2.5});
  }

  // --- Requests

  void rows() {
    s_.start = dice_.chance(30) ? 0ns : unit_ * dice_.below(1000) + Time{dice_.below(2)};
    Time now = s_.start;
    for (std::uint32_t i = dice_.between(1, dice_.chance(10) ? 200 : 40); i > 0; --i) {
      if (!dice_.chance(35)) now += dice_.chance(10) ? draws_.time(60) : draws_.time(3);
      Row row{.arrival = now, .route = dice_.below(s_.routes.size())};
      row.work = std::min<Time>(draws_.time(3), 1h);
      row.wait = std::min<Time>(draws_.time(4), 1h);
      s_.rows.push_back(row);
    }
    s_.end = now + 1ns + (dice_.chance(50) ? draws_.time(20) : 0ns);
    if (dice_.chance(40)) bytes();
    spans();
  }

  void bytes() {
    for (Row& row : s_.rows) {
      if (dice_.chance(20)) continue;
      row.bytes_in = dice_.below(dice_.chance(50) ? 1000 : 1'000'000'000);
      row.bytes_out = dice_.below(dice_.chance(50) ? 1000 : 1'000'000'000);
    }
  }

  /// Windows are few, aligned to the unit or not.
  void spans() {
    const Time length = s_.end - s_.start;
    s_.window = dice_.one_of<Time>({1s, 7s, 60s, 10min, 1h});
    while (s_.window < length / 40) s_.window *= 2;
    s_.drain = dice_.one_of<Time>({0ns, unit_ * 3, unit_ * 50 + 1ns, 15min});
    s_.drain = std::min(s_.drain, s_.window * 40);
    if (dice_.chance(25)) s_.warm_up = std::min<Time>(draws_.time(10), length);
  }

  // --- Changes

  void changes() {
    if (dice_.chance(35)) return;
    std::vector<Time> times;
    const auto units = static_cast<std::uint64_t>((s_.end - s_.start) / unit_ + 2);
    for (std::uint32_t i = dice_.between(1, 5); i > 0; --i)
      times.push_back(unit_ * dice_.below(units));
    std::sort(times.begin(), times.end());
    for (const Time at : times) s_.changes.push_back(change(at));
  }

  Change change(Time at) {
    if (dice_.chance(15)) {
      const Time timeout = draws_.at_least(1ms, 8);
      return {at, Change::Field::kClientTimeout, 0,
              dice_.chance(30) ? std::nullopt : std::optional(timeout.count())};
    }
    if (dice_.chance(10)) return {at, Change::Field::kMaxAttempts, 0, dice_.between(1, 4)};
    const std::size_t service = dice_.below(s_.services.size());
    switch (s_.services[service].platform) {
      case Service::Platform::kFleet:
        return {at, Change::Field::kDesired, service, dice_.below(dice_.chance(50) ? 2 : 5)};
      case Service::Platform::kExternal:
        return {at, Change::Field::kMaxConnections, service,
                dice_.chance(30) ? std::nullopt : std::optional<std::int64_t>(dice_.between(1, 4))};
      default:
        return change_of_function(at, service);
    }
  }

  Change change_of_function(Time at, std::size_t service) {
    const std::optional<std::uint32_t> reserved_now = s_.services[service].function.reserved;
    switch (dice_.below(4)) {
      case 0:
        return {at, Change::Field::kMemory, service, dice_.one_of<int>({128, 1024, 1769})};
      case 1:
        return {at, Change::Field::kFunctionTimeout, service,
                Time{1s}.count() * dice_.between(1, 3)};
      case 2:  // never more than at first, so that the account's limit allows it
        if (!reserved_now) return {at, Change::Field::kReserved, service, 0};
        return {at, Change::Field::kReserved, service,
                dice_.chance(30) ? std::nullopt
                                 : std::optional<std::int64_t>(dice_.below(*reserved_now + 1))};
      default:
        return {at, Change::Field::kAccountConcurrency, 0,
                std::max(1U, reserved() + s_.account.minimum_unreserved) + dice_.below(5)};
    }
  }

  static bool is_group(const Service& service) {
    return service.platform == Service::Platform::kFleet && !service.fleet.fargate;
  }
  bool has_bytes() const {
    return std::any_of(s_.rows.begin(), s_.rows.end(),
                       [](const Row& row) { return row.bytes_in + row.bytes_out > 0; });
  }

  // --- Policies, drawn apart so that scenarios of before stay what they were

  void policies() {
    if (unit_ < 1s || !scaled_.dice.chance(70)) return;
    for (std::size_t i = 0; i < s_.services.size(); ++i) {
      Service& service = s_.services[i];
      if (!is_group(service)) continue;
      scaled_.scale(service.fleet, has_bytes());
      if (scaled_.dice.chance(30)) change_scaling(i);
      if (scaled_.dice.chance(25)) shrink_late(i);
    }
  }

  void predictive_policies() {
    if (unit_ < 1s || !foreseen_.dice.chance(40)) return;
    for (std::size_t i = 0; i < s_.services.size(); ++i) {
      Service& service = s_.services[i];
      if (!is_group(service)) continue;
      foreseen_.foresee(service.fleet, has_bytes());
      if (foreseen_.dice.chance(30)) go_on();
    }
  }

  /// Hours come and go.
  void go_on() {
    s_.end += 1h * foreseen_.dice.between(1, 7);
    while (s_.window < (s_.end - s_.start) / 40) s_.window *= 2;
  }

  void scheduled_actions() {
    if (unit_ < 1s || !clock_.dice.chance(40)) return;
    for (std::size_t i = 0; i < s_.services.size(); ++i) {
      Service& service = s_.services[i];
      if (!is_group(service)) continue;
      clock_.schedule(service.fleet, s_.start, s_.end - s_.start);
      if (clock_.dice.chance(30)) change_suspended(i);
    }
  }

  /// What scales services of tasks.
  void services_of_tasks() {
    if (unit_ < 1s) return;
    for (std::size_t i = 0; i < s_.services.size(); ++i) {
      Service& service = s_.services[i];
      if (service.platform != Service::Platform::kFleet || !service.fleet.fargate) continue;
      if (providers_.dice.chance(50)) provide(i);
      const bool is_scaled = tasks_.dice.chance(65);
      if (is_scaled) tasks_.scale_service(service.fleet);
      if (tasks_.dice.chance(35)) {
        tasks_.schedule_service(service.fleet, s_.start, s_.end - s_.start);
      }
      if (service.fleet.policies.empty() && service.fleet.scheduled.empty()) continue;
      if (tasks_.dice.chance(30)) change_service(i);
      if (tasks_.dice.chance(30)) wait_for_cooldowns();
    }
  }

  /// Capacity providers, and perhaps an interruption of many tasks at once.
  void provide(std::size_t service) {
    Fleet& fleet = s_.services[service].fleet;
    providers_.provide(fleet, s_.end - s_.start);
    const bool has_spot = std::any_of(fleet.providers.begin(), fleet.providers.end(),
                                      [](const Provider& provider) { return provider.spot; });
    if (!has_spot || !providers_.dice.chance(30)) return;
    s_.faults.push_back({.at = (s_.end - s_.start) / 4 * providers_.dice.below(4),
                         .kind = Fault::Kind::kInterruptSpot,
                         .service = service,
                         .factor = providers_.dice.one_of<double>({0.34, 0.5, 1})});
  }

  /// One change more, behind all others.
  void change_service(std::size_t service) {
    Time at = (s_.end - s_.start) / 2;
    if (!s_.changes.empty()) at = std::max(at, s_.changes.back().at);
    if (tasks_.dice.chance(50)) {
      s_.changes.push_back({at, Change::Field::kMaxSize, service, tasks_.dice.between(2, 8)});
    } else {
      s_.changes.push_back({at, Change::Field::kDesired, service, tasks_.dice.below(12)});
    }
  }

  /// The run goes on for so long that alarms act again.
  void wait_for_cooldowns() {
    s_.end += 1min * tasks_.dice.between(3, 20);
    while (s_.window < (s_.end - s_.start) / 40) s_.window *= 2;
  }

  /// Scheduled actions are suspended or resumed, behind all other changes.
  void change_suspended(std::size_t service) {
    Time at = (s_.end - s_.start) / 2;
    if (!s_.changes.empty()) at = std::max(at, s_.changes.back().at);
    s_.changes.push_back(
        {at, Change::Field::kSuspended, service, clock_.dice.chance(50) ? 0 : kScheduledActions});
  }

  /// Drawn apart for the same reason.
  void lives() {
    if (unit_ < 1s) return;
    for (Service& service : s_.services) {
      if (is_group(service) && lives_.dice.chance(70)) lives_.live(service.fleet);
    }
    refusals();
  }

  /// Zones without capacity, while groups grow.
  void refusals() {
    const auto units = static_cast<std::uint64_t>((s_.end - s_.start) / unit_ + 2);
    for (std::size_t i = 0; i < s_.services.size(); ++i) {
      const Service& service = s_.services[i];
      if (!is_group(service) || !lives_.dice.chance(50)) continue;
      for (std::uint32_t k = lives_.dice.between(1, 2); k > 0; --k) {
        s_.faults.push_back({.at = unit_ * lives_.dice.below(units),
                             .lasts = unit_ * lives_.dice.between(1, 60),
                             .kind = Fault::Kind::kRefuseCapacity,
                             .service = i,
                             .everywhere = lives_.dice.chance(50),
                             .zone = lives_.dice.below(service.fleet.zones)});
      }
    }
  }

  /// Billing hours end, and then some of what was added goes.
  void shrink_late(std::size_t service) {
    const Time at = s_.end - s_.start + 1min * scaled_.dice.between(1, 120);
    s_.changes.push_back({at, Change::Field::kDesired, service, scaled_.dice.between(1, 2)});
    s_.end = s_.start + at + 5min;
    while (s_.window < (s_.end - s_.start) / 40) s_.window *= 2;
  }

  /// One change more, behind all others.
  void change_scaling(std::size_t service) {
    Time at = (s_.end - s_.start) / 2;
    if (!s_.changes.empty()) at = std::max(at, s_.changes.back().at);
    if (scaled_.dice.chance(50)) {
      s_.changes.push_back({at, Change::Field::kMaxSize, service, scaled_.dice.between(5, 8)});
    } else {
      s_.changes.push_back({at, Change::Field::kSuspended, service, scaled_.dice.below(8)});
    }
  }

  // --- Provisioned concurrency and storage, drawn after everything else for the same reason

  void functions() {
    for (std::size_t i = 0; i < s_.services.size(); ++i) {
      if (s_.services[i].platform != Service::Platform::kFunction) continue;
      Function& function = s_.services[i].function;
      if (scaled_.dice.chance(20))
        function.storage = scaled_.dice.one_of<std::uint32_t>({513, 1024, 10240});
      if (scaled_.dice.chance(40)) provision(i);
    }
  }

  void provision(std::size_t service) {
    for (const Change& change : s_.changes) {
      if (change.field == Change::Field::kReserved && change.service == service) return;
    }
    Function& function = s_.services[service].function;
    const std::uint32_t most = std::min(scaled_.dice.between(1, 3), function.reserved.value_or(3));
    if (!function.reserved) {
      s_.account.concurrency += most;
      for (Change& change : s_.changes) {
        if (change.field == Change::Field::kAccountConcurrency) *change.value += most;
      }
    }
    function.provisioned = scaled_.dice.below(most + 1);
    function.preparation = unit_ * scaled_.dice.below(4);
    for (std::uint32_t n = scaled_.dice.below(3); n > 0; --n) {
      Time at = (s_.end - s_.start) / 4 * scaled_.dice.below(4);
      if (!s_.changes.empty()) at = std::max(at, s_.changes.back().at);
      s_.changes.push_back(
          {at, Change::Field::kProvisioned, service, scaled_.dice.below(most + 1)});
    }
  }

  // --- Fronts, snapshots and older rules of functions, drawn apart too

  void fronts() {
    Dice& dice = fronts_.dice;
    Account& account = s_.account;
    account.scaling_is_shared = dice.chance(20);
    if (dice.chance(40)) account.api_burst = dice.between(1, 8);
    if (dice.chance(40)) account.api_rate = dice.one_of<double>({0.5, 3, 25, 1000.125});
    if (dice.chance(70)) shrink_payloads();
    for (Service& service : s_.services) {
      for (Hook& hook : service.fleet.hooks) {
        if (dice.chance(30)) hook.heartbeat = 1s * dice.one_of<int>({10, 30, 60, 100});
      }
      if (service.platform != Service::Platform::kFunction) continue;
      Function& function = service.function;
      if (dice.chance(50)) front(function);
      function.init_unbilled = !function.provisioned && dice.chance(20);
      if (dice.chance(20)) function.lifetime = fronts_.law(6);
      if (!function.provisioned && function.storage == 512 && dice.chance(25)) snapshots(function);
    }
  }

  /// To where some pass an API, and some a load balancer.
  void shrink_payloads() {
    constexpr std::uint64_t kMuch = 8 << 20;
    for (Row& row : s_.rows) {
      if (row.bytes_in > kMuch) row.bytes_in %= fronts_.dice.chance(50) ? kMuch : 1 << 21;
      if (row.bytes_out > kMuch) row.bytes_out %= fronts_.dice.chance(50) ? kMuch : 1 << 21;
    }
  }

  void front(Function& function) {
    Dice& dice = fronts_.dice;
    function.front = dice.one_of<Function::Front>(
        {Function::Front::kHttpApi, Function::Front::kRestApi, Function::Front::kBalancer});
    const auto ms = fronts_.time(6) / 1ms;
    function.front_timeout = 1ms * std::clamp<std::int64_t>(ms, 50, 30'000);
    if (dice.chance(40)) {
      function.throttling = {dice.between(1, 5), dice.one_of<double>({0.25, 2, 40})};
    }
    function.rules = dice.chance(50) ? 1 : dice.between(8, 40);
    function.requests_per_connection_milli = dice.one_of<std::uint32_t>({1000, 1500, 10'000});
  }

  void snapshots(Function& function) {
    Dice& dice = fronts_.dice;
    function.runtime = dice.chance(70) ? "python3.13" : "java21";
    function.restore = dice.chance(70) ? fronts_.law(3) : fronts_.law(40);
    function.billed_share = dice.one_of<double>({0, 0.593, 1});
  }

  RandomServices draws_;
  RandomServices scaled_;
  RandomServices clock_;
  RandomServices foreseen_;
  RandomFaults faults_;
  RandomServices lives_;
  RandomServices fronts_;
  RandomServices tasks_;
  RandomEvents events_;
  RandomServices providers_;
  RandomProvisioned provisioned_;
  RandomServices clusters_;
  RandomDaemons daemons_;
  RandomTasks random_tasks_;
  RandomOperations operations_;
  RandomLambda lambda_;
  RandomClusterJobs cluster_jobs_;
  RandomQueues queues_;
  RandomClusterProviders cluster_providers_;
  Dice& dice_ = draws_.dice;
  const Time& unit_ = draws_.unit;
  Scenario s_{};
};

}  // namespace

Scenario random_scenario(std::uint64_t number) { return Generator(number).make(); }

Numbers numbers_to_run(std::uint64_t otherwise) {
  if (const char* one = std::getenv("SKYREPLAY_SCENARIO")) {
    const std::uint64_t number = std::strtoull(one, nullptr, 10);
    return {number, number + 1};
  }
  const char* many = std::getenv("SKYREPLAY_SCENARIOS");
  return {0, many == nullptr ? otherwise : std::strtoull(many, nullptr, 10)};
}

}  // namespace skyreplay::reference
