#include <fmt/format.h>
#include <skyreplay/sweep.h>

#include <array>
#include <charconv>
#include <optional>

#include "core/error.h"

namespace skyreplay {
namespace {

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

/// How a system that runs arrays of jobs tells each which it is.
struct ArrayJob {
  const char* index;
  const char* count;
  const char* first;  ///< the least index; nullptr: 0
  const char* step;   ///< from one index to the next; nullptr: 1
};
constexpr std::array<ArrayJob, 3> kArrayJobs = {{
    {"AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", nullptr, nullptr},
    {"JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", nullptr, nullptr},
    {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN",
     "SLURM_ARRAY_TASK_STEP"},
}};

using Variable = std::function<std::string(const std::string&)>;

std::uint32_t number_of(const char* name, const Variable& variable, const char* otherwise) {
  std::string text = name == nullptr ? otherwise : variable(name);
  if (text.empty() && otherwise != nullptr) text = otherwise;
  if (const std::optional<std::uint32_t> value = number(text)) return *value;
  if (text.empty()) {
    throw InputError(
        fmt::format("this is a task of an array job, and {} does not say of how many; "
                    "set it, or give --shard K/N",
                    name));
  }
  throw InputError(fmt::format("{}={}: expected a whole number", name, text));
}

Shard shard_of(const ArrayJob& job, const Variable& variable) {
  const std::uint32_t index = number_of(job.index, variable, nullptr);
  const std::uint32_t count = number_of(job.count, variable, nullptr);
  const std::uint32_t first = number_of(job.first, variable, "0");
  const std::uint32_t step = number_of(job.step, variable, "1");
  const bool fits = index >= first && step > 0 && (index - first) % step == 0;
  const Shard shard{.index = fits ? (index - first) / step : count, .count = count};
  if (shard.index < shard.count) return shard;
  throw InputError(
      fmt::format("{}={} is beyond {}={}; give --shard K/N", job.index, index, job.count, count));
}

}  // namespace

Shard parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string::npos) {
    const auto index = number(std::string_view(text).substr(0, slash));
    const auto count = number(std::string_view(text).substr(slash + 1));
    if (index && count && *index < *count) return {.index = *index, .count = *count};
  }
  throw InputError(
      fmt::format("--shard {}: expected K/N with K from 0 to N - 1, such as 0/3", text));
}

Shard shard_of_array_job(const Variable& variable) {
  for (const ArrayJob& job : kArrayJobs) {
    if (!variable(job.index).empty()) return shard_of(job, variable);
  }
  return {};
}

}  // namespace skyreplay
