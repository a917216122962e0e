#include "tests/test.h"

#include <errno.h>
#include <stdio.h>

#include "base/crypto.h"

/* Bytes written in hex into out; returns how many. */
static size_t from_hex(const char *hex, unsigned char *out)
{
	size_t n = strlen(hex) / 2;
	unsigned byte;

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		out[i] = (unsigned char)byte;
	}
	return n;
}

static void expect_hex(const unsigned char *bytes, size_t len, const char *expected)
{
	char hex[2 * 64 + 1];

	assert_string_equal(crypto_hex(bytes, len, hex), expected);
}

/* RFC 4231, section 4. The key and the data are a text, or one byte again and again. */
static void test_hmac(void **state UNUSED)
{
	static const struct {
		const char *key;
		int key_byte;
		size_t key_len;
		const char *data;
		int data_byte;
		size_t data_len;
		const char *sum;
	} rows[] = {
		{ NULL, 0x0b, 20, "Hi There", 0, 8,
		  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "Jefe", 0, 4, "what do ya want for nothing?", 0, 28,
		  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ NULL, 0xaa, 20, NULL, 0xdd, 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
		{ "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19",
		  0, 25, NULL, 0xcd, 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
		{ NULL, 0xaa, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 0, 54,
		  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
		{ NULL, 0xaa, 131,
		  "This is a test using a larger than block-size key and a larger than block-size data. The key needs to "
		  "be hashed before being used by the HMAC algorithm.",
		  0, 152, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
	};
	unsigned char key[256], data[256], sum[CRYPTO_HMAC_BYTES];

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		memset(key, rows[i].key_byte, sizeof(key));
		memset(data, rows[i].data_byte, sizeof(data));
		if (rows[i].key)
			memcpy(key, rows[i].key, rows[i].key_len);
		if (rows[i].data)
			memcpy(data, rows[i].data, rows[i].data_len);
		crypto_hmac_sha256(key, rows[i].key_len, data, rows[i].data_len, sum);
		expect_hex(sum, sizeof(sum), rows[i].sum);
	}
}

static void test_hmac_in_pieces(void **state UNUSED)
{
	const struct crypto_piece pieces[] = {
		{ "what do ", 8 }, { "", 0 }, { NULL, 0 }, { "ya want", 7 }, { " for nothing?", 13 }
	};
	unsigned char sum[CRYPTO_HMAC_BYTES];

	crypto_hmac("Jefe", 4, pieces, N_ELEMS(pieces), sum);
	expect_hex(sum, sizeof(sum), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	/* Nothing at all, under an empty key. */
	crypto_hmac(NULL, 0, NULL, 0, sum);
	expect_hex(sum, sizeof(sum), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

/* RFC 8032, section 7.1, tests 1 to 3 */
static void test_ed25519(void **state UNUSED)
{
	static const struct {
		const char *secret, *public, *message, *signature;
	} rows[] = {
		{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f059"
		  "5bbe24655141438e7a100b" },
		{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb43"
		  "02aeeb00d291612bb0c00" },
		{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716"
		  "ed28dc027beceea1ec40a" },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		unsigned char secret[ED25519_SECRET_BYTES], public[ED25519_PUBLIC_BYTES], message[8];
		unsigned char signature[ED25519_SIGNING_BYTES];
		size_t len = from_hex(rows[i].message, message);

		from_hex(rows[i].secret, secret);
		crypto_ed25519_public(secret, public);
		expect_hex(public, sizeof(public), rows[i].public);
		crypto_ed25519_sign(secret, message, len, signature);
		expect_hex(signature, sizeof(signature), rows[i].signature);
	}
}

static void test_new_keys_differ(void **state UNUSED)
{
	unsigned char a[ED25519_SECRET_BYTES] = { 0 }, b[ED25519_SECRET_BYTES] = { 0 },
		      none[ED25519_SECRET_BYTES] = { 0 };

	crypto_ed25519_new(a);
	crypto_ed25519_new(b);
	assert_false(crypto_same(a, b, sizeof(a)));
	assert_false(crypto_same(a, none, sizeof(a)));
	assert_true(crypto_same(a, a, sizeof(a)));
	crypto_wipe(a, sizeof(a));
	assert_memory_equal(a, none, sizeof(a));
}

static const unsigned char zero_key[CRYPTO_KEY_BYTES];

/* The examples 13 and 14 of the paper that NIST SP 800-38D stands on, in the order of crypto_seal. */
static void test_known_seals_open(void **state UNUSED)
{
	static const struct {
		const char *sealed;
		size_t n_plain;
	} rows[] = {
		{ "000000000000000000000000530f8afbc74536b9a963b4f1c4cb738b", 0 },
		{ "000000000000000000000000cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919", 16 },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		unsigned char sealed[64], zeroes[16] = { 0 };
		size_t len = from_hex(rows[i].sealed, sealed);
		auto_buf plain = BUF_INIT;

		assert_int_equal(crypto_open(zero_key, sealed, len, "", &plain), 0);
		assert_int_equal(plain.len, rows[i].n_plain);
		assert_memory_equal(buf_str(&plain), zeroes, plain.len);
	}
}

static void test_seals_differ(void **state UNUSED)
{
	auto_buf a = BUF_INIT, b = BUF_INIT;

	assert_int_equal(crypto_seal(zero_key, "secret", 6, "here", &a), 0);
	assert_int_equal(crypto_seal(zero_key, "secret", 6, "here", &b), 0);
	assert_int_equal(a.len, 6 + CRYPTO_SEAL_EXTRA);
	assert_memory_not_equal(a.data, b.data, a.len);
}

static void expect_closed(const unsigned char *key, const char *sealed, size_t len, const char *context)
{
	auto_buf plain = BUF_INIT;

	buf_addstr(&plain, "kept");
	assert_int_equal(crypto_open(key, sealed, len, context, &plain), -EBADMSG);
	assert_string_equal(buf_str(&plain), "kept");
}

static void test_a_changed_seal_stays_closed(void **state UNUSED)
{
	unsigned char other_key[CRYPTO_KEY_BYTES] = { 1 };
	auto_buf sealed = BUF_INIT, plain = BUF_INIT;

	assert_int_equal(crypto_seal(zero_key, "secret", 6, "here", &sealed), 0);
	for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
		sealed.data[bit / 8] ^= (char)(1 << bit % 8);
		expect_closed(zero_key, sealed.data, sealed.len, "here");
		sealed.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	for (size_t len = 0; len < sealed.len; len++)
		expect_closed(zero_key, sealed.data, len, "here");
	expect_closed(zero_key, sealed.data, sealed.len, "there");
	expect_closed(zero_key, sealed.data, sealed.len, "");
	expect_closed(other_key, sealed.data, sealed.len, "here");
	assert_int_equal(crypto_open(zero_key, sealed.data, sealed.len, "here", &plain), 0);
	assert_string_equal(buf_str(&plain), "secret");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_hmac_in_pieces),
		cmocka_unit_test(test_ed25519),
		cmocka_unit_test(test_new_keys_differ),
		cmocka_unit_test(test_known_seals_open),
		cmocka_unit_test(test_seals_differ),
		cmocka_unit_test(test_a_changed_seal_stays_closed),
	};

	return RUN_TESTS(tests);
}
