#include "server/net/static_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"

namespace rockpool::net {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t files_max = 100'000;

// Inline scripts stay forbidden; `connect-src` lets a page talk to another Rockpool server.
constexpr std::string_view content_security_policy =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' http: https: ws: wss:; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

constexpr std::array<std::pair<std::string_view, std::string_view>, 21> types = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/markdown; charset=utf-8"},
    {".ts", "text/plain; charset=utf-8"},
    {".csv", "text/csv; charset=utf-8"},
    {".ndjson", "application/x-ndjson"},
    {".webmanifest", "application/manifest+json"},
}};

bool is_below(const fs::path& path, const fs::path& root) {
  return std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
}

struct Read {
  std::string bytes;
  std::string tag;
};

// Nothing when the file went away since the list was made.
std::optional<Read> read_file(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return std::nullopt;
  struct stat facts {};
  Read read;
  bool whole = ::fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
  if (whole) read.bytes.resize(static_cast<std::size_t>(facts.st_size));
  for (std::size_t at = 0; whole && at < read.bytes.size();) {
    const ssize_t got = ::read(descriptor, read.bytes.data() + at, read.bytes.size() - at);
    whole = got > 0;
    at += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  }
  ::close(descriptor);
  if (!whole) return std::nullopt;
  const auto stamp = static_cast<std::uint64_t>(facts.st_mtim.tv_sec) * 1'000'000'000u +
                     static_cast<std::uint64_t>(facts.st_mtim.tv_nsec);
  read.tag = "\"" + base::hex(read.bytes.size(), 8) + "-" + base::hex(stamp, 16) + "\"";
  return read;
}

bool has_tag(const wire::RequestHead& head, std::string_view tag) {
  const std::string* known = wire::find_header(head.headers, "If-None-Match");
  if (known == nullptr) return false;
  return *known == "*" || known->find(tag) != std::string::npos;
}

// An encoded slash, backslash or NUL is no part of any name on the list, and would only confuse whoever reads
// logs.
bool is_strange(std::string_view path) {
  std::string lower(path);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  for (const std::string_view escape : {"%2f", "%5c", "%00", "\\"}) {
    if (lower.find(escape) != std::string::npos) return true;
  }
  return false;
}

Response serve(const wire::RequestHead& head, const std::string& file) {
  auto read = read_file(file);
  if (!read) return text_response(404, "there is nothing here any more");
  wire::Headers headers = {{"ETag", read->tag}, {"Cache-Control", "no-cache"}};
  if (has_tag(head, read->tag)) return {{304, headers}, nullptr};
  const std::string_view type = content_type(file);
  headers.emplace_back("Content-Type", std::string(type));
  // An image of that kind is a page with scripts when it is opened by itself.
  if (type.starts_with("text/html") || type == "image/svg+xml") {
    headers.emplace_back("Content-Security-Policy", std::string(content_security_policy));
  }
  return {{200, std::move(headers)}, std::make_shared<const std::string>(std::move(read->bytes))};
}

}  // namespace

std::string_view content_type(std::string_view file) {
  const auto found =
      std::find_if(types.begin(), types.end(), [&](const auto& t) { return file.ends_with(t.first); });
  return found == types.end() ? "application/octet-stream" : found->second;
}

base::Result<StaticFiles> StaticFiles::list(const std::string& folder,
                                            const std::vector<std::string>& left_out) {
  std::error_code problem;
  const fs::path root = fs::canonical(folder, problem);
  if (problem || !fs::is_directory(root, problem)) {
    return base::Error{base::Code::usage,
                       folder + ": no folder that can be read; files cannot be served from it", ""};
  }
  std::vector<fs::path> hidden;
  for (const std::string& path : left_out) {
    if (!path.empty()) hidden.push_back(fs::weakly_canonical(path, problem));
  }
  StaticFiles files;
  auto walk = fs::recursive_directory_iterator(root, fs::directory_options::skip_permission_denied, problem);
  for (; !problem && walk != fs::recursive_directory_iterator(); walk.increment(problem)) {
    const fs::path& path = walk->path();
    const bool secret =
        path.filename().string().starts_with('.') ||
        std::any_of(hidden.begin(), hidden.end(), [&](const auto& h) { return is_below(path, h); });
    std::error_code odd;
    if (secret && walk->is_directory(odd)) walk.disable_recursion_pending();
    if (secret || !walk->is_regular_file(odd)) continue;
    const fs::path real = fs::canonical(path, odd);
    if (odd || !is_below(real, root)) continue;
    files.files_.emplace("/" + path.lexically_relative(root).generic_string(), real.string());
    if (files.files_.size() > files_max) {
      return base::Error{base::Code::usage,
                         folder + ": holds more than 100,000 files; serve a smaller folder", ""};
    }
  }
  return files;
}

Response StaticFiles::redirect(const wire::RequestHead& head) const {
  const std::string query = head.query.empty() ? "" : "?" + head.query;
  Response response = text_response(301, "moved to the same address with a / at its end");
  response.head.headers.emplace_back("Location", head.path + "/" + query);
  return response;
}

Response StaticFiles::answer(const wire::RequestHead& head, std::string_view path) const {
  if (head.method != "GET" && head.method != "HEAD") {
    Response response = text_response(405, "only GET and HEAD work here");
    response.head.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  const auto name = is_strange(path) ? std::nullopt : wire::percent_decode(path);
  if (!name) return text_response(400, "the address is broken");
  if (name->ends_with('/')) {
    const auto index = files_.find(*name + "index.html");
    return index == files_.end() ? text_response(404, "there is nothing here") : serve(head, index->second);
  }
  const auto file = files_.find(*name);
  if (file != files_.end()) return serve(head, file->second);
  const bool folder = files_.find(*name + "/index.html") != files_.end();
  return folder ? redirect(head) : text_response(404, "there is nothing here");
}

}  // namespace rockpool::net
