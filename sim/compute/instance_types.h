#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skyreplay::compute {

enum class Architecture : std::uint8_t { kX86, kArm };

/// What one EC2 instance of a type has (E130). A figure that is not known is 0.
struct InstanceType {
  std::string name;    ///< "m7i.large"
  std::string family;  ///< "m7i"
  Architecture architecture = Architecture::kX86;
  std::uint32_t vcpus = 0;
  std::uint32_t memory_mib = 0;
  std::uint32_t network_mbps = 0;           ///< for good, megabits a second
  std::uint32_t network_burst_mbps = 0;     ///< at times; 0 also where there is no burst
  std::uint32_t ebs_mbps = 0;               ///< for good, to EBS volumes
  std::uint32_t ebs_max_mbps = 0;           ///< at most
  std::uint32_t network_interfaces = 0;     ///< at most
  std::uint32_t cpu_baseline_permille = 0;  ///< of each vCPU (E132); 0: not burstable
};

/// How fast a vCPU of a busy instance is, m5 = 1,000.
struct CpuSpeed {
  std::uint32_t permille = 1000;
  std::string_view family;      ///< whose figure this is; lives as long as the InstanceTypes
  bool of_base_family = false;  ///< the type's own family has none

  double value() const { return permille / 1000.0; }  ///< m5 = 1.0
};

/// The instance types that are known, and how fast their families are. It holds what its data says
/// and nothing else: a type or a speed that is missing is an error that names it, never a guess.
class InstanceTypes {
 public:
  /// The tables compiled into the program (data/*.tsv), read at the first call: 0.6 ms.
  static const InstanceTypes& builtin();

  /// Reads tab-separated text in the forms of data/instance_types.tsv and data/cpu_speed.tsv.
  /// Throws InputError at the first line that cannot be right.
  InstanceTypes(std::string_view types, std::string_view speeds);

  /// The type of that name. Throws InputError with the nearest spelling where there is none.
  /// O(log n).
  const InstanceType& find(std::string_view name) const;

  /// The speed of a type's family. A family without a figure takes its base family's and says so:
  /// the name without the letters for what surrounds the processor, b (EBS), d (disk), e (extra
  /// storage or memory) and n (network): c6id as c6i, m5dn as m5. Throws InputError naming the
  /// family where that has none either; z, a higher clock, has no base.
  CpuSpeed cpu_speed(const InstanceType& type) const;

  /// All types, in order of name.
  const std::vector<InstanceType>& all() const { return types_; }

 private:
  struct FamilySpeed {
    std::string family;
    std::uint32_t permille = 0;
  };

  const FamilySpeed* find_speed(std::string_view family) const;

  std::vector<InstanceType> types_;  ///< sorted by name, unique
  std::vector<FamilySpeed> speeds_;  ///< sorted by family, unique
};

/// "c6i" of "c6id", "m5" of "m5dn"; the family itself where it names no such option, or another one
/// as well ("m8azn", "p6-b300").
std::string_view base_family(std::string_view family);

}  // namespace skyreplay::compute
