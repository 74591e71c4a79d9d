#include "scenario/recursive_loops.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <map>

#include "lambda/config.h"

namespace skyreplay::scenario {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

constexpr double kTooMany = 1e6;

bool has_front(const proto::LambdaFunction& function) {
  return function.has_http_api() || function.has_rest_api() || function.has_load_balancer();
}

std::vector<std::size_t> components_of(const Graph& graph) {
  std::vector<std::size_t> components(num_vertices(graph));
  boost::strong_components(graph, boost::make_iterator_property_map(
                                      components.begin(), get(boost::vertex_index, graph)));
  return components;
}

/// How many calls each makes of each, within loops.
struct Edge {
  std::size_t from = 0;
  std::size_t to = 0;
  double calls = 0;
};

double invocations_from(std::size_t function, const std::vector<Edge>& edges, std::size_t services,
                        std::size_t in_loops) {
  std::vector<double> now(services, 0.0);
  now[function] = 1;
  double sum = 0;
  for (std::size_t step = 0; step < lambda::kLongestLoop * in_loops && sum <= kTooMany; ++step) {
    std::vector<double> next(services, 0.0);
    for (const Edge& edge : edges) next[edge.to] += now[edge.from] * edge.calls;
    for (const double each : next) sum += each;
    now = next;
  }
  return sum;
}

}  // namespace

bool is_followed(const proto::Service& from, const proto::Service& to) {
  return from.has_lambda() && to.has_lambda() && !has_front(to.lambda());
}

std::optional<LoopGrowth> largest_growth(const proto::Scenario& scenario) {
  std::map<std::string, std::size_t> numbers;
  for (const proto::Call& call : scenario.calls()) {
    for (const std::string& name : {call.from(), call.to()}) {
      numbers.try_emplace(name, numbers.size());
    }
  }
  Graph graph(numbers.size());
  std::vector<Edge> edges;
  for (const proto::Call& call : scenario.calls()) {
    const auto& services = scenario.services();
    if (!is_followed(services.at(call.from()), services.at(call.to()))) continue;
    edges.push_back({numbers[call.from()], numbers[call.to()], call.count() * call.probability()});
    boost::add_edge(edges.back().from, edges.back().to, graph);
  }
  const std::vector<std::size_t> components = components_of(graph);
  std::erase_if(edges, [&](const Edge& e) { return components[e.from] != components[e.to]; });
  std::vector<bool> in_loop(numbers.size(), false);
  for (const Edge& edge : edges) in_loop[edge.to] = true;
  const auto count = static_cast<std::size_t>(std::count(in_loop.begin(), in_loop.end(), true));
  std::optional<LoopGrowth> largest;
  double most = -1;
  for (const auto& [name, number] : numbers) {
    if (!in_loop[number]) continue;
    const double invocations = invocations_from(number, edges, numbers.size(), count);
    if (invocations <= most) continue;
    most = invocations;
    largest = LoopGrowth{.function = name, .is_too_many = invocations > kTooMany};
  }
  return largest;
}

RecursiveLoops::RecursiveLoops(const Wiring& wiring)
    : wiring_(wiring), places_(wiring.services.size()) {
  Graph graph(wiring.services.size());
  for (const ConcreteCall& call : wiring.calls) {
    if (!is_followed(*wiring.services[call.from].config, *wiring.services[call.to].config))
      continue;
    boost::add_edge(call.from, call.to, graph);
  }
  components_ = components_of(graph);
  std::uint32_t places = 0;
  for (const ConcreteCall& call : wiring.calls) {
    if (has(call) && !places_[call.to]) places_[call.to] = places++;
  }
}

bool RecursiveLoops::has(const ConcreteCall& call) const {
  return is_followed(*wiring_.services[call.from].config, *wiring_.services[call.to].config) &&
         components_[call.from] == components_[call.to];
}

}  // namespace skyreplay::scenario
