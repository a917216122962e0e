// node verify.cjs RECEIVER KEY SIGNED BODY - does a receiver take a delivery? The status says so, with the reason.
//
// RECEIVER is a package that has the class Webhook of the specification's libraries, or "ed25519" (what a receiver does
// who has a public key) or "older" (who knows the header of one HMAC only). KEY is what it has. SIGNED is a file with
// what tests/webhook/sign printed, BODY one with the body as it arrived.
'use strict';
const crypto = require('crypto');
const fs = require('fs');

const [receiver, key, signedFile, bodyFile] = process.argv.slice(2);
const { headers } = JSON.parse(fs.readFileSync(signedFile, 'utf8'));
const body = fs.readFileSync(bodyFile);

function require_(good, why) {
	if (!good)
		throw new Error(why);
}

function ed25519() {
	const x = Buffer.from(key.replace(/^whpk_/, ''), 'base64').toString('base64url');
	const publicKey = crypto.createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
	const content = Buffer.concat([Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.`), body]);
	const signatures = headers['webhook-signature'].split(' ').map((s) => s.split(',')).filter(([v]) => v === 'v1a');

	require_(signatures.some(([, s]) => crypto.verify(null, content, publicKey, Buffer.from(s, 'base64'))),
		'No matching signature found');
}

function older() {
	const sum = crypto.createHmac('sha256', key).update(body).digest('hex');

	require_(headers['x-webhook-signature'] === `sha256=${sum}`, 'No matching signature found');
}

function library() {
	const { Webhook } = require(receiver);
	const webhook = new Webhook(key);

	// What it gives back is the body's JSON; it is all there.
	require_(JSON.stringify(webhook.verify(body.toString(), headers)) === JSON.stringify(JSON.parse(body)), 'another body');
	// And the library would have signed it in the same way.
	const own = webhook.sign(headers['webhook-id'], new Date(headers['webhook-timestamp'] * 1000), body.toString());
	require_(headers['webhook-signature'].split(' ').includes(own), 'another signature');
}

try {
	({ ed25519, older }[receiver] || library)();
} catch (e) {
	console.log(e.message);
	process.exit(1);
}
