#include "core/atomic_file.h"
#include "core/error.h"
#include "scenario/mistakes.h"
#include "scenario/scenario.h"
#include "skyreplay/scenario.h"

namespace skyreplay {

namespace scenario {
extern const std::string_view kStarterEc2;
extern const std::string_view kStarterEcs;
extern const std::string_view kStarterLambda;
}  // namespace scenario

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

std::vector<std::string> starter_platforms() { return {"ec2", "ecs", "lambda"}; }

std::string starter_scenario(std::string_view platform) {
  if (platform == "ec2") return std::string(scenario::kStarterEc2);
  if (platform == "ecs") return std::string(scenario::kStarterEcs);
  if (platform == "lambda") return std::string(scenario::kStarterLambda);
  throw InputError("there is no starter for " + scenario::in_quotes(platform) +
                   scenario::suggestion(platform, starter_platforms()) +
                   "; there is one for ec2, ecs and lambda");
}

void write_starter_scenario(std::string_view platform, const std::filesystem::path& path) {
  const std::string text = starter_scenario(platform);
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    throw InputError({path.string()}, "exists already; choose another name");
  }
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace skyreplay
