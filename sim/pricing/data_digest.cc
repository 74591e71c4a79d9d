#include "pricing/data_digest.h"

#include <string_view>

#include "core/digest.h"

namespace skyreplay::pricing {

extern const std::string_view kServicesTsv;  // data/*.tsv, embedded by the build
extern const std::string_view kEc2OnDemandTsv;
extern const std::string_view kEc2SavingsTsv;
extern const std::string_view kEc2SpotTsv;

std::string data_digest() {
  std::string digests;
  for (const std::string_view table :
       {kServicesTsv, kEc2OnDemandTsv, kEc2SavingsTsv, kEc2SpotTsv}) {
    digests += hex_digest(table);
  }
  return hex_digest(digests);
}

}  // namespace skyreplay::pricing
