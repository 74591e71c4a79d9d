#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compute/server_config.h"
#include "core/check.h"
#include "core/time.h"

namespace skyreplay::balancing {

/// Memory in bytes x ns: 1 TiB for a year is 2^95 of them.
__extension__ using MemoryTime = unsigned __int128;

/// How much memory the servers of a fleet have in use (C4, C93): each what it needs with no request
/// inside, and as much again for each request inside. Those in its backlog take none, nor do health
/// checks.
///
/// **Cost** O(1) a request that goes in or out, where there is a server that says what it takes;
/// memory as the largest index of a server.
class MemoryUse {
 public:
  /// Whether there ever was a server with a MemoryConfig: else nothing below needs to be told.
  bool is_tracked() const { return is_tracked_; }

  /// A server, empty, from now on. Indices of removed ones may come again.
  void add(std::uint32_t server, const std::optional<compute::MemoryConfig>& config,
           TimePoint now) {
    is_tracked_ = is_tracked_ || config.has_value();
    if (!is_tracked_) return;
    if (servers_.size() <= server) servers_.resize(server + std::size_t{1});
    servers_[server] = {
        .config = config.value_or(compute::MemoryConfig{}), .added = now, .since = now};
  }

  // REQUIRES is_tracked(), and that the server was added.

  void entered(std::uint32_t server, TimePoint now) { change(servers_[server], now, +1); }
  void left(std::uint32_t server, TimePoint now) { change(servers_[server], now, -1); }
  std::uint32_t inside(std::uint32_t server) const { return servers_[server].inside; }
  std::uint64_t bytes(std::uint32_t server) const {
    const Server& at = servers_[server];
    return at.config.base + at.inside * at.config.per_request;
  }
  std::uint64_t limit(std::uint32_t server) const { return servers_[server].config.limit; }
  /// Other neighbors, and what they leave, from now on.
  void change(std::uint32_t server, const compute::MemoryConfig& config, TimePoint now) {
    change(servers_[server], now, 0);
    servers_[server].config = config;
  }
  /// More than its hard limit is wanted (C4).
  bool is_exceeded(std::uint32_t server) const { return bytes(server) > limit(server); }

  /// Since add(): what was in use, and what was reserved. Zero of a server that did not say.
  struct Integrals {
    MemoryTime used = 0;
    MemoryTime available = 0;
    Integrals& operator+=(const Integrals& o) {
      used += o.used;
      available += o.available;
      return *this;
    }
  };
  Integrals until(std::uint32_t server, TimePoint now) const {
    if (!is_tracked_) return {};
    const Server& at = servers_[server];
    return {.used = at.used + MemoryTime{bytes(server) + at.config.beside} * ns(now - at.since),
            .available = MemoryTime{at.config.reserved} * ns(now - at.added)};
  }

 private:
  struct Server {
    compute::MemoryConfig config{};
    TimePoint added{};
    TimePoint since{};    ///< when `inside` last changed
    MemoryTime used = 0;  ///< until then
    std::uint32_t inside = 0;
  };

  static std::uint64_t ns(Duration time) { return static_cast<std::uint64_t>(time.count()); }
  static void change(Server& server, TimePoint now, int by) {
    const std::uint64_t bytes =
        server.config.base + server.inside * server.config.per_request + server.config.beside;
    server.used += MemoryTime{bytes} * ns(now - server.since);
    server.since = now;
    server.inside += static_cast<std::uint32_t>(by);
  }

  std::vector<Server> servers_;
  bool is_tracked_ = false;
};

}  // namespace skyreplay::balancing
