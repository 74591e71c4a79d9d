#include "usage.h"

#include <fmt/format.h>
#include <skyreplay/error.h>

#include <algorithm>
#include <string>
#include <vector>

namespace skyreplay::tool {
namespace {

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> flags_of(const CLI::App& verb) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

std::string mistake(const std::string& argument, const CLI::App& verb, const std::string& spelled) {
  const std::string of = spelled.empty() ? "" : fmt::format(" of '{}'", spelled);
  if (!argument.starts_with('-')) return fmt::format("unexpected argument '{}'{}", argument, of);
  const std::string flag = argument.substr(0, argument.find('='));
  return fmt::format("unknown flag '{}'{}{}", flag, of, did_you_mean(flag, flags_of(verb)));
}

}  // namespace

void check_verb(const CLI::App& app, int argc, char** argv) {
  const CLI::App* at = &app;
  std::string spelled;
  for (int i = 1; i < argc && argv[i][0] != '-'; ++i) {
    const auto verbs = verbs_of(*at);
    if (verbs.empty()) return;
    const std::string word = argv[i];
    const auto found =
        std::ranges::find(verbs, word, [](const CLI::App* v) { return v->get_name(); });
    if (found == verbs.end()) {
      std::vector<std::string> names;
      for (const CLI::App* verb : verbs) names.push_back(verb->get_name());
      throw InputError(
          fmt::format("unknown verb '{}{}'{}", spelled, word, did_you_mean(word, names)));
    }
    at = *found;
    spelled += word;
    spelled += ' ';
  }
}

std::vector<std::string> extra_arguments(const CLI::App& app) {
  const CLI::App* verb = &app;
  std::string spelled;
  while (!verb->get_subcommands().empty()) {
    verb = verb->get_subcommands().front();
    spelled += (spelled.empty() ? "" : " ") + verb->get_name();
  }
  std::vector<std::string> mistakes;
  for (const std::string& argument : app.remaining(true)) {
    mistakes.push_back(mistake(argument, *verb, spelled));
  }
  return mistakes;
}

}  // namespace skyreplay::tool
