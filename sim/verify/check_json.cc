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
  void string(const char* name, std::string_view value) {
    json_.key(name);
    json_.string(value);
  }

  void scenario(const ScenarioChecked& scenario) {
    json_.begin_object();
    string("file", scenario.file.string());
    string("name", scenario.name);
    string("digest", scenario.digest);
    string("verdict", scenario.verdict);
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
    string("name", checked.name);
    string("position", checked.position);
    json_.key("holds");
    json_.boolean(checked.holds);
    string("expected", checked.expected);
    string("got", checked.got);
    string("when", checked.when);
    string("because", checked.because);
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
