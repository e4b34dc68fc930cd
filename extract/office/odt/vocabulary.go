package odt

import "strings"

// Elements that say something here. All others are looked through.
const (
	tagBody = iota + 1
	tagParagraph
	tagHeading
	tagSkip
	tagSpan
	tagSpace
	tagTab
	tagBreak
	tagList
	tagItem
	tagListHeader
	tagTextBox
	tagImage
	tagTable
	tagColumn
	tagRow
	tagCell
	tagCovered
	tagTitle
	tagStyle
	tagListStyle
	tagLevelNumber
	tagOutlineStyle
	tagOutlineLevel
)

var words = map[string]map[string]int{
	"office":         {"body": tagBody, "annotation": tagSkip, "annotation-end": tagSkip, "forms": tagSkip},
	"text":           {"p": tagParagraph, "h": tagHeading, "span": tagSpan, "s": tagSpace, "tab": tagTab, "line-break": tagBreak, "list": tagList, "list-item": tagItem, "list-header": tagListHeader, "tracked-changes": tagSkip, "note": tagSkip, "ruby-text": tagSkip, "hidden-text": tagSkip, "sequence-decls": tagSkip, "variable-decls": tagSkip, "user-field-decls": tagSkip, "list-style": tagListStyle, "list-level-style-number": tagLevelNumber, "outline-style": tagOutlineStyle, "outline-level-style": tagOutlineLevel},
	"drawing":        {"text-box": tagTextBox, "image": tagImage},
	"svg-compatible": {"title": tagSkip, "desc": tagSkip},
	"table":          {"table": tagTable, "table-column": tagColumn, "table-row": tagRow, "table-cell": tagCell, "covered-table-cell": tagCovered},
	"style":          {"style": tagStyle},
}

func vocabulary(space, local string) int {
	if strings.Contains(space, "purl.org/dc/") && local == "title" {
		return tagTitle
	}
	if name, found := strings.CutPrefix(space, "urn:oasis:names:tc:opendocument:xmlns:"); found {
		name, _, _ = strings.Cut(name, ":")
		return words[name][local]
	}
	return 0
}

// formats are the formats of numbers by the names that WordprocessingML has.
var formats = map[string]string{
	"": "none", "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
	"一, 二, 三, ...": "chineseCountingThousand", "壹, 贰, 叁, ...": "chineseLegalSimplified", "壹, 貳, 參, ...": "ideographLegalTraditional",
	"①, ②, ③, ...": "decimalEnclosedCircle", "１, ２, ３, ...": "decimalFullWidth", "甲, 乙, 丙, ...": "ideographTraditional", "子, 丑, 寅, ...": "ideographZodiac",
	"01, 02, 03, ...": "decimalZero",
}
