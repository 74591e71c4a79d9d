#include "compute/instance_types.h"

#include <doctest/doctest.h>

#include <set>

#include "core/error.h"

namespace skyreplay::compute {
namespace {

CpuSpeed speed_of(std::string_view type) {
  const InstanceTypes& types = InstanceTypes::builtin();
  return types.cpu_speed(types.find(type));
}

std::string error_of(const std::string& types, const std::string& speeds) {
  try {
    InstanceTypes(types, speeds);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

const std::string kTypes =
    "instance_type\tarchitecture\tvcpus\tmemory_mib\tnetwork_mbps\tnetwork_burst_mbps\tebs_mbps\t"
    "ebs_max_mbps\tnetwork_interfaces\tcpu_baseline_permille\n";
const std::string kSpeeds = "family\tcpu_speed_permille\n";

}  // namespace

TEST_CASE("an instance type has the figures that AWS publishes for it") {
  const InstanceType& m7i = InstanceTypes::builtin().find("m7i.large");
  CHECK(m7i.name == "m7i.large");
  CHECK(m7i.family == "m7i");
  CHECK(m7i.architecture == Architecture::kX86);
  CHECK(m7i.vcpus == 2);
  CHECK(m7i.memory_mib == 8192);
  CHECK(m7i.network_mbps == 781);
  CHECK(m7i.network_burst_mbps == 12'500);
  CHECK(m7i.ebs_max_mbps == 10'000);
  CHECK(m7i.network_interfaces == 3);
  CHECK(m7i.cpu_baseline_permille == 0);
  CHECK(InstanceTypes::builtin().find("c7g.4xlarge").architecture == Architecture::kArm);
}

TEST_CASE("E132: burstable types have the published baselines") {
  const auto baseline = [](std::string_view type) {
    return InstanceTypes::builtin().find(type).cpu_baseline_permille;
  };
  CHECK(baseline("t3.nano") == 50);
  CHECK(baseline("t3a.medium") == 200);
  CHECK(baseline("t4g.2xlarge") == 400);
  CHECK(baseline("t2.xlarge") == 225);  // 54 credits an hour: 0.225 x 4 x 60
  CHECK(baseline("t2.2xlarge") == 170);
}

TEST_CASE("every type has vCPUs, memory and a family with one architecture") {
  const InstanceTypes& types = InstanceTypes::builtin();
  CHECK(types.all().size() == 1332);
  std::set<std::pair<std::string, Architecture>> families;
  std::set<std::string> names;
  for (const InstanceType& type : types.all()) {
    CHECK(type.vcpus > 0);
    CHECK(type.memory_mib > 0);
    families.emplace(type.family, type.architecture);
    names.insert(type.family);
  }
  CHECK(families.size() == names.size());
}

TEST_CASE("an unknown instance type is answered with the nearest spelling") {
  CHECK_THROWS_WITH_AS(InstanceTypes::builtin().find("m7i.lagre"),
                       "no instance type 'm7i.lagre' is known, did you mean 'm7i.large'?",
                       InputError);
  CHECK_THROWS_WITH_AS(InstanceTypes::builtin().find("nothing at all"),
                       "no instance type 'nothing at all' is known", InputError);
}

TEST_CASE("a family with a measured speed has it") {
  CHECK(speed_of("m5.large").permille == 1000);
  const CpuSpeed c7g = speed_of("c7g.large");
  CHECK(c7g.permille == 1751);
  CHECK(c7g.value() == 1.751);
  CHECK(c7g.family == "c7g");
  CHECK_FALSE(c7g.of_base_family);
}

TEST_CASE("a family without a measured speed takes its base family's and says so") {
  const CpuSpeed c6id = speed_of("c6id.large");
  CHECK(c6id.permille == 1202);
  CHECK(c6id.family == "c6i");
  CHECK(c6id.of_base_family);
  CHECK(speed_of("m5n.large").family == "m5");
  CHECK(speed_of("m5dn.large").family == "m5");
  CHECK(speed_of("c7gn.large").family == "c7g");
  CHECK(speed_of("r6idn.large").permille == 1188);
  CHECK(base_family("c5ad") == "c5a");
  CHECK(base_family("r8gb") == "r8g");
  CHECK(base_family("c6i") == "c6i");
}

TEST_CASE("a family whose base is another processor or has no figure has no speed") {
  CHECK_THROWS_WITH_AS(speed_of("m8azn.large"), "no CPU speed of m8azn is known", InputError);
  CHECK_THROWS_WITH_AS(speed_of("r7iz.large"), "no CPU speed of r7iz is known", InputError);
  CHECK_THROWS_WITH_AS(speed_of("p6-b300.48xlarge"), "no CPU speed of p6-b300 is known",
                       InputError);
  CHECK_THROWS_WITH_AS(speed_of("f1.2xlarge"), "no CPU speed of f1 is known", InputError);
}

TEST_CASE("of 1,332 types 1,093 have a measured speed, 207 their base family's, 32 none") {
  std::size_t measured = 0;
  std::size_t of_base = 0;
  for (const InstanceType& type : InstanceTypes::builtin().all()) {
    try {
      ++(InstanceTypes::builtin().cpu_speed(type).of_base_family ? of_base : measured);
    } catch (const InputError&) {
      continue;
    }
  }
  CHECK(measured == 1093);
  CHECK(of_base == 207);
}

TEST_CASE("a table of types that cannot be right is refused with line and column") {
  const std::string row = "a1.x\tarm64\t1\t2\t3\t4\t5\t6\t7\t8\n";
  CHECK(error_of(kTypes + row, kSpeeds + "a1\t900\n") == "no error");
  CHECK(error_of(kTypes + "a1.x\tsparc\t1\t2\t3\t4\t5\t6\t7\t8\n", kSpeeds) ==
        "instance_types.tsv:2:6: 'sparc' is no architecture");
  CHECK(error_of(kTypes + "a1.x\tarm64\tone\t2\t3\t4\t5\t6\t7\t8\n", kSpeeds) ==
        "instance_types.tsv:2:12: 'one' is no count");
  CHECK(error_of(kTypes + "a1\tarm64\t1\t2\t3\t4\t5\t6\t7\t8\n", kSpeeds) ==
        "instance_types.tsv:2:1: 'a1' has no size");
  CHECK(error_of(kTypes + row + row, kSpeeds) == "instance_types.tsv: a1.x stands twice");
  CHECK(error_of(kTypes + "a1.x\n", kSpeeds) ==
        "instance_types.tsv:2:1: expected 10 fields, found 1");
  CHECK(error_of(kTypes, "family\n") ==
        "cpu_speed.tsv:1:1: expected the columns family, cpu_speed_permille");
}

}  // namespace skyreplay::compute
