#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>

#include "scenario/node.h"
#include "scenario/text_check.h"

namespace skyreplay::scenario {
namespace {

/// Builds the tree from yaml-cpp's events.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, std::uint32_t source, Mistakes& mistakes)
      : text_(text), source_(source), mistakes_(mistakes) {}

  SourceNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) {
      mistakes_.fatal(place(mark), "", "a second document starts here; a scenario is one document");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    SourceNode node;
    node.kind = is_null_at(static_cast<std::size_t>(mark.pos)) ? SourceNode::Kind::kNull
                                                               : SourceNode::Kind::kEmpty;
    put(std::move(node), mark, "?", anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    mistakes_.add(place(mark), "",
                  "aliases (*name) are refused: write the value out, or quote a text that starts "
                  "with '*'");
    SourceNode node;
    node.kind = SourceNode::Kind::kBroken;
    put(std::move(node), mark, "?", 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (wants_key()) {
      take_key(mark, value);
      return;
    }
    SourceNode node;
    node.kind = SourceNode::Kind::kScalar;
    node.scalar = value;
    node.is_quoted = tag == "!";
    put(std::move(node), mark, tag, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(SourceNode::Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { open_.pop_back(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(SourceNode::Kind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  /// A list or map whose end has not come yet. Its node does not move: its parent gets no other
  /// child before it ends.
  struct Open {
    SourceNode* node = nullptr;
    bool has_key = false;
    std::string key;
    Place key_place;
    std::map<std::string, Place, std::less<>> keys;
  };

  Place place(const YAML::Mark& mark) const {
    return {source_, static_cast<std::uint32_t>(mark.line + 1),
            static_cast<std::uint32_t>(mark.column + 1)};
  }

  /// Whether a null was written out: where a value is left empty, what follows it starts here.
  bool is_null_at(std::size_t at) const {
    const std::string_view rest = text_.substr(std::min(at, text_.size()));
    const std::string_view word = rest.substr(0, rest.find_first_of(" \t\r\n,:]}#"));
    const std::string_view after = rest.substr(word.size());
    const bool is_null = word == "~" || word == "null" || word == "Null" || word == "NULL";
    return is_null && !after.starts_with(':');
  }

  bool wants_key() const {
    return !open_.empty() && open_.back().node->kind == SourceNode::Kind::kMap &&
           !open_.back().has_key;
  }

  void take_key(const YAML::Mark& mark, const std::string& key) {
    Open& map = open_.back();
    map.has_key = true;
    map.key = key;
    map.key_place = place(mark);
  }

  void open(SourceNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    if (open_.size() == kMaxDepth) {
      mistakes_.fatal(place(mark), "", fmt::format("nested deeper than {} levels", kMaxDepth));
    }
    SourceNode node;
    node.kind = kind;
    SourceNode* placed = put(std::move(node), mark, tag, anchor);
    open_.push_back({placed, false, "", {}, {}});
  }

  void check_extras(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) {
      mistakes_.add(place(mark), "", "anchors (&name) are refused: write the value out");
    }
    if (tag != "?" && tag != "!") {
      mistakes_.add(place(mark), "", fmt::format("tags are refused: leave out {}", in_quotes(tag)));
    }
    if (++nodes_ > kMaxNodes) {
      mistakes_.fatal(place(mark), "", fmt::format("more than {} values", kMaxNodes));
    }
  }

  /// Puts a node where the document is now, and says where it then lies.
  SourceNode* put(SourceNode node, const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor) {
    check_extras(mark, tag, anchor);
    node.place = place(mark);
    if (open_.empty()) {
      root_ = std::move(node);
      return &root_;
    }
    Open& parent = open_.back();
    if (parent.node->kind == SourceNode::Kind::kList) {
      parent.node->entries.push_back({"", node.place, std::move(node)});
      return &parent.node->entries.back().value;
    }
    // yaml-cpp takes some brackets that are never closed for keys.
    if (!parent.has_key) {
      mistakes_.fatal(node.place, "", "a key must be a text; or is a bracket left open?");
    }
    return put_in_map(parent, std::move(node));
  }

  SourceNode* put_in_map(Open& parent, SourceNode node) {
    parent.has_key = false;
    if (node.kind == SourceNode::Kind::kEmpty) node.place = parent.key_place;
    const auto [first, is_new] = parent.keys.emplace(parent.key, parent.key_place);
    if (is_new) {
      parent.node->entries.push_back({parent.key, parent.key_place, std::move(node)});
      return &parent.node->entries.back().value;
    }
    mistakes_.add(parent.key_place, "",
                  fmt::format("duplicate key {}, first on line {}", in_quotes(parent.key),
                              first->second.line));
    duplicates_.push_back(std::make_unique<SourceNode>(std::move(node)));
    return duplicates_.back().get();
  }

  std::string_view text_;
  std::uint32_t source_;
  Mistakes& mistakes_;
  SourceNode root_;
  std::vector<Open> open_;
  std::vector<std::unique_ptr<SourceNode>> duplicates_;  ///< read, and left out of the tree
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

}  // namespace

std::string describe(const SourceNode& node) {
  switch (node.kind) {
    case SourceNode::Kind::kScalar:
      return node.is_quoted ? "the text " + in_quotes(node.scalar) : in_quotes(node.scalar);
    case SourceNode::Kind::kList:
      return "a list";
    case SourceNode::Kind::kMap:
      return "a map";
    case SourceNode::Kind::kNull:
      return "null";
    case SourceNode::Kind::kEmpty:
    case SourceNode::Kind::kBroken:
      break;
  }
  return "nothing";
}

SourceNode read_yaml(std::string_view text, std::uint32_t source, Mistakes& mistakes) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  check_text(text, source, mistakes);
  TreeBuilder builder(text, source, mistakes);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const Place place{source, static_cast<std::uint32_t>(error.mark.line + 1),
                      static_cast<std::uint32_t>(error.mark.column + 1)};
    mistakes.fatal(place, "", "not valid YAML: " + error.msg);
  }
  return builder.take();
}

}  // namespace skyreplay::scenario
