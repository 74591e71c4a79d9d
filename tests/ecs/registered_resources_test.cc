#include "ecs/registered_resources.h"

#include <doctest/doctest.h>

namespace skyreplay::ecs {
namespace {

const compute::InstanceType& type(const char* name) {
  return compute::InstanceTypes::builtin().find(name);
}

TEST_CASE("C19, C20: what an old type registers is what was observed of it") {
  CHECK(registered_memory(type("m4.large")) == 7985);
  CHECK(registered_memory(type("c4.4xlarge")) == 30145);
}

TEST_CASE("C18, C21: other types register 95 % of up to 8 GiB, 97 % of more") {
  CHECK(registered_memory(type("m7i.large")) == 7782);    // 8192 x 0.95 = 7782.4
  CHECK(registered_memory(type("m7i.xlarge")) == 15892);  // 16384 x 0.97 = 15892.48
}

TEST_CASE("C13: as many tasks with an interface of their own as an instance has, less its own") {
  CHECK(task_interfaces(type("m7i.large"), false) == 2);
  CHECK(task_interfaces(type("m5.4xlarge"), false) == 7);
  CHECK(task_interfaces(type("c7g.medium"), false) == 1);
}

TEST_CASE("C14: trunking has more by size, and none on T types") {
  CHECK(task_interfaces(type("m7i.large"), true) == 10);
  CHECK(task_interfaces(type("m5.8xlarge"), true) == 60);
  CHECK(task_interfaces(type("m6i.8xlarge"), true) == 90);
  CHECK(task_interfaces(type("t3.large"), true) == std::nullopt);
}

}  // namespace
}  // namespace skyreplay::ecs
