#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>

#include "reference/model/scenario.h"

/// Parts of a scenario as its language spells them, a family of settings a file.
namespace skyreplay::reference {

std::string spelled(Time time);
std::string spelled(const Law& law);

/// "name: value, ", or nothing.
template <typename T>
std::string optional(const char* name, const std::optional<T>& value) {
  return value ? fmt::format("{}: {}, ", name, *value) : "";
}

/// A function. `scaled_by` has what scales its provisioned concurrency.
std::string function_yaml(const Function& f, const Fleet& scaled_by, Time trace_start);
/// A group of instances, a service of tasks; `placement` says where on a cluster they go.
std::string group(const Fleet& f);
std::string tasks(const Fleet& f, const std::string& placement, Time trace_start);
/// Of both: what balances the load, and what one serves at once.
std::string common(const Fleet& f);
std::string capacity(const Fleet& f);
/// A kind of jobs. `cluster`: where their tasks are, by the strategy `split`; null: on Fargate.
std::string job_yaml(const JobKind& j, const Service* cluster, const std::string& split);
/// What scales a group, and what a service of tasks or a function's provisioned concurrency; each
/// with a comma behind it.
std::string scaling(const Fleet& f);
std::string service_scaling(const Fleet& f, Time trace_start);
/// The processes that a group suspends.
std::string suspended(std::uint32_t bits);

}  // namespace skyreplay::reference
