// What streams have in common: a socket that is written to at once, that is waited for only when it takes no
// more, and that outlives its session until what it said last has left.
//
// Nothing is held for a stream that rests but this object: bytes come and go by way of buffers that all
// streams of a thread share.
#pragma once

#include "server/net/link.h"
#include "server/net/stream.h"

namespace rockpool::net {

class SocketStream : public Stream, public std::enable_shared_from_this<SocketStream> {
 public:
  void listen(StreamEvents& events) final { events_ = &events; }
  std::size_t write(const std::vector<StreamFrame>& frames) final;
  bool is_amid() const final { return sent_ > 0; }
  void abort() final;
  void let_go() final;

 protected:
  static constexpr std::size_t head_bytes_max = 24;

  explicit SocketStream(Link link) : link_(std::move(link)) {}

  // What stands before a frame on the wire, its size; and behind it.
  virtual std::size_t write_head(const StreamFrame& frame, char* head) const = 0;
  virtual std::string_view tail() const { return {}; }
  // Bytes came. False: no more for now, until receive() is called.
  virtual bool take(std::string_view bytes) = 0;

  StreamEvents* events() const { return events_; }
  // Words of the stream itself: they leave before the next frame.
  void say(std::string_view words);
  std::size_t unsaid() const { return words_.size(); }
  // Reads on, if it does not already.
  void receive();
  // Once the words have left, the other side learns that nothing more comes.
  void shut();
  // Over, for the session. What is to be said still leaves.
  void end(std::uint16_t code, std::string reason);

 private:
  bool send(std::string_view bytes, std::size_t& count);
  void fill(std::string& out, const std::vector<StreamFrame>& frames, std::size_t from) const;
  void add(std::string& out, const StreamFrame& frame, std::size_t skip) const;
  std::size_t settle(std::size_t count, const std::vector<StreamFrame>& frames, std::size_t from);
  void wait_writable();
  void read_some();
  void fail();

  Link link_;
  StreamEvents* events_ = nullptr;
  std::string words_;
  std::size_t sent_ = 0;  // of the first frame that is left, as it stands on the wire
  bool waits_to_write_ = false;
  bool reads_ = false;
  bool shut_ = false;
};

}  // namespace rockpool::net
