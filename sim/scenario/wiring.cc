#include "scenario/wiring.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "core/error.h"
#include "core/glob.h"
#include "core/text.h"
#include "scenario/field_path.h"
#include "scenario/hosts.h"
#include "scenario/mistakes.h"
#include "scenario/resolve.h"
#include "scenario/resolve_provisioned.h"

namespace skyreplay::scenario {
namespace {

constexpr std::uint32_t kMinMemoryMib = 128;    // L73
constexpr std::uint32_t kMaxMemoryMib = 10240;  // L73
constexpr std::uint32_t kMemoryStepMib = 128;
constexpr double kMibPerVcpu = 1769;  // L70
constexpr std::size_t kShownRoutes = 10;

/// Routes with one and the same mistake: the first ones are named, all are counted.
struct RouteMistake {
  std::vector<std::string> names;
  std::size_t count = 0;

  void add(const std::string& name) {
    if (++count <= kShownRoutes) names.push_back(in_quotes(name));
  }
  /// "<text> 3 routes of the trace: 'a', 'b', 'c'"
  std::string to_string(const std::string& text) const {
    std::string line = fmt::format("{} {} {} of the trace: {}", text, grouped(count),
                                   count == 1 ? "route" : "routes", fmt::join(names, ", "));
    if (count > names.size()) line += fmt::format(" and {} more", grouped(count - names.size()));
    return line;
  }
};

/// L73: the recorded size, else the largest use rounded up to 128 MB; never below the floor.
std::optional<double> memory_from_trace(const trace::Route& route,
                                        const proto::LambdaAssumed& assumed) {
  const double floor = assumed.has_memory_floor() ? assumed.memory_floor() : kMinMemoryMib;
  if (route.memory_size_mib) return std::max<double>(*route.memory_size_mib, floor);
  const std::optional<double> used =
      route.memory_used_max_mib ? route.memory_used_max_mib : route.memory_used_p50_mib;
  if (used) return std::max(std::ceil(*used / kMemoryStepMib) * kMemoryStepMib, floor);
  if (assumed.has_memory_floor()) return floor;
  return std::nullopt;
}

trace::InvocationKind kind_of(proto::RouteRule::Kind kind) {
  using Kind = trace::InvocationKind;
  switch (kind) {
    case proto::RouteRule::ASYNC:
      return Kind::kAsync;
    case proto::RouteRule::QUEUE:
      return Kind::kQueue;
    case proto::RouteRule::STREAM:
      return Kind::kStream;
    case proto::RouteRule::SCHEDULE:
      return Kind::kSchedule;
    default:
      return Kind::kSync;
  }
}

/// Builds the wiring of one trace.
class Wirer {
 public:
  Wirer(const proto::Scenario& scenario, const std::string& filename, const trace::TraceInfo& trace)
      : filename_(filename), message_(scenario), trace_(trace) {}

  Wiring run() {
    choose_rules();
    for (const std::string& name : service_names(message_)) {
      const proto::Service& service = message_.services().at(name);
      first_[name] = static_cast<std::uint32_t>(wiring_.services.size());
      if (service.for_each_route()) {
        add_each(name, service);
      } else {
        add_shared(name, service);
      }
    }
    for (const std::string& name : cluster_names(message_)) add_cluster(name);
    add_calls();
    feed_services();
    check_reserved();
    report();
    set_recorded_speed();
    report();
    return std::move(wiring_);
  }

 private:
  /// The service of each route, by name; nullptr where no rule matches.
  void choose_rules() {
    RouteMistake unmatched;
    wiring_.route_to_service.assign(trace_.routes.size(), 0);
    for (const trace::Route& route : trace_.routes) wiring_.kinds.push_back(route.kind);
    for (const trace::Route& route : trace_.routes) {
      const auto rule =
          std::find_if(message_.routes().begin(), message_.routes().end(),
                       [&](const auto& r) { return glob_match(r.match(), route.name); });
      const bool is_matched = rule != message_.routes().end();
      if (is_matched && rule->has_kind()) wiring_.kinds[chosen_.size()] = kind_of(rule->kind());
      chosen_.push_back(is_matched ? &rule->service() : nullptr);
      if (!is_matched) unmatched.add(route.name);
    }
    if (unmatched.count > 0) add_mistake("routes", unmatched.to_string("no rule matches"));
  }

  void add_mistake(const std::string& path, const std::string& text) {
    mistakes_.push_back(fmt::format("{}: {}: {}", filename_, path, text));
  }

  void report() const {
    if (!mistakes_.empty()) throw InputError(mistakes_);
  }

  /// One service for each of its routes.
  void add_each(const std::string& name, const proto::Service& service) {
    MemoryMistakes mistakes;
    for (std::size_t i = 0; i < trace_.routes.size(); ++i) {
      if (chosen_[i] == nullptr || *chosen_[i] != name) continue;
      const std::uint32_t memory = memory_of(service, {&trace_.routes[i]}, mistakes);
      add(i, {name + "/" + trace_.routes[i].name, &service, memory});
    }
    add_mistakes(name, mistakes);
  }

