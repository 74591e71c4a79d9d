#include <doctest/doctest.h>

#include <string>

#include "core/error.h"
#include "scenario/scenario.h"

namespace skyreplay::scenario {
namespace {

/// What is wrong with a service of tasks of 512 CPU units and 1 GiB of these containers; nothing,
/// or the first mistake.
std::string told(const std::string& containers, const std::string& more = "",
                 const std::string& size = "cpu: 512, memory: 1024, ") {
  const std::string yaml = "version: 1\nservices:\n  web:\n    ecs: {task_definition: {" + size +
                           "container_definitions: [" + containers + "]}" + more + "}\n";
  try {
    Scenario::parse(yaml, "shop.yaml");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}
bool complains(const std::string& error, const std::string& of) {
  CAPTURE(error);
  const bool found = error.find(of) != std::string::npos;
  CHECK(found);
  return found;
}

TEST_CASE("C8: a task has at most ten containers, each of a name of its own") {
  std::string ten = "{name: c0}";
  for (int i = 1; i < 10; ++i) ten += ", {essential: false, name: c" + std::to_string(i) + "}";
  CHECK(told(ten) == "");
  complains(told(ten + ", {essential: false, name: more}"), "must be at most 10 (C8)");
  complains(told("{name: a}, {name: a, essential: false}"), "'a' is listed twice");
  complains(told("{essential: true}"), "container_definitions[0].name: is missing");
}

TEST_CASE("C6: one container is essential, and it is clear which one serves") {
  complains(told("{name: a, essential: false}"), "must have one that is essential (C6)");
  CHECK(told("{name: a}, {name: b, essential: false}") == "");
  complains(told("{name: a}, {name: b}"), "container_name: is missing: of several containers");
  CHECK(told("{name: a}, {name: b}", ", container_name: b") == "");
  CHECK(told("{name: a}, {name: b, essential: false}", ", container_name: b") == "");
  complains(told("{name: main}, {name: b}", ", container_name: mian"),
            "there is no container 'mian', did you mean 'main'?");
  complains(told("", ", container_name: b"), "is for a task_definition with container_definitions");
}

TEST_CASE("C3, C5: containers have no more in all than their task") {
  CHECK(told("{name: a, cpu: 256}, {name: b, cpu: 256}", ", container_name: a") == "");
  complains(told("{name: a, cpu: 256}, {name: b, cpu: 257}", ", container_name: a"),
            "have 513 CPU units in all, and the task 512");
  CHECK(told("{name: a, memory: 1024}") == "");
  complains(told("{name: a, memory: 1025}"), "must be at most the task's, 1,024 MiB");
  complains(told("{name: a, memory: 600}, {name: b, memory: 600, essential: false}"),
            "reserve 1,200 MiB in all, and the task has 1,024");
  CHECK(told("{name: a, memory: 600}, {name: b, memory: 600, memory_reservation: 424, essential: "
             "false}") == "");
}

TEST_CASE("C4: a soft limit is below the hard one") {
  CHECK(told("{name: a, memory: 512, memory_reservation: 511}") == "");
  complains(told("{name: a, memory: 512, memory_reservation: 512}"),
            "is 512 MiB, and must be less than memory, 512 MiB");
}

TEST_CASE("C4: containers need no more than there is before any request") {
  const std::string with_base = ", assumed: {memory_base: 512MiB}";
  const auto log = [](const char* use) {
    return std::string("{name: a}, {name: b, essential: false, assumed: {memory_use: ") + use +
           "}}";
  };
  CHECK(told(log("512MiB"), with_base) == "");
  complains(told(log("513MiB"), with_base),
            "the container that serves has 511.0 MiB, which is less than memory_base");
  complains(told("{name: a, memory: 511}", with_base), "has 511.0 MiB");
  complains(told(log("512MiB")), "needs assumed.memory_base of the service");
  complains(told("{name: a}, {name: b, memory: 100, essential: false, assumed: {memory_use: "
                 "101MiB}}",
                 with_base),
            "is more than the 100 MiB it may have");
}

TEST_CASE("C7: a restart policy has its period and its exit codes") {
  const auto policy = [](const std::string& text, const std::string& assumed = "") {
    return "{name: a, restart_policy: {" + text + "}, assumed: {" + assumed + "}}";
  };
  CHECK(told(policy("enabled: true, restart_attempt_period: 60, ignored_exit_codes: [0, 143]",
                    "restart_time: 1s")) == "");
  CHECK(told(policy("enabled: true, restart_attempt_period: 1800")) == "");
  CHECK(told(policy("enabled: true, restart_attempt_period: 59")) != "");
  CHECK(told(policy("enabled: true, restart_attempt_period: 1801")) != "");
  complains(told(policy("restart_attempt_period: 60")), "restart_policy.enabled: is missing");
  complains(told(policy("enabled: true, ignored_exit_codes: [1.5]")),
            "must be a whole number from 0 to 255");
  complains(told(policy("enabled: true, ignored_exit_codes: [256]")),
            "must be a whole number from 0 to 255");
  std::string codes = "0";
  for (int i = 1; i <= 50; ++i) codes += ", " + std::to_string(i);
  complains(told(policy("enabled: true, ignored_exit_codes: [" + codes + "]")),
            "must be at most 50");
  complains(told(policy("enabled: false", "restart_time: 1s")),
            "is for a container whose restart_policy is enabled");
}

TEST_CASE("C3: what is assumed of a sidecar is not of the container that serves") {
  complains(told("{name: a, assumed: {cpu_use: 0.1}}"), "is the work of its requests");
  complains(told("{name: a, assumed: {memory_use: 1MiB}}"),
            "is assumed.memory_base of the service");
  complains(told("{name: a, assumed: {image_size: 1MB}}"), "is assumed.image_size of the service");
}

TEST_CASE("C3: what containers are refused in is refused by name") {
  complains(told("{name: a}", ", deployments: [{at: +1m, cpu: 1024}]"),
            "may change what is assumed alone");
  CHECK(told("{name: a}", ", deployments: [{at: +1m, assumed: {work_factor: 2}}]") == "");
  complains(told("{name: a, depends_on: [{container_name: b}]}"), "start together");
  complains(told("{name: a, assumed: {time_to_exit: 1m}}", ", queue: {}, assumed: {workers: 1}"),
            "is not built for a service with a queue");
  complains(told("{name: a, essential: false}, {name: b}",
                 ", container_name: a, queue: {}, assumed: {workers: 1}"),
            "is true in a service with a queue");
  try {
    Scenario::parse(
        "version: 1\nservices:\n  job:\n    ecs_task: {task_definition: {cpu: 256, memory: 512, "
        "container_definitions: [{name: a}]}}\n",
        "shop.yaml");
    CHECK(false);
  } catch (const InputError& error) {
    complains(error.what(), "container_definitions: are not built for jobs");
  }
}

TEST_CASE("C3, C5: on a cluster a task without a size is as large as its containers together") {
  const auto on_cluster = [](const std::string& size, const std::string& containers) {
    return Scenario::parse(
        "version: 1\nclusters: {c: {auto_scaling_group: {min_size: 1, max_size: 1, instance_type: "
        "m7i.large}, assumed: {registered_memory: 4000}}}\nservices:\n  web:\n    ecs: {cluster: "
        "c, task_definition: {" +
            size + "container_definitions: [" + containers + "]}}\n",
        "shop.yaml");
  };
  const std::string both =
      "{name: a, cpu: 100, memory: 300, memory_reservation: 200}, {name: b, cpu: 20, memory: 50, "
      "essential: false}";
  const Scenario sum = on_cluster("", both);
  const auto& task = sum.message().services().at("web").ecs().task_definition();
  CHECK(task.cpu() == 120);
  CHECK(task.memory() == 350);
  CHECK(task.memory_reservation() == 250);
  // A size of its own is what it is placed by.
  const Scenario own = on_cluster("cpu: 256, memory: 400, ", both);
  const auto& whole = own.message().services().at("web").ecs().task_definition();
  CHECK(whole.cpu() == 256);
  CHECK_FALSE(whole.has_memory_reservation());
  CHECK_THROWS_WITH_AS(on_cluster("", "{name: a, memory: 300}"),
                       doctest::Contains("must have some"), InputError);
  CHECK_THROWS_WITH_AS(on_cluster("", "{name: a, cpu: 100}"),
                       doctest::Contains("each of the container_definitions must have some"),
                       InputError);
  // On Fargate it has one.
  complains(told(both, "", ""), "task_definition.cpu: is missing");
  complains(told(both, "", "cpu: 100, memory: 512, "), "must be at least 128");
}

}  // namespace
}  // namespace skyreplay::scenario
