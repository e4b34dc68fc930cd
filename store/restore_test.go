package store

import (
	"reflect"
	"testing"

	"nianbao/process/guard"
)

// What a line of a backup says is read as it was written, or refused.
func FuzzRow(f *testing.F) {
	f.Add([]byte(`[1,"capacity.budget",null]`))
	f.Add([]byte(`[-9223372036854775808,"\u0000\n年报","\ud800"]`))
	f.Add([]byte(`[1e999,true,{}]`))
	f.Add([]byte(`null`))
	f.Add([]byte(`[1,null,-25,0,999999999999999999]`))
	f.Add([]byte(`[-0,01]`))
	f.Fuzz(func(t *testing.T, line []byte) {
		defer guard.Start()()
		for columns := range 4 {
			row, err := appendRow(nil, line, columns)
			if err != nil {
				continue
			}
			written := []byte("[")
			for i, v := range row {
				if i > 0 {
					written = append(written, ',')
				}
				if written, err = appendValue(written, v); err != nil {
					t.Fatal(err)
				}
			}
			// The short way says what the long one does.
			if spaced, err := appendRow(nil, append([]byte(" "), line...), columns); err != nil || !reflect.DeepEqual(row, spaced) {
				t.Errorf("%q is %v, and with a space before it %v, %v", line, row, spaced, err)
			}
			again, err := appendRow(nil, append(written, ']'), columns)
			if err != nil || !reflect.DeepEqual(row, again) {
				t.Errorf("%q is %v, and then %v, %v", line, row, again, err)
			}
		}
	})
}
