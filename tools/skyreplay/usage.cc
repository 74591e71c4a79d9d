#include "usage.h"

#include <fmt/format.h>
#include <skyreplay/error.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
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

std::string no_number(const CLI::ConversionError& error) {
  const std::string text = error.what();
  constexpr std::string_view kBefore = "Could not convert: ";
  const std::size_t between = text.find(" = ");
  if (!text.starts_with(kBefore) || between == std::string::npos) return text;
  return fmt::format("{}: expected a number, not '{}'",
                     text.substr(kBefore.size(), between - kBefore.size()),
                     text.substr(between + 3));
}

CLI::Validator whole_number() {
  const auto mistake_in = [](const std::string& value) -> std::string {
    std::uint64_t number = 0;
    const char* end = value.data() + value.size();
    const auto [read, error] = std::from_chars(value.data(), end, number);
    if (error == std::errc::result_out_of_range) return fmt::format("'{}' is too large", value);
    if (error == std::errc{} && read == end) return "";
    return fmt::format("expected a whole number of at least 0, not '{}'", value);
  };
  return {mistake_in, ""};
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