  /// One service for all of its routes.
  void add_shared(const std::string& name, const proto::Service& service) {
    MemoryMistakes mistakes;
    std::vector<const trace::Route*> routes;
    const auto index = static_cast<std::uint32_t>(wiring_.services.size());
    for (std::size_t i = 0; i < trace_.routes.size(); ++i) {
      if (chosen_[i] == nullptr || *chosen_[i] != name) continue;
      routes.push_back(&trace_.routes[i]);
      wiring_.route_to_service[i] = index;
    }
    wiring_.services.push_back({name, &service, memory_of(service, routes, mistakes)});
    add_mistakes(name, mistakes);
  }

  /// A group of a cluster is a service that nobody calls.
  void add_cluster(const std::string& name) {
    const proto::Cluster& cluster = message_.clusters().at(name);
    for (const Hosts& hosts : hosts_of(cluster)) {
      auto group = std::make_shared<proto::Service>();
      *group->mutable_ec2() = *hosts.group;
      auto own = std::make_shared<proto::Cluster>();
      *own->mutable_auto_scaling_group() = *hosts.group;
      if (hosts.ecs != nullptr) *own->mutable_auto_scaling_group_provider() = *hosts.ecs;
      own->set_awsvpc_trunking(cluster.awsvpc_trunking());
      *own->mutable_assumed() = *hosts.assumed;
      wiring_.services.push_back({.name = hosts_name(name, hosts.provider),
                                  .config = group.get(),
                                  .cluster = own,
                                  .group = group,
                                  .cluster_name = name,
                                  .provider = hosts.provider});
    }
  }

  void add(std::size_t route, ConcreteService service) {
    const auto index = static_cast<std::uint32_t>(wiring_.services.size());
    const auto [first, is_new] = indices_.emplace(service.name, index);
    if (!is_new) {
      add_mistake("workload.trace", fmt::format("the trace has route {} twice",
                                                in_quotes(trace_.routes[route].name)));
    }
    wiring_.route_to_service[route] = index;
    wiring_.services.push_back(std::move(service));
  }

  /// What feeds each function events: one thing.
  void feed_services() {
    if (!mistakes_.empty()) return;
    for (std::size_t i = 0; i < trace_.routes.size(); ++i) {
      ConcreteService& service = wiring_.services[wiring_.route_to_service[i]];
      const Delivery delivery = delivery_of(*service.config, wiring_.kinds[i]);
      if (delivery == Delivery::kDirect) continue;
      if (service.events != Delivery::kDirect && service.events != delivery) {
        add_mistake(
            join_path("services", service.name),
            "its routes bring events of more than one kind (asynchronous invocation, queue, "
            "stream): give each a function of its own");
        return;
      }
      service.events = delivery;
    }
  }

  struct MemoryMistakes {
    RouteMistake unknown;
    RouteMistake too_large;
  };

  /// The configured memory of a function that answers these routes: the largest any of them needs.
  std::uint32_t memory_of(const proto::Service& service,
                          const std::vector<const trace::Route*>& routes,
                          MemoryMistakes& mistakes) const {
    const proto::LambdaFunction& function = service.lambda();
    if (!function.memory_size().from_trace()) return function.memory_size().mib();
    double largest = kMinMemoryMib;
    for (const trace::Route* route : routes) {
      const std::optional<double> memory = memory_from_trace(*route, function.assumed());
      if (!memory) mistakes.unknown.add(route->name);
      if (memory && !(*memory <= kMaxMemoryMib)) mistakes.too_large.add(route->name);
      largest = std::max(largest, memory.value_or(0));
    }
    return static_cast<std::uint32_t>(std::min<double>(largest, kMaxMemoryMib));
  }

  void add_mistakes(const std::string& name, const MemoryMistakes& mistakes) {
    const std::string path = join_path("services", name) + ".lambda.memory_size";
    if (mistakes.unknown.count > 0) {
      add_mistake(path,
                  mistakes.unknown.to_string(
                      "give a number or set assumed.memory_floor; no memory is recorded for"));
    }
    if (mistakes.too_large.count > 0) {
      add_mistake(path,
                  mistakes.too_large.to_string(fmt::format(
                      "more than the {} MB that Lambda has is needed by", grouped(kMaxMemoryMib))));
    }
  }

  /// Each call once for each service its caller is; a callee is never made for each route.
  void add_calls() {
    std::map<std::string, int> same_way;
    for (const proto::Call& call : message_.calls()) {
      const int ordinal = ++same_way[call.from() + "\n" + call.to()];
      const std::string number = ordinal == 1 ? "" : fmt::format("#{}", ordinal);
      const proto::Service* caller = &message_.services().at(call.from());
      for (std::uint32_t i = first_.at(call.from());
           i < wiring_.services.size() && wiring_.services[i].config == caller; ++i) {
        const std::string& name = wiring_.services[i].name;
        wiring_.calls.push_back({fmt::format("calls.{}/{}{}", name, call.to(), number), i,
                                 first_.at(call.to()), &call});
      }
    }
  }

