// Package authenticator is a device with passkeys, as far as a forum can see it: it
// answers the questions of a page without a browser, and can be told to lie.
package authenticator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"
)

// Device holds passkeys. Its exported fields are what it says of itself and of
// where it is; tests change them to lie.
type Device struct {
	Origin     string // of the page that asks
	Host       string // the relying party that answers are made for; empty for the one that asks
	Unverified bool   // nobody showed a finger or a face
	Absent     bool   // nobody touched it
	Synced     bool   // keys are kept by a password manager
	Counter    uint32 // of signatures; 0 for a device that does not count

	t    testing.TB
	keys []key
}

type key struct {
	id, user []byte
	private  *ecdsa.PrivateKey
}

// New is a device in front of a page of that origin.
func New(t testing.TB, origin string) *Device { return &Device{t: t, Origin: origin} }

// options are what a page asks, as far as the device reads it.
type options struct {
	Challenge string
	RP        struct{ ID string }
	RPID      string
	User      struct{ ID string }
}

// Flags of authenticator data (Web Authentication, 6.1).
const (
	present    = 1 << 0
	verified   = 1 << 2
	mayBackUp  = 1 << 3
	isBackedUp = 1 << 4
	brings     = 1 << 6 // a new key
)

// Make makes a passkey and answers as navigator.credentials.create does, in JSON.
func (d *Device) Make(asked []byte) []byte {
	d.t.Helper()
	o := d.read(asked)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	d.must(err)
	k := key{id: make([]byte, 32), user: d.bytes(o.User.ID), private: private}
	_, err = rand.Read(k.id)
	d.must(err)
	d.keys = append(d.keys, k)
	data := d.data(o.RP.ID, brings)
	data = append(data, make([]byte, 16)...) // no model
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.id)))
	data = append(append(data, k.id...), cose(d, private)...)
	// CBOR: {"fmt": "none", "attStmt": {}, "authData": data}
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"), byte(len(data)))
	return d.answer(k, map[string]any{"clientDataJSON": text(d.client("webauthn.create", o)), "attestationObject": text(append(object, data...)),
		"transports": []string{"internal"}})
}

// cose is a public key in CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
func cose(d *Device, private *ecdsa.PrivateKey) []byte {
	point, err := private.PublicKey.Bytes() // 4, x, y
	d.must(err)
	out := append([]byte("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"), point[1:33]...)
	return append(append(out, "\x22\x58\x20"...), point[33:]...)
}

// Sign answers with its last passkey as navigator.credentials.get does, in JSON.
func (d *Device) Sign(asked []byte) []byte {
	d.t.Helper()
	if len(d.keys) == 0 {
		d.t.Fatal("the device has no passkey")
	}
	k, o := d.keys[len(d.keys)-1], d.read(asked)
	if d.Counter > 0 {
		d.Counter++
	}
	data, client := d.data(o.RPID, 0), d.client("webauthn.get", o)
	told := sha256.Sum256(client)
	digest := sha256.Sum256(append(data[:len(data):len(data)], told[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.private, digest[:])
	d.must(err)
	return d.answer(k, map[string]any{"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature), "userHandle": text(k.user)})
}

// Copy is another device with the same keys.
func (d *Device) Copy() *Device {
	c := *d
	return &c
}

func (d *Device) read(asked []byte) options {
	d.t.Helper()
	var o options
	d.must(json.Unmarshal(asked, &o))
	return o
}

func (d *Device) data(host string, flags byte) []byte {
	if d.Host != "" {
		host = d.Host
	}
	for flag, set := range map[byte]bool{present: !d.Absent, verified: !d.Unverified, mayBackUp: d.Synced, isBackedUp: d.Synced} {
		if set {
			flags |= flag
		}
	}
	hash := sha256.Sum256([]byte(host))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), d.Counter)
}

func (d *Device) client(kind string, o options) []byte {
	d.t.Helper()
	out, err := json.Marshal(map[string]any{"type": kind, "challenge": o.Challenge, "origin": d.Origin, "crossOrigin": false})
	d.must(err)
	return out
}

func (d *Device) answer(k key, response map[string]any) []byte {
	d.t.Helper()
	out, err := json.Marshal(map[string]any{"id": text(k.id), "rawId": text(k.id), "type": "public-key", "response": response,
		"authenticatorAttachment": "platform", "clientExtensionResults": map[string]any{}})
	d.must(err)
	return out
}

func text(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (d *Device) bytes(s string) []byte {
	d.t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	d.must(err)
	return b
}

func (d *Device) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}
