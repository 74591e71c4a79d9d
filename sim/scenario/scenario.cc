#include "scenario/scenario.h"

#include <memory>

#include "core/digest.h"
#include "core/error.h"
#include "scenario/binder.h"
#include "scenario/expectations.h"
#include "scenario/field_path.h"
#include "scenario/resolve.h"
#include "scenario/show.h"
#include "scenario/source_tree.h"
#include "scenario/timed_changes.h"

namespace skyreplay::scenario {
namespace {

proto::Scenario without_expectations(proto::Scenario message) {
  message.clear_expectations();
  return message;
}

}  // namespace

struct Scenario::State {
  std::filesystem::path path;
  std::string filename;
  std::vector<std::string> sets;
  std::shared_ptr<const SourceTree> source;  ///< without the sets; free of mistakes
  proto::Scenario message;
  std::vector<TimedChange> changes;
  std::vector<check::Expectation> expectations;

  /// Reads the file's text, and what it extends, and fills what follows.
  void read(std::string_view text) {
    Mistakes mistakes(filename);
    SourceTree tree = read_source_tree(text, path, mistakes);
    if (tree.root.kind == SourceNode::Kind::kEmpty) mistakes.fatal({0, 1, 1}, "", "is empty");
    source = std::make_shared<const SourceTree>(std::move(tree));
    bind(mistakes);
  }
  /// The same from a source that was read before.
  void read_again() {
    Mistakes mistakes(filename);
    for (const std::string& file : source->files) mistakes.add_file(file);
    bind(mistakes);
  }

 private:
  void bind(Mistakes& mistakes) {
    Places places;
    SourceNode root = source->root;
    for (const std::string& set : sets) apply_setting(parse_setting(set), root, mistakes);
    Binder(mistakes, places).bind_message(root, message, "");
    if (message.has_extends()) {
      mistakes.add(places.near("extends"), "extends", "is read before anything is set");
    }
    if (root.kind == SourceNode::Kind::kMap) {
      resolve(message, places, mistakes);
      expectations = read_expectations(message, places, mistakes);
      changes = apply_changes(root, message, places, mistakes);
    }
    mistakes.throw_if_any();
    // protobuf builds a map from what reflection wrote when somebody first asks for it. Done here,
    // nobody writes who only reads, so that threads can share the scenario.
    static_cast<void>(message.services());
    for (const auto& [name, cluster] : message.clusters()) {
      static_cast<void>(cluster.capacity_providers());
    }
  }
};

Scenario Scenario::load(const std::filesystem::path& path, const std::vector<std::string>& sets) {
  return parse(read_scenario_file(path), path, sets);
}

Scenario Scenario::parse(std::string_view text, const std::filesystem::path& filename,
                         const std::vector<std::string>& sets) {
  auto state = std::make_shared<State>();
  state->path = filename;
  state->filename = filename.string();
  state->sets = sets;
  state->read(text);
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

const std::vector<std::string>& Scenario::extended_files() const { return state_->source->files; }

Scenario Scenario::with(const std::vector<std::string>& sets) const {
  auto state = std::make_shared<State>();
  state->path = state_->path;
  state->filename = state_->filename;
  state->sets = state_->sets;
  state->sets.insert(state->sets.end(), sets.begin(), sets.end());
  state->source = state_->source;
  state->read_again();
  return Scenario(std::move(state));
}

}  // namespace skyreplay::scenario
