#include "scenario/scenario.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "core/error.h"
#include "scenario/binder.h"
#include "scenario/field_path.h"
#include "scenario/node.h"
#include "scenario/resolve.h"
#include "scenario/show.h"

namespace skyreplay::scenario {
namespace {

constexpr std::uintmax_t kMaxFileBytes = 64u << 20;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// What a path that cannot be a scenario file is refused with.
void check_path(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".textproto" || extension == ".txtpb" || extension == ".pbtxt") {
    throw InputError({path.string()}, "text format is not built yet; write YAML or JSON");
  }
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    throw InputError({path.string()}, "is a folder; name the file in it, such as " +
                                          (path / "scenario.yaml").string());
  }
}

std::string read_file(const std::filesystem::path& path) {
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

std::string hex_digest(const std::string& text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

proto::Scenario read_message(std::string_view text, const std::string& filename,
                             const std::vector<std::string>& sets) {
  Mistakes mistakes(filename);
  Places places;
  SourceNode root = read_yaml(text, 0, mistakes);
  if (root.kind == SourceNode::Kind::kEmpty) mistakes.fatal({0, 1, 1}, "", "is empty");
  for (const std::string& set : sets) apply_setting(parse_setting(set), root, mistakes);
  proto::Scenario message;
  Binder(mistakes, places).bind_message(root, message, "");
  if (root.kind == SourceNode::Kind::kMap) resolve(message, places, mistakes);
  mistakes.throw_if_any();
  return message;
}

}  // namespace

struct Scenario::State {
  std::string text;
  std::filesystem::path path;
  std::string filename;
  std::vector<std::string> sets;
  proto::Scenario message;
};

Scenario Scenario::load(const std::filesystem::path& path, const std::vector<std::string>& sets) {
  return parse(read_file(path), path, sets);
}

Scenario Scenario::parse(std::string_view text, const std::filesystem::path& filename,
                         const std::vector<std::string>& sets) {
  auto state = std::make_shared<State>();
  state->text = std::string(text);
  state->path = filename;
  state->filename = filename.string();
  state->sets = sets;
  state->message = read_message(text, state->filename, sets);
  return Scenario(std::move(state));
}

const proto::Scenario& Scenario::message() const { return state_->message; }

std::string Scenario::digest() const {
  return hex_digest(scenario::to_yaml(state_->message, Comments::kNone));
}

std::string Scenario::to_yaml() const {
  return scenario::to_yaml(state_->message, Comments::kAbsentFields);
}

std::filesystem::path Scenario::folder() const { return state_->path.parent_path(); }

std::filesystem::path Scenario::trace_path() const {
  const std::string& trace = state_->message.workload().trace();
  return trace.empty() ? std::filesystem::path() : folder() / trace;
}

const std::string& Scenario::filename() const { return state_->filename; }

Scenario Scenario::with(const std::vector<std::string>& sets) const {
  std::vector<std::string> all = state_->sets;
  all.insert(all.end(), sets.begin(), sets.end());
  return parse(state_->text, state_->path, all);
}

}  // namespace skyreplay::scenario
