#include "compute/servers.h"

#include <algorithm>

#include "core/check.h"

namespace skyreplay::compute {

std::uint32_t Servers::add(const ServerConfig& config) {
  SKY_CHECK(config.cpu_units >= 1 && config.speed > 0 && config.workers.value_or(1) >= 1);
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(stations_.size()));
    stations_.emplace_back();
    sharing_.emplace_back();
    rest_.emplace_back();
  }
  const std::uint32_t server = free_.back();
  free_.pop_back();
  stations_[server] = {.stretch = 1.0 / (std::min(1.0, vcpus(config)) * config.speed),
                       .workers = config.workers.value_or(kUnlimited),
                       .line = backlog_.open(),
                       .backlog = config.backlog.value_or(kUnlimited),
                       .exclusive = is_exclusive(config),
                       .makes_calls = config.makes_calls};
  Rest& rest = rest_[server];
  rest.added = rest.beside_since = loop_.now();
  rest.cpu_units = config.cpu_units;
  rest.whole_units = config.cpu_units + config.cpu_units_beside;
  rest.beside = config.cpu_units_beside;
  rest.beside_used = 0;
  rest.speed = config.speed;
  sharing_[server].cpu.reset(config, loop_.now());
  if (is_exclusive(config)) open_workers(server, *config.workers);
  return server;
}

void Servers::open_workers(std::uint32_t server, std::uint32_t count) {
  Rest& rest = rest_[server];
  if (rest.workers < count) {
    rest.first_worker = static_cast<std::uint32_t>(workers_.size());
    rest.workers = count;
    workers_.resize(workers_.size() + count);
  }
  for (std::uint32_t i = rest.first_worker; i < rest.first_worker + count; ++i) {
    workers_[i].next = i + 1;  // of the last, nobody's: it is never asked for
  }
  stations_[server].idle = rest.first_worker;
}

void Servers::set_cpu(std::uint32_t server, std::uint32_t cpu_units, std::uint32_t beside) {
  SKY_CHECK(!stations_[server].exclusive && cpu_units >= 1);
  Rest& rest = rest_[server];
  rest.beside_used = busy_beside(rest, loop_.now());
  rest.beside_since = loop_.now();
  rest.beside = beside;
  sharing_[server].cpu.set_cpu(loop_.now(), cpu_units, rest.speed);
  arm(server);
}

void Servers::start_again(std::uint32_t server) {
  Station& station = stations_[server];
  SKY_CHECK(station.is_halted);
  station.is_halted = false;
  station.workers = rest_[server].most_inside;
  station.backlog = rest_[server].most_waiting;
}

std::vector<std::uint32_t> Servers::close(std::uint32_t server) {
  Station& station = stations_[server];
  SKY_CHECK(station.workers > 0 || station.is_halted);
  struct Inside {
    std::uint32_t tag;
    std::uint32_t ordinal;
  };
  std::vector<Inside> inside;
  for (Worker& worker : workers_of(server)) {
    if (worker.finish == kEndOfTime) continue;
    inside.push_back({worker.tag, worker.ordinal});
    worker = {};
  }
  Sharing& sharing = sharing_[server];
  for (const PresentJob& job : sharing.cpu.present()) inside.push_back({job.tag, job.ordinal});
  for (std::uint32_t i = 0; i < jobs_.capacity() && inside.size() < station.in_service; ++i) {
    if (!jobs_[i].inside || jobs_[i].server != server) continue;
    inside.push_back({jobs_[i].tag, jobs_[i].ordinal});
    release(i);
  }
  std::sort(inside.begin(), inside.end(), [](const Inside& a, const Inside& b) {
    return static_cast<std::int32_t>(a.ordinal - b.ordinal) < 0;
  });
  std::vector<std::uint32_t> tags;
  for (const Inside& job : inside) tags.push_back(job.tag);
  for (; station.line.size > 0; backlog_.pop(station.line)) {
    tags.push_back(backlog_.first(station.line).tag);
  }
  backlog_.close(station.line);
  station.workers = 0;
  station.is_halted = false;
  station.backlog = 0;
  station.in_service = 0;
  sharing.cpu.clear();
  sharing.armed = kEndOfTime;
  ++sharing.arming;
  return tags;
}

CpuTime Servers::cpu_busy(std::uint32_t server, TimePoint now) const {
  const Station& station = stations_[server];
  const Rest& rest = rest_[server];
  const CpuTime beside = busy_beside(rest, now);
  if (!station.exclusive) return beside + sharing_[server].cpu.cpu_busy(now);
  Duration time = station.work_time;
  for (const Worker& worker : std::span(workers_).subspan(rest.first_worker, rest.workers)) {
    time -= std::max(Duration::zero(), worker.worked - now);
  }
  return beside + CpuTime{std::min(rest.cpu_units, kUnitsPerVcpu)} *
                      static_cast<std::uint64_t>(time.count());
}

}  // namespace skyreplay::compute
