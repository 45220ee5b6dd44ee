#include "server/net/site.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "server/net/origins.h"
#include "server/net/slots.h"

namespace rockpool::net {
namespace {

namespace fs = std::filesystem;

class SiteFolder {
 public:
  SiteFolder() {
    path_ = fs::path(testing::TempDir()) / ("site-" + std::to_string(getpid()));
    fs::create_directories(path_ / "www/board");
    fs::create_directories(path_ / "www/data");
    write("www/index.html", "<p>index");
    write("www/board/index.html", "<p>board");
    write("www/board/page.js", "1");
    write("www/sp ace.txt", "s");
    write("www/.secret", "no");
    write("www/rockpool.json", "{}");
    write("www/data/records.db", "no");
    write("outside.txt", "no");
    fs::create_symlink(path_ / "outside.txt", path_ / "www/out.txt");
  }
  ~SiteFolder() { fs::remove_all(path_); }

  StaticFiles list() const {
    return *StaticFiles::list((path_ / "www").string(),
                              {(path_ / "www/rockpool.json").string(), (path_ / "www/data").string()});
  }

 private:
  void write(const std::string& name, const std::string& text) { std::ofstream(path_ / name) << text; }
  fs::path path_;
};

Response get(const StaticFiles& files, const std::string& path, wire::Headers headers = {},
             std::string method = "GET") {
  return files.answer({std::move(method), path, "", std::move(headers), false}, path);
}

TEST(StaticFiles, serves_files_and_the_index_of_folders) {
  const SiteFolder folder;
  const StaticFiles files = folder.list();
  EXPECT_EQ(*get(files, "/").body, "<p>index");
  EXPECT_EQ(*get(files, "/board/").body, "<p>board");
  EXPECT_EQ(*get(files, "/board/page.js").body, "1");
  EXPECT_EQ(*get(files, "/sp%20ace.txt").body, "s");
  EXPECT_EQ(files.count(), 4u);
}

TEST(StaticFiles, says_the_type_and_protects_pages) {
  const SiteFolder folder;
  const StaticFiles files = folder.list();
  const Response page = get(files, "/");
  EXPECT_EQ(*wire::find_header(page.head.headers, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(wire::find_header(page.head.headers, "Content-Security-Policy"), nullptr);
  EXPECT_EQ(*wire::find_header(page.head.headers, "Cache-Control"), "no-cache");
  EXPECT_EQ(wire::find_header(get(files, "/board/page.js").head.headers, "Content-Security-Policy"), nullptr);
  EXPECT_EQ(content_type("core.wasm"), "application/wasm");
  EXPECT_EQ(content_type("x.css"), "text/css; charset=utf-8");
  EXPECT_EQ(content_type("x"), "application/octet-stream");
}

TEST(StaticFiles, a_folder_without_its_slash_is_redirected) {
  const SiteFolder folder;
  const Response response = get(folder.list(), "/board");
  EXPECT_EQ(response.head.status, 301);
  EXPECT_EQ(*wire::find_header(response.head.headers, "Location"), "/board/");
}

TEST(StaticFiles, a_known_version_is_not_sent_again) {
  const SiteFolder folder;
  const StaticFiles files = folder.list();
  const std::string tag = *wire::find_header(get(files, "/").head.headers, "ETag");
  EXPECT_EQ(get(files, "/", {{"If-None-Match", tag}}).head.status, 304);
  EXPECT_EQ(get(files, "/", {{"If-None-Match", "\"other\""}}).head.status, 200);
}

TEST(StaticFiles, what_is_not_on_the_list_does_not_exist) {
  const SiteFolder folder;
  const StaticFiles files = folder.list();
  for (const char* path :
       {"/.secret", "/out.txt", "/rockpool.json", "/data/records.db", "/nothing", "/data/", "/../outside.txt",
        "/board/../index.html", "//", "/board//page.js", "/%2e%2e/outside.txt"}) {
    EXPECT_EQ(get(files, path).head.status, 404) << path;
  }
  for (const char* path : {"/..%2foutside.txt", "/board%5cpage.js", "/a%00", "/%zz", "/board\\page.js"}) {
    EXPECT_EQ(get(files, path).head.status, 400) << path;
  }
}

TEST(StaticFiles, only_reading_is_possible) {
  const SiteFolder folder;
  const Response response = get(folder.list(), "/", {}, "PUT");
  EXPECT_EQ(response.head.status, 405);
  EXPECT_EQ(*wire::find_header(response.head.headers, "Allow"), "GET, HEAD");
}

TEST(StaticFiles, a_missing_folder_is_an_error) {
  EXPECT_FALSE(StaticFiles::list("/no/such/folder", {}).ok());
}

Origin judge(const std::string& host, const std::string& origin,
             const std::vector<std::string>& allowed = {}) {
  return judge_origin({"GET", "/", "", {{"Host", host}, {"Origin", origin}}, false}, {.listed = allowed});
}

TEST(Origins, the_own_one_and_those_listed_are_allowed) {
  EXPECT_EQ(judge("127.0.0.1:8787", "http://127.0.0.1:8787"), Origin::allowed);
  EXPECT_EQ(judge("a.example", "https://a.example"), Origin::allowed);
  EXPECT_EQ(judge("a.example:443", "https://a.example"), Origin::allowed);
  EXPECT_EQ(judge("A.example", "http://a.EXAMPLE:80"), Origin::allowed);
  EXPECT_EQ(judge("a.example", "https://app.example", {"https://app.example"}), Origin::allowed);
}

TEST(Origins, all_others_are_refused) {
  EXPECT_EQ(judge("127.0.0.1:8787", "http://localhost:8787"), Origin::refused);
  EXPECT_EQ(judge("127.0.0.1:8787", "http://127.0.0.1:8788"), Origin::refused);
  EXPECT_EQ(judge("a.example", "null", {"null"}), Origin::allowed)
      << "only when listed, which the reader refuses";
  EXPECT_EQ(judge("a.example", "null"), Origin::refused);
  EXPECT_EQ(judge("a.example", ""), Origin::refused);
  EXPECT_EQ(judge("", "http://"), Origin::refused);
  EXPECT_EQ(judge("a.example", "ftp://a.example"), Origin::refused);
  EXPECT_EQ(judge("a.example", "http://a.example.evil.example"), Origin::refused);
  EXPECT_EQ(judge("a.example", "https://evil.example", {"https://app.example"}), Origin::refused);
  EXPECT_EQ(judge_origin(
                {"GET", "/", "", {{"Host", "a"}, {"Origin", "http://a"}, {"Origin", "http://b"}}, false}, {}),
            Origin::refused);
  EXPECT_EQ(judge_origin({"GET", "/", "", {{"Host", "a"}}, false}, {}), Origin::absent);
}

constexpr dialect::Cors own_cors{.methods = "GET, POST", .headers = "Content-Type"};
constexpr dialect::Dialect plain{.name = "plain", .abilities = {}};
constexpr dialect::Dialect for_all{.name = "for all", .abilities = {}, .cors = &own_cors};

// What of CORS is said to a page of https://app.example, each header on its line.
std::string told(const dialect::Dialect& dialect, bool any, const wire::Headers& headers, bool preflight) {
  const gateway::Mount mount{.path = "", .dialect = &dialect, .origins = {.any = any, .listed = {}}};
  const wire::RequestHead head{"OPTIONS", "/", "", headers, false};
  wire::Headers said;
  if (preflight) {
    said = preflight_response(head, mount).head.headers;
  } else {
    add_cors(head, mount, said);
  }
  std::string text;
  for (const auto& [name, value] : said) text += name + ": " + value + "\n";
  return text;
}
const wire::Headers of_a_page = {{"Origin", "https://app.example"}};

TEST(Origins, pages_that_are_allowed_are_told_so_by_name) {
  EXPECT_EQ(told(plain, true, of_a_page, false),
            "Access-Control-Allow-Origin: https://app.example\nVary: Origin\n");
}

TEST(Origins, a_dialect_for_all_pages_says_so_with_every_answer) {
  EXPECT_EQ(told(for_all, true, of_a_page, false), "Access-Control-Allow-Origin: *\n");
  EXPECT_EQ(told(for_all, true, {}, false), "Access-Control-Allow-Origin: *\n");
  EXPECT_EQ(told(for_all, false, of_a_page, false),
            "Access-Control-Allow-Origin: https://app.example\nAccess-Control-Allow-Credentials: true\n"
            "Vary: Origin\n");
  EXPECT_EQ(told(for_all, false, {}, false), "Vary: Origin\n");
}

TEST(Origins, a_preflight_is_told_what_the_dialect_takes) {
  const wire::Headers asked = {{"Origin", "https://app.example"}, {"Access-Control-Request-Headers", "x"}};
  EXPECT_EQ(told(for_all, true, asked, true),
            "Access-Control-Allow-Origin: *\nAccess-Control-Allow-Methods: GET, POST\n"
            "Access-Control-Allow-Headers: Content-Type\nAccess-Control-Max-Age: 86400\n");
  EXPECT_NE(told(plain, true, asked, true).find("Access-Control-Allow-Headers: x\n"), std::string::npos);
}

TEST(Response, heads_hold_no_foreign_lines) {
  Response response = text_response(200, "x");
  response.head.headers.emplace_back("X-Evil", "a\r\nSet-Cookie: b");
  const std::string head = write_head(response, {.keep_alive = true});
  EXPECT_EQ(head.find("Set-Cookie"), std::string::npos);
  EXPECT_NE(head.find("Content-Length: 2\r\n"), std::string::npos);
  EXPECT_NE(head.find("X-Content-Type-Options: nosniff\r\n"), std::string::npos);
}

TEST(Slots, turn_away_past_the_limits_and_are_given_back) {
  config::Limits limits;
  limits.connections = 3;
  limits.connections_per_address = 2;
  Counters counters;
  Slots slots(limits, counters, 1000);
  auto first = slots.take("10.0.0.1", false);
  auto second = slots.take("10.0.0.1", false);
  EXPECT_EQ(second.turned_away, 0);
  EXPECT_EQ(slots.take("10.0.0.1", false).turned_away, 429);
  auto third = slots.take("127.0.0.1", true);
  EXPECT_EQ(third.turned_away, 0);
  EXPECT_EQ(slots.take("127.0.0.1", true).turned_away, 503);
  EXPECT_EQ(counters.connections, 3u);
  { const Slot gone = std::move(third.slot); }
  EXPECT_EQ(counters.connections, 2u);
  EXPECT_EQ(slots.take("127.0.0.1", true).turned_away, 0);
}

}  // namespace
}  // namespace rockpool::net
