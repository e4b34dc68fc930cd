package pdf

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
)

// Reports are often locked against changes only: they open with the empty
// password. Decrypted here, their streams go through the same checks as any
// other file's, which PDFium would leave out.

// lock is the key of an encrypted file and what it is used with.
type lock struct {
	key    []byte
	method string // the CFM names: V2 is RC4, AESV2, AESV3, None
}

var passwordPad = []byte("\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A")

// openLock finds the key by the standard security handler, trying the empty
// password first. It gives nil where none fits or the method is unknown.
func (f *file) openLock(passwords []string) *lock {
	e := f.resolve(f.trailer.get("Encrypt"))
	version, revision := int(e.get("V").num), int(e.get("R").num)
	l := &lock{method: "V2"}
	if version >= 4 {
		l.method = "None"
		if name := e.get("StmF").name(); name != "" && name != "Identity" {
			l.method = e.get("CF").get(name).get("CFM").name()
		}
	}
	known := l.method == "V2" || l.method == "AESV2" || l.method == "AESV3" || l.method == "None"
	if e.get("Filter").name() != "Standard" || !known {
		return nil
	}
	for _, pw := range append([]string{""}, passwords...) {
		switch {
		case version == 5 && revision >= 5:
			l.key = newKey(e, revision, []byte(pw))
		case version >= 1 && version <= 4:
			l.key = f.oldKey(e, version, revision, []byte(pw))
		}
		if l.key != nil {
			return l
		}
	}
	return nil
}

// oldKey is the key of RC4 and AES-128, if the password fits.
func (f *file) oldKey(e value, version, revision int, pw []byte) []byte {
	owner, user := e.get("O").b, e.get("U").b
	if len(owner) < 32 || len(user) < 32 {
		return nil
	}
	var id []byte
	if list := f.resolve(f.trailer.get("ID")).list; len(list) > 0 {
		id = list[0].b
	}
	n := 5
	switch {
	case version == 4:
		n = 16
	case revision >= 3 && e.get("Length").num >= 40 && e.get("Length").num <= 128:
		n = int(e.get("Length").num) / 8
	}
	h := md5.New()
	h.Write(append(bytes.Clone(pw), passwordPad...)[:32])
	h.Write(owner[:32])
	h.Write(binary.LittleEndian.AppendUint32(nil, uint32(int64(e.get("P").num))))
	h.Write(id)
	if revision >= 4 && string(e.get("EncryptMetadata").src) == "false" {
		h.Write([]byte{0xFF, 0xFF, 0xFF, 0xFF})
	}
	key := h.Sum(nil)
	check := bytes.Clone(passwordPad)
	if revision >= 3 {
		for range 50 {
			sum := md5.Sum(key[:n])
			key = sum[:]
		}
		sum := md5.Sum(append(bytes.Clone(passwordPad), id...))
		check = sum[:]
	}
	key = key[:n]
	rounds := 1
	if revision >= 3 {
		rounds = 20
	}
	for i := range rounds {
		mixed := bytes.Clone(key)
		for k := range mixed {
			mixed[k] ^= byte(i)
		}
		c, err := rc4.NewCipher(mixed)
		if err != nil {
			return nil
		}
		c.XORKeyStream(check, check)
	}
	if !bytes.HasPrefix(user, check) {
		return nil
	}
	return key
}

// newKey is the key of AES-256, if the password fits.
func newKey(e value, revision int, pw []byte) []byte {
	user, wrapped := e.get("U").b, e.get("UE").b
	if len(user) < 48 || len(wrapped) < 32 {
		return nil
	}
	pw = pw[:min(len(pw), 127)]
	hash := func(salt []byte) []byte {
		sum := sha256.Sum256(append(bytes.Clone(pw), salt...))
		if revision == 5 {
			return sum[:]
		}
		return hardened(pw, sum[:])
	}
	if !bytes.Equal(hash(user[32:40]), user[:32]) {
		return nil
	}
	block, err := aes.NewCipher(hash(user[40:48]))
	if err != nil {
		return nil
	}
	key := make([]byte, 32)
	cipher.NewCBCDecrypter(block, make([]byte, 16)).CryptBlocks(key, wrapped[:32])
	return key
}

// hardened is the slow hash of revision 6 (ISO 32000-2, algorithm 2.B).
func hardened(pw, k []byte) []byte {
	for i, last := 0, 0; i < 64 || last > i-32; i++ {
		data := bytes.Repeat(append(bytes.Clone(pw), k...), 64)
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(data, data)
		mod := 0
		for _, b := range data[:16] {
			mod += int(b)
		}
		last = int(data[len(data)-1])
		switch mod % 3 {
		case 0:
			sum := sha256.Sum256(data)
			k = sum[:]
		case 1:
			sum := sha512.Sum384(data)
			k = sum[:]
		default:
			sum := sha512.Sum512(data)
			k = sum[:]
		}
	}
	return k[:32]
}

var errCut = errors.New("encrypted data is cut")

// open decrypts the stream of object num.
func (l *lock) open(num, gen int, data []byte) ([]byte, error) {
	key := l.key
	if l.method == "None" || len(data) == 0 {
		return data, nil
	}
	if l.method != "AESV3" {
		own := append(bytes.Clone(key), byte(num), byte(num>>8), byte(num>>16), byte(gen), byte(gen>>8))
		if l.method == "AESV2" {
			own = append(own, "sAlT"...)
		}
		sum := md5.Sum(own)
		key = sum[:min(len(key)+5, 16)]
	}
	if l.method == "V2" {
		c, err := rc4.NewCipher(key)
		if err != nil {
			return nil, err
		}
		out := make([]byte, len(data))
		c.XORKeyStream(out, data)
		return out, nil
	}
	if len(data) < 32 || len(data)%16 != 0 {
		return nil, errCut
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	out := make([]byte, len(data)-16)
	cipher.NewCBCDecrypter(block, data[:16]).CryptBlocks(out, data[16:])
	pad := int(out[len(out)-1])
	if pad < 1 || pad > 16 {
		return nil, errCut
	}
	return out[:len(out)-pad], nil
}
