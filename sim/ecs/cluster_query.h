#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace skyreplay::ecs {

/// What the cluster query language may ask about a container instance.
struct ContainerInstance {
  std::string ec2_instance_id;
  std::map<std::string, std::string> attributes;  ///< "ecs.instance-type", own ones
  std::uint32_t running_tasks = 0;
  std::vector<std::string> task_groups;  ///< "service:web" of each task on it
};

/// An expression of the cluster query language (C67), as memberOf has it:
///
///     attribute:ecs.instance-type =~ m7i.* and not (task:group == service:batch)
///
/// Subjects are attribute:NAME, ec2InstanceId, runningTasksCount and task:group; operators ==, !=,
/// >, >=, <, <=, exists, !exists, in, !in, =~, !~ and their names (equals, not_equals, ...); and,
/// or, not and parentheses join them, `and` before `or`. Patterns are RE2's and match the whole
/// value. A subject that is absent fulfils !exists and no other operator, != and !in included;
/// task:group holds where it does of one of the tasks.
/// Not built: agentConnected, agentVersion, registeredAt.
class ClusterQuery {
 public:
  static constexpr std::size_t kLongest = 2000;  ///< characters (C66)

  /// Nothing, and why in `mistake`, where the text is no expression.
  static std::optional<ClusterQuery> parse(const std::string& text, std::string& mistake);

  bool holds(const ContainerInstance& instance) const;
  /// Whether it asks for attributes alone, which an instance never changes.
  bool asks_attributes_only() const;
  /// Whether it asks for the subject, such as "attribute:ecs.availability-zone".
  bool asks_for(const std::string& subject) const;

  struct Term;

 private:
  std::shared_ptr<const Term> root_;
};

}  // namespace skyreplay::ecs
