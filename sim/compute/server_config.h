#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace skyreplay::compute {

/// CPU units of one vCPU, as ECS counts them.
inline constexpr std::uint32_t kUnitsPerVcpu = 1024;

/// What a server's requests take of its memory, in bytes. REQUIRES base <= limit.
struct MemoryConfig {
  std::uint64_t limit = 0;        ///< hard: beyond it the server is killed (C4)
  std::uint64_t reserved = 0;     ///< what its use is measured against (C93)
  std::uint64_t base = 0;         ///< in use with no request inside
  std::uint64_t per_request = 0;  ///< and as much for each inside
  std::uint64_t beside = 0;       ///< in use by neighbors: used, but not of `limit` (C93)
};

/// What a server is (E148, E149). REQUIRES cpu_units >= 1, speed > 0, workers >= 1.
struct ServerConfig {
  std::uint32_t cpu_units = kUnitsPerVcpu;  ///< a Fargate task of 0.25 vCPU has 256
  std::uint32_t cpu_units_beside = 0;       ///< used by neighbors (C3), and no part of cpu_units
  double speed = 1.0;                       ///< of one vCPU, the reference core being 1
  std::optional<std::uint32_t> workers{};   ///< requests inside at a time; none: no limit
  std::optional<std::uint32_t> backlog{};   ///< requests waiting; none: no limit; 0: nobody waits
  bool makes_calls = false;                 ///< jobs pause between their work and their wait
  std::optional<MemoryConfig> memory{};     ///< none: what requests take is not known
  bool may_change = false;                  ///< its CPU may, and it may halt (C7)
};

inline double vcpus(const ServerConfig& config) {
  return static_cast<double>(config.cpu_units) / kUnitsPerVcpu;
}

/// True where no two requests ever share a vCPU, so that a finish is known at the start.
inline bool is_exclusive(const ServerConfig& config) {
  return config.workers.has_value() && !config.makes_calls && !config.may_change &&
         *config.workers <= std::max(1.0, vcpus(config));
}

}  // namespace skyreplay::compute
