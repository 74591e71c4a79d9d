#pragma once

#include <map>
#include <string>
#include <string_view>

#include "scenario/mistakes.h"
#include "scenario/node.h"
#include "scenario/schema.h"

namespace skyreplay::scenario {

/// Where each field that was given was written, by field path.
class Places {
 public:
  void add(const std::string& path, const Place& place) { places_.emplace(path, place); }
  bool contains(std::string_view path) const { return places_.find(path) != places_.end(); }
  /// The field's place, else that of the nearest field around it.
  Place near(std::string_view path) const;

 private:
  std::map<std::string, Place, std::less<>> places_;
};

/// Fills messages from trees by reflection; the schema's options say how. Reports every field that
/// is unknown, of the wrong type, out of range, given twice in two forms, or not built yet.
class Binder {
 public:
  Binder(Mistakes& mistakes, Places& places) : mistakes_(mistakes), places_(places) {}

  /// Fills `message` from a map. `path` is the field path of the message ("" at the top).
  void bind_message(const SourceNode& node, Message& message, const std::string& path);
  /// Fills one field; `path` is its own.
  void bind_field(const Entry& entry, Message& message, const FieldDescriptor& field,
                  const std::string& path);

 private:
  bool refuse_unfit(const Entry& entry, const Message& message, const FieldDescriptor& field,
                    const std::string& path);
  void bind_one(const SourceNode& node, Message& message, const FieldDescriptor& field,
                const std::string& path);
  void bind_scalar(const SourceNode& node, Message& message, const FieldDescriptor& field,
                   const std::string& path);
  void bind_special(const SourceNode& node, Message& message, const FieldDescriptor& field,
                    const std::string& path);
  void bind_list(const SourceNode& node, Message& message, const FieldDescriptor& field,
                 const std::string& path);
  void bind_element(const SourceNode& node, Message& message, const FieldDescriptor& field,
                    const std::string& path);
  void bind_map(const SourceNode& node, Message& message, const FieldDescriptor& field,
                const std::string& path);
  void bind_distribution(const SourceNode& node, proto::Distribution& message,
                         const std::string& path);
  void bind_uniform(const SourceNode& node, proto::Distribution::Uniform& law,
                    const std::string& path);
  void bind_percentiles(const SourceNode& node, proto::Distribution::Percentiles& law,
                        const std::string& path);
  bool expect(const SourceNode& node, SourceNode::Kind kind, const std::string& path,
              std::string_view expected);
  template <typename T>
  bool accept(const T& read, const SourceNode& node, const std::string& path);

  Mistakes& mistakes_;
  Places& places_;
};

}  // namespace skyreplay::scenario
