// A project with an open, a secure and an authentication endpoint, and sockets at them.
#pragma once

#include "core/gateway/rested_place_test.h"

namespace rockpool::gateway {

using Frames = std::vector<std::string>;

class RestedSockets : public testing::Test {
 protected:
  RestedSockets() {
    rested.make_project(R"(,"masterKey":true,"accessTokenTtl":60)");
    open_id = rested.make_endpoint("parts");
    users_id = rested.make_endpoint("users", R"(,"authentication":true)");
    vault_id = rested.make_endpoint("vault", R"(,"secure":true)");
  }
  dialect::CarrierId join(const std::string& endpoint = "parts", const std::string& more = "") {
    return rested.socket(rested.at(endpoint, more));
  }
  std::string state_of(const std::string& target, wire::Headers headers = {}) {
    return rested.state(rested.socket(target, std::move(headers)));
  }
  static std::string message(const std::string& type, const std::string& answer, const std::string& data) {
    return R"({"type":")" + type + R"(","record":{"data":)" + data + R"(,"uniqueId":")" +
           Rested::member(answer, "uniqueId") + R"(","updatedAt":")" + Rested::member(answer, "updatedAt") +
           R"(","createdAt":")" + Rested::member(answer, "createdAt") + R"("}})";
  }
  std::string seq_of(const std::string& frame) { return Rested::member(frame, "seq"); }

  Rested rested;
  std::string open_id, users_id, vault_id;
};

}  // namespace rockpool::gateway
