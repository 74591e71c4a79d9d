#pragma once

// What the reference simulator replays: a scenario and its requests as plain values. Every default
// is filled in by whoever makes one. Names are those of docs/scenario.md.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace skyreplay::reference {

using Time = std::chrono::nanoseconds;  ///< an instant since the epoch, or a length

struct Law {
  enum class Kind { kConstant, kUniform, kExponential, kLognormal, kPercentiles };
  Kind kind = Kind::kConstant;
  Time a{};  ///< the value | the least | the mean | p50
  Time b{};  ///< the most | p99
  std::vector<std::pair<double, Time>> knots{};
};

struct Function {
  std::uint32_t memory = 128;
  Time timeout = std::chrono::seconds{3};
  std::optional<std::uint32_t> reserved{};
  std::optional<std::uint32_t> provisioned{};
  Time preparation = std::chrono::seconds{90};
  std::uint32_t storage = 512;  ///< MB
  bool arm = false;
  double parallelism = 1;
  double speed = 1;
  Law init{};
  Law platform_init{};
  Time init_limit = std::chrono::seconds{10};
  Time function_idle = std::chrono::seconds{645};
  Time environment_idle = std::chrono::seconds{1000};
  Time max_age = std::chrono::hours{2};
  bool least_recently_used = false;
  std::optional<Law> lifetime{};  ///< in the place of both timers
  bool init_unbilled = false;
  std::string runtime{};  ///< python3.13 or java21, where there are snapshots
  std::optional<Law> restore{};
  double billed_share = 1;
  enum class Front { kNone, kHttpApi, kRestApi, kBalancer };
  Front front = Front::kNone;
  Time front_timeout{};
  std::optional<std::pair<std::uint32_t, double>> throttling{};  ///< burst, a second
  std::uint32_t rules = 0;
  std::uint32_t requests_per_connection_milli = 1000;
  // Asynchronous invocation, where it has it.
  bool takes_events = false;
  std::uint32_t retries = 2;
  Time max_event_age = std::chrono::hours{6};  ///< whole seconds
  bool destination = false;                    ///< SQS gets what is dropped
  // A queue of SQS, where it reads one; times are whole seconds.
  bool reads_queue = false;
  std::uint32_t batch_size = 10;
  Time batching_window{};
  std::optional<std::uint32_t> max_concurrency{};
  bool reports_failures = false;
  Time visibility = std::chrono::seconds{30};
  std::optional<std::uint32_t> max_receives{};
  Time retention = std::chrono::seconds{345'600};
  double failure_probability = 0;
  // A stream, where it reads one, in batches as above.
  bool reads_stream = false;
  bool dynamodb = false;
  std::uint32_t shards = 1;
  std::uint32_t parallelization = 1;
  std::uint32_t partition_keys = 0;  ///< 0: each record has its own
  bool bisects = false;
  std::optional<std::uint32_t> record_retries{};
  std::optional<Time> max_record_age{};  ///< whole seconds
  // What a run can say of it, and what can go wrong.
  double crash_probability = 0;
  bool allows_loops = false;
  std::uint32_t plan_permille = 0;  ///< discount of a Savings Plan; 0: it has none
  std::uint32_t plan_ppm = 1'000'000;
};

/// How a route's requests are made.
enum class RouteKind { kSync, kAsync, kSchedule, kQueue, kStream };

enum class Algorithm { kRoundRobin, kLeastOutstanding, kWeightedRandom };

/// Metric math: a number of each of two metrics, with an operation between them.
struct Math {
  std::string left{}, left_statistic = "Average";
  char operation = '/';
  std::string right{}, right_statistic = "Average";
};

/// An alarm on a metric of a group, such as "AWS/EC2 CPUUtilization".
struct Alarm {
  std::string name{};
  std::string metric{};
  std::optional<Math> math{};  ///< in the metric's place
  std::string statistic = "Average";
  Time period = std::chrono::minutes{1};
  std::uint32_t n = 3;
  std::uint32_t m = 3;
  std::string comparison = ">";
  double threshold = 0;
  std::string missing = "missing";
  std::optional<std::uint32_t> second{};
  std::vector<std::size_t> policies{};  ///< which act
};

struct Step {
  std::optional<double> lower{}, upper{};
  std::int32_t number = 0;
};

struct Policy {
  enum class Kind { kTargetTracking, kStep, kSimple, kPredictive };
  Kind kind = Kind::kTargetTracking;
  std::string name{};
  std::optional<std::uint32_t> warmup{};  ///< s
  // Target tracking: the two alarms have the metric, statistic and period of this one.
  Alarm tracked{};
  double target = 50;
  bool disable_scale_in = false;
  std::uint32_t high_n = 3, high_m = 3, low_n = 15, low_m = 15;
  double low_ratio = 0.7;
  std::optional<std::uint32_t> low_second{};
  // Steps and simple policies.
  std::string adjustment_type = "ChangeInCapacity";
  std::optional<std::uint32_t> min_magnitude{};
  std::string aggregation = "Average";
  std::vector<Step> steps{};
  std::int32_t number = 0;
  std::optional<std::uint32_t> cooldown{};              ///< s; of steps, a service's alone
  std::uint32_t out_cooldown = 300, in_cooldown = 300;  ///< s; of a service's target tracking
  // Predictive: forecasts the metric of `tracked`, and scales for `target`.
  bool scales = false;
  std::uint32_t buffer = 300;                 ///< s
  std::optional<std::uint32_t> max_buffer{};  ///< %
  std::vector<double> history{};
  std::string scaling{};  ///< another metric than `tracked`, or the same where it is empty
  std::vector<double> scaling_history{};
};

/// Sets of a group's bounds and desired capacity what is given: at `start`, and at each minute that
/// the lists hold, of an empty list any; all in UTC.
struct ScheduledAction {
  std::string name{};
  std::optional<std::uint32_t> min{}, max{}, desired{};
  std::optional<Time> start{}, end{};  ///< since the start of the trace
  bool recurs = false;
  std::vector<std::uint32_t> minutes{}, hours{}, weekdays{};  ///< Sunday is 0
  std::optional<Time> every{};                                ///< of a service, from `start` on
};

/// Bits of Fleet::suspended.
inline constexpr std::uint32_t kLaunch = 1, kTerminate = 2, kAlarmNotification = 4,
                               kScheduledActions = 8, kHealthCheck = 16, kReplaceUnhealthy = 32,
                               kAzRebalance = 64;

/// A lifecycle hook of a group.
struct Hook {
  std::string name{};
  bool launching = true;
  std::uint32_t timeout = 3600;     ///< s
  bool continues = false;           ///< at the timeout; else it is abandoned
  std::optional<Law> work{};        ///< none: never done
  std::optional<Time> heartbeat{};  ///< how often
};

/// A capacity provider of a service.
struct Provider {
  bool spot = false;
  std::size_t pool = 0;  ///< on a cluster: the so manieth of its groups
  std::uint32_t base = 0, weight = 1;
};

/// A deployment of a service: what it says is another, of all tasks from then on.
struct Deployment {
  Time at{};  ///< since the start of the trace
  std::optional<std::uint32_t> cpu{}, memory{}, memory_reservation{}, workers{}, backlog{};
  std::optional<std::uint64_t> memory_base{}, memory_per_request{};  ///< bytes
  std::optional<Time> pull_time{};
  std::optional<Law> container_start{}, application_start{};
  double work_factor = 1, start_failures = 0, never_healthy = 0;
};

/// How deployments shift traffic (C58); parts are of 10,000.
struct TrafficShift {
  enum class Strategy { kBlueGreen, kLinear, kCanary } strategy = Strategy::kBlueGreen;
  std::uint32_t parts = 10'000;  ///< at first, and of linear ones each time
  std::uint32_t pause_minutes = 0, bake_minutes = 0;
};

/// What ends a deployment.
struct CircuitBreaker {
  bool enabled = false, rolls_back = false, resets = true;
  enum class Threshold { kBounded, kUnbounded, kCount } threshold = Threshold::kBounded;
  std::uint32_t value = 50;
};

/// A container of a task.
struct Container {
  std::uint32_t cpu = 0;  ///< as it is written; a share
  bool essential = true;
  std::optional<std::uint32_t> memory{}, memory_reservation{};  ///< MiB
  // Of a sidecar.
  std::uint32_t cpu_use = 0;     ///< CPU units
  std::uint64_t memory_use = 0;  ///< bytes
  Time pull_time{};              ///< whole milliseconds
  // Its end.
  std::optional<Law> exits{};
  std::uint32_t exit_code = 1;
  struct Restart {
    std::uint32_t period = 300;  ///< s
    std::vector<std::uint32_t> ignored{};
  };
  std::optional<Restart> restart{};
  Law restart_time{};
};

struct Fleet {
  bool fargate = false;
  std::uint32_t desired = 1;
  std::uint32_t min_size = 0;  ///< of tasks alone
  std::uint32_t max_size = 20;
  std::vector<Policy> policies{};
  std::vector<Alarm> alarms{};
  std::vector<ScheduledAction> scheduled{};
  std::optional<std::uint32_t> default_warmup{};  ///< s
  std::uint32_t cooldown = 300;                   ///< s
  bool detailed = false;
  bool protects_new = false;
  bool elb_health = false;
  bool balanced_only = false;
  std::uint32_t grace = 0;  ///< s
  std::vector<std::string> termination_policies{};
  std::vector<Hook> hooks{};
  Law decision_lag{};
  std::uint32_t suspended = 0;
  Time ec2_delay = std::chrono::seconds{90};
  Time balancer_delay = std::chrono::seconds{150};
  Time group_delay = std::chrono::seconds{60};
  Time agent_delay = std::chrono::seconds{30};
  Time ecs_delay = std::chrono::seconds{120};
  std::uint32_t zones = 3;
  double speed = 1;
  std::optional<std::uint32_t> workers{};
  std::optional<std::uint32_t> backlog{};
  Algorithm algorithm = Algorithm::kRoundRobin;
  Time deregistration_delay = std::chrono::seconds{300};
  Time slow_start{};
  Time idle_timeout = std::chrono::seconds{60};
  bool cross_zone = true;
  std::uint32_t check_interval = 30;  ///< s
  std::uint32_t check_timeout = 5;    ///< s
  std::uint32_t healthy_threshold = 5;
  std::uint32_t unhealthy_threshold = 2;
  std::uint32_t rules = 1;
  std::uint32_t requests_per_connection_milli = 100'000;
  // Instances.
  std::string instance_type = "m7i.large";
  Law boot_time{};
  Time pending_time{};
  bool gp2 = false;
  std::uint32_t volume_gib = 8;
  std::uint32_t iops = 3000;
  std::uint32_t throughput = 125;
  std::uint32_t reserved_instances = 0;
  std::uint64_t savings_plan = 0;  ///< 10^-6 USD an hour
  bool public_addresses = false;
  bool internal = false;  ///< the load balancer has no public addresses
  bool spot = false;
  std::vector<Time> price_changes{};  ///< to kSpotPrices, after the trace's start
  std::string max_price{};            ///< USD; none: the on-demand price
  bool capacity_rebalance = false;
  double shock_share = 1;
  Time between_shocks{}, shock_spread{}, reliable_time{}, recommendation_lead{};
  // Tasks.
  std::uint32_t cpu = 256;
  std::uint32_t memory = 512;
  std::optional<std::uint32_t> memory_reservation{};                 ///< C5
  std::optional<std::uint64_t> memory_base{}, memory_per_request{};  ///< bytes; C4
  std::vector<Container> containers{};  ///< none: one, which has all of the task
  std::size_t serving = 0;              ///< the one that requests go to
  bool has_no_size = false;             ///< cpu and memory are the sums of its containers'
  bool arm = false;
  std::uint32_t storage_gib = 20;
  Law infrastructure_time{};
  Time pull_time{};  ///< whole milliseconds: image_size over pull_rate
  Law container_start{};
  Law application_start{};
  std::vector<Provider> providers{};  ///< none: one, on demand
  std::uint32_t stop_timeout = 30;    ///< s
  Law time_to_interruption{};
  // A cluster's group of container instances.
  bool is_cluster = false;
  std::string provider{};                 ///< its name, of a cluster with several groups
  std::optional<std::size_t> beside{};    ///< the first of them, a service, where it is not
  std::vector<Provider> default_split{};  ///< of the first
  std::uint32_t registered_memory = 0, reserved_memory = 0;  ///< MiB
  std::uint32_t vcpus = 0;
  std::uint32_t interfaces = 0;  ///< for tasks
  bool trunking = false;
  bool has_provider = false;
  bool drains = false;
  bool protects = false;  ///< instances with tasks
  struct Managed {
    std::uint32_t target = 100, min_step = 1, max_step = 10'000;
    std::uint32_t warmup = 300;  ///< s
    Time delay = std::chrono::seconds{30};
    std::uint32_t low_n = 15;
  };
  std::optional<Managed> managed{};  ///< what scales the group
  // Tasks on the container instances of a cluster, a service of this number.
  std::optional<std::size_t> cluster{};
  bool launch_type_ec2 = false;  ///< says so, though the cluster has a provider
  bool takes_default = false;    ///< its providers are the cluster's default
  bool daemon = false;           ///< one task on each instance
  bool unreached = false;        ///< by any request: it has no load balancer
  bool awsvpc = false;
  bool distinct_instance = false;
  std::vector<std::string> strategies{};       ///< "random", "spread zone", "binpack cpu", ...
  std::optional<std::uint32_t> not_in_zone{};  ///< by a constraint
  std::uint32_t minimum_healthy = 100, maximum = 200;  ///< %
  CircuitBreaker breaker{};
  std::optional<TrafficShift> shift{};
  Time first_restart_delay = std::chrono::minutes{1};
  std::vector<Deployment> deployments{};
  bool rebalances = true;
  std::uint32_t launch_burst = 80, launches_a_minute = 500;
  struct ContainerCheck {
    std::uint32_t interval = 30, retries = 3, start_period = 0;
  };
  std::optional<ContainerCheck> container_check{};
  Law stop_time{};
  // A queue of SQS in the place of a load balancer; times are whole seconds.
  bool has_queue = false;
  Time visibility = std::chrono::seconds{30};
  std::optional<std::uint32_t> max_receives{};
  Time retention = std::chrono::seconds{345'600};
  double failure_probability = 0;
  Time receive_time{};
  bool close_cpu = false, close_memory = false;  ///< metrics every 20 s
  Time close_delay = std::chrono::seconds{20};
  Time queue_delay = std::chrono::seconds{60}, insights_delay = std::chrono::seconds{120};
};

struct External {
  Law latency{};
  std::optional<std::uint32_t> max_connections{};
  bool refuses_when_full = false;
  std::string price = "0";
};

/// Jobs: each request is a task of its own.
struct JobKind {
  std::uint32_t cpu = 256, memory = 512, storage_gib = 20;
  bool arm = false;
  double speed = 1, parallelism = 1;
  std::optional<std::uint32_t> most{};   ///< at a time
  std::uint32_t burst = 100, rate = 20;  ///< of launches, a second
  Law infrastructure_time{}, container_start{}, application_start{};
  Time pull_time{};  ///< whole milliseconds
  std::vector<Provider> providers{};
  Law time_to_interruption{};
  std::uint32_t stop_timeout = 30;
  // On the container instances of a cluster, a service of this number; the rest as services there.
  std::optional<std::size_t> cluster{};
  bool launch_type_ec2 = false, takes_default = false, awsvpc = false, distinct_instance = false;
  std::vector<std::string> strategies{};
  std::optional<std::uint32_t> not_in_zone{};
  bool queues = false;      ///< what RunTask refuses waits in line
  bool on_managed = false;  ///< of several providers one of its own is
  Law provisioning_timeout{};
};

struct Service {
  enum class Platform { kFunction, kFleet, kExternal, kJob };
  std::string name;
  Platform platform = Platform::kFunction;
  Function function{};
  /// Of a function `fargate` is set where its provisioned concurrency is scaled: then policies,
  /// bounds, scheduled actions and `ecs_delay` are of that.
  Fleet fleet{};
  External external{};
  JobKind job{};
};

struct Call {
  std::size_t from = 0;  ///< index into the services
  std::size_t to = 0;
  std::uint32_t count = 1;
  double probability = 1;
  bool sync = true;
  bool fails_caller = true;
  Law work{};
  Law wait{};
};

struct Client {
  std::optional<Time> timeout{};
  std::uint32_t max_attempts = 1;
  Time base = std::chrono::milliseconds{100};
  Time cap = std::chrono::seconds{20};
  bool full_jitter = true;
};

struct Account {
  std::uint32_t concurrency = 1000;
  std::uint32_t minimum_unreserved = 100;
  std::uint32_t burst = 1000;
  double per_second = 100;
  bool scaling_is_shared = false;
  std::uint32_t api_burst = 5000;
  double api_rate = 10'000;
  double requests_factor = 10;
  std::uint32_t in_flight_messages = 120'000;  ///< of each queue
  bool counts_functions = false;               ///< as CloudWatch does
  std::uint32_t fargate_burst = 100, fargate_rate = 20, spot_burst = 100, spot_rate = 20;
};

struct Change {
  enum class Field {
    kDesired,
    kMaxSize,
    kSuspended,
    kMemory,
    kFunctionTimeout,  ///< ns
    kReserved,
    kProvisioned,
    kMaxConnections,
    kAccountConcurrency,
    kClientTimeout,  ///< ns
    kMaxAttempts
  };
  Time at{};  ///< since the start of the trace
  Field field = Field::kDesired;
  std::size_t service = 0;
  std::optional<std::int64_t> value{};  ///< none: the field is taken away
};

/// Something that fails (docs/faults.md).
struct Fault {
  enum class Kind { kKill, kZoneLoss, kInterruptSpot, kSlowExternal, kBootTime, kRefuseCapacity };
  Time at{};                    ///< since the start of the trace
  std::optional<Time> lasts{};  ///< none: to the end of the run
  Kind kind = Kind::kKill;
  std::size_t service = 0;
  bool everywhere = false;  ///< of a zone: every service loses it
  std::uint32_t zone = 0;
  std::uint32_t count = 1;
  double factor = 1;  ///< of Spot Instances: the share
};

/// What an operator does to a group of instances.
struct Operation {
  enum class Kind { kEnterStandby, kExitStandby, kDetach };
  Time at{};  ///< since the start of the trace
  Kind kind = Kind::kEnterStandby;
  std::size_t service = 0;
  std::uint32_t count = 1;
  bool decrements = true;
};

struct Row {
  Time arrival{};
  std::size_t route = 0;
  Time work{};
  Time wait{};
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

struct Scenario {
  std::uint64_t seed = 1;
  bool warm_start = true;
  Time start{};  ///< of the trace
  Time end{};
  Time window = std::chrono::seconds{60};
  Time warm_up{};
  Time drain = std::chrono::minutes{15};
  bool one_duration = false;  ///< `work` of a row is its whole duration
  double work_share = 0.5;
  double recorded_speed = 1;
  Client client{};
  Account account{};
  std::vector<Service> services{};    ///< in the order of their names
  std::vector<std::size_t> routes{};  ///< the service of each
  std::vector<RouteKind> kinds{};     ///< of each, as far as it goes; the rest are synchronous
  std::vector<Call> calls{};
  std::vector<Change> changes{};  ///< ascending
  std::vector<Fault> faults{};
  std::vector<Operation> operations{};  ///< ascending
  std::vector<Row> rows{};              ///< ascending
};

}  // namespace skyreplay::reference
