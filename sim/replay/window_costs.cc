#include "replay/window_costs.h"

#include <utility>

namespace skyreplay::replay {
namespace {

std::vector<pricing::BilledService> billed(const std::vector<std::string>& names,
                                           const std::vector<pricing::Meters>& meters) {
  std::vector<pricing::BilledService> services;
  for (std::size_t i = 0; i < names.size(); ++i) services.push_back({names[i], &meters[i]});
  return services;
}

}  // namespace

WindowCosts::WindowCosts(const std::vector<std::string>& names, ResultWriter& writer,
                         TimePoint start, TimePoint end)
    : names_(names),
      writer_(writer),
      costs_(names.size(), 0),
      usage_(names.size()),
      end_(end),
      queue_(start, end) {}

void WindowCosts::bill(Models& models) {
  models_ = &models;
  ledger_.emplace(billed(names_, models.meters()));
}

void WindowCosts::begin_window(const metrics::Window& window) {
  window_ = window;
  writer_.begin_window(window);
}

void WindowCosts::row(metrics::WindowRow& row) {
  const Seat& seat = models_->seats()[row.service];
  seat.platform->complete(seat.unit, window_, row);
  seat.platform->read_meters(seat.unit, window_.end, models_->meters()[row.service]);
  const pricing::NanoUsd cost = ledger_->settle(row.service);
  row.cost_nano_usd = cost - std::exchange(costs_[row.service], cost);
  usage_[row.service].add(row, window_, end_);
  queue_.add(window_, waiting_ns(row));
  writer_.row(row);
}

void WindowCosts::end_window() {
  writer_.end_window();
  std::vector<workload::Activity> activities;
  models_->take_activities(activities);
  for (const workload::Activity& activity : activities) writer_.activity(activity);
}

}  // namespace skyreplay::replay
