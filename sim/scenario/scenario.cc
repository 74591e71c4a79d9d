#include "scenario/scenario.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "core/digest.h"
#include "core/error.h"
#include "scenario/binder.h"
#include "scenario/expectations.h"
#include "scenario/field_path.h"
#include "scenario/node.h"
#include "scenario/read_textproto.h"
#include "scenario/resolve.h"
#include "scenario/show.h"
#include "scenario/timed_changes.h"

namespace skyreplay::scenario {
namespace {

constexpr std::uintmax_t kMaxFileBytes = 64u << 20;

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

proto::Scenario without_expectations(proto::Scenario message) {
  message.clear_expectations();
  return message;
}

}  // namespace

struct Scenario::State {
  std::string text;
  std::filesystem::path path;
  std::string filename;
  std::vector<std::string> sets;
  proto::Scenario message;
  std::vector<TimedChange> changes;
  std::vector<check::Expectation> expectations;

  /// Fills what follows from the rest.
  void read() {
    Mistakes mistakes(filename);
    Places places;
    SourceNode root = is_textproto(text, path.extension().string())
                          ? read_textproto(text, 0, mistakes)
                          : read_yaml(text, 0, mistakes);
    if (root.kind == SourceNode::Kind::kEmpty) mistakes.fatal({0, 1, 1}, "", "is empty");
    for (const std::string& set : sets) apply_setting(parse_setting(set), root, mistakes);
    Binder(mistakes, places).bind_message(root, message, "");
    if (root.kind == SourceNode::Kind::kMap) {
      resolve(message, places, mistakes);
      expectations = read_expectations(message, places, mistakes);
      changes = apply_changes(root, message, places, mistakes);
    }
    mistakes.throw_if_any();
  }
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
  state->read();
  return Scenario(std::move(state));
}

const proto::Scenario& Scenario::message() const { return state_->message; }

const std::vector<TimedChange>& Scenario::changes() const { return state_->changes; }

const std::vector<check::Expectation>& Scenario::expectations() const {
  return state_->expectations;
}

std::string Scenario::digest() const {
  return hex_digest(scenario::to_yaml(without_expectations(state_->message), Comments::kNone));
}

std::string Scenario::replayed_yaml() const {
  return scenario::to_yaml(without_expectations(state_->message), Comments::kAbsentFields);
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
