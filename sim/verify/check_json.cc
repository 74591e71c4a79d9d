#include "verify/check_json.h"

#include <algorithm>

#include "core/atomic_file.h"
#include "report/json_writer.h"

namespace skyreplay::verify {
namespace {

class Document {
 public:
  explicit Document(AtomicFile& file) : json_(file) {}

  void write(const CheckReport& report) {
    json_.begin_object();
    json_.key("passed");
    json_.boolean(report.passed());
    json_.key("unchanged");
    json_.begin_array();
    for (const std::filesystem::path& file : report.unchanged) json_.string(file.string());
    json_.end_array();
    json_.key("scenarios");
    json_.begin_array();
    for (const ScenarioChecked& one : report.scenarios) scenario(one);
    json_.end_array();
    json_.end_object();
    json_.finish();
  }

 private:
  void scenario(const ScenarioChecked& scenario) {
    json_.begin_object();
    json_.field("file", scenario.file.string());
    json_.field("name", scenario.name);
    json_.field("digest", scenario.digest);
    json_.field("verdict", scenario.verdict);
    json_.key("passed");
    json_.boolean(scenario.failures() == 0);
    json_.key("expectations");
    json_.begin_array();
    for (const ExpectationChecked& one : scenario.expectations) expectation(one);
    json_.end_array();
    json_.end_object();
  }

  void expectation(const ExpectationChecked& checked) {
    json_.begin_object();
    json_.field("name", checked.name);
    json_.field("position", checked.position);
    json_.key("holds");
    json_.boolean(checked.holds);
    json_.field("expected", checked.expected);
    json_.field("got", checked.got);
    json_.field("when", checked.when);
    json_.field("because", checked.because);
    json_.end_object();
  }

  report::JsonWriter json_;
};

}  // namespace

void write_check_json(const std::filesystem::path& path, const CheckReport& report) {
  AtomicFile file(path);
  Document(file).write(report);
  file.commit();
}

}  // namespace skyreplay::verify
