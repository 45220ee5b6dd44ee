// Bodies to disk and answers from there, over real sockets, with a hub that does nothing else.
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/gateway/gateway.h"
#include "server/files/folder_test.h"
#include "server/files/shelf.h"
#include "server/net/server.h"

namespace rockpool::net {
namespace {

using namespace std::chrono_literals;

// POST: the body as files, answered by their ids. Anything else: the file that the path names, `offset` and
// `bytes` in the query.
class FilesInbox final : public Inbox {
 public:
  Carriers* carriers = nullptr;

  const gateway::Mount* mount_of(const wire::RequestHead&) const override { return &mount_; }
  void receive(CarrierId carrier, dialect::Arrival arrival) override {
    if (const auto* arrived = std::get_if<dialect::Arrived>(&arrival)) return arrive(carrier, arrived->head);
    if (auto* uploaded = std::get_if<dialect::Uploaded>(&arrival)) {
      std::string ids;
      for (const auto& file : uploaded->files) ids += file.id + " " + base::decimal(file.bytes) + "\n";
      respond(carrier, 200, ids);
    } else if (auto* refused = std::get_if<dialect::NotUploaded>(&arrival)) {
      respond(carrier, refused->status, refused->reason);
    } else if (std::holds_alternative<dialect::Closed>(arrival)) {
      const std::lock_guard lock(mutex_);
      ++closed_;
      news_.notify_all();
    }
  }
  void receive_whole(CarrierId carrier, dialect::Arrived arrived, std::string) override {
    receive(carrier, std::move(arrived));
  }
  std::string health() const override { return ""; }
  std::string metrics() const override { return ""; }
  std::vector<std::pair<std::string_view, std::uint64_t>> limits_met() const override { return {}; }
  bool ready() const override { return true; }

  bool wait_for_closed() {
    std::unique_lock lock(mutex_);
    return news_.wait_for(lock, 20s, [this] { return closed_ > 0; });
  }

 private:
  void arrive(CarrierId carrier, const wire::RequestHead& head) {
    if (head.method == "POST") {
      return carriers->perform(
          {dialect::ReadFiles{.carrier = carrier, .files_name = "file", .files_max = 2}});
    }
    const auto number = [&](std::string_view name) {
      return base::read_decimal(wire::query_value(head.query, name).value_or("")).value_or(0);
    };
    carriers->perform({dialect::RespondFile{.carrier = carrier,
                                            .head = {200, {{"Content-Type", "a/b"}}},
                                            .file = head.path.substr(1),
                                            .offset = number("offset"),
                                            .bytes = number("bytes")}});
  }
  void respond(CarrierId carrier, int status, std::string body) {
    carriers->perform({dialect::Respond{carrier, {status, {}}, dialect::share(std::move(body))}});
  }

  dialect::Dialect dialect_{.name = "files", .abilities = {}};
  gateway::Mount mount_{.path = "", .hosts = {}, .dialect = &dialect_, .settings = "{}"};
  std::mutex mutex_;
  std::condition_variable news_;
  int closed_ = 0;
};

// A client that says bytes and reads until the other side closes.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool say(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  // Until that has come, or the end.
  std::string hear(std::string_view until = "\xff") {
    char piece[65536];
    while (heard_.find(until) == std::string::npos) {
      const auto count = ::recv(socket_, piece, sizeof piece, 0);
      if (count <= 0) break;
      heard_.append(piece, static_cast<std::size_t>(count));
    }
    return std::exchange(heard_, {});
  }

 private:
  int socket_;
  std::string heard_;
};

const std::string form = "Content-Type: multipart/form-data; boundary=b\r\nConnection: close\r\n";
std::string body_of(std::string_view data) {
  return "--b\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n" + std::string(data) +
         "\r\n--b--\r\n";
}
std::string post(std::string_view body, std::string fields = form) {
  return "POST / HTTP/1.1\r\nHost: x\r\n" + std::move(fields) +
         "Content-Length: " + base::decimal(std::uint64_t{body.size()}) + "\r\n\r\n" + std::string(body);
}
int status_of(std::string_view answer) {
  return answer.size() < 12 ? 0 : static_cast<int>(base::read_decimal(answer.substr(9, 3)).value_or(0));
}
std::string content_of(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == answer.npos ? "" : answer.substr(end + 4);
}

class FilesTest : public testing::Test {
 protected:
  void SetUp() override { start({}); }
  void TearDown() override { stop(); }

