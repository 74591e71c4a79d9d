#include "pricing/bill.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "core/check.h"
#include "core/error.h"
#include "pricing/bill_rows.h"

namespace skyreplay::pricing {
namespace {

using TariffName = std::pair<std::string_view, std::string_view>;

TariffName name_of(const Tariff& tariff) { return {tariff.line_item(), tariff.region()}; }

}  // namespace

std::vector<BillRow> bill_rows(std::span<const BilledService> services) {
  std::map<TariffName, Exact> used;
  std::vector<BillRow> rows;
  for (const BilledService& service : services) {
    for (std::uint32_t item = 0; item < service.meters->size(); ++item) {
      const Tariff& tariff = service.meters->tariff(item);
      Exact& from = used[name_of(tariff)];
      const Exact to = from + service.meters->units(item);
      append_rows({.service = service.name, .tariff = tariff, .from = from, .to = to, .scale = 1},
                  rows);
      from = to;
    }
  }
  return rows;
}

Ledger::Ledger(std::vector<const Meters*> services) : services_(std::move(services)) {
  std::map<TariffName, std::uint32_t> index;
  for (const Meters* meters : services_) {
    for (std::uint32_t item = 0; item < meters->size(); ++item) {
      const auto next = static_cast<std::uint32_t>(index.size());
      stack_of_.push_back(index.try_emplace(name_of(meters->tariff(item)), next).first->second);
    }
  }
  stacks_.resize(index.size());
}

void Ledger::read(std::span<NanoUsd> amounts) {
  SKY_CHECK(amounts.size() == services_.size());
  std::fill(stacks_.begin(), stacks_.end(), Stack{});
  std::size_t k = 0;
  for (std::size_t i = 0; i < services_.size(); ++i) {
    const Meters& meters = *services_[i];
    NanoUsd amount = 0;
    for (std::uint32_t item = 0; item < meters.size(); ++item) {
      Stack& stack = stacks_[stack_of_[k++]];
      if (meters.units(item) == 0) continue;
      const Tariff& tariff = meters.tariff(item);
      if (__builtin_add_overflow(stack.units, meters.units(item), &stack.units)) {
        throw InputError(tariff.too_large());
      }
      const NanoUsd before = std::exchange(stack.total, tariff.total(stack.units));
      amount += stack.total - before;
    }
    amounts[i] = amount;
  }
  SKY_CHECK(k == stack_of_.size());
}

}  // namespace skyreplay::pricing
