package division

import (
	"embed"
	"sync"

	"nianbao/dataset"
)

//go:embed data/pinyin.csv
var spellings embed.FS

// Spelled returns the code of the division whose name, in full or short, is written so
// in pinyin without tones and spaces: zaozhuang. Where a spelling could mean several
// (taizhou: 台州, 泰州), by whatever readings their characters have, none is returned; of
// one within another of the same name (新乡县, 新乡市) the outer one.
func Spelled(pinyin string) (code string, ok bool) {
	code, ok = spelled()[pinyin]
	return code, ok
}

var spelled = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, r := range dataset.Records(spellings, "data/pinyin.csv", "pinyin,code") {
		out[r[0]] = r[1]
	}
	return out
})
