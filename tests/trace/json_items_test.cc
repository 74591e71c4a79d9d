#include "trace/json_items.h"

#include <doctest/doctest.h>

#include "import_support.h"

namespace skyreplay::trace {
namespace {

using testing::Folder;

/// Items and complaints, each behind the place where it begins.
std::string items(const std::string& text) {
  const Folder folder;
  JsonItems items(TextInput(folder.write("a", text)), {"events"});
  std::string found;
  for (auto outcome = items.next(); outcome != JsonItems::Outcome::kEnd; outcome = items.next()) {
    const SourcePosition at = items.position();
    found += std::to_string(at.line) + ":" + std::to_string(at.column) + " ";
    found += outcome == JsonItems::Outcome::kBad ? items.bad_reason() : std::string(items.item());
    if (!items.enclosing().empty()) found += " in " + items.enclosing();
    found += "\n";
  }
  return found;
}

TEST_CASE("objects may follow each other, stand in an array, or in a list of an object") {
  CHECK(items("{\"a\":1}{\"b\":{}}\n {\"c\":\"}\\\"{\"}") ==
        "1:1 {\"a\":1}\n1:8 {\"b\":{}}\n2:2 {\"c\":\"}\\\"{\"}\n");
  CHECK(items("[ {\"a\":[1]},\n{} ]\n{\"b\":2}") == "1:3 {\"a\":[1]}\n2:1 {}\n3:1 {\"b\":2}\n");
  CHECK(items("{\"g\":\"x\",\"events\" : [\n {\"a\":1}, "
              "{\"a\":2}],\"t\":{\"events\":[{}]}}\n{\"b\":3}") ==
        "2:2 {\"a\":1} in {\"g\":\"x\",\"events\" : [\n2:11 {\"a\":2} in {\"g\":\"x\",\"events\" : "
        "[\n"
        "3:1 {\"b\":3}\n");
  // Not a list, and not in the object itself.
  CHECK(items("{\"events\":3,\"a\":{\"events\":[{}]}}") ==
        "1:1 {\"events\":3,\"a\":{\"events\":[{}]}}\n");
  CHECK(items("").empty());
  CHECK(items("{\"events\":[]}").empty());
}

TEST_CASE("what is no object is bad up to the end of its line, what is cut short to the end") {
  CHECK(items("nonsense {}\n{\"a\":1}\n") == "1:1 is no JSON object\n2:1 {\"a\":1}\n");
  CHECK(items("{\"a\":1") == "1:1 the JSON text is cut short\n");
  CHECK(items("[{\"a\":1}") == "1:2 {\"a\":1}\n1:9 the JSON text is cut short\n");
  CHECK(items("[1]\n{}") == "1:2 is no JSON object\n2:1 {}\n");
}

TEST_CASE("an object longer than 1 MiB is left out, the next one is read") {
  const std::string large = "{\"a\":\"" + std::string(3 << 20, 'x') + "\"}";
  CHECK(items("[" + large + ",{}]")
            .ends_with("the JSON object is longer than 1 MiB\n1:" +
                       std::to_string(large.size() + 3) + " {}\n"));
  std::string list = "{\"events\":[";
  for (int i = 0; i < 200'000; ++i) list += "{\"a\":1},\n";
  const std::string found = items(list + "{}]}");
  CHECK(std::count(found.begin(), found.end(), '\n') == 200'001);
}

}  // namespace
}  // namespace skyreplay::trace
