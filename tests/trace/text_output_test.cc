#include "trace/text_output.h"

#include <doctest/doctest.h>

#include <string>

#include "core/error.h"
#include "support/temp_folder.h"
#include "trace/text_input.h"

namespace skyreplay::trace {
namespace {

using testing::read_file;
using testing::TempFolder;

std::string read_back(const std::filesystem::path& path) {
  TextInput input(path.string());
  std::string text;
  std::string piece(10'000, '\0');
  while (const std::size_t got = input.read(piece.data(), piece.size())) text.append(piece, 0, got);
  return text;
}

TEST_CASE("what is written plain, gzip or zstd reads back, and equal text gives equal bytes") {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "line " + std::to_string(i * 7919 % 1000) + "\n";
  for (const char* name : {"a.csv", "a.csv.gz", "a.csv.zst"}) {
    for (const char* copy : {"one-", "two-"}) {
      TextOutput out(folder / (std::string(copy) + name));
      for (std::size_t at = 0; at < text.size(); at += 1'000) out.write(text.substr(at, 1'000));
      out.commit();
    }
    CHECK(read_back(folder / (std::string("one-") + name)) == text);
    CHECK(read_file(folder / (std::string("one-") + name)) ==
          read_file(folder / (std::string("two-") + name)));
  }
  CHECK(read_file(folder / "one-a.csv") == text);
  CHECK(read_file(folder / "one-a.csv.gz").size() < text.size() / 2);
}

TEST_CASE("an empty text is an empty file of its kind") {
  const TempFolder folder;
  for (const char* name : {"a", "a.gz", "a.zst"}) {
    TextOutput(folder / name).commit();
    CHECK(read_back(folder / name).empty());
  }
}

TEST_CASE("what is not committed leaves nothing behind") {
  const TempFolder folder;
  {
    TextOutput out(folder / "a.gz");
    out.write("text");
  }
  CHECK(folder.entries() == 0);
  CHECK_THROWS_AS(TextOutput("/there/is/no/such/folder/a.gz"), MachineError);
}

}  // namespace
}  // namespace skyreplay::trace
