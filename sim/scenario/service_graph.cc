#include "scenario/service_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <map>
#include <vector>

#include "scenario/field_path.h"
#include "scenario/recursive_loops.h"
#include "scenario/resolve.h"
#include "scenario/resolve_daemons.h"

namespace skyreplay::scenario {
namespace {

/// Vertices are services in order of name, edges calls in the scenario's order; an edge's property
/// is its call's number.
using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property,
                                    boost::property<boost::edge_index_t, int>>;
using Vertex = boost::graph_traits<Graph>::vertex_descriptor;
using Edge = boost::graph_traits<Graph>::edge_descriptor;

/// Keeps the path from the search's root to where it is, and hands every cycle it closes to
/// `found` as the calls along it.
template <typename Found>
class CycleVisitor : public boost::default_dfs_visitor {
 public:
  CycleVisitor(std::vector<Edge>& path, Found found) : path_(path), found_(found) {}

  void tree_edge(const Edge& edge, const Graph& graph) const {
    while (!path_.empty() && target(path_.back(), graph) != source(edge, graph)) path_.pop_back();
    path_.push_back(edge);
  }
  void back_edge(const Edge& edge, const Graph& graph) const {
    while (!path_.empty() && target(path_.back(), graph) != source(edge, graph)) path_.pop_back();
    std::vector<Edge> cycle;
    for (const Edge& step : path_) {
      if (!cycle.empty() || source(step, graph) == target(edge, graph)) cycle.push_back(step);
    }
    cycle.push_back(edge);
    found_(cycle);
  }

 private:
  std::vector<Edge>& path_;
  Found found_;
};

class Checker {
 public:
  Checker(const proto::Scenario& scenario, const Places& places, Mistakes& mistakes)
      : scenario_(scenario), places_(places), mistakes_(mistakes), names_(service_names(scenario)) {
    for (std::size_t i = 0; i < names_.size(); ++i) vertices_[names_[i]] = i;
  }

  void run() {
    Graph synchronous(names_.size());
    Graph all(names_.size());
    for (int i = 0; i < scenario_.calls_size(); ++i) {
      const proto::Call& call = scenario_.calls(i);
      if (!check_call(i)) continue;
      const Vertex from = vertices_.at(call.from());
      const Vertex to = vertices_.at(call.to());
      boost::add_edge(from, to, i, all);
      if (call.mode() == proto::Call::SYNC) boost::add_edge(from, to, i, synchronous);
    }
    check_cycles(synchronous, all);
    if (!mistakes_.below("calls")) check_growth();
    check_reach(all);
  }

 private:
  void mistake(const std::string& path, const std::string& text) {
    mistakes_.add(places_.near(path), path, text);
  }

  static std::string path_of(int call) {
    return join_index("calls", static_cast<std::size_t>(call));
  }

  /// Whether the call is one that can be drawn.
  bool check_call(int index) {
    const proto::Call& call = scenario_.calls(index);
    const std::string path = path_of(index);
    const bool has_from = check_end(call.has_from(), call.from(), path + ".from");
    const bool has_to = check_end(call.has_to(), call.to(), path + ".to");
    if (!has_from || !has_to) return false;
    const bool is_itself = call.from() == call.to();
    if (is_itself && !scenario_.services().at(call.from()).has_lambda()) {
      mistake(path + ".to",
              "is the caller itself: give the work that repeats a service of its own");
      return false;
    }
    if (scenario_.services().at(call.from()).has_external()) {
      mistake(path + ".from", fmt::format("{} is an external service, which makes no calls",
                                          in_quotes(call.from())));
    }
    check_batches(index);
    if (scenario_.services().at(call.to()).ecs().has_queue()) {
      mistake(path + ".to",
              fmt::format("{} takes its work from a queue, and calls that send messages are not "
                          "built: let a route bring them",
                          in_quotes(call.to())));
    }
    if (scenario_.services().at(call.to()).for_each_route()) {
      mistake(path + ".to", fmt::format("{} is one service for each route (for_each_route), and a "
                                        "call has no route to choose by",
                                        in_quotes(call.to())));
    }
    check_repeated(index);
    return true;
  }

  /// A call is made for a message, not for a batch.
  void check_batches(int index) {
    const std::string& from = scenario_.calls(index).from();
    const auto& mappings = scenario_.services().at(from).lambda().event_source_mappings();
    if (mappings.empty() || (mappings[0].has_batch_size() && mappings[0].batch_size() == 1)) return;
    mistake(path_of(index) + ".from",
            fmt::format("{} works on batches of messages, whose calls are not built: "
                        "event_source_mappings[0].batch_size must be 1",
                        in_quotes(from)));
  }

