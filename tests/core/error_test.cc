#include "core/error.h"

#include <doctest/doctest.h>

namespace skyreplay {
namespace {

const std::vector<std::string> kFields = {"max_size", "min_size", "timeout", "run"};

TEST_CASE("one letter missing, extra, wrong, or two swapped name the field that was meant") {
  CHECK(did_you_mean("max_sze", kFields) == ", did you mean 'max_size'?");
  CHECK(did_you_mean("max_sizee", kFields) == ", did you mean 'max_size'?");
  CHECK(did_you_mean("mux_size", kFields) == ", did you mean 'max_size'?");
  CHECK(did_you_mean("max_szie", kFields) == ", did you mean 'max_size'?");
}

TEST_CASE("two letters swapped are one slip: a short word may have no more") {
  CHECK(did_you_mean("rnu", kFields) == ", did you mean 'run'?");
  CHECK(did_you_mean("nru", kFields) == "");
}

TEST_CASE("a swap is nearer than two wrong letters") {
  CHECK(did_you_mean("abdc", {"abxy", "abcd"}) == ", did you mean 'abcd'?");
}

TEST_CASE("the first of equally near names is named, and nothing for a word that is far from all") {
  CHECK(did_you_mean("mxn_size", kFields) == ", did you mean 'min_size'?");
  CHECK(did_you_mean("mix_size", kFields) == ", did you mean 'max_size'?");
  CHECK(did_you_mean("memory", kFields) == "");
  CHECK(did_you_mean("", kFields) == "");
  CHECK(did_you_mean("run", {}) == "");
}

}  // namespace
}  // namespace skyreplay
