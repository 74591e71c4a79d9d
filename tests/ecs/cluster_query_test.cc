#include "ecs/cluster_query.h"

#include <doctest/doctest.h>

namespace skyreplay::ecs {
namespace {

const ContainerInstance kInstance{.ec2_instance_id = "i-abcd1234",
                                  .attributes = {{"ecs.instance-type", "m7i.large"},
                                                 {"ecs.availability-zone", "us-east-1b"},
                                                 {"stack", "production"},
                                                 {"rank", "10"}},
                                  .running_tasks = 3,
                                  .task_groups = {"service:web", "service:web", "family:nightly"}};

bool holds(const std::string& text) {
  std::string mistake;
  const auto query = ClusterQuery::parse(text, mistake);
  REQUIRE_MESSAGE(query.has_value(), text, ": ", mistake);
  return query->holds(kInstance);
}

std::string mistake_of(const std::string& text) {
  std::string mistake;
  CHECK_FALSE(ClusterQuery::parse(text, mistake).has_value());
  return mistake;
}

TEST_CASE("C67: the guide's expressions say of an instance what they say there") {
  CHECK_FALSE(holds("attribute:ecs.instance-type == t2.small"));
  CHECK(holds("attribute:ecs.availability-zone in [us-east-1a, us-east-1b]"));
  CHECK(holds("task:group == service:web"));
  CHECK_FALSE(holds("not(task:group == family:nightly)"));
  CHECK(holds("runningTasksCount == 3"));
  CHECK(holds("ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']"));
  CHECK(holds("attribute:ecs.instance-type =~ m7i.*"));
  CHECK_FALSE(holds("attribute:ecs.instance-type =~ m7"));
  CHECK(holds("attribute:ecs.availability-zone != us-east-1d"));
  CHECK(holds("attribute:stack exists"));
}

TEST_CASE("C67: and binds before or, not before both, and parentheses before all") {
  CHECK(holds("attribute:stack == production or runningTasksCount > 9 and runningTasksCount < 1"));
  CHECK_FALSE(
      holds("(attribute:stack == production or runningTasksCount > 9) and runningTasksCount < 1"));
  CHECK(holds("not attribute:stack == test && runningTasksCount >= 3"));
  CHECK(holds("runningTasksCount > 2 and runningTasksCount <= 3"));
}

TEST_CASE("C67: numbers are compared as numbers") {
  CHECK(holds("attribute:rank > 9"));
  CHECK_FALSE(holds("attribute:rank < 9"));
}

TEST_CASE("C67: of what is absent only its absence holds") {
  CHECK(holds("attribute:none !exists"));
  CHECK_FALSE(holds("attribute:none exists"));
  CHECK_FALSE(holds("attribute:none != a"));
  CHECK_FALSE(holds("attribute:none !in [a]"));
  CHECK_FALSE(holds("attribute:stack !exists"));
  CHECK(holds("attribute:stack !~ test.*"));
}

TEST_CASE("C67: what is no expression, or not built, is refused with the reason") {
  CHECK(mistake_of("") == "ends where a subject is expected");
  CHECK(mistake_of("color == red") == "'color' is no subject");
  CHECK(mistake_of("agentVersion > 1") == "agentVersion is not built");
  CHECK(mistake_of("runningTasksCount is 1") == "'is' is no operator");
  CHECK(mistake_of("(runningTasksCount == 1") == "a parenthesis is not closed");
  CHECK(mistake_of("runningTasksCount == 1 2") == "'2' is not expected here");
  CHECK(mistake_of("attribute:a in b") == "in needs a list in brackets");
  CHECK(mistake_of("attribute:a =~ (") == "'(' is no pattern");
  CHECK(mistake_of(std::string(2001, 'a')) == "has more than 2000 characters");
}

}  // namespace
}  // namespace skyreplay::ecs
