#include <doctest/doctest.h>
#include <skyreplay/sweep.h>

#include <map>
#include <string>

#include "core/error.h"
#include "support/temp_folder.h"

namespace skyreplay {
namespace {

using Environment = std::map<std::string, std::string>;

Shard shard_in(const Environment& environment) {
  return shard_of_array_job([&](const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  });
}
std::string refused(const Environment& environment) {
  return testing::message_of<InputError>([&] { shard_in(environment); });
}

TEST_CASE("a shard is K/N with K below N, and nothing else") {
  CHECK(parse_shard("2/3").index == 2);
  CHECK(parse_shard("2/3").count == 3);
  for (const char* text : {"3/3", "1", "/3", "1/", "-1/3", "1/3/5", "a/b", "1/0", ""}) {
    CHECK(testing::message_of<InputError>([&] { parse_shard(text); }) ==
          std::string("--shard ") + text + ": expected K/N with K from 0 to N - 1, such as 0/3");
  }
}

TEST_CASE("outside of an array job a sweep is whole") { CHECK(shard_in({}).count == 1); }

TEST_CASE("each system's array job says which of how many a task is") {
  const Shard batch =
      shard_in({{"AWS_BATCH_JOB_ARRAY_INDEX", "4"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "5"}});
  CHECK((batch.index == 4 && batch.count == 5));
  const Shard kubernetes = shard_in({{"JOB_COMPLETION_INDEX", "0"}, {"JOB_COMPLETIONS", "3"}});
  CHECK((kubernetes.index == 0 && kubernetes.count == 3));
  // --array=1-9:4 has the indices 1, 5 and 9.
  const Shard slurm = shard_in({{"SLURM_ARRAY_TASK_ID", "9"},
                                {"SLURM_ARRAY_TASK_COUNT", "3"},
                                {"SLURM_ARRAY_TASK_MIN", "1"},
                                {"SLURM_ARRAY_TASK_STEP", "4"}});
  CHECK((slurm.index == 2 && slurm.count == 3));
}

TEST_CASE("an array job that does not say how many there are, or is beyond them, is refused") {
  CHECK(refused({{"JOB_COMPLETION_INDEX", "1"}}) ==
        "this is a task of an array job, and JOB_COMPLETIONS does not say of how many; set it, or "
        "give --shard K/N");
  CHECK(refused({{"AWS_BATCH_JOB_ARRAY_INDEX", "5"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "5"}}) ==
        "AWS_BATCH_JOB_ARRAY_INDEX=5 is beyond AWS_BATCH_JOB_ARRAY_SIZE=5; give --shard K/N");
  CHECK(refused({{"SLURM_ARRAY_TASK_ID", "x"}, {"SLURM_ARRAY_TASK_COUNT", "5"}}) ==
        "SLURM_ARRAY_TASK_ID=x: expected a whole number");
}

}  // namespace
}  // namespace skyreplay
