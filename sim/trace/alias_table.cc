#include "trace/alias_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/check.h"

namespace skyreplay::trace {

AliasTable::AliasTable(const std::vector<double>& weights) {
  __extension__ using Wide = unsigned __int128;
  SKY_CHECK(!weights.empty());
  const double largest = *std::max_element(weights.begin(), weights.end());
  SKY_CHECK(largest > 0);
  const std::size_t n = weights.size();
  std::vector<Wide> left(n);  // what is still to be given away, in units of 1/n cell
  Wide total = 0;
  for (std::size_t i = 0; i < n; ++i) {
    SKY_CHECK(weights[i] >= 0);
    left[i] = static_cast<Wide>(std::llround(weights[i] / largest * 0x1.0p40));
    total += left[i];
  }
  std::vector<std::uint32_t> small, large;
  for (std::size_t i = n; i-- > 0;) {
    left[i] *= n;
    (left[i] < total ? small : large).push_back(static_cast<std::uint32_t>(i));
  }
  cells_.resize(n);
  for (std::uint32_t i = 0; i < n; ++i) cells_[i] = {std::numeric_limits<std::uint64_t>::max(), i};
  while (!small.empty() && !large.empty()) {
    const std::uint32_t poor = small.back();
    const std::uint32_t rich = large.back();
    small.pop_back();
    cells_[poor] = {static_cast<std::uint64_t>((left[poor] << 64) / total), rich};
    left[rich] -= total - left[poor];
    if (left[rich] < total) {
      large.pop_back();
      small.push_back(rich);
    }
  }
}

}  // namespace skyreplay::trace
