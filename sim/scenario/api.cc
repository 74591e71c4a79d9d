#include "scenario/scenario.h"
#include "skyreplay/scenario.h"

namespace skyreplay {

Scenario::Scenario(scenario::Scenario resolved)
    : resolved_(std::make_shared<const scenario::Scenario>(std::move(resolved))) {}

Scenario Scenario::load(const std::filesystem::path& path,
                        const std::vector<std::string>& settings) {
  return Scenario(scenario::Scenario::load(path, settings));
}

Scenario Scenario::parse(std::string_view text, const std::filesystem::path& path,
                         const std::vector<std::string>& settings) {
  return Scenario(scenario::Scenario::parse(text, path, settings));
}

Scenario Scenario::with(const std::vector<std::string>& settings) const {
  return Scenario(resolved_->with(settings));
}

std::string Scenario::show() const { return resolved_->to_yaml(); }

std::string Scenario::digest() const { return resolved_->digest(); }

std::string Scenario::name() const { return resolved_->message().name(); }

std::filesystem::path Scenario::trace() const { return resolved_->trace_path(); }

}  // namespace skyreplay
