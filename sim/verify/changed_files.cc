#include "verify/changed_files.h"

#include <fmt/format.h>
#include <git2.h>

#include <memory>

#include "core/error.h"

namespace skyreplay::verify {
namespace {

/// The library counts its users.
struct Library {
  Library() { git_libgit2_init(); }
  ~Library() { git_libgit2_shutdown(); }
};

template <typename T, void (*Free)(T*)>
struct Freed {
  void operator()(T* pointer) const { Free(pointer); }
};
template <typename T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, Freed<T, Free>>;

using Repository = Owned<git_repository, git_repository_free>;
using Object = Owned<git_object, git_object_free>;
using Diff = Owned<git_diff, git_diff_free>;

[[noreturn]] void refuse(const std::string& what) {
  const git_error* error = git_error_last();
  throw InputError(
      fmt::format("--changed-since: {}{}", what,
                  error != nullptr ? fmt::format(" ({})", error->message) : std::string()));
}

Repository open(const std::filesystem::path& folder) {
  git_repository* opened = nullptr;
  if (git_repository_open_ext(&opened, folder.c_str(), 0, nullptr) != 0) {
    refuse(fmt::format("'{}' is in no git repository that can be read", folder.string()));
  }
  return Repository(opened);
}

Object tree_of(git_repository& repository, const std::string& revision) {
  git_object* found = nullptr;
  if (git_revparse_single(&found, &repository, revision.c_str()) != 0) {
    refuse(fmt::format("there is no revision '{}'", revision));
  }
  const Object owned(found);
  git_object* tree = nullptr;
  if (git_object_peel(&tree, found, GIT_OBJECT_TREE) != 0) {
    refuse(fmt::format("'{}' is no commit", revision));
  }
  return Object(tree);
}

Diff diff_of(git_repository& repository, git_object& tree) {
  git_diff_options options;
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS;
  git_diff* made = nullptr;
  // A git_object that is a tree is a git_tree.
  auto* const as_tree = reinterpret_cast<git_tree*>(&tree);
  if (git_diff_tree_to_workdir_with_index(&made, &repository, as_tree, &options) != 0) {
    refuse("the files cannot be compared");
  }
  return Diff(made);
}

}  // namespace

std::set<std::filesystem::path> changed_files(const std::filesystem::path& folder,
                                              const std::string& revision) {
  const Library library;
  const Repository repository = open(folder);
  const char* const root = git_repository_workdir(repository.get());
  if (root == nullptr) refuse("the repository has no files");
  const Object tree = tree_of(*repository, revision);
  const Diff diff = diff_of(*repository, *tree);
  std::set<std::filesystem::path> changed;
  for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
    const git_diff_delta& delta = *git_diff_get_delta(diff.get(), i);
    for (const char* path : {delta.old_file.path, delta.new_file.path}) {
      if (path != nullptr) changed.insert((std::filesystem::path(root) / path).lexically_normal());
    }
  }
  return changed;
}

}  // namespace skyreplay::verify
