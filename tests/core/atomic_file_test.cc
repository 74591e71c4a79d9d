#include "core/atomic_file.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>

#include "core/error.h"
#include "support/temp_folder.h"

using namespace skyreplay;
using testing::message_of;
using testing::read_file;
using testing::TempFolder;
using testing::write_file;

TEST_CASE("a file appears under its name only on commit") {
  const TempFolder folder;
  AtomicFile file(folder / "a.txt");
  file.write("hello ");
  file.write("world");
  CHECK(!std::filesystem::exists(folder / "a.txt"));
  file.commit();
  CHECK(read_file(folder / "a.txt") == "hello world");
  CHECK(folder.entries() == 1);
}

TEST_CASE("an uncommitted file leaves what was there before and nothing else") {
  const TempFolder folder;
  write_file(folder / "a.txt", "old");
  {
    AtomicFile(folder / "a.txt").write("new");
  }
  CHECK(read_file(folder / "a.txt") == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("two writers of one name do not meet before their renames") {
  const TempFolder folder;
  AtomicFile first(folder / "a.txt");
  AtomicFile second(folder / "a.txt");
  first.write("first");
  second.write("second");
  first.commit();
  CHECK(read_file(folder / "a.txt") == "first");
  second.commit();
  CHECK(read_file(folder / "a.txt") == "second");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a missing folder is the machine's error and names path and reason") {
  const TempFolder folder;
  const auto path = folder / "no/such/a.txt";
  CHECK(message_of<MachineError>([&] { AtomicFile file(path); }) ==
        "cannot create '" + path.string() + "': No such file or directory");
}

TEST_CASE("a name taken by a folder is refused on commit and the temporary goes away") {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "taken");
  const std::string message = message_of<MachineError>([&] {
    AtomicFile file(folder / "taken");
    file.write("x");
    file.commit();
  });
  CHECK(message == "cannot write '" + (folder / "taken").string() + "': Is a directory");
  CHECK(folder.entries() == 1);
}

TEST_CASE("running out of room leaves nothing under the name") {
  const TempFolder folder;
  struct ::rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  struct ::rlimit small = before;
  small.rlim_cur = 100'000;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const std::string message = message_of<MachineError>([&] {
    AtomicFile file(folder / "big");
    file.write(std::string(300'000, 'x'));
    file.commit();
  });
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK(message == "cannot write '" + (folder / "big").string() + "': File too large");
  CHECK(folder.entries() == 0);
}

TEST_CASE("a folder appears whole on commit and not at all without it") {
  const TempFolder folder;
  {
    AtomicFolder out(folder / "out", false, "mark");
    write_file(out.temporary() / "a", "1");
    CHECK(!std::filesystem::exists(folder / "out"));
    out.commit();
  }
  CHECK(read_file(folder / "out/a") == "1");
  {
    const AtomicFolder abandoned(folder / "other", false, "mark");
  }
  CHECK(folder.entries() == 1);
}

TEST_CASE("an existing folder is refused without force and replaced with it") {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "out");
  write_file(folder / "out/old", "1");
  write_file(folder / "out/mark", "");
  CHECK(message_of<InputError>([&] { AtomicFolder out(folder / "out", false, "mark"); }) ==
        "output folder '" + (folder / "out").string() +
            "' exists already; choose another or replace it with --force");
  AtomicFolder out(folder / "out/", true, "mark");
  write_file(out.temporary() / "new", "2");
  CHECK(std::filesystem::exists(folder / "out/old"));
  out.commit();
  CHECK(!std::filesystem::exists(folder / "out/old"));
  CHECK(read_file(folder / "out/new") == "2");
  CHECK(folder.entries() == 1);
}

TEST_CASE("force replaces an empty folder, and none that lacks the mark") {
  const TempFolder folder;
  std::filesystem::create_directories(folder / "empty");
  AtomicFolder(folder / "empty", true, "mark").commit();
  std::filesystem::create_directories(folder / "photos/mark");
  CHECK(message_of<InputError>([&] { AtomicFolder out(folder / "photos", true, "mark"); }) ==
        "folder '" + (folder / "photos").string() +
            "' holds no mark, so --force does not replace it; choose another or empty it");
  CHECK(std::filesystem::exists(folder / "photos/mark"));
  CHECK(folder.entries() == 2);
}

TEST_CASE("a stop asked for leaves neither file nor folder, and no temporary") {
  const TempFolder folder;
  const auto stopped = [](const auto& write) {
    request_stop(15);
    int signal = 0;
    try {
      write();
    } catch (const Interrupted& stop) {
      signal = stop.signal();
    }
    request_stop(0);
    return signal;
  };
  CHECK(stopped([&] { AtomicFile(folder / "a").write("x"); }) == 15);
  CHECK(stopped([&] { AtomicFile(folder / "a").commit(); }) == 15);
  CHECK(stopped([&] { AtomicFolder(folder / "out", false, "mark").commit(); }) == 15);
  CHECK(folder.entries() == 0);
  AtomicFile(folder / "a").commit();
  CHECK(folder.entries() == 1);
}

TEST_CASE("force does not replace a file by a folder") {
  const TempFolder folder;
  write_file(folder / "out", "precious");
  CHECK(message_of<InputError>([&] { AtomicFolder out(folder / "out", true, "mark"); }) ==
        "'" + (folder / "out").string() + "' is not a folder, so it is not replaced");
  CHECK(read_file(folder / "out") == "precious");
}
