#include "scenario/source_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "core/error.h"
#include "scenario/read_textproto.h"
#include "scenario/schema.h"

namespace skyreplay::scenario {
namespace {

constexpr std::uintmax_t kMaxFileBytes = 64u << 20;
constexpr std::string_view kExtends = "extends";

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// What a path that cannot be a scenario file is refused with.
void check_path(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    throw InputError({path.string()}, "is a folder; name the file in it, such as " +
                                          (path / "scenario.yaml").string());
  }
}

SourceNode read_text_of(std::string_view text, const std::filesystem::path& path,
                        std::uint32_t source, Mistakes& mistakes) {
  return is_textproto(text, path.extension().string()) ? read_textproto(text, source, mistakes)
                                                       : read_yaml(text, source, mistakes);
}

/// Makes the paths of files in a message's tree start from another folder: `prefix` is the way from
/// there to where they started.
void rebase(SourceNode& node, const Descriptor& type, const std::filesystem::path& prefix) {
  if (node.kind != SourceNode::Kind::kMap) return;
  for (Entry& entry : node.entries) {
    const FieldDescriptor* field = type.FindFieldByName(entry.key);
    if (field == nullptr) continue;
    SourceNode& value = entry.value;
    if (rule_of(*field).is_file() && value.kind == SourceNode::Kind::kScalar) {
      value.scalar = (prefix / value.scalar).lexically_normal().string();
    } else if (is_plain_message(*field)) {
      rebase(value, *field->message_type(), prefix);
    }
  }
}

/// Follows `extends` from file to file.
class Chain {
 public:
  Chain(const std::filesystem::path& path, Mistakes& mistakes) : mistakes_(mistakes) {
    seen_.push_back(identity(path));
  }

  /// Takes what the file at `path` extends over into `root`, and so on.
  void extend(SourceNode& root, const std::filesystem::path& path, SourceTree& tree) {
    std::filesystem::path from = path;
    std::filesystem::path way;  // from the first file's folder to this one's
    for (SourceNode* named = take_extends(root); named != nullptr;) {
      const std::filesystem::path name = named->scalar;
      const std::filesystem::path file = (from.parent_path() / name).lexically_normal();
      check_may_read(file, *named);
      way = (way / name.parent_path()).lexically_normal();
      if (name.is_absolute()) way = name.parent_path();
      tree.files.push_back(file.string());
      SourceNode base = read_text_of(read_scenario_file(file), file,
                                     mistakes_.add_file(file.string()), mistakes_);
      named = take_extends(base);
      if (base.kind != SourceNode::Kind::kMap) return refuse_content(base);
      rebase(base, *proto::Scenario::descriptor(), way);
      merge(std::move(base), root);
      from = file;
    }
  }

 private:
  static std::filesystem::path identity(const std::filesystem::path& path) {
    std::error_code error;
    const std::filesystem::path canonical = std::filesystem::weakly_canonical(path, error);
    return error ? path.lexically_normal() : canonical;
  }

  /// Removes `extends` from a tree; what it named, or nullptr. The node lives until the next call.
  SourceNode* take_extends(SourceNode& root) {
    if (root.kind != SourceNode::Kind::kMap) return nullptr;
    const auto found = std::ranges::find(root.entries, kExtends, &Entry::key);
    if (found == root.entries.end()) return nullptr;
    named_ = std::move(found->value);
    if (named_.kind == SourceNode::Kind::kBroken) return nullptr;
    root.entries.erase(found);
    if (named_.kind == SourceNode::Kind::kNull) return nullptr;
    if (named_.kind == SourceNode::Kind::kScalar && !named_.scalar.empty()) return &named_;
    mistakes_.add(named_.place, kExtends,
                  fmt::format("must be a file's path, not {}", describe(named_)));
    return nullptr;
  }

  /// Without what it extends, nothing that is missing in a file is a mistake: the first one ends
  /// it.
  void check_may_read(const std::filesystem::path& file, const SourceNode& named) {
    std::error_code error;
    const std::string quoted = in_quotes(file.string());
    if (!std::filesystem::is_regular_file(file, error)) {
      mistakes_.fatal(named.place, kExtends, fmt::format("there is no file {}", quoted));
    }
    const std::filesystem::path self = identity(file);
    if (std::ranges::find(seen_, self) != seen_.end()) {
      mistakes_.fatal(named.place, kExtends,
                      fmt::format("goes in a circle: {} is extended by itself", quoted));
    }
    seen_.push_back(self);
  }

  void refuse_content(const SourceNode& base) {
    if (base.kind == SourceNode::Kind::kBroken) return;
    mistakes_.add(base.place, "", fmt::format("must be a map of fields, not {}", describe(base)));
  }

  /// The base's fields that `root` does not have.
  static void merge(SourceNode&& base, SourceNode& root) {
    for (Entry& entry : base.entries) {
      if (find(root, entry.key) == nullptr) root.entries.push_back(std::move(entry));
    }
  }

  Mistakes& mistakes_;
  std::vector<std::filesystem::path> seen_;
  SourceNode named_;
};

}  // namespace

std::string read_scenario_file(const std::filesystem::path& path) {
  check_path(path);
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) {
    throw MachineError(fmt::format("{}: {}", path.string(), std::strerror(errno)));
  }
  std::string text;
  std::string chunk(1u << 16, '\0');
  while (const std::size_t size = std::fread(chunk.data(), 1, chunk.size(), file.get())) {
    text.append(chunk, 0, size);
    if (text.size() > kMaxFileBytes) throw InputError({path.string()}, "is larger than 64 MiB");
  }
  if (std::ferror(file.get()) != 0) {
    throw MachineError(fmt::format("{}: {}", path.string(), std::strerror(errno)));
  }
  return text;
}

SourceTree read_source_tree(std::string_view text, const std::filesystem::path& path,
                            Mistakes& mistakes) {
  SourceTree tree;
  tree.root = read_text_of(text, path, 0, mistakes);
  if (tree.root.kind == SourceNode::Kind::kMap) {
    Chain(path, mistakes).extend(tree.root, path, tree);
  }
  return tree;
}

}  // namespace skyreplay::scenario
