#include "trace/call_skeleton.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <vector>

#include "core/histogram_layout.h"

namespace skyreplay::trace {
namespace {

using metrics::HistogramLayout;

constexpr std::uint64_t kMostCalls = 1'000;  ///< one request makes of a kind, in a scenario

using Buckets = std::map<std::uint32_t, std::uint64_t>;

/// In microseconds: what a trace resolves.
std::string rounded(std::int64_t ns) {
  return format_duration(Duration{(ns + 500) / 1'000 * 1'000});
}

std::string quantile(const Buckets& buckets, std::uint64_t count, std::uint64_t percent) {
  const std::uint64_t rank = std::max<std::uint64_t>((count * percent + 99) / 100, 1);
  std::uint64_t seen = 0;
  for (const auto& [bucket, in_it] : buckets) {
    seen += in_it;
    if (seen >= rank) return rounded(HistogramLayout::midpoint_ns(bucket));
  }
  return "0s";
}

/// The law with these percentiles; "" where all is 0.
std::string law(const Buckets& buckets, std::uint64_t count) {
  if (buckets.rbegin()->first == 0) return "";
  std::string knots;
  for (const std::uint64_t percent : {0u, 50u, 90u, 99u, 100u}) {
    knots += fmt::format("{}{}: {}", knots.empty() ? "" : ", ", percent,
                         quantile(buckets, count, percent));
  }
  return "{percentiles: {" + knots + "}}";
}

/// As YAML and JSON spell a text, whatever is in it.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result + '"';
}

/// Which services reach which by synchronous calls, edge by edge.
class Reach {
 public:
  /// False, and nothing is added, where `to` reaches `from` already.
  bool add(std::uint32_t from, std::uint32_t to) {
    if (reaches(to, from)) return false;
    edges_.insert({from, to});
    return true;
  }

 private:
  bool reaches(std::uint32_t from, std::uint32_t to) const {
    std::set<std::uint32_t> seen{from};
    std::vector<std::uint32_t> left{from};
    while (!left.empty()) {
      const std::uint32_t at = left.back();
      left.pop_back();
      if (at == to) return true;
      for (auto edge = edges_.lower_bound({at, 0}); edge != edges_.end() && edge->first == at;
           ++edge) {
        if (seen.insert(edge->second).second) left.push_back(edge->second);
      }
    }
    return false;
  }

  std::set<std::pair<std::uint32_t, std::uint32_t>> edges_;
};

}  // namespace

void CallSkeleton::add_call(std::uint32_t from, std::uint32_t to, bool async,
                            const ServiceTimes& times) {
  Edge& edge = edges_[{from, to, async}];
  ++edge.calls;
  ++edge.work[HistogramLayout::bucket(times.work.count())];
  ++edge.wait[HistogramLayout::bucket(times.wait.count())];
}

std::string CallSkeleton::to_yaml(const Operations& operations) const {
  const auto names = [&](const auto& edge) {
    return std::pair(operations.service(std::get<0>(edge->first)),
                     operations.service(std::get<1>(edge->first)));
  };
  std::vector<std::map<Key, Edge>::const_iterator> order;
  for (auto edge = edges_.begin(); edge != edges_.end(); ++edge) order.push_back(edge);
  std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    if (a->second.calls != b->second.calls) return a->second.calls > b->second.calls;
    return std::pair(names(a), a->first) < std::pair(names(b), b->first);
  });

  std::string text =
      "# Calls between services, counted in spans by `skyreplay trace import`: to be put into a\n"
      "# scenario whose `services` have these names. What a service took by itself is its work.\n"
      "calls:\n";
  Reach reach;
  for (const auto& edge : order) {
    const auto& [from, to, async] = edge->first;
    const std::uint64_t calls = edge->second.calls;
    const std::uint64_t requests = std::max<std::uint64_t>(entries_.at(from), 1);
    const std::uint64_t count = (calls + requests - 1) / requests;
    std::string why;
    if (!async && !reach.add(from, to)) why = "left out, since it closes a circle of calls";
    if (count > kMostCalls) why = "left out, since a request makes more than 1,000 of them";
    const std::string_view mark = why.empty() ? "" : "# ";
    if (!why.empty()) text += fmt::format("  # {}:\n", why);
    const auto line = [&](std::string_view lead, std::string_view name, const std::string& value) {
      text += fmt::format("  {}{} {}: {}\n", mark, lead, name, value);
    };
    const auto [from_name, to_name] = names(edge);
    line("-", "from", quoted(from_name));
    line(" ", "to", fmt::format("{}  # {} calls by {} requests", quoted(to_name), calls, requests));
    line(" ", "count", std::to_string(count));
    const double probability = static_cast<double>(calls) / static_cast<double>(requests * count);
    if (calls < requests * count) line(" ", "probability", fmt::format("{:.6f}", probability));
    if (async) line(" ", "mode", "async");
    const std::string work = law(edge->second.work, calls), wait = law(edge->second.wait, calls);
    if (!work.empty()) line(" ", "work", work);
    if (!wait.empty()) line(" ", "wait", wait);
  }
  return text;
}

}  // namespace skyreplay::trace
