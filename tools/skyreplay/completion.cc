#include <iostream>
#include <memory>
#include <string>

#include "completion_script.h"
#include "verbs.h"

namespace skyreplay::tool {
namespace {

int print(const CLI::App& app, const std::string& shell) {
  std::cout << (shell == "bash"  ? bash_completion(app)
                : shell == "zsh" ? zsh_completion(app)
                                 : fish_completion(app));
  return 0;
}

}  // namespace

void add_completion(CLI::App& app, Action& chosen) {
  const auto shell = std::make_shared<std::string>();
  CLI::App& verb = *app.add_subcommand("completion", "Print a script that completes commands");
  verb.add_option("SHELL", *shell, "The shell that reads the script")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  verb.callback([shell, &app, &chosen] { chosen = [shell, &app] { return print(app, *shell); }; });
}

}  // namespace skyreplay::tool
