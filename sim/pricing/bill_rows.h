#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <string>
#include <vector>

#include "pricing/bill.h"
#include "pricing/tariff.h"

namespace skyreplay::pricing {

/// An integer of any size: extrapolated quantities are rationals whose parts outgrow 128 bits.
using Exact = boost::multiprecision::cpp_int;

/// A span of one tariff's use, from / scale up to to / scale meter units of the account's month.
struct UseSpan {
  const std::string& service;
  const Tariff& tariff;
  const Exact& from;
  const Exact& to;
  Exact scale;
};

/// Appends one row per tier that the span touches; their amounts are differences of rounded totals
/// at the tiers' bounds, so they add up to the difference of the totals at the span's ends. Throws
/// InputError as Tariff::total().
void append_rows(const UseSpan& span, std::vector<BillRow>& rows);

/// numerator / denominator in decimal, to 15 decimals at most, half to even, without trailing
/// zeros.
std::string format_quotient(const Exact& numerator, const Exact& denominator);

}  // namespace skyreplay::pricing
