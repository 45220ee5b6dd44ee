#include "core/dialects/baserow/order_ids.h"

#include <gtest/gtest.h>

namespace rockpool::dialects::baserow {
namespace {

// FIPS 180-4's own examples, and lengths around a block.
TEST(BaserowOrderIds, are_hashed_by_sha256) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(55, 'a')),
            "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
  EXPECT_EQ(sha256_hex(std::string(64, 'a')),
            "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

TEST(BaserowOrderIds, are_shown_as_hashes_or_as_numbers) {
  EXPECT_EQ(shown_id(1, OrderIds::hashed),
            "\"6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b\"");
  EXPECT_EQ(shown_ids({3, 1}, OrderIds::plain), "[3,1]");
  EXPECT_EQ(shown_ids({}, OrderIds::hashed), "[]");
}

}  // namespace
}  // namespace rockpool::dialects::baserow
