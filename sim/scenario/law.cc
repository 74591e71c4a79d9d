#include "scenario/law.h"

#include "core/check.h"

namespace skyreplay::scenario {
namespace {

/// The law as core has it.
Distribution::Law law_of(const proto::Distribution& message) {
  using D = Distribution;
  switch (message.law_case()) {
    case proto::Distribution::kConstant:
      return D::Constant{to_duration(message.constant())};
    case proto::Distribution::kUniform:
      return D::Uniform{to_duration(message.uniform().low()),
                        to_duration(message.uniform().high())};
    case proto::Distribution::kExponential:
      return D::Exponential{to_duration(message.exponential().mean())};
    case proto::Distribution::kLognormal:
      return D::Lognormal{to_duration(message.lognormal().p50()),
                          to_duration(message.lognormal().p99())};
    case proto::Distribution::kWeibull:
      return D::Weibull{to_duration(message.weibull().mean()), message.weibull().cv()};
    case proto::Distribution::kGamma:
      return D::Gamma{to_duration(message.gamma().mean()), message.gamma().cv()};
    case proto::Distribution::kPercentiles: {
      D::Percentiles law;
      for (const auto& knot : message.percentiles().knots()) {
        law.knots.emplace_back(knot.percent(), to_duration(knot.value()));
      }
      return law;
    }
    case proto::Distribution::LAW_NOT_SET:
      break;
  }
  SKY_CHECK(false && "a distribution without a law");
}

}  // namespace

Distribution to_distribution(const proto::Distribution& message) {
  return Distribution(law_of(message));
}

}  // namespace skyreplay::scenario
