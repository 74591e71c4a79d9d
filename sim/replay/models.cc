#include "replay/models.h"

#include <algorithm>

#include "core/check.h"
#include "lambda/functions.h"
#include "replay/lambda_model.h"

namespace skyreplay::replay {
namespace {

using PlatformCase = proto::Service::PlatformCase;

const proto::Service& config_of(const ModelInputs& inputs, std::uint32_t service) {
  return *inputs.wiring.services[service].config;
}

std::uint32_t count_of(const ModelInputs& inputs) {
  return static_cast<std::uint32_t>(inputs.wiring.services.size());
}

}  // namespace

Models::Models(const ModelInputs& inputs, kernel::Loop& loop, metrics::Recorder& recorder)
    : inputs_(inputs), loop_(loop), recorder_(recorder) {
  for (std::uint32_t i = 0; i < count_of(inputs); ++i) {
    seats_.push_back(seat(i));
    const bool is_new =
        std::find(platforms_.begin(), platforms_.end(), seats_[i].platform) == platforms_.end();
    if (is_new) platforms_.push_back(seats_[i].platform);
  }
}

Models::~Models() = default;

Seat Models::seat(std::uint32_t service) {
  const scenario::ConcreteService& concrete = inputs_.wiring.services[service];
  SKY_CHECK(concrete.config->platform_case() == PlatformCase::kLambda);
  if (!functions_) {
    functions_ = std::make_unique<lambda::Functions>(
        loop_, recorder_, account_config(inputs_.scenario.account().lambda()),
        inputs_.scenario.seed());
  }
  return {functions_.get(), functions_->add(function_config(concrete, service))};
}

std::vector<workload::Flow> Models::flows() const {
  const double share = inputs_.trace.durations == trace::Durations::kOneDuration
                           ? inputs_.scenario.workload().work_share()
                           : 1.0;
  std::vector<workload::Flow> flows;
  for (std::size_t route = 0; route < inputs_.trace.routes.size(); ++route) {
    const Seat& seat = seats_[inputs_.wiring.route_to_service[route]];
    flows.push_back({.service = seat.platform,
                     .unit = seat.unit,
                     .work_share = share,
                     .recorded_speed = inputs_.wiring.recorded_speed[route]});
  }
  return flows;
}

void Models::connect(workload::Clients& clients, workload::Calls& calls) {
  for (workload::Platform* platform : platforms_) {
    platform->answer_to(clients);
    platform->call_through(calls);
  }
}

void Models::take_activities(std::vector<workload::Activity>& activities) {
  for (workload::Platform* platform : platforms_) platform->take_activities(activities);
  std::stable_sort(activities.begin(), activities.end(), [](const auto& a, const auto& b) {
    return std::tie(a.time, a.service) < std::tie(b.time, b.service);
  });
}

void Models::finish(TimePoint end) {
  for (workload::Platform* platform : platforms_) platform->finish(end);
}

std::vector<ServiceHeader> service_headers(const ModelInputs& inputs) {
  std::vector<ServiceHeader> headers;
  for (std::uint32_t i = 0; i < count_of(inputs); ++i) {
    headers.push_back({.name = inputs.wiring.services[i].name,
                       .platform = "lambda",
                       .capacity_unit = "environments",
                       .region = inputs.scenario.region()});
  }
  return headers;
}

std::vector<pricing::Meters> meters_of(const ModelInputs& inputs) {
  std::vector<pricing::Meters> meters;
  for (std::uint32_t i = 0; i < count_of(inputs); ++i) {
    meters.push_back(lambda_meters(config_of(inputs, i).lambda(), inputs.scenario.region()));
  }
  return meters;
}

std::vector<std::uint32_t> services_of_flows(const ModelInputs& inputs) {
  return inputs.wiring.route_to_service;
}

}  // namespace skyreplay::replay
