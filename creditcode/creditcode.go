// Package creditcode reads unified social credit codes (统一社会信用代码, GB
// 32100-2015) and proves their check digits. Who bears one it does not know.
package creditcode

import (
	"regexp"
	"strings"
)

// alphabet gives every character its value by its place: digits, and letters but
// I, O, S, V and Z.
const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// shape is the form of a code: who registered it and what it is, six digits of the
// division of registration, nine characters of the organisation, the check digit.
var shape = regexp.MustCompile(`^[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}[0-9A-HJ-NPQRTUWXY]$`)

// Shaped reports whether s has the form of a code, whatever its check digit.
func Shaped(s string) bool { return shape.MatchString(s) }

// Valid reports whether s is a code with the right check digit.
func Valid(s string) bool { return Shaped(s) && s[17] == Check(s) }

// Check is the check digit that belongs to the first 17 characters of a shaped
// code: the weight of place i, counted from 0, is 3^i mod 31.
func Check(s string) byte {
	sum, weight := 0, 1
	for i := range 17 {
		sum += strings.IndexByte(alphabet, s[i]) * weight
		weight = weight * 3 % 31
	}
	return alphabet[(31-sum%31)%31]
}

// Division is the code of the division where a shaped code was registered, as it
// was then.
func Division(s string) string { return s[2:8] }

// word is a run of what codes are made of.
var word = regexp.MustCompile(`[0-9A-Za-z]+`)

// Find returns the shaped codes that stand by themselves in a text, in their order.
func Find(text string) []string {
	var out []string
	for _, w := range word.FindAllString(text, -1) {
		if len(w) == 18 && Shaped(strings.ToUpper(w)) {
			out = append(out, strings.ToUpper(w))
		}
	}
	return out
}
