#pragma once

#include <optional>
#include <string>
#include <vector>

namespace skyreplay::verify {

/// A field of the scenario that two results give different values.
struct FieldChange {
  std::string path;
  std::optional<std::string> a;
  std::optional<std::string> b;
};

/// Compares two scenarios as results keep them: YAML in the schema's order, a field a line. In that
/// order.
std::vector<FieldChange> field_changes(const std::string& a, const std::string& b);

}  // namespace skyreplay::verify