  bool check_end(bool is_given, const std::string& name, const std::string& path) {
    if (!is_given) return false;  // reported already
    if (vertices_.contains(name)) return true;
    mistake(path,
            fmt::format("there is no service {}{}", in_quotes(name), suggestion(name, names_)));
    return false;
  }

  void check_repeated(int index) {
    const auto [first, is_new] = seen_.emplace(scenario_.calls(index).SerializeAsString(), index);
    if (is_new) return;
    mistake(path_of(index),
            fmt::format("is the same as {}; raise its count instead", path_of(first->second)));
  }

  void check_cycles(const Graph& synchronous, const Graph& all) {
    for_each_cycle(synchronous, [&](const std::vector<int>& calls) {
      mistake(path_of(calls.back()),
              fmt::format("closes a cycle of synchronous calls, which waits for itself: {}",
                          spelled(calls)));
    });
    for_each_cycle(all, [&](const std::vector<int>& calls) {
      double expected = 1;
      bool is_synchronous = true;  // reported already
      for (const int i : calls) {
        expected *= scenario_.calls(i).count() * scenario_.calls(i).probability();
        is_synchronous &= scenario_.calls(i).mode() == proto::Call::SYNC;
      }
      if (is_synchronous || expected < 1 || is_stopped(calls)) return;
      mistake(path_of(calls.back()),
              fmt::format("closes a cycle of calls that goes on for ever: {}; a request makes {} "
                          "more each time round, and fewer than 1 would end, or a function on it "
                          "with recursive_loop: Terminate, were all functions and behind no API "
                          "(L67)",
                          spelled(calls), expected));
    });
  }

  /// Whether Lambda stops whoever goes round (L67).
  bool is_stopped(const std::vector<int>& calls) const {
    const auto& services = scenario_.services();
    bool stops = false;
    for (const int i : calls) {
      const proto::Service& to = services.at(scenario_.calls(i).to());
      if (!is_followed(services.at(scenario_.calls(i).from()), to)) return false;
      stops |= to.lambda().recursive_loop() == proto::LambdaFunction::TERMINATE;
    }
    return stops;
  }

  void check_growth() {
    const auto growth = largest_growth(scenario_);
    if (!growth || !growth->is_too_many) return;
    mistake("calls", fmt::format("make more than a million invocations out of a request to {}, "
                                 "before Lambda stops its loop (L67)",
                                 in_quotes(growth->function)));
  }

  /// Hands each cycle a depth-first search closes to `found`, as numbers of calls.
  template <typename Found>
  static void for_each_cycle(const Graph& graph, const Found& found) {
    std::vector<Edge> path;
    const auto numbers = [&](const std::vector<Edge>& cycle) {
      std::vector<int> calls;
      for (const Edge& edge : cycle) calls.push_back(get(boost::edge_index, graph, edge));
      found(calls);
    };
    boost::depth_first_search(graph, boost::visitor(CycleVisitor(path, numbers)));
  }

  /// "a -> b -> a".
  std::string spelled(const std::vector<int>& calls) const {
    std::string text = scenario_.calls(calls.front()).from();
    for (const int i : calls) text += " -> " + scenario_.calls(i).to();
    return text;
  }

  /// Says which services nothing reaches, where routes and calls are in order.
  void check_reach(const Graph& graph) {
    if (mistakes_.below("routes") || mistakes_.below("calls")) return;
    std::vector<boost::default_color_type> colors(names_.size());
    auto color = boost::make_iterator_property_map(colors.begin(), get(boost::vertex_index, graph));
    for (const proto::RouteRule& rule : scenario_.routes()) {
      const auto vertex = vertices_.find(rule.service());
      if (vertex == vertices_.end() || colors[vertex->second] != boost::white_color) continue;
      boost::queue<Vertex> queue;
      boost::breadth_first_visit(graph, vertex->second, queue, boost::default_bfs_visitor(), color);
    }
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const std::string path = join_path("services", names_[i]);
      if (colors[i] != boost::white_color || mistakes_.below(path)) continue;
      if (is_unreached_daemon(scenario_, names_[i])) continue;
      mistake(path, "no route and no call reaches it");
    }
  }

  const proto::Scenario& scenario_;
  const Places& places_;
  Mistakes& mistakes_;
  const std::vector<std::string> names_;
  std::map<std::string, Vertex> vertices_;
  std::map<std::string, int> seen_;  ///< a call's bytes, and its first number
};

}  // namespace

void check_service_graph(const proto::Scenario& scenario, const Places& places,
                         Mistakes& mistakes) {
  Checker(scenario, places, mistakes).run();
}

}  // namespace skyreplay::scenario
