package doc

import "iter"

// Properties that matter here, by their number in the file.
const (
	sprmPIstd       = 0x4600
	sprmPIlvl       = 0x260A
	sprmPIlfo       = 0x460B
	sprmPOutLvl     = 0x2640
	sprmPFInTable   = 0x2416
	sprmPFTtp       = 0x2417
	sprmPItap       = 0x6649
	sprmPDtap       = 0x664A
	sprmPFInnerCell = 0x244B
	sprmPFInnerTtp  = 0x244C
	sprmPHugePapx   = 0x6646
	sprmPTableProps = 0x646B
	sprmPChgTabs    = 0xC615

	sprmCIstd      = 0x4A30
	sprmCFRMarkDel = 0x0800
	sprmCFVanish   = 0x083C
	sprmCFStrike   = 0x0837
	sprmCFDStrike  = 0x2A53
	sprmCIss       = 0x2A48
	sprmCFSpec     = 0x0855
	sprmCSymbol    = 0x6A09

	sprmTDxaLeft    = 0x9601
	sprmTDxaGapHalf = 0x9602
	sprmTDefTable   = 0xD608
	sprmTDelete     = 0x5622
	sprmTMerge      = 0x5624
	sprmTSplit      = 0x5625
	sprmTInsert     = 0x7621
	sprmTDxaCol     = 0x7623
	sprmTVertMerge  = 0xD62B
)

// maxChained is how often properties may refer to others in the Data stream.
const maxChained = 4

// sprms are the properties of a list with their operands. A list that is cut
// off ends early.
func sprms(b []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for len(b) >= 2 {
			op := u16(b, 0)
			b = b[2:]
			n, skip := 0, 0 // of the operand, and of the size before it
			switch op >> 13 {
			case 0, 1:
				n = 1
			case 2, 4, 5:
				n = 2
			case 3:
				n = 4
			case 7:
				n = 3
			case 6:
				if len(b) == 0 {
					return
				}
				n, skip = int(b[0]), 1
				switch {
				case op == sprmTDefTable:
					if len(b) < 2 {
						return
					}
					n, skip = max(0, u16(b, 0)-1), 2
				case op == sprmPChgTabs && n == 255:
					n = chgTabs(b)
				}
			}
			if n < 0 || skip+n > len(b) {
				// Word cuts the last cells off where they look like nothing.
				if op == sprmTDefTable && len(b) > skip {
					yield(op, b[skip:])
				}
				return
			}
			if !yield(op, b[skip:skip+n]) {
				return
			}
			b = b[skip+n:]
		}
	}
}

// known says whether all properties of a list can be some: they are of one of the
// groups there are, of paragraphs, characters, pictures, sections and tables, whose
// numbers stay below 256, and one with the number of a property that matters here
// is that.
func known(list []byte) bool {
	for op := range sprms(list) {
		if group := op >> 10 & 7; group < 1 || group > 5 || op&0x100 != 0 {
			return false
		}
		if is, matters := numbered[op&groupAndNumber]; matters && is != op {
			return false
		}
	}
	return true
}

// groupAndNumber are the bits that tell a property from all others; the rest says
// how its operand is written.
const groupAndNumber = 0x1DFF

// numbered are the properties that matter here, by group and number.
var numbered = func() map[int]int {
	out := map[int]int{}
	for _, op := range []int{sprmPIstd, sprmPIlvl, sprmPIlfo, sprmPOutLvl, sprmPFInTable, sprmPFTtp, sprmPItap, sprmPDtap, sprmPFInnerCell, sprmPFInnerTtp,
		sprmPHugePapx, sprmPTableProps, sprmPChgTabs, sprmCIstd, sprmCFRMarkDel, sprmCFVanish, sprmCFStrike, sprmCFDStrike, sprmCIss, sprmCFSpec, sprmCSymbol,
		sprmTDxaLeft, sprmTDxaGapHalf, sprmTDefTable, sprmTDelete, sprmTMerge, sprmTSplit, sprmTInsert, sprmTDxaCol, sprmTVertMerge} {
		out[op&groupAndNumber] = op
	}
	return out
}()

// chgTabs is the size of a list of tab stops too long to say its own.
func chgTabs(b []byte) int {
	if len(b) < 2 {
		return -1
	}
	n := 1 + 4*int(b[1]) // deleted ones
	if len(b) < 2+n {
		return -1
	}
	return n + 1 + 3*int(b[1+n])
}

func i16(b []byte, at int) int { return int(int16(u16(b, at))) }