  void check_reserved() {
    std::uint64_t reserved = 0;
    for (const ConcreteService& service : wiring_.services) {
      reserved += set_aside(service.config->lambda());
    }
    const std::string text = reserved_mistake(message_.account().lambda(), reserved);
    if (!text.empty()) add_mistake("account.lambda", text);
  }

  /// L70, L71: how much of the reference core the recording CPU was, for each route.
  void set_recorded_speed() {
    RouteMistake unknown;
    const proto::RecordedOn& cpu = message_.workload().recorded_on();
    for (std::size_t i = 0; i < trace_.routes.size(); ++i) {
      if (cpu.cpu_case() != proto::RecordedOn::kLambdaMemory) {
        wiring_.recorded_speed.push_back(cpu.speed());
        continue;
      }
      const trace::Route& route = trace_.routes[i];
      const bool from_trace = cpu.lambda_memory().from_trace();
      if (from_trace && !route.memory_size_mib) unknown.add(route.name);
      const double mib = from_trace ? route.memory_size_mib.value_or(1) : cpu.lambda_memory().mib();
      const proto::Service& service = *wiring_.services[wiring_.route_to_service[i]].config;
      // What runs elsewhere now was recorded as a handler that used one vCPU, as most do (L71).
      const double vcpus =
          service.has_lambda() ? service.lambda().assumed().vcpu_parallelism() : 1.0;
      wiring_.recorded_speed.push_back(std::min(vcpus, mib / kMibPerVcpu));
    }
    if (unknown.count > 0) {
      add_mistake("workload.recorded_on.lambda_memory",
                  unknown.to_string("give a number; no memory size is recorded for"));
    }
  }

  const std::string& filename_;
  const proto::Scenario& message_;
  const trace::TraceInfo& trace_;
  Wiring wiring_;
  std::vector<const std::string*> chosen_;
  std::map<std::string, std::uint32_t> indices_;
  std::map<std::string, std::uint32_t> first_;  ///< by name in the scenario: the first it became
  std::vector<std::string> mistakes_;
};

}  // namespace

Wiring expand(const Scenario& scenario, const trace::TraceInfo& trace) {
  Wiring wiring = expand(scenario.message(), scenario.filename(), trace);
  for (const TimedChange& change : scenario.changes()) {
    expand(*change.after, scenario.filename() + ": after the change of " + change.field, trace);
  }
  return wiring;
}

Wiring expand(const proto::Scenario& scenario, const std::string& filename,
              const trace::TraceInfo& trace) {
  return Wirer(scenario, filename, trace).run();
}

Delivery delivery_of(const proto::Service& service, trace::InvocationKind kind) {
  if (service.ecs().has_queue()) return Delivery::kQueue;
  const auto& mappings = service.lambda().event_source_mappings();
  const auto reads = [&](auto has) { return !mappings.empty() && (mappings[0].*has)(); };
  switch (kind) {
    case trace::InvocationKind::kAsync:
    case trace::InvocationKind::kSchedule:
      return service.lambda().has_event_invoke_config() ? Delivery::kAsynchronous
                                                        : Delivery::kDirect;
    case trace::InvocationKind::kQueue:
      return reads(&proto::EventSourceMapping::has_queue) ? Delivery::kQueue : Delivery::kDirect;
    case trace::InvocationKind::kStream:
      return reads(&proto::EventSourceMapping::has_stream) ? Delivery::kStream : Delivery::kDirect;
    default:
      return Delivery::kDirect;
  }
}

std::string_view to_string(Delivery delivery) {
  switch (delivery) {
    case Delivery::kAsynchronous:
      return "async";
    case Delivery::kQueue:
      return "sqs";
    case Delivery::kStream:
      return "stream";
    case Delivery::kDirect:
      break;
  }
  return "";
}

std::uint32_t set_aside(const proto::LambdaFunction& function) {
  return function.has_reserved_concurrent_executions()
             ? function.reserved_concurrent_executions()
             : most_provisioned(function.provisioned_concurrency_config());
}

std::string reserved_mistake(const proto::LambdaAccount& account, std::uint64_t reserved) {
  const std::uint64_t unreserved = account.minimum_unreserved_concurrent_executions();
  const std::uint64_t limit = account.concurrent_executions();
  if (reserved == 0 || reserved + unreserved <= limit) return "";
  return fmt::format(
      "reserved and provisioned concurrency adds up to {}, and {} of the account's {} concurrent "
      "executions must "
      "stay unreserved (L35, L41)",
      grouped(reserved), grouped(unreserved), grouped(limit));
}

}  // namespace skyreplay::scenario
