package numbering

// OfCode is the format that files of Word 97 to 2003 call by a code.
func OfCode(code int) string {
	if format, known := formatOfCode[code]; known {
		return format
	}
	return "decimal"
}

var formatOfCode = map[int]string{
	0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 5: "decimal", 10: "ideographDigital", 11: "japaneseCounting",
	14: "decimalFullWidth", 17: "ideographDigital", 18: "decimalEnclosedCircle", 22: "decimalZero", 23: "bullet", 26: "decimalEnclosedFullstop",
	27: "decimalEnclosedParen", 28: "decimalEnclosedCircle", 29: "ideographEnclosedCircle", 30: "ideographTraditional", 31: "ideographZodiac",
	33: "taiwaneseCounting", 34: "ideographLegalTraditional", 35: "taiwaneseCountingThousand", 36: "taiwaneseDigital", 37: "chineseCounting", 38: "chineseLegalSimplified",
	39: "chineseCountingThousand", 40: "chineseCounting", 255: "none",
}
