#include "completion_script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace skyreplay::tool {
namespace {

using Words = std::vector<std::string>;

/// What may follow on the command line at some place.
struct Values {
  Words words;
  bool files = false;
};

/// One flag with all its spellings.
struct Flag {
  Words names;  ///< "-n", "--rows"
  std::string help;
  bool has_value = false;
  Values values;
};

/// One verb, or the program itself.
struct Verb {
  Words path;  ///< "trace", "import"
  Words help;  ///< of each verb below it
  Words below;
  std::vector<Flag> flags;
  Values positional;
};

/// The words of a type name "TEXT:{stop,skip}"; files where a text may be one.
Values values_of(const CLI::Option& option) {
  Values values;
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{');
  if (open == std::string::npos) {
    values.files = type == "TEXT";
    return values;
  }
  const std::string list = type.substr(open + 1, type.find('}', open) - open - 1);
  for (std::size_t start = 0; start <= list.size();) {
    const std::size_t end = std::min(list.find(',', start), list.size());
    values.words.push_back(list.substr(start, end - start));
    start = end + 1;
  }
  return values;
}

Flag flag_of(const CLI::Option& option) {
  Flag flag;
  for (const std::string& name : option.get_snames()) flag.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) flag.names.push_back("--" + name);
  flag.help = option.get_description();
  flag.has_value = option.get_items_expected_max() > 0;
  if (flag.has_value) flag.values = values_of(option);
  return flag;
}

/// The verb and all below it that are not hidden, itself first.
void collect(const CLI::App& app, const Words& path, std::vector<Verb>& verbs) {
  Verb verb;
  verb.path = path;
  for (const CLI::Option* option : app.get_options()) {
    if (option->nonpositional()) {
      if (!option->get_group().empty()) verb.flags.push_back(flag_of(*option));
    } else if (verb.positional.words.empty() && !verb.positional.files) {
      verb.positional = values_of(*option);
    }
  }
  std::vector<const CLI::App*> shown;
  for (const CLI::App* below : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (below->get_group().empty()) continue;  // not built yet
    shown.push_back(below);
    verb.below.push_back(below->get_name());
    verb.help.push_back(below->get_description());
  }
  verbs.push_back(verb);
  for (const CLI::App* below : shown) {
    Words inner = path;
    inner.push_back(below->get_name());
    collect(*below, inner, verbs);
  }
}

std::vector<Verb> verbs_of(const CLI::App& app) {
  std::vector<Verb> verbs;
  collect(app, {}, verbs);
  return verbs;
}

std::string joined(const Words& words) { return fmt::format("{}", fmt::join(words, " ")); }

Words flag_names(const Verb& verb) {
  Words names;
  for (const Flag& flag : verb.flags) {
    names.insert(names.end(), flag.names.begin(), flag.names.end());
  }
  return names;
}

/// A pattern of bash's `case` for each flag of the verb that takes a value.
std::string bash_values(const Verb& verb) {
  std::string text;
  for (const Flag& flag : verb.flags) {
    if (!flag.has_value) continue;
    for (const std::string& name : flag.names) {
      text += fmt::format("    \"{}:{}\") words=\"{}\" files={} ;;\n", joined(verb.path), name,
                          joined(flag.values.words), flag.values.files ? 1 : 0);
    }
  }
  return text;
}

/// A text within single quotes of fish.
std::string fish_quoted(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return "'" + out + "'";
}

/// Holds where the verb has been given and none below it has.
std::string fish_condition(const Verb& verb) {
  if (verb.path.empty()) return "__fish_use_subcommand";
  std::string text;
  for (const std::string& name : verb.path) {
    text += (text.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + name);
  }
  if (verb.below.empty()) return text;
  return text + "; and not __fish_seen_subcommand_from " + joined(verb.below);
}

std::string fish_flag(const Flag& flag) {
  std::string text;
  for (const std::string& name : flag.names) {
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (flag.has_value) text += flag.values.files ? " -r -F" : " -x";
  if (!flag.values.words.empty()) text += " -a " + fish_quoted(joined(flag.values.words));
  return text + " -d " + fish_quoted(flag.help);
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
  std::string known;
  std::string values;
  std::string verbs;
  for (const Verb& verb : verbs_of(app)) {
    const std::string path = joined(verb.path);
    for (const std::string& name : verb.below) {
      known += (known.empty() ? "" : "|") + fmt::format("\"{}:{}\"", path, name);
    }
    values += bash_values(verb);
    Words words = verb.below;
    words.insert(words.end(), verb.positional.words.begin(), verb.positional.words.end());
    verbs += fmt::format("      \"{}\") flags=\"{}\" words=\"{}\" files={} ;;\n", path,
                         joined(flag_names(verb)), joined(words), verb.positional.files ? 1 : 0);
  }
  return fmt::format(R"(# bash completion for {0}: source <({0} completion bash)
_{0}() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD - 1]}}"
  local verb="" flags="" words="" files=0 i
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case "$verb:${{COMP_WORDS[i]}}" in
      {1}) verb="${{verb:+$verb }}${{COMP_WORDS[i]}}" ;;
    esac
  done
  case "$verb:$previous" in
{2}    *)
      case "$verb" in
{3}      esac
      [[ $current == -* ]] && words="$flags" files=0
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if ((files)); then
    local IFS=$'\n'
    COMPREPLY+=($(compgen -f -- "$current"))
  fi
}}
complete -o filenames -F _{0} {0}
)",
                     app.get_name(), known, values, verbs);
}

std::string zsh_completion(const CLI::App& app) {
  return fmt::format("#compdef {}\nautoload -U +X bashcompinit && bashcompinit\n", app.get_name()) +
         bash_completion(app);
}

std::string fish_completion(const CLI::App& app) {
  const std::string start = "complete -c " + app.get_name();
  std::string text = fmt::format(
      "# fish completion for {0}: {0} completion fish | source\n{1} -f\n", app.get_name(), start);
  for (const Verb& verb : verbs_of(app)) {
    const std::string when = start + " -n " + fish_quoted(fish_condition(verb));
    for (std::size_t i = 0; i < verb.below.size(); ++i) {
      text += when + " -a " + verb.below[i] + " -d " + fish_quoted(verb.help[i]) + "\n";
    }
    for (const Flag& flag : verb.flags) text += when + fish_flag(flag) + "\n";
    if (verb.positional.files) text += when + " -F\n";
    if (!verb.positional.words.empty()) {
      text += when + " -a " + fish_quoted(joined(verb.positional.words)) + "\n";
    }
  }
  return text;
}

}  // namespace skyreplay::tool
