#include "trace/route_template.h"

#include <doctest/doctest.h>

#include "import_support.h"

namespace skyreplay::trace {
namespace {

using testing::error_of;

std::string name(std::string_view target) { return RouteTemplates({}).name("GET", target); }

TEST_CASE("a route is the method and the path: no scheme, host, query, fragment or parameter") {
  CHECK(name("https://shop.example:443/cart?id=7&x=/y") == "GET /cart");
  CHECK(name("http://shop.example:80") == "GET /");
  CHECK(name("https://shop.example?x=1") == "GET /");
  CHECK(name("/cart#top") == "GET /cart");
  CHECK(name("/a;jsessionid=0AF3/b;v=1") == "GET /a/b");
  CHECK(name("/go?to=http://else.example/") == "GET /go");
  CHECK(name("/proxy/http://else.example/x") == "GET /proxy/http://else.example/x");
  CHECK(name("*") == "GET *");
  CHECK(name("/trailing/") == "GET /trailing/");
  CHECK(RouteTemplates({}).name("POST", "/Cart") == "POST /Cart");
}

TEST_CASE("digits alone become {n}, with an extension or without, but no part of a version") {
  CHECK(name("/orders/4711/items/1") == "GET /orders/{n}/items/{n}");
  CHECK(name("/img/4711.png") == "GET /img/{n}.png");
  CHECK(name("/2.0/users") == "GET /2.0/users");
  CHECK(name("/v1/users/12a") == "GET /v1/users/12a");
  CHECK(name("/12345678901234567890") == "GET /{n}");
}

TEST_CASE("UUIDs become {uuid}, in either case and with an extension") {
  CHECK(name("/u/0189d2f4-7b1c-7c3e-9a51-0d6f2b7e44aa") == "GET /u/{uuid}");
  CHECK(name("/u/0189D2F4-7B1C-7C3E-9A51-0D6F2B7E44AA.json") == "GET /u/{uuid}.json");
  CHECK(name("/u/0189d2f4-7b1c-7c3e-9a51-0d6f2b7e44a") ==
        "GET /u/0189d2f4-7b1c-7c3e-9a51-0d6f2b7e44a");
  CHECK(name("/u/0189d2f4-7b1c-7c3e-9a51-0d6f2b7e44aa1") ==
        "GET /u/0189d2f4-7b1c-7c3e-9a51-0d6f2b7e44aa1");
}

TEST_CASE("16 hexadecimal digits or as many that look random become {hash}, words do not") {
  CHECK(name("/o/507f1f77bcf86cd799439011") == "GET /o/{hash}");
  CHECK(name("/o/507f1f77bcf86cd") == "GET /o/507f1f77bcf86cd");  // 15
  CHECK(name("/js/main.9f86d081884c7d65.chunk.js") == "GET /js/main.{hash}.chunk.js");
  CHECK(name("/s/aZ3kQ9xB-T7mW2pL_v4R") == "GET /s/{hash}");
  CHECK(name("/api/ProductCatalogService2") == "GET /api/ProductCatalogService2");
  CHECK(name("/blog/how-to-size-a-fleet-in-2026") == "GET /blog/how-to-size-a-fleet-in-2026");
}

TEST_CASE("the first pattern that fits the plain path names the route") {
  const RouteTemplates templates({"GET /users/*/orders", "GET /users/*", "* /health"});
  CHECK(templates.name("GET", "https://h:443/users/17/orders?page=2") == "GET /users/*/orders");
  CHECK(templates.name("GET", "/users/anna") == "GET /users/*");
  CHECK(templates.name("HEAD", "/health") == "* /health");
  CHECK(templates.name("POST", "/users/17") == "POST /users/{n}");
}

TEST_CASE("a pattern that no route can match is refused") {
  CHECK(error_of([] { RouteTemplates({"/users"}); }) ==
        "--route-pattern: '/users' matches no route, which begins with its method: 'GET /users'");
  CHECK(error_of([] { RouteTemplates({""}); }).starts_with("--route-pattern: '' is empty"));
}

TEST_CASE("a regular expression names a route, and its groups are part of the name") {
  const RouteTemplates templates({"order=^GET /orders/\\d+$", R"(\2 of \1=^(\w+) /t/([a-z]+)/.*)",
                                  "GET /orders/*", R"(all=^GET /orders/.*)"});
  CHECK(templates.name("GET", "https://h/orders/17?x=1") == "order");
  CHECK(templates.name("POST", "/t/acme/a/b") == "acme of POST");
  // The whole of it must match, and the order of the patterns decides, whatever their kind.
  CHECK(templates.name("GET", "/orders/17/items") == "GET /orders/*");
  CHECK(templates.name("PUT", "/orders/17") == "PUT /orders/{n}");
  CHECK(RouteTemplates({R"(a\\b=^GET /$)"}).name("GET", "/") == "a\\b");
}

TEST_CASE("a group that matched nothing leaves the rest of the name, an empty name is none") {
  CHECK(RouteTemplates({R"(x\1=^GET /(a)?)"}).name("GET", "/") == "x");
  CHECK(RouteTemplates({R"(\1=^GET /(a)?)"}).name("GET", "/") == "GET /");
}

TEST_CASE("of a thousand patterns the first that matches counts, also one of bytes beyond ASCII") {
  std::vector<std::string> patterns;
  for (int i = 0; i < 1'000; ++i) {
    patterns.push_back("r" + std::to_string(i) + "=^GET /.*" + std::to_string(i) + "/x$");
  }
  patterns.push_back("GET /caf\xc3\xa9?");
  const RouteTemplates templates(patterns);
  CHECK(templates.name("GET", "/a/123/x") == "r3");
  CHECK(templates.name("GET", "/caf\xc3\xa9\xff") == "GET /caf\xc3\xa9?");
}

TEST_CASE("an expression that is none is refused with what is wrong about it") {
  CHECK(error_of([] { RouteTemplates({"a=^GET /(b"}); }) ==
        "--route-pattern: 'a=^GET /(b' is no regular expression: missing ): ^GET /(b");
  CHECK(error_of([] {
          RouteTemplates({R"(a\2=^GET /(b))"});
        }).starts_with(R"(--route-pattern: 'a\2=^GET /(b)' has a bad name: )"));
  CHECK(error_of([] { RouteTemplates({"=^GET /"}); }) ==
        "--route-pattern: '=^GET /' has no name in front of '=^'");
  CHECK(error_of([] { RouteTemplates({"^GET /"}); }) ==
        "--route-pattern: '^GET /' has no name; NAME=^REGEX gives one");
  CHECK(error_of([] {
          RouteTemplates({"a=^(x{1000}){1000}"});
        }).find("is no regular expression: ") != std::string::npos);
}

TEST_CASE("a name is cut behind 4,096 bytes") {
  CHECK(name("/" + std::string(9'000, 'x')).size() == 4'096);
}

}  // namespace
}  // namespace skyreplay::trace