  void start(const config::Limits& limits, bool in_memory = false) {
    shelf_ = std::make_unique<files::Shelf>(limits);
    if (!in_memory) {
      ASSERT_TRUE(shelf_->open(folder_.path()).ok());
    }
    auto site = Site::make({});
    ASSERT_TRUE(site.ok());
    server_ = std::make_unique<Server>(Settings{{"127.0.0.1", 0}, limits, {}, shelf_.get()}, std::move(*site),
                                       log_);
    const auto port = server_->bind();
    ASSERT_TRUE(port.ok());
    port_ = *port;
    inbox_.carriers = server_.get();
    server_->start(inbox_);
  }
  void stop() {
    server_->stop_accepting();
    server_->finish();
    shelf_->finish();
    server_ = nullptr;
    shelf_ = nullptr;
  }
  void restart(const config::Limits& limits, bool in_memory = false) {
    stop();
    start(limits, in_memory);
  }

  std::string ask(std::string_view request) {
    Client client(port_);
    client.say(request);
    return client.hear();
  }
  std::string get(std::string_view target, std::string_view method = "GET") {
    return ask(std::string(method) + " " + std::string(target) +
               " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }
  // Its id.
  std::string stored(std::string_view data) {
    const std::string content = content_of(ask(post(body_of(data))));
    EXPECT_EQ(content.size() > 33 ? content.substr(33) : "",
              base::decimal(std::uint64_t{data.size()}) + "\n");
    return content.substr(0, 32);
  }
  // Is there room for an upload from here?
  bool is_free() {
    const bool free = shelf_->enter("127.0.0.1") == files::Shelf::Entry::welcome;
    if (free) shelf_->leave("127.0.0.1");
    return free;
  }
  template <typename Holds>
  static bool soon(Holds holds) {
    for (int i = 0; i < 10'000 && !holds(); ++i) std::this_thread::sleep_for(1ms);
    return holds();
  }
  // What disk threads still had to do is done.
  void settle() {
    std::mutex mutex;
    std::condition_variable news;
    for (int i = 0; i < 8; ++i) {
      bool done = false;
      shelf_->run([&] {
        const std::lock_guard lock(mutex);
        done = true;
        news.notify_one();
      });
      std::unique_lock lock(mutex);
      news.wait(lock, [&] { return done; });
      std::this_thread::sleep_for(5ms);
    }
  }

  files::TestFolder folder_;
  server::Log log_{server::LogLevel::error};
  FilesInbox inbox_;
  std::unique_ptr<files::Shelf> shelf_;
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
};

TEST_F(FilesTest, an_upload_comes_back_byte_for_byte) {
  std::string data;
  for (std::uint64_t i = 0; data.size() < 3'000'000; ++i) data += base::decimal(i) + "\r\n--";
  const std::string id = stored(data);
  const std::string bytes = base::decimal(std::uint64_t{data.size()});
  const std::string answer = get("/" + id + "?bytes=" + bytes);
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_NE(answer.find("Content-Length: " + bytes + "\r\n"), std::string::npos);
  EXPECT_NE(answer.find("Content-Type: a/b\r\n"), std::string::npos);
  EXPECT_NE(answer.find("X-Content-Type-Options: nosniff\r\n"), std::string::npos);
  EXPECT_TRUE(content_of(answer) == data);
  EXPECT_TRUE(content_of(get("/" + id + "?offset=1000000&bytes=1500000")) ==
              data.substr(1'000'000, 1'500'000));
}

TEST_F(FilesTest, a_head_has_the_length_and_no_body) {
  const std::string answer = get("/" + stored("12345") + "?bytes=5", "HEAD");
  EXPECT_NE(answer.find("Content-Length: 5\r\n"), std::string::npos);
  EXPECT_EQ(content_of(answer), "");
}

TEST_F(FilesTest, empty_files_are_files) {
  const std::string id = stored("");
  EXPECT_EQ(status_of(get("/" + id + "?bytes=0")), 200);
}

TEST_F(FilesTest, files_that_are_gone_are_not_found) {
  const std::string id = stored("12345");
  EXPECT_EQ(status_of(get("/" + id + "?bytes=6")), 500) << "it is shorter than that";
  shelf_->drop({id});
  settle();
  EXPECT_EQ(status_of(get("/" + id + "?bytes=5")), 404);
  EXPECT_EQ(status_of(get("/../secret?bytes=5")), 404);
}

TEST_F(FilesTest, a_connection_goes_on_after_both) {
  Client client(port_);
  const std::string open = "Content-Type: multipart/form-data; boundary=b\r\n";
  client.say(post(body_of("12345"), open));
  const std::string first = client.hear(" 5\n");
  const std::string id = content_of(first).substr(0, 32);
  client.say("GET /" + id + "?bytes=5 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(content_of(client.hear("12345")), "12345");
  client.say(post(body_of("1"), form));
  EXPECT_EQ(status_of(client.hear()), 200);
}

TEST_F(FilesTest, chunks_of_any_size_make_up_the_body) {
  const std::string body = body_of("0123456789");
  for (const std::size_t size : {std::size_t{1}, std::size_t{13}, body.size()}) {
    Client client(port_);
    client.say("POST / HTTP/1.1\r\nHost: x\r\n" + form + "Transfer-Encoding: chunked\r\n\r\n");
    for (std::size_t at = 0; at < body.size(); at += size) {
      const std::string chunk = body.substr(at, size);
      client.say(base::hex(chunk.size(), 4) + "\r\n" + chunk + "\r\n");
    }
    client.say("0\r\n\r\n");
    EXPECT_EQ(content_of(client.hear()).substr(32), " 10\n");
  }
}

TEST_F(FilesTest, whoever_waits_for_it_is_told_to_go_on) {
  Client client(port_);
  const std::string body = body_of("12345");
  const std::string request = post(body, form + "Expect: 100-continue\r\n");
  client.say(request.substr(0, request.size() - body.size()));
  EXPECT_EQ(client.hear("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.say(body);
  EXPECT_EQ(status_of(client.hear()), 200);
}

TEST_F(FilesTest, too_much_is_refused_before_it_is_sent) {
  Client client(port_);
  client.say("POST / HTTP/1.1\r\nHost: x\r\n" + form +
             "Expect: 100-continue\r\nContent-Length: 300000000\r\n\r\n");
  const std::string answer = client.hear();
  EXPECT_EQ(status_of(answer), 413);
  EXPECT_EQ(folder_.files(), 0u);
}

TEST_F(FilesTest, a_file_over_the_limit_is_refused_while_it_comes) {
  config::Limits limits;
  limits.file_bytes = 1000;
  restart(limits);
  const std::string answer = ask(post(body_of(std::string(1001, 'x'))));
  EXPECT_EQ(status_of(answer), 413);
  EXPECT_EQ(content_of(answer), "a file is over 1000 bytes");
  EXPECT_EQ(content_of(ask(post(body_of(std::string(1000, 'x'))))).substr(32), " 1000\n");
  // By chunks nobody knows before.
  Client client(port_);
  client.say("POST / HTTP/1.1\r\nHost: x\r\n" + form + "Transfer-Encoding: chunked\r\n\r\n");
  const std::string chunk(16 << 10, 'x');
  for (int i = 0; i < 200 && client.say("4000\r\n" + chunk + "\r\n"); ++i) continue;
  const std::string late = client.hear();
  EXPECT_TRUE(late.empty() || status_of(late) == 400 || status_of(late) == 413) << late;
  settle();
  EXPECT_EQ(folder_.files(), 1u);
}

TEST_F(FilesTest, wrong_bodies_are_refused_with_their_reason) {
  EXPECT_EQ(content_of(ask(post("x", "Content-Type: text/plain\r\nConnection: close\r\n"))),
            "Content-Type must be multipart/form-data");
  EXPECT_EQ(content_of(ask(post("x", "Content-Type: multipart/form-data\r\nConnection: close\r\n"))),
            "Content-Type has no boundary");
  EXPECT_EQ(content_of(ask(post("", form))), "the body is empty");
  EXPECT_EQ(content_of(ask(post("--b--"))), "there is no file; send it in a part named `file`");
  EXPECT_EQ(folder_.files(), 0u);
}

TEST_F(FilesTest, the_room_for_files_is_looked_at_before_anything_is_read) {
  config::Limits limits;
  limits.files_bytes = 1000;
  restart(limits);
  Client client(port_);
  client.say("POST / HTTP/1.1\r\nHost: x\r\n" + form + "Content-Length: 100000\r\n\r\n");
  EXPECT_EQ(status_of(client.hear()), 507);
}

TEST_F(FilesTest, a_server_without_a_folder_takes_none) {
  restart({}, true);
  EXPECT_EQ(status_of(ask(post(body_of("1")))), 501);
  EXPECT_EQ(status_of(get("/" + std::string(32, '0') + "?bytes=0")), 404);
}

TEST_F(FilesTest, so_many_uploads_at_once_and_no_more) {
  config::Limits limits;
  limits.uploads = 1;
  restart(limits);
  const std::string request = post(body_of("12345"));
  Client first(port_);
  first.say(request.substr(0, request.size() - 4));
  EXPECT_TRUE(soon([&] { return !is_free(); })) << "the first one is there";
  EXPECT_EQ(status_of(ask(request)), 503);
  first.say(request.substr(request.size() - 4));
  EXPECT_EQ(status_of(first.hear()), 200);
  EXPECT_TRUE(soon([&] { return is_free(); }));
  EXPECT_EQ(status_of(ask(request)), 200);
}

TEST_F(FilesTest, so_many_of_an_address_and_room_for_others) {
  config::Limits limits;
  limits.uploads_per_address = 1;
  limits.count_loopback = true;
  restart(limits);
  const std::string request = post(body_of("12345"));
  Client first(port_);
  first.say(request.substr(0, request.size() - 4));
  EXPECT_TRUE(soon([&] { return !is_free(); }));
  EXPECT_EQ(status_of(ask(request)), 429);
  ASSERT_EQ(shelf_->enter("192.0.2.1"), files::Shelf::Entry::welcome);
  EXPECT_EQ(shelf_->enter("192.0.2.1"), files::Shelf::Entry::full_of_address);
  shelf_->leave("192.0.2.1");
  first.say(request.substr(request.size() - 4));
  EXPECT_EQ(status_of(first.hear()), 200);
}

TEST_F(FilesTest, nothing_is_left_of_an_upload_that_breaks_off) {
  const std::string request = post(body_of(std::string(5'000'000, 'x')));
  {
    Client client(port_);
    client.say(request.substr(0, 4'000'000));
    for (int i = 0; i < 10'000 && folder_.files() == 0; ++i) std::this_thread::sleep_for(1ms);
    EXPECT_EQ(folder_.files(), 1u) << "it is on its way";
  }
  EXPECT_TRUE(inbox_.wait_for_closed());
  for (int i = 0; i < 10'000 && folder_.files() > 0; ++i) std::this_thread::sleep_for(1ms);
  settle();
  EXPECT_EQ(folder_.files(), 0u);
  EXPECT_EQ(shelf_->store().bytes(), 0u);
}

TEST_F(FilesTest, a_body_that_does_not_come_is_not_waited_for) {
  config::Limits limits;
  limits.body_bytes_per_second = 1 << 30;  // whatever comes is too slow after the time of grace
  restart(limits);
  const std::string request = post(body_of("12345"));
  Client client(port_);
  client.say(request.substr(0, request.size() - 4));
  EXPECT_EQ(status_of(client.hear()), 408);
  settle();
  EXPECT_EQ(folder_.files(), 0u);
}

}  // namespace
}  // namespace rockpool::net
