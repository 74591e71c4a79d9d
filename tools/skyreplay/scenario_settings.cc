#include "scenario_settings.h"

namespace skyreplay::tool {

void ScenarioSettings::add_to(CLI::App& verb) {
  // One value each: `--set a=1 FILE` must not take the file for a second setting.
  verb.add_option("--set", sets_, "Set a field by its path (repeatable)")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  verb.add_option("--seed", seed_, "Short for --set seed=N")->type_name("N");
  verb.add_option("--window", window_, "Short for --set recorder.window=DURATION")
      ->type_name("DURATION");
}

std::vector<std::string> ScenarioSettings::all() const {
  std::vector<std::string> settings = sets_;
  if (!seed_.empty()) settings.push_back("seed=" + seed_);
  if (!window_.empty()) settings.push_back("recorder.window=" + window_);
  return settings;
}

}  // namespace skyreplay::tool
