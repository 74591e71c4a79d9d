#include "scenario/reference.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "scenario/support.h"

namespace {

std::string page_path() {
  const char* source = std::getenv("SKYREPLAY_SOURCE");
  return std::string(source != nullptr ? source : ".") + "/docs/scenario.md";
}

std::string read_page() {
  std::ostringstream text;
  text << std::ifstream(page_path()).rdbuf();
  return text.str();
}

/// Where the generated part of the page starts.
std::size_t generated_at(const std::string& page) {
  const std::size_t mark = page.find("<!-- From here on generated");
  return mark == std::string::npos ? mark : page.find('\n', mark) + 1;
}

}  // namespace

TEST_CASE("the reference page says what the schema says") {
  const std::string page = read_page();
  const std::size_t start = generated_at(page);
  REQUIRE(start != std::string::npos);
  const std::string fresh = skyreplay::scenario::reference_page();
  if (std::getenv("SKYREPLAY_UPDATE_DOCS") != nullptr) {
    std::ofstream(page_path()) << page.substr(0, start) << fresh;
    return;
  }
  INFO("docs/scenario.md is out of date; run scenario_tests with SKYREPLAY_UPDATE_DOCS=1");
  CHECK((page.substr(start) == fresh));
}

TEST_CASE("the reference page's example is a scenario without a mistake") {
  const std::string page = read_page();
  const std::string fence = "```yaml\n";
  const std::size_t start = page.find(fence) + fence.size();
  CHECK(skyreplay::testing::mistakes_of(page.substr(start, page.find("```\n", start) - start)) ==
        "");
}

TEST_CASE("the reference shows a field's default, unit, range, rule and what is not built") {
  const std::string page = skyreplay::scenario::reference_page();
  CHECK(page.find("\n### `services.NAME.lambda`\n") != std::string::npos);
  CHECK(page.find("| `timeout` | whole number, s; 1 to 900 | `3` | The function's own limit on one "
                  "invocation; what ran until then is billed. May change. (L27 L74 L90) |\n") !=
        std::string::npos);
  CHECK(page.find("| `warm_pool` |  | not built yet | ") != std::string::npos);
}
